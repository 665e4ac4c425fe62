"""One recorded call, read again."""

from __future__ import annotations

from datetime import datetime

from nhi_center.domain.call_check import Caller
from nhi_center.domain.call_rules import may_interpret, needs_consent
from nhi_center.domain.calls import LANGUAGES, Call, CallDraft, Outcome, clock_words, due_words
from nhi_center.services.call_list import CallRecord
from nhi_center.services.calls import parties
from nhi_center.ui.common.name_view import NamePainter, NameView
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.styling import words

_LINES = ("when", "times", "clerk", "caller", "consent", "level", "category", "outcome", "answers", "back", "requests")


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
            "when": f"受付 {call.number} {started:%H:%M} 長さ {clock_words(call.seconds(now))}",
            "times": _times(call, now),
            "clerk": " ".join(filter(None, ("受けた人", record.row.clerk_name, record.row.call.terminal))),
            "caller": " ".join(filter(None, ("相手", Caller(draft.caller).label, LANGUAGES[draft.language], _through(draft)))),
            "consent": _consent(draft),
            "level": f"本人確認 レベル{call.level}",
            "category": f"分類 {record.row.category}",
            "outcome": f"結果 {Outcome(draft.outcome).label} {_where(draft)}".rstrip(),
            "answers": f"回答例 {'・'.join(record.answers)}" if record.answers else "",
            "back": "",
            "requests": " ".join(f"連絡票 {one.number} {one.title} {one.answer or '区の回答待ち'}" for one in record.requests),
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


def _times(call: Call, now: datetime) -> str:
    held = f" 保留 {clock_words(call.hold_seconds)}" if call.hold_seconds else ""
    return f"通話 {clock_words(call.talk(now))}{held} 後処理 {clock_words(call.wrap_up(now))}"


def _through(draft: CallDraft) -> str:
    found = parties().interpreter(draft.interpreter) if may_interpret(draft) else None
    return f"通訳 {found.label}" if found else ""


def _consent(draft: CallDraft) -> str:
    found = parties().consent(draft.consent, draft.caller) if needs_consent(draft) else None
    return f"区の承諾 {found.label} {draft.consent_number if found.asks else found.number}".rstrip() if found else ""


def _where(draft: CallDraft) -> str:
    """To whom it went: the person in the ward and the 係, or the other office."""
    if draft.outcome == Outcome.TO_WARD:
        return " ".join(filter(None, (draft.ward_section, draft.ward_staff, draft.ward_time)))
    office = parties().office(draft.other_office) if draft.outcome == Outcome.OTHER_OFFICE else None
    return draft.other_office_name or office.label if office else ""
