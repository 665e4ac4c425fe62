"""契約終了: the checklist to zero and the 引継ぎ書; then everything is erased from the first page of this screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.erasure import Obstacle
from nhi_center.services import takeover as service
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paper_maker import PaperMaker
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run


class TakeoverPanel(QWidget):
    """``checklist_table``; F4 引継ぎ書. Signals: said."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.papers = PaperMaker(desk, self)
        self.papers.said.connect(self.said)
        self.setObjectName("takeover_panel")
        self.table = DataTable(
            (
                Column("0にするもの", lambda row: row.words),
                Column("状態", _state, 130),
                Column("残り", lambda row: Cell(strong=f"{row.number:,}"), 110, align="right"),
            ),
            name="checklist_table",
            label="契約終了までに0にするもの",
            empty="読み込んでいます。",
            row_key=lambda row: row.words,
        )
        self.state = words("", "secondary", name="checklist_state")
        self.button = plain_button("引継ぎ書を作る", "F4", name="takeover_button")
        self.button.clicked.connect(self._write)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F4", "引継ぎ書を作る"),)

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.checklist, done=self._show)

    def _show(self, rows: Sequence[Obstacle]) -> None:
        self.table.set_rows(rows)
        left = sum(1 for row in rows if row.number)
        ready = "すべて0です。「消去する」で「すべて(契約終了)」を選んで消去できます。"
        self.state.setText(f"済んでいないものが {left}項目あります。" if left else ready)

    def _write(self) -> None:
        self.papers.make(service.write)


def _state(row: Obstacle) -> Cell:
    return Cell(chip="まだ", tone="error") if row.number else Cell(chip="済", tone="done")
