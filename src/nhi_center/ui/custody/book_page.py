"""受渡簿 of a period, on the screen and as a PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import short
from nhi_center.services import handover_book as service
from nhi_center.services.handover_book import BookLine
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.period_fields import PeriodFields
from nhi_center.ui.common.screen import KeyHint, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run


class HandoverBookPage(QWidget):
    """F3 makes the PDF, Esc goes back to the day's list. Signals: said(kind, text), left()."""

    said = Signal(str, str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("handover_book_page")
        self.period = PeriodFields("handover_book", desk.office.clock.today())
        self.period.asked.connect(self.refresh)
        self.count = words("", "secondary", name="handover_book_count")
        self.table = DataTable(
            (
                Column("便", lambda row: row.number, 110),
                Column("日", lambda row: short(_day(row)), 84),
                Column("時刻", lambda row: (row.handover.ended_at or row.handover.opened_at)[11:16], 56),
                Column("向き", lambda row: row.handover.direction.label, 120),
                Column("書類", lambda row: row.title, 0),
                Column("件", lambda row: str(row.cases or ""), 44, "right"),
                Column("数", lambda row: f"{row.sheets}{row.unit}" if row.title else "", 70, "right"),
                Column("渡した人", lambda row: row.giver, 104, name=True),
                Column("受けた人", lambda row: row.receiver, 104, name=True),
                Column("理由・差異・処置・方法", _told, 236),
            ),
            name="handover_book_table",
            label="受渡簿",
            empty="この期間の受渡しはありません。Alt+P で期間を入れて Enter を押します。",
            names=desk.glyphs,
            row_key=lambda row: f"{row.handover.id}-{row.title}",
        )
        self.list_button = plain_button("受渡簿を作る", "F3", name="handover_book_button")
        self.list_button.clicked.connect(self._make)
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(TitleLine("受渡簿"))
        head = QHBoxLayout()
        head.addWidget(self.period)
        head.addWidget(self.count, 1)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.addWidget(words("双方が署名した内容です。取りやめた便も残ります。", "secondary"), 1)
        foot.addWidget(self.list_button)
        column.addLayout(foot)

    def keys(self) -> tuple[KeyHint, ...]:
        return (self.period.hint, KeyHint("F3", "受渡簿を作る"), KeyHint("Esc", "今日の便へ"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        period = self.period.period()
        if period is not None:
            run(self.desk, self, Lane.READ, service.book, *period, done=self._show, failed=self._refused)

    def _show(self, rows: tuple[BookLine, ...]) -> None:
        self.table.set_rows(rows)
        if self.period.in_hand:
            self.table.setFocus()
        deliveries = {row.handover.id for row in rows}
        wrong = {row.handover.id for row in rows if row.difference}
        self.count.setText(f"{len(deliveries)}便(差異 {len(wrong)}便)" if rows else "")

    def _make(self) -> None:
        period = self.period.period()
        if period is not None:
            run(self.desk, self, Lane.PRINT, service.make_book, *period, done=self._made, failed=self._refused)

    def _made(self, made: Path) -> None:
        self.said.emit("done", f"受渡簿を作りました: {made.name}(業務フォルダーの帳票)")

    def _refused(self, error: Exception) -> None:
        if not self.period.show_error(error):
            self.desk.present_error(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)


def _day(row: BookLine) -> date:
    return date.fromisoformat(row.handover.settled_on)


def _told(row: BookLine) -> Cell:
    """The mark first: the rest may be cut short by a narrow window."""
    mark = "差異あり" if row.marked else ""
    told = " ".join(part for part in (mark, row.difference, row.action, row.means) if part)
    return Cell(told, colour="#ce0000" if row.marked else "")
