"""区の人: the ward's own accounts, who opened and who closed them; terminals that have not heard of a closing stand in red."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.services import ward_accounts as service
from nhi_center.services.ward_accounts import WardPerson
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import ActionButton, Chip, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.presence import ward_forms as forms
from nhi_center.ui.presence.papers import PapersButton

_RED = "#ce0000"


class WardPanel(QWidget):
    """``ward_table``; ``add_ward_button`` (F3), ``close_ward_button`` (F4), ``release_ward_button`` (F6).

    Signals: said(kind, text).
    """

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("ward_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = DataTable(
            (
                Column("ID", lambda row: row.person, 130),
                Column("氏名", lambda row: row.name, 0, name=True),
                Column("役割", lambda row: row.role.label, 92),
                Column("登録", _opened, 220),
                Column("状態", _state, 290),
                Column("まだ伝わっていない端末", _untold, 200),
            ),
            name="ward_table",
            label="区の人",
            empty="ここには、区職員と区管理者が並びます。F3 で登録します。",
            names=desk.glyphs,
            row_key=lambda row: row.person,
        )
        self.table.current_row_changed.connect(self._show_person)
        column.addWidget(self.table, 1)
        column.addWidget(
            words(
                "閉じたことが伝わっていない端末では、その人がまだ使えます。その端末をつなぐか、電源を切ってください。",
                "secondary",
            )
        )
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.chip = Chip("", name="ward_chip")
        foot.addWidget(self.chip)
        foot.addStretch(1)
        self.papers = PapersButton(self.desk, (("ward-people", "区の人"),), name="ward_pdf_button")
        self.papers.said.connect(self.said)
        foot.addWidget(self.papers)
        self.release_button = plain_button("停止の解除", "F6", name="release_ward_button")
        self.release_button.clicked.connect(self._release)
        self.close_button = ActionButton("アカウントを閉じる", key="F4", danger=True, name="close_ward_button")
        self.close_button.clicked.connect(self._close)
        add = plain_button("区の人を登録", "F3", name="add_ward_button")
        add.clicked.connect(lambda: forms.new_person(self, self.desk, self._added))
        for button in (self.release_button, self.close_button, add):
            foot.addWidget(button)
        return foot

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "登録"), KeyHint("F4", "閉じる"), KeyHint("F6", "解除"), *self.papers.keys())

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest(
            "ward", Lane.READ, lambda _token: service.ward_accounts(office, session), owner=self, done=self._show
        )

    def _show(self, people: tuple[WardPerson, ...]) -> None:
        self.table.set_rows(people)
        self._show_person(self.table.current_row())
        late = {terminal for one in people for terminal in one.untold}
        unsent = sum(one.sent is False for one in people)
        if late or unsent:
            self.chip.set_state(f"未伝達 {len(late)}台" if late else f"未送信 {unsent}件", "error")
        else:
            self.chip.set_state(f"使用中 {sum(not one.closed for one in people)}人", "plain")

    def _show_person(self, row: WardPerson | None) -> None:
        self.close_button.setEnabled(row is not None and not row.closed and not row.own)
        self.release_button.setEnabled(row is not None and row.stopped)

    # -- acting --

    def _close(self) -> None:
        row: WardPerson | None = self.table.current_row()
        if row is not None:
            forms.closing(self, self.desk, row, lambda _none: self._told(f"ID {row.person} を閉じました。"))

    def _release(self) -> None:
        row: WardPerson | None = self.table.current_row()
        if row is not None:
            told = f"ID {row.person} の停止を解除しました。"
            forms.letting_try_again(self, self.desk, row, lambda _none: self._told(told))

    def _added(self, _account: object) -> None:
        self._told("登録しました。この端末ではもう使えます。ほかの端末では、通信のあと、最初のサインインに立会いが要ります。")

    def _told(self, text: str) -> None:
        self.said.emit("done", text)
        self.refresh()
        self.table.setFocus()


def _opened(row: WardPerson) -> str:
    by = "本人" if row.opened_by == row.person else row.opened_by
    return f"{row.opened_at} {by}".strip()


def _state(row: WardPerson) -> Cell:
    if row.closed:
        return Cell(chip="閉鎖", text=f"{row.closed_at} {row.closed_by}")
    if row.stopped:
        return Cell(chip="停止", tone="warning", text="パスワードの誤り(この端末)")
    return Cell(chip="使用中", tone="done", text="あなた" if row.own else "")


def _untold(row: WardPerson) -> Cell:
    if row.sent is None:
        return Cell("")
    if not row.sent:
        return Cell(chip="未送信", tone="error", text="すべての端末", colour=_RED)
    if row.untold:
        return Cell(chip="未伝達", tone="error", text="・".join(row.untold), colour=_RED)
    return Cell(chip="すべて伝達済", tone="done")
