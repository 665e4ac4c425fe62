"""進み具合: by form where the papers stand, who has which, who is in; and a draft given to another person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.board import LONGEST, Case
from nhi_center.domain.paper_age import overdue_words
from nhi_center.services import board as service
from nhi_center.services.board import Board
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import warn_of_forbidden
from nhi_center.ui.entry.asking import run


class BoardScreen(Screen):
    """``board_cases`` (F6 or Enter gives a draft to another), ``board_forms``, ``board_people``; it looks again by itself."""

    name = "board"
    title = "進み具合"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._names: dict[str, str] = {}
        self.counts = words("", "secondary", name="board_counts")
        self.page.addWidget(TitleLine(self.title, self.counts))
        self.stopped = words("", "", name="board_stopped", wrap=True)
        self.stopped.setStyleSheet("color: #ce0000;")
        self.page.addWidget(self.stopped)
        self.forms, self.people, self.cases = self._forms(), self._people(), self._cases()
        upper = QHBoxLayout()
        upper.setSpacing(12)
        upper.addWidget(self.forms, 740)
        upper.addWidget(self.people, 330)
        self.page.addLayout(upper, 2)
        self.page.addWidget(self.cases, 3)
        foot = QHBoxLayout()
        foot.addWidget(words("担当を変えても、入力した内容は残ります。前の担当者は照合できません。", "secondary"), 1)
        self.assign_button = ActionButton("担当を変える", key="F6", primary=True, bind=False, name="assign_button")
        self.assign_button.clicked.connect(self._assign)
        foot.addWidget(self.assign_button)
        self.page.addLayout(foot)
        self.keep_fresh()

    def _forms(self) -> DataTable:
        return DataTable(
            (
                Column("届出・申請", lambda line: Cell(strong=line.title)),
                Column("入力待ち", lambda line: _number(line.to_key), 76, "right"),
                Column("下書き", lambda line: _number(line.drafts), 66, "right"),
                Column("照合待ち", lambda line: _number(line.to_verify), 76, "right"),
                Column("審査待ち", lambda line: _number(line.to_review), 76, "right"),
                Column("保留", lambda line: _number(line.held), 56, "right"),
                Column("期限超過", lambda line: _late(line.overdue), 76, "right"),
            ),
            name="board_forms",
            label="届出・申請ごとの数",
            empty="室内に届出・申請はありません。",
            row_key=lambda line: line.title,
        )

    def _people(self) -> DataTable:
        return DataTable(
            (
                Column("在室", lambda one: Cell(strong=one.name)),
                Column("役割", lambda one: one.role, 100),
                Column("下書き", lambda one: _number(one.drafts), 66, "right"),
            ),
            name="board_people",
            label="在室の人",
            empty="受託者は在室していません。",
            row_key=lambda one: one.id,
        )

    def _cases(self) -> DataTable:
        table = DataTable(
            (
                Column("管理票", lambda case: Cell(strong=case.number), 110),
                Column("届出・申請", lambda case: case.title),
                Column("段階", _state, 150),
                Column("担当", lambda case: self._names.get(case.holder, case.holder), 170),
                Column("期限", lambda case: Cell(overdue_words(case.hours), colour="#ce0000"), 150),
            ),
            name="board_cases",
            label="届出・申請の一覧",
            empty="進めるものはありません。受渡しで書類を受け取ると、ここに並びます。",
            row_key=lambda case: case.number,
        )
        table.row_activated.connect(lambda _case: self._assign())
        table.current_row_changed.connect(self._show_case)
        return table

    # -- the frame's questions --

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("F6", "担当を変える", self._assign),
            KeyHint("Esc", "本日の業務へ", lambda: self.desk.open("home")),
        )

    def first_focus(self) -> QWidget:
        return self.cases

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.board, done=self._show)

    def _show(self, found: Board) -> None:
        self._names = dict(found.names)
        self.stopped.setText(f"▲ {found.stopped}" if found.stopped else "")
        self.stopped.setVisible(bool(found.stopped))
        self.counts.setText(f"{len(found.cases)}件 在室 {len(found.people)}人")
        self.forms.set_rows(found.forms)
        self.people.set_rows(found.people)
        self.cases.set_rows(found.cases)
        self._show_case(self.cases.current_row())

    def _show_case(self, case: Case | None) -> None:
        self.assign_button.setEnabled(case is not None and case.movable)

    # -- acting --

    def _assign(self) -> None:
        case: Case | None = self.cases.current_row()
        if case is None:
            return
        if not case.movable:
            self.say("info", "担当を変えられるのは下書きだけです。入力待ちと照合待ちは、だれでも開けます。")
            return
        assign_form(self, self.desk, case, self._names, lambda _none: self._assigned(case))

    def _assigned(self, case: Case) -> None:
        self.say("done", f"管理票 {case.number} の担当を変えました。")
        self.refresh()


def assign_form(parent: QWidget, desk: Desk, case: Case, names: dict[str, str], kept: Callable[[object], object]) -> FormDialog:
    to = LineField("to", "新しい担当者のID", limit=20, ime=False, required=True)
    reason = LineField("reason", f"理由({LONGEST}文字まで)", limit=LONGEST, required=True)
    warn_of_forbidden(reason)
    office, session = desk.office, desk.session

    def act() -> Callable[[], Any]:
        typed, why = to.value(), reason.value()
        return lambda: service.assign(office, session, case.application, typed, why)

    text = f"管理票 {case.number} {case.title}\nいまの担当: {names.get(case.holder, case.holder)}"
    return open_form(FormDialog(parent, desk, "担当を変える", text, ((to,), (reason,)), yes="変える", act=act, kept=kept))


def _number(count: int) -> str:
    return f"{count}" if count else "–"


def _late(count: int) -> Cell:
    return Cell(f"{count}", colour="#ce0000") if count else Cell("–")


def _state(case: Case) -> Cell:
    return Cell(chip="至急", tone="error", text=case.state.label) if case.urgent else Cell(case.state.label)
