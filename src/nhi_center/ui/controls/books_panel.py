"""帳簿: the registers the contract asks for, each with its screen and as a PDF of a period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.operators import Session
from nhi_center.services import control_records, controls, handover_book, key_book, roster_papers
from nhi_center.services.office import Office
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paper_maker import PaperMaker
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.period_fields import PeriodFields
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

Make = Callable[[Office, Session, date, date], Path]


@dataclass(frozen=True, slots=True)
class Book:
    """One register. ``screen`` and ``page`` where it is kept; ``make`` its PDF, None where that screen signs and writes it."""

    title: str
    holds: str
    screen: str
    page: str
    make: Make | None
    period: bool = False


def _of_roster(name: str) -> Make:
    return lambda office, session, _first, _last: roster_papers.make_list(office, session, name)


BOOKS = (
    Book("従事者名簿", "取扱責任者・取扱者の指定と受理(特記13)", "presence", "roster", _of_roster("roster")),
    Book("研修記録", "研修の日・内容・点数・期限(特記18)", "presence", "trainings", _of_roster("trainings")),
    Book("誓約の記録", "誓約・退職時誓約の日(特記2)", "presence", "roster", _of_roster("pledges")),
    Book("受渡簿", "日・渡した人・受けた人・種類と枚数(区 運用5)", "custody", "", handover_book.make_book, period=True),
    Book("入退室・鍵管理簿", "入退室、ロッカーと保管庫の鍵(区 運用4)", "presence", "room", key_book.make_book, period=True),
    Book("アクセスログ点検表", "月ごとに取扱責任者が署名(受託 システム2)", "inspection", "review", None),
    Book(
        "情報保護対策の一覧",
        "資料の対策ごとの状態と証拠",
        "controls",
        "measures",
        lambda office, session, _first, _last: controls.make_sheet(office, session),
    ),
    Book(
        "監督の記録",
        "改善指導・公表・損害など(特記20・21)",
        "controls",
        "records",
        lambda office, session, _first, _last: control_records.make_book(office, session),
    ),
    Book("立入り調査票", "適否・指摘・期限・回答(特記15-17)", "controls", "on_site", None),
)


class BooksPanel(QWidget):
    """``books_table``; Enter opens the book's screen, F11 makes its PDF for the period. Signals: said(kind, text)."""

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
        head.addWidget(words("期間は、受渡簿と入退室・鍵管理簿に使います。", "secondary"))
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
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("PDFは業務フォルダーの documents にできます。", "secondary"), 1)
        for label, key, act in (("画面を開く", "F3", self._open), ("PDFにする", "F11", self._make)):
            button = plain_button(label, key, name=f"books_{key.lower()}_button")
            button.clicked.connect(partial(_call, act))
            foot.addWidget(button)
        column.addLayout(foot)

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "画面を開く"), KeyHint("F11", "PDF"), self.period.hint)

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

    def _failed(self, error: Exception) -> None:
        if not self.period.show_error(error):
            self.desk.window.present_error(error)


def _call(act: Callable[[], object], _checked: bool = False) -> None:
    act()


def _paper_words(row: Book) -> str:
    if row.make is None:
        return "その画面で署名して作る"
    return "上の期間のものを作る" if row.period else "いまのものを作る"
