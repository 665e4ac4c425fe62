"""帳簿: the registers the contract asks for, each with its screen and as a PDF of a period; all of them in one file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain import report_period
from nhi_center.domain.report_period import Kind, Period
from nhi_center.services.books import BOOKS, Book
from nhi_center.services.pack import make_pack
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.long_job import LongJob
from nhi_center.ui.common.paper_maker import PaperMaker, made_words
from nhi_center.ui.common.parts import ProgressStrip, plain_button
from nhi_center.ui.common.period_fields import PeriodFields
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable


class BooksPanel(QWidget):
    """``books_table``; Enter opens the book's screen, F11 makes its PDF for the period, F9 the 証拠一式 of all.

    Signals: said(kind, text).
    """

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("books_panel")
        self.papers = PaperMaker(desk, self)
        self.papers.said.connect(self.said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.period = PeriodFields("books_period", desk.office.clock.today())
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.period)
        head.addWidget(words("期間は、受渡簿、入退室・鍵管理簿、証拠一式に使います。", "secondary"))
        head.addStretch(1)
        column.addLayout(head)
        self.table = DataTable(
            (
                Column("帳簿", lambda row: Cell(strong=row.title), 230),
                Column("書いてあること", lambda row: row.holds),
                Column("PDF", _paper_words, 250),
            ),
            name="books_table",
            label="帳簿",
            empty="帳簿はありません。",
            row_key=lambda row: row.title,
        )
        self.table.row_activated.connect(lambda _row: self._open())
        self.table.set_rows(BOOKS)
        column.addWidget(self.table, 1)
        self.strip = ProgressStrip(name="pack_strip")
        column.addWidget(self.strip)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("PDFと証拠一式は業務フォルダーの documents にできます。", "secondary"), 1)
        buttons = []
        for label, key, act in (
            ("画面を開く", "F3", self._open),
            ("証拠一式", "F9", self._pack),
            ("PDFにする", "F11", self._make),
        ):
            button = plain_button(label, key, name=f"books_{key.lower()}_button")
            button.clicked.connect(partial(_call, act))
            foot.addWidget(button)
            buttons.append(button)
        column.addLayout(foot)
        self.job = LongJob(desk, self, self.strip, buttons[1:])

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "画面を開く"), KeyHint("F9", "証拠一式"), KeyHint("F11", "PDF"), self.period.hint)

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        """The list of books is always the same."""

    def _open(self) -> None:
        row: Book | None = self.table.current_row()
        if row is not None:
            self.desk.window.open_screen(row.screen, {"page": row.page} if row.page else {})

    def _make(self) -> None:
        row: Book | None = self.table.current_row()
        if row is None:
            return
        if row.make is None:
            self.said.emit("info", f"{row.title}は、その画面で署名して作ります。F3 で開きます。")
            return
        period = self.period.period()
        if period is not None:
            self.papers.make(row.make, *period, failed=self._failed)

    def _pack(self) -> None:
        """Every book, receipt and the log of the period, signed; it takes a while and can be stopped."""
        days = self.period.period()
        if days is None:
            return
        office, session, first, last = self.desk.office, self.desk.session, *days
        month = report_period.month(first)
        other = Kind.DAY if first == last else Kind.NOW
        period = month if days == (month.first, month.last) else Period(other, first, last)

        self.job.begin(
            lambda token: make_pack(office, session, period, token.report),
            self._packed,
            "証拠一式を作っています。",
            lane=Lane.PRINT,
        )

    def _packed(self, path: Path) -> None:
        self.said.emit("done", made_words(path))

    def _failed(self, error: Exception) -> None:
        if not self.period.show_error(error):
            self.desk.window.present_error(error)


def _call(act: Callable[[], object], _checked: bool = False) -> None:
    act()


def _paper_words(row: Book) -> str:
    if row.make is None:
        return "その画面で署名して作る"
    return "上の期間のものを作る" if row.period else "いまのものを作る"
