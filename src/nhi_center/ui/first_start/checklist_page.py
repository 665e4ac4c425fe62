"""稼働前点検表: every point answered, then the ward administrator signs the whole list and the terminal is in service."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from nhi_center.domain.first_start import Plan
from nhi_center.domain.going_live import LONGEST_NOTE, Finding, Point, Verdict, check_finding, check_whole
from nhi_center.errors import OperatorError
from nhi_center.services import first_start as service
from nhi_center.services import going_live
from nhi_center.services.first_start import FirstStart
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.parts import Card, plain_button
from nhi_center.ui.common.sign_panel import SignPanel
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.first_start.page import Job, StepPage

VERDICTS = tuple(Choice(verdict.value, verdict.label, str(number)) for number, verdict in enumerate(Verdict, start=1))
STATEMENT = "上の表の答えと、端末票にある端末名・公開鍵・指紋に署名し、この端末の業務を始めます。"


class ChecklistPage(StepPage):
    """``checklist_table``; fields ``verdict`` and ``note`` of the point in hand; the signature ``founder_sign``."""

    next_words = "署名して業務を始める"

    def __init__(self, start: FirstStart) -> None:
        super().__init__("checklist", "稼働前点検", "一つずつ現物で確かめて答えます。残しておいて、あとで続けることもできます。")
        self._start = start
        self._points = service.points()
        self._findings: dict[str, Finding] = {}
        self.table = DataTable(
            (
                Column("点検すること", lambda point: point.title, 210),
                Column("答え", self._answer, 120),
                Column("内容", self._note),
            ),
            name="checklist_table",
            label="稼働前点検の項目",
            empty="ここに点検の項目が並びます。",
            row_key=lambda point: point.id,
        )
        self.table.setMinimumHeight(220)  # on a small screen it scrolls: the buttons below must be seen
        self.table.current_row_changed.connect(lambda _row: self._show_point())
        self.table.row_activated.connect(lambda _row: self.verdict.editor.setFocus())
        self.card.add(self.table)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addWidget(self._answer_card(), 6)
        lower.addWidget(self._sign_panel(), 5)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertLayout(column.count() - 1, lower)
        column.setStretchFactor(self.card, 1)
        column.setStretch(column.count() - 1, 0)

    def _answer_card(self) -> Card:
        card = Card("この項目の答え", name="answer_card")
        card.body.setSpacing(8)
        self.asked = words("", "dense", name="asked_words", wrap=True)
        self.asked.setMinimumHeight(44)
        self.verdict = ChoiceField("verdict", "答え", VERDICTS, required=True, reserve_note=False)
        self.note = LineField("note", f"確かめた内容({LONGEST_NOTE}文字まで)", limit=LONGEST_NOTE, reserve_note=False)
        self.answer_button = plain_button("この答えを書く", "F4", name="answer_button")
        self.answer_button.clicked.connect(self._keep)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.verdict, 3)
        row.addWidget(self.note, 7)
        card.add(self.asked)
        card.add(row)
        card.body.addStretch(1)
        card.add(self.answer_button)
        self.answer_chain = FieldChain((self.verdict, self.note), self)
        self.answer_chain.finished.connect(self._keep)
        return card

    def _sign_panel(self) -> SignPanel:
        self.panel = SignPanel("区管理者の署名", "ID", STATEMENT, name="founder_sign")
        self.panel.chain.finished.disconnect(self.panel.submit)
        self.panel.chain.finished.connect(self.submitted)
        return self.panel

    # -- showing --

    def show_plan(self, plan: Plan) -> None:
        self._findings = dict(service.findings(self._start))
        self.table.set_rows(self._points)
        self.panel.id_field.set_value(plan.founder)
        self._show_point()

    def _show_point(self) -> None:
        point = self.table.current_row()
        if not isinstance(point, Point):
            return
        found = self._findings.get(point.id)
        self.asked.setText(point.words)
        self.verdict.set_choices(VERDICTS if point.not_needed else VERDICTS[:1])
        self.verdict.set_value(found.verdict.value if found else "")
        self.note.set_value(found.note if found else "")
        self.note.set_required(point.note)

    def _answer(self, point: Point) -> Cell:
        found = self._findings.get(point.id)
        if found is None:
            return Cell(chip="まだ", tone="warning")
        return Cell(chip=found.verdict.label, tone="done" if found.verdict is Verdict.CHECKED else "info")

    def _note(self, point: Point) -> str:
        found = self._findings.get(point.id)
        return found.note if found else ""

    def first_focus(self) -> DataTable:
        return self.table

    # -- acting --

    def _keep(self) -> None:
        point = self.table.current_row()
        if not isinstance(point, Point) or not self.answer_chain.commit_all():
            return
        finding = Finding(point.id, Verdict(self.verdict.value()), self.note.value().strip())
        try:
            check_finding(point, finding)
        except OperatorError as error:
            self.answer_chain.show_error(error)
            return
        self._findings[point.id] = finding
        service.keep_finding(self._start, finding)
        self.table.set_rows(self._points)
        self._to_next_open(point)

    def _to_next_open(self, point: Point) -> None:
        at = self._points.index(point)
        order = (*self._points[at + 1 :], *self._points[:at])
        following = next((one for one in order if one.id not in self._findings), None)
        if following is None:
            self.panel.password_field.editor.setFocus()
            return
        self.table.select(self._points.index(following))
        self._show_point()
        self.verdict.editor.setFocus()

    def job(self, plan: Plan) -> Job | None:
        try:
            check_whole(self._points, self._findings)
        except OperatorError as error:
            place = next((number for number, one in enumerate(self._points) if one.id == error.field), 0)
            self.table.select(place)
            self._show_point()
            self.verdict.set_problem(error.message)
            self.verdict.editor.setFocus()
            return None
        if not self.panel.chain.commit_all():
            return None
        person, password = self.panel.take()
        findings = dict(self._findings)
        return lambda: going_live.go_live(self._start, plan, findings, person, password)

    def refuse(self, error: Exception) -> bool:
        if isinstance(error, OperatorError) and error.code in ("wrong-password", "wrong-role", "wait", "locked-out"):
            self.panel.refuse(error.message, field="id" if error.code == "wrong-role" else "")
            return True
        return super().refuse(error)

    def settled(self, result: Any) -> None:
        self.panel.set_signed(self.panel.id_field.value())
