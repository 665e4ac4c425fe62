"""The incidents of the room: everything known stands there already, people add the words and when the ward was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from nhi_center.domain.incidents import IN_WORDS, LONGEST, Step
from nhi_center.domain.operators import Action
from nhi_center.domain.today import due_state
from nhi_center.errors import OperatorError
from nhi_center.services import incidents as service
from nhi_center.services.incident_sheet import make_report
from nhi_center.services.incidents import IncidentRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.paper_maker import PaperMaker
from nhi_center.ui.common.parts import ActionButton, Card
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import FreeText
from nhi_center.ui.entry.asking import run
from nhi_center.ui.incidents.facts import facts_words, when
from nhi_center.ui.incidents.procedures import open_procedures
from nhi_center.ui.incidents.report_form import report_form

_STEPS = tuple(Choice(step.value, step.label, str(at)) for at, step in enumerate(IN_WORDS, 1))

CHOOSE = "一覧の記録を選ぶと、ここに内容が出ます。"


class IncidentsScreen(Screen):
    """F6 reports a new one, Ctrl+Enter adds what was done, F3 keeps whom of the ward was told and when, F7 makes the written
    report, F4 (the ward) closes it. F8: procedures and whom to call.
    """

    name = "incidents"
    title = "事故・差異の記録"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown = self._wanted = ""
        self._closes = desk.may(Action.CLOSE_INCIDENT)
        self.paper = PaperMaker(desk, self)
        self.paper.said.connect(self._on_paper_said)
        self.counts = words("", "secondary", name="incident_counts")
        self.rule = words("区への通知は直ちに。", "secondary", name="incident_rule")
        self.page.addWidget(TitleLine(self.title, self.counts, right=self.rule))
        self.table = self._table(desk)
        self.page.addWidget(self.table, 2)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addWidget(self._facts(), 560)
        lower.addLayout(self._fields(), 560)
        self.page.addLayout(lower, 3)
        self.page.addLayout(self._foot())
        self.keep_fresh()
        self._show_row(None)

    def _table(self, desk: Desk) -> DataTable:
        now = desk.office.clock.local
        table = DataTable(
            (
                Column("発見", lambda row: when(row.incident.known_at), 120),
                Column("種類", lambda row: Cell(strong=row.incident.kind.label), 96),
                Column("便・対象", lambda row: row.subject, 250),
                Column("内容", lambda row: row.about),
                Column("区への通知", lambda row: _told(row, now()), 170),
                Column("状態", _state, 100),
            ),
            name="incident_table",
            label="事故・差異の記録",
            empty="事故・差異の記録はありません。見つけたことは F6 で報告します。枚数の差異などは、自動でここに並びます。",
            row_key=lambda row: row.incident.id,
        )
        table.current_row_changed.connect(self._show_row)
        table.row_activated.connect(lambda _row: self.words.editor.setFocus())
        return table

    def _facts(self) -> Card:
        self.card = Card("内容", name="incident_card")
        self.facts = words("", "", name="incident_facts", wrap=True)
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        moving = QScrollArea()  # entries are added for days; Tab and the arrow keys move them
        moving.setObjectName("incident_entries")
        moving.setAccessibleName("内容")
        moving.setWidget(self.facts)
        moving.setWidgetResizable(True)
        moving.setFrameShape(QFrame.Shape.NoFrame)
        moving.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.card.body.addWidget(moving, 1)
        return self.card

    def _fields(self) -> QVBoxLayout:
        self.step = ChoiceField("step", "記入の種類", _STEPS)
        self.step.set_value(Step.WRITTEN.value)
        self.words = FreeText("incident_words", "区の確認・指示" if self._closes else "内容(氏名は書かない)", lines=3)
        self.told_to = LineField("told_to", "通知した区職員の職員番号", limit=20, ime=False)
        self.told_at = LineField("told_at", "通知した時刻(空欄は今)", limit=11, ime=False, hint="前の日は 11/23 17:20 の形")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.told_to, 1)
        row.addWidget(self.told_at, 1)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.step)
        column.addWidget(self.words)
        column.addLayout(row)
        column.addStretch(1)
        return column

    def _foot(self) -> QHBoxLayout:
        self.note = words("", "secondary", name="incident_note")
        self.tell_button = ActionButton("区への通知を記録", key="F3", bind=False, name="tell_button")
        self.close_button = ActionButton("終結にする", key="F4", bind=False, name="close_button")
        self.write_button = ActionButton("書き加える", key="Ctrl+Enter", primary=True, bind=False, name="write_button")
        self.tell_button.clicked.connect(self._tell)
        self.close_button.clicked.connect(self._close)
        self.write_button.clicked.connect(self._write)
        self.close_button.setVisible(self._closes)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.note, 1)
        for button in (self.tell_button, self.close_button, self.write_button):
            row.addWidget(button)
        return row

    # -- the frame's questions --

    def keys(self) -> tuple[KeyHint, ...]:
        closing = (KeyHint("F4", "終結にする", self._close),) if self._closes else ()
        return (
            KeyHint("Enter", "記入へ"),
            KeyHint("F3", "区への通知を記録", self._tell),
            *closing,
            KeyHint("F6", "報告する", self._report),
            KeyHint("F7", "報告書", self._make_paper),
            KeyHint("F8", "手順・連絡先", lambda: open_procedures(self, self.desk)),
            KeyHint("Esc", "受渡しへ", lambda: self.desk.open("custody")),
            KeyHint("Ctrl+Enter", "書き加える", self._write),
        )

    def opened(self, **params: Any) -> None:
        self._wanted = str(params.get("incident", ""))
        self.refresh()

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.listing, done=self._show_rows)

    def _show_rows(self, rows: tuple[IncidentRow, ...]) -> None:
        self.table.set_rows(rows)
        if rows:
            self.rule.setText(f"区への通知は直ちに。{rows[0].tell_minutes}分で赤くなります。")
        opened = [row for row in rows if row.incident.closed is None]
        untold = sum(row.incident.told is None for row in opened)
        self.counts.setText(f"対応中 {len(opened)}件(区への通知がまだ {untold}件)" if rows else "")
        ids = [row.incident.id for row in rows]
        if self._wanted in ids:
            self.table.select(ids.index(self._wanted))
        elif rows and self.table.current_row() is None:
            self.table.select(0)
        self._wanted = ""
        self._show_row(self.table.current_row())

    def _show_row(self, row: IncidentRow | None) -> None:
        """Called again with every refresh: what is being typed stays while the same record is in front."""
        opened = row is not None and row.incident.closed is None
        untold = opened and row is not None and row.incident.told is None
        self.facts.setText(facts_words(row) if row else CHOOSE)
        self.words.setEnabled(opened)
        self.step.setEnabled(opened)
        self.write_button.setEnabled(opened)
        self.close_button.setEnabled(opened)
        for part in (self.told_to, self.told_at, self.tell_button):
            part.setEnabled(untold)
        self.note.setText(_note(row, self._closes))
        shown = row.incident.id if row else ""
        if shown != self._shown:
            self._shown = shown
            for field in (self.words, self.told_to, self.told_at):
                field.clear()
            self.step.set_value(Step.WRITTEN.value)

    # -- acting --

    def _report(self) -> None:
        report_form(self, self.desk, self._reported)

    def _reported(self, id_: object) -> None:
        self._wanted = str(id_)
        self.refresh()

    def _make_paper(self) -> None:
        if self._shown:
            self.paper.make(make_report, self._shown)

    def _on_paper_said(self, kind: str, text: str) -> None:
        self.say(kind, text)
        self.refresh()

    def _write(self) -> None:
        if self.write_button.isEnabled():
            step = Step(self.step.value() or Step.WRITTEN)
            self._act(service.write, self.words.value(), step, said="書き加えました。")

    def _tell(self) -> None:
        if not self.tell_button.isEnabled():
            return
        if not self.told_to.value().strip():
            self.told_to.editor.setFocus()
            self.say("info", "通知した区職員の職員番号を入れて、もう一度 F3 を押します。")
            return
        self._act(service.tell, self.told_to.value(), self.told_at.value(), said="区への通知を記録しました。")

    def _close(self) -> None:
        if self._closes and self.close_button.isEnabled():
            row = self.table.current_row()
            mark = "便の書類の「差異あり」の印は残ります。" if row is not None and row.handover is not None else ""
            self._act(service.close, self.words.value(), said=f"終結にしました。{mark}")

    def _act(self, verb: Any, *values: Any, said: str) -> None:
        for field in (self.words, self.told_to, self.told_at):
            field.clear_notes()
        run(self.desk, self, Lane.WRITE, verb, self._shown, *values, done=lambda _none: self._done(said), failed=self._on_refused)

    def _done(self, sentence: str) -> None:
        self.say("done", sentence)
        self._wanted, self._shown = self._shown, ""
        self.refresh()
        self.table.setFocus()

    def _on_refused(self, error: Exception) -> None:
        fields = {"words": self.words, "told_to": self.told_to, "told_at": self.told_at}
        field = fields.get(error.field) if isinstance(error, OperatorError) else None
        if field is not None and isinstance(error, OperatorError):
            field.set_problem(error.message)
            field.editor.setFocus()
        else:
            self.desk.present_error(error)


def _told(row: IncidentRow, now: datetime) -> Cell:
    told = row.incident.told
    if told is not None:
        at = datetime.fromisoformat(told.told_at)
        same_day = told.told_at[:10] == row.incident.known_at[:10]
        return Cell(chip=f"通知済 {at:%H:%M}" if same_day else f"通知済 {at.month}/{at.day} {at:%H:%M}", tone="done")
    late = row.incident.overdue(now, row.tell_minutes)
    state = due_state(row.incident.due(row.tell_minutes), now)
    return Cell(chip=f"まだ {state}".rstrip(), tone="error" if late else "warning")


def _state(row: IncidentRow) -> Cell:
    return Cell(chip=row.incident.state, tone="plain" if row.incident.closed else "warning")


def _note(row: IncidentRow | None, closes: bool) -> str:
    if row is None or row.incident.closed:
        return ""
    if row.incident.told is None:
        return "区の責任者へ直ちに知らせ、相手と時刻を記録します。"
    if not row.incident.written:
        return f"初期対応(したこと)を{LONGEST}文字までで書きます。"
    return "内容を確かめて、終結にします。" if closes else "区の終結を待っています。書き加えることができます。"
