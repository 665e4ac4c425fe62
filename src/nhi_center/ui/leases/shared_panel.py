"""引渡し: papers that wait for whoever takes them, and who has those that were handed on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calls import due_words
from nhi_center.domain.entry import State
from nhi_center.domain.leases import LeaseState
from nhi_center.services import leases as service
from nhi_center.services.clock import JST
from nhi_center.services.leases import SharedRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run
from nhi_center.ui.leases.hand_on_dialog import open_take

ABOUT = "渡すときは、入力か照合の一覧で F7 を押します。引き取った端末だけが、その届出を進められます。"


class SharedPanel(QWidget):
    """``shared_table`` and ``elsewhere_table``; Enter takes what stands in the first. Signals: said."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("shared_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = DataTable(
            self._columns("渡した端末"),
            name="shared_table",
            label="引渡しを待つ書類",
            empty="引渡しを待つ書類はありません。別の端末で渡した書類が、ここに並びます。",
            row_key=lambda row: row.lease.slip,
        )
        self.table.row_activated.connect(self._take)
        self.elsewhere = DataTable(
            self._columns("持っている端末"),
            name="elsewhere_table",
            label="ほかの端末が持っている書類",
            empty="引渡しに出した書類で、ほかの端末が持っているものはありません。",
            row_key=lambda row: row.lease.slip,
        )
        column.addWidget(self.table, 3)
        column.addWidget(words("ほかの端末が持っている書類", "heading"))
        column.addWidget(self.elsewhere, 2)
        self.button = ActionButton("引き取る", key="Enter", primary=True, bind=False, name="take_button")
        self.button.clicked.connect(self._take_current)
        foot = QHBoxLayout()
        foot.addWidget(words(ABOUT, "secondary"), 1)
        foot.addWidget(self.button)
        column.addLayout(foot)

    def _columns(self, terminal: str) -> tuple[Column, ...]:
        return (
            Column("管理票", lambda row: Cell(strong=row.lease.number), 110),
            Column("届出・申請", lambda row: row.form_title, 230),
            Column("段階", _step, 120),
            Column(terminal, lambda row: row.lease.holder, 140),
            Column("いつから", lambda row: self._when(row.lease.since), 110),
            Column("人", lambda row: row.person_name, 130),
            Column("状態", _state),
        )

    def _when(self, since: str) -> str:
        return due_words(datetime.fromisoformat(since).astimezone(JST), self.desk.office.clock.now().astimezone(JST).date())

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("↑↓", "選ぶ"), KeyHint("Enter", "引き取る"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.shared, done=self._show)
        run(self.desk, self, Lane.READ, service.held_elsewhere, done=self.elsewhere.set_rows)

    def _show(self, rows: tuple[SharedRow, ...]) -> None:
        self.table.set_rows(rows)
        self.button.setEnabled(bool(rows))

    def _take_current(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._take(row)

    def _take(self, row: SharedRow) -> None:
        open_take(self, self.desk, row, lambda: self._taken(row))

    def _taken(self, row: SharedRow) -> None:
        where = "照合" if row.lease.step == State.ENTERED else "入力"
        self.said.emit("done", f"管理票 {row.lease.number} を引き取りました。「{where}」の一覧から進めます。")
        self.refresh()


def _step(row: SharedRow) -> str:
    try:
        return State(row.lease.step).label
    except ValueError:
        return "入力し直し"


def _state(row: SharedRow) -> Cell:
    if row.asked:
        return Cell(chip="引取りの途中", tone="warning", text="Enter で続けます")
    if row.lease.state is LeaseState.LOST:
        return Cell(chip="使えない端末", tone="error", text="紙から入力し直します")
    if row.lease.state is LeaseState.HELD:
        return Cell(chip="その端末で進行中", tone="plain")
    if row.mine:
        return Cell(chip="この端末が渡した", tone="info", text="Enter で取り戻せます")
    return Cell(chip="引渡し待ち", tone="info", text="" if row.readable else "入り直すと引き取れます")
