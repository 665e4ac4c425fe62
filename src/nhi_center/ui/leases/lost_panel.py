"""使えない端末: given up by supervisor and ward staff together; its papers, and keying them again; and its coming back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.operators import Action
from nhi_center.services import forms, lost_terminals
from nhi_center.services import lost_terminals as service
from nhi_center.services.handover import Credential
from nhi_center.services.lost_terminals import LostPaper, RoomTerminal
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LabelledField, LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import ActionButton, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run


class LostPanel(QWidget):
    """``terminals_table`` and, of the one in front, ``lost_papers_table``. F3 gives it up (or takes this one back), F4 keys a
    paper again. Signals: said."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("lost_panel")
        self._acts = desk.may(Action.DECLARE_FAILED)
        self.terminals = DataTable(
            (Column("端末", lambda row: Cell(strong=row.terminal), 140), Column("状態", _state)),
            name="terminals_table",
            label="室内の端末",
            empty="ほかの端末はまだありません。",
            row_key=lambda row: row.terminal,
        )
        self.papers = DataTable(
            (
                Column("管理票", lambda row: Cell(strong=row.number), 110),
                Column("受付の日", lambda row: row.day, 110),
                Column("すること", _to_do),
            ),
            name="lost_papers_table",
            label="その端末にあった書類",
            empty="使えない端末を選ぶと、その端末にあった書類がここに並びます。",
            row_key=lambda row: row.slip,
        )
        self.terminals.selectionModel().currentRowChanged.connect(lambda *_rows: self._show_papers())
        tables = QHBoxLayout()
        tables.setSpacing(12)
        tables.addWidget(self.terminals, 2)
        tables.addWidget(self.papers, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(tables, 1)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        self.declare_button = ActionButton("使えない端末とする・戻す", key="F3", danger=True, name="declare_button")
        self.again_button = plain_button("紙から入力し直す", "F4", name="again_button")
        self.declare_button.clicked.connect(self._declare)
        self.again_button.clicked.connect(self._again)
        self.declare_button.setVisible(self._acts)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        about = "取扱責任者と区職員の二人で決めます。残った紙と用紙は、終業点検で手で数えます。"
        foot.addWidget(words(about, "secondary"), 1)
        foot.addWidget(self.again_button)
        foot.addWidget(self.declare_button)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        declare = (KeyHint("F3", "使えない端末とする・戻す"),) if self._acts else ()
        return (*declare, KeyHint("F4", "紙から入力し直す"))

    def first_focus(self) -> QWidget:
        return self.terminals

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.room_terminals, done=self._show)

    def _show(self, rows: Sequence[RoomTerminal]) -> None:
        self.terminals.set_rows(rows)
        self._show_papers()

    def _show_papers(self) -> None:
        row = self.terminals.current_row()
        if row is not None and row.failed and not row.here:
            run(self.desk, self, Lane.READ, lost_terminals.papers, row.terminal, done=self.papers.set_rows)
        else:
            self.papers.set_rows(())

    def _declare(self) -> None:
        row = self.terminals.current_row()
        if row is None or row.here is not row.failed:
            self.said.emit("warning", "使えなくなったほかの端末か、戻ったこの端末を選んでください。")
            return
        reason = LineField("reason", "どうなったか(氏名は書かない)", limit=service.LONGEST_REASON, required=True)
        people = [_credential("supervisor", "取扱責任者"), _credential("ward", "区職員")]
        office, session = self.desk.office, self.desk.session

        def act() -> Callable[[], object]:
            signers = [Credential(who.value().strip(), password.value()) for who, password in people]
            if row.here:
                return partial(service.take_back, office, session, reason.value(), *signers)
            return partial(service.declare, office, session, row.terminal, reason.value(), *signers)

        title = "この端末が戻った" if row.here else f"端末 {row.terminal} を使えない端末とする"
        text = (
            "この端末で、また仕事を始めます。送れなかった届出は「食い違い」で一つずつ決めます。"
            if row.here
            else "その端末の届出は、ほかの端末で紙から入力し直します。後から届いた記録は使わず、食い違いとして残します。"
        )
        rows: tuple[tuple[LabelledField, ...], ...] = ((reason,), *people)
        yes = "戻す" if row.here else "使えない端末とする"
        open_form(
            FormDialog(
                self, self.desk, title, text, rows, yes=yes, act=act, kept=lambda _none: self._said(title), danger=not row.here
            )
        )  # fmt: skip

    def _said(self, title: str) -> None:
        self.said.emit("done", f"{title}: 記録しました。次の同期で部屋に伝わります。")
        self.refresh()

    def _again(self) -> None:
        terminal, paper = self.terminals.current_row(), self.papers.current_row()
        if terminal is None or paper is None or not paper.again:
            self.said.emit("warning", "使えない端末と、入力し直す管理票を選んでください。")
            return
        day = self.desk.office.clock.today()
        ids = {str(int(form.id[1:3])): form for form in forms.catalogue().on(day)}
        kind = ChoiceField("kind", "様式", tuple(Choice(code, form.name) for code, form in ids.items()), required=True)
        sheets = DigitsField("sheets", "枚数(添付を含む)", required=True)
        office, session = self.desk.office, self.desk.session

        def act() -> Callable[[], object]:
            values = ids[kind.value()].id, int(sheets.value() or 0)
            return partial(service.key_again, office, session, terminal.terminal, paper.slip, *values)

        text = f"管理票 {paper.number} の紙を手に取り、様式を見て、枚数を数えます。この端末の「入力」に同じ番号で並びます。"
        open_form(
            FormDialog(
                self, self.desk, "紙から入力し直す", text, ((kind, sheets),), yes="引き取る", act=act,
                kept=lambda _none: self._taken(paper), lane=Lane.LINK,
            )
        )  # fmt: skip

    def _taken(self, paper: LostPaper) -> None:
        self.said.emit("done", f"管理票 {paper.number} を引き取りました。「入力」の一覧から入力します。")
        self.refresh()


def _credential(name: str, label: str) -> tuple[LineField, PasswordField]:
    who = LineField(f"{name}_id", f"{label}のID", limit=40, ime=False, required=True)
    return who, PasswordField(f"{name}_password", f"{label}のパスワード", required=True)


def _state(row: RoomTerminal) -> Cell:
    here = "この端末" if row.here else ""
    return Cell(chip="使えない端末", tone="error", text=here) if row.failed else Cell(chip="使える", tone="done", text=here)


def _to_do(row: LostPaper) -> Cell:
    if row.again:
        return Cell(chip="入力し直す", tone="warning")
    lease = row.lease
    return Cell(chip="「引渡し」で引き取る" if lease and lease.holder and lease.state == "laid" else "済み", tone="plain")
