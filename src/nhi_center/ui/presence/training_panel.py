"""研修: who needs what and how it stands, every lesson of one person, and recording a lesson for several people at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.operators import Action
from nhi_center.domain.roster_training import Standing, Training, TrainingKind
from nhi_center.errors import OperatorError
from nhi_center.services import roster as service
from nhi_center.services import roster_papers
from nhi_center.services.roster import Roster, RosterLine
from nhi_center.services.roster_gate import kinds
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.name_view import NameView
from nhi_center.ui.common.paper_maker import made_words
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.presence.papers import PapersButton
from nhi_center.ui.presence.roster_forms import read_day

_TONES = {Standing.VALID: "done", Standing.RUNS_OUT: "warning", Standing.EXPIRED: "error", Standing.MISSING: "error"}
MOST_AT_ONCE = 12
"""People in one form: more would not fit on the screen."""


class TrainingPanel(QWidget):
    """``standing_table`` (Space ticks who took part), ``lesson_table``; F3 records, F4 makes 研修実施報告書.

    Signals: said(kind, text).
    """

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("training_panel")
        self._manages = desk.may(Action.MANAGE_ROSTER)
        self._found: Roster | None = None
        self._busy = self._recorded = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = self._standing()
        self.table.current_row_changed.connect(self._show_lessons)
        column.addWidget(self.table, 3)
        self.heading = words("受講の記録", "heading", name="lesson_heading")
        self.heading.setFixedHeight(24)
        column.addWidget(self.heading)
        self.lessons = self._lessons()
        column.addWidget(self.lessons, 2)
        column.addLayout(self._foot())

    def _standing(self) -> DataTable:
        each = tuple(Column(kind.title, partial(_cell, kind), 152) for kind in kinds())
        return DataTable(
            (Column("氏名", lambda row: row.entry.now.name, 0, name=True), *each),
            name="standing_table",
            label="必要な研修の状況",
            empty="ここには、従事者ごとに必要な研修の期限が並びます。",
            names=self.desk.glyphs,
            row_key=lambda row: row.entry.person,
            checkable=(lambda _row: True) if self._manages else None,
        )

    def _lessons(self) -> DataTable:
        return DataTable(
            (
                Column("実施の日", lambda row: wareki(row.held), 160),
                Column("研修", lambda row: _kind_title(row.kind), 170),
                Column("内容", lambda row: row.content),
                Column("点数", lambda row: "" if row.score is None else f"{row.score}点", 72, "right"),
                Column("結果", _result, 110),
                Column("期限", lambda row: wareki(row.last_day) if row.last_day else "期限なし", 160),
            ),
            name="lesson_table",
            label="この人の受講の記録",
            empty="ここには、上で選んだ人が受けた研修が並びます。期限を過ぎたものも残ります。",
            row_key=lambda row: (row.kind, row.held, row.content),
        )

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("期限を過ぎた人は、取りかかっている仕事だけを終えられます。", "secondary"))
        foot.addStretch(1)
        self.papers = PapersButton(self.desk, (("trainings", "研修記録"),), name="trainings_pdf_button")
        self.papers.said.connect(self.said)
        foot.addWidget(self.papers)
        if self._manages:
            report = plain_button("研修実施報告書", "F4", name="lesson_report_button")
            report.clicked.connect(self._report)
            foot.addWidget(report)
            record = plain_button("研修を記録", "F3", name="record_lesson_button")
            record.clicked.connect(self._record)
            foot.addWidget(record)
        return foot

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        if not self._manages:
            return self.papers.keys()
        return (KeyHint("Space", "受講した人"), KeyHint("F3", "記録"), KeyHint("F4", "報告書"), *self.papers.keys())

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("trainings", Lane.READ, lambda _token: service.roster(office, session), owner=self, done=self._show)

    def _show(self, found: Roster) -> None:
        self._found = found
        self.table.set_rows([line for line in found.lines if line.entry.leaving is None])
        self._show_lessons(self.table.current_row())
        if self._recorded and self.lessons.rows():
            self.lessons.select(0)  # F4 then reports the lesson that was just recorded
        self._recorded = False

    def _show_lessons(self, row: RosterLine | None) -> None:
        self.lessons.set_rows(tuple(reversed(row.entry.trainings)) if row else ())

    # -- acting --

    def _record(self) -> None:
        people = self.table.checked_rows()
        if not people:
            self.said.emit("info", "受講した人を Space で選んでから、F3 で記録します。")
        elif len(people) > MOST_AT_ONCE:
            self.said.emit("info", f"一度に記録できるのは{MOST_AT_ONCE}人までです。分けて記録してください。")
        elif self._found is not None:
            lesson_form(self, self.desk, self._found.today, people, self._kept)

    def _kept(self, last: object) -> None:
        for row in self.table.checked_rows():
            self.table.set_checked(row, False)
        until = f"次の期限は{wareki(last)}です。" if isinstance(last, date) else "期限はありません。"
        self.said.emit("done", f"研修を記録しました。{until}")
        self._recorded = True
        self.refresh()
        self.table.setFocus()

    def _report(self) -> None:
        chosen: Training | None = self.lessons.current_row()
        if chosen is None:
            self.said.emit("info", "下の「受講の記録」で研修を選んでから、F4 で報告書を作ります。")
            return
        if self._busy:
            return
        self._busy = True
        office, session = self.desk.office, self.desk.session
        self.desk.run(
            Lane.PRINT,
            lambda _token: roster_papers.make_training_report(office, session, chosen.kind, chosen.held),
            owner=self,
            done=self._made,
            ended=self._free,
        )

    def _made(self, path: Path) -> None:
        self.said.emit("done", made_words(path))

    def _free(self) -> None:
        self._busy = False


def lesson_form(
    parent: QWidget, desk: Desk, today: date, people: tuple[RosterLine, ...], kept: Callable[[object], object]
) -> FormDialog:
    """One lesson: kind, day, content, and a score for each who took part where the kind is tested."""
    choices = tuple(Choice(kind.id, kind.title, str(number)) for number, kind in enumerate(kinds(), 1))
    kind = ChoiceField("kind", "研修", choices, required=True)
    held = DateField("held", "実施の日", today=today, required=True)
    held.set_value(today.isoformat())
    content = LineField("content", "内容", limit=40, required=True)
    scores = {line.entry.person: _score_field(desk, number, line) for number, line in enumerate(people, 1)}

    def act() -> Callable[[], object]:
        chosen, day, taught = kind.value(), read_day(held), content.value()
        results = {person: _score(field, chosen) for person, field in scores.items()}
        office, session = desk.office, desk.session
        return lambda: service.record_training(office, session, chosen, day, taught, results)

    fields = list(scores.values())
    rows = [(kind, held), (content,), *(tuple(fields[at : at + 4]) for at in range(0, len(fields), 4))]
    text = "点数は、試験のある研修(個人情報の取扱い・情報セキュリティ)だけに入れます。80点以上が有効です。"
    return open_form(FormDialog(parent, desk, "研修の記録", text, rows, yes="記録する", act=act, kept=kept))


def _score_field(desk: Desk, number: int, line: RosterLine) -> DigitsField:
    """The name above, drawn by glyph; the ID is the label."""
    field = DigitsField(f"score_{number}", line.entry.person, length=3, auto_advance=False, hint="点数")
    layout = field.layout()
    if isinstance(layout, QVBoxLayout):
        layout.insertWidget(0, NameView(desk.glyphs, 16, line.entry.now.name, object_name=f"score_{number}_name"))
    return field


def _score(field: DigitsField, kind_id: str) -> int | None:
    tested = next(kind.pass_mark for kind in kinds() if kind.id == kind_id) > 0
    typed = field.value()
    if tested and not typed:
        raise OperatorError("この研修は点数を入力してください。", field=field.name)
    if not typed or not tested:
        return None
    if int(typed) > 100:
        raise OperatorError("点数は0から100で入力してください。", field=field.name)
    return int(typed)


def _cell(kind: TrainingKind, row: RosterLine) -> Cell:
    one = next((needed for needed in row.trainings if needed.kind.id == kind.id), None)
    if one is None:
        return Cell("")
    if one.standing is Standing.MISSING:
        return Cell(chip="未受講", tone="error")
    until = f"R{one.last_day.year - 2018}.{one.last_day.month}.{one.last_day.day}まで" if one.last_day else "期限なし"
    return Cell(chip=until, tone=_TONES[one.standing])


def _kind_title(kind_id: str) -> str:
    return next((kind.title for kind in kinds() if kind.id == kind_id), kind_id)


def _result(row: Training) -> Cell:
    return Cell(chip="有効", tone="done") if row.passed else Cell(chip="再受講", tone="error")
