"""One recorded call, read again."""

from __future__ import annotations

from datetime import datetime

from nhi_center.domain.call_check import Caller
from nhi_center.domain.calls import LANGUAGES, Outcome, clock_words, due_words
from nhi_center.services.call_list import CallRecord
from nhi_center.ui.common.name_view import NamePainter, NameView
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.styling import words

_LINES = ("when", "clerk", "caller", "level", "category", "outcome", "answers", "back")


class RecordCard(Card):
    """Empty until Enter opens a record: reading one is kept in the log."""

    def __init__(self, glyphs: NamePainter) -> None:
        super().__init__("電話の記録", name="calls_record_card")
        self.person_name = NameView(glyphs, 20, object_name="calls_record_name")
        self.add(self.person_name)
        self.lines = {key: words("", "secondary", name=f"calls_record_{key}", wrap=True) for key in _LINES}
        for line in self.lines.values():
            self.add(line)
        self.text = words("", "dense", name="calls_record_text", wrap=True)
        self.add(self.text)
        self.empty = words("Enter で電話を開くと、ここに記録が出ます。", "secondary", name="calls_record_empty", wrap=True)
        self.add(self.empty)
        self.body.addStretch(1)
        self.clear()

    def clear(self) -> None:
        for part in (self.person_name, self.text, *self.lines.values()):
            part.hide()
        self.text.clear()
        self.person_name.set_text("")
        self.empty.show()

    def set_record(self, record: CallRecord, now: datetime) -> None:
        call, draft = record.row.call, record.row.call.draft
        started, back = datetime.fromisoformat(call.started_at), record.back
        told = {
            "when": f"受付 {call.number} {started:%H:%M} 通話 {clock_words(call.seconds(now))}",
            "clerk": f"受けた人 {record.row.clerk_name}",
            "caller": f"相手 {Caller(draft.caller).label} {LANGUAGES[draft.language]}",
            "level": f"本人確認 レベル{call.level}",
            "category": f"分類 {record.row.category}",
            "outcome": f"結果 {Outcome(draft.outcome).label}{f' {draft.ward_staff}' if draft.outcome == Outcome.TO_WARD else ''}",
            "answers": f"回答例 {'・'.join(record.answers)}" if record.answers else "",
            "back": "",
        }
        if back is not None:
            due = due_words(datetime.fromisoformat(back.due), now.date())
            told["back"] = f"折返し {record.number} {due} {'済' if back.done_at else '未'}"
        for key, line in self.lines.items():
            line.setText(told[key])
            line.setVisible(bool(told[key]))
        self.person_name.set_text(record.row.person_name)
        self.person_name.setVisible(bool(record.row.person_name))
        self.text.setText(draft.text)
        self.text.show()
        self.empty.hide()
