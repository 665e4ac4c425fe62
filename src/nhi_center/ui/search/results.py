"""The list of 台帳検索: found while typing, 50 at a time, the next ones when the end is reached."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.identifiers import format_insured_number, format_phone
from nhi_center.domain.people import Person
from nhi_center.domain.search import Found, Place
from nhi_center.services.register import NOT_SHOWN, search
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.person_card import short_address
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.person_page import SearchBox

BEFORE = "ここに台帳で見つかった人が並びます。"
_PAGE_KEYS = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


class ResultList(QWidget):
    """Box, list, and how many. Signals come from ``box``: chosen(Person)."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("search_list")
        self._desk = desk
        self._after: Place | None = None
        self._asked = ""
        self.table = _table(desk)
        self.box = SearchBox("search_box", "台帳で探す", self.table)
        self.count = words("", "secondary", name="search_count")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.box)
        column.addWidget(self.table, 1)
        column.addWidget(self.count)
        self.box.typed.connect(self._search)
        self.table.current_row_changed.connect(lambda _row: self._more_at_end())
        self.table.verticalScrollBar().valueChanged.connect(lambda _value: self._more_at_bottom())
        self.box.editor.installEventFilter(self)
        self._show_count()

    def clear(self) -> None:
        self.box.clear()
        self._show("", Found())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """PageUp and PageDown go through the list while the keyboard stays in the box."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.table.rows():
            by = _PAGE_KEYS.get(Qt.Key(event.key()))
            if by is not None:
                step = max(1, self.table.viewport().height() // self.table.verticalHeader().defaultSectionSize() - 1)
                at = self.table.currentIndex().row() + by * step
                self.table.select(max(0, min(at, len(self.table.rows()) - 1)))
                return True
        return super().eventFilter(watched, event)

    def _search(self, typed: str) -> None:
        if not typed.strip():
            self._show("", Found())
            return
        office, session = self._desk.office, self._desk.session
        self._desk.run_latest(
            "search",
            Lane.READ,
            lambda _token: search(office, session, typed),
            owner=self,
            done=lambda found: self._show(typed, found),
        )

    def _show(self, typed: str, found: Found) -> None:
        self._asked, self._after = typed, found.after
        self.table.set_empty(NOT_SHOWN if typed else BEFORE)
        if typed:
            self.box.show_found(found.people)
        else:
            self.table.set_rows(())
        self._show_count()

    def _more_at_end(self) -> None:
        if self.table.rows() and self.table.currentIndex().row() == len(self.table.rows()) - 1:
            self._more()

    def _more_at_bottom(self) -> None:
        bar = self.table.verticalScrollBar()
        if bar.maximum() > 0 and bar.value() == bar.maximum():
            self._more()

    def _more(self) -> None:
        """The next page, once: the place is taken until its answer is here."""
        after, self._after = self._after, None
        if after is None:
            return
        office, session, typed = self._desk.office, self._desk.session, self._asked
        self._desk.run(
            Lane.READ,
            lambda _token: search(office, session, typed, after),
            owner=self,
            done=lambda found: self._add(typed, found),
        )

    def _add(self, typed: str, found: Found) -> None:
        if typed != self._asked:
            return
        self._after = found.after
        self.table.add_rows(found.people)
        self._show_count()

    def _show_count(self) -> None:
        rows = len(self.table.rows())
        more = self._after is not None
        self.count.setText(f"{rows}件{'以上 PageDown か ↓ で続きが出ます' if more else ''}" if rows else "")


def _table(desk: Desk) -> DataTable:
    return DataTable(
        (
            Column("氏名", lambda person: person.name, 190, name=True),
            Column("フリガナ", lambda person: person.kana, 190),
            Column("生年月日", lambda person: wareki(person.birth), 130),
            Column("記号・番号", _number, 130),
            Column("宛名番号", lambda person: person.atena, 90),
            Column("電話", lambda person: format_phone(person.phone) if person.phone else "", 120),
            Column("住所", _address),
        ),
        name="search_results",
        label="台帳で見つかった人",
        empty=BEFORE,
        names=desk.glyphs,
        row_key=lambda person: person.atena,
    )


def _number(person: Person) -> str:
    return format_insured_number(person.symbol, person.number) if person.symbol else ""


def _address(person: Person) -> Cell:
    """The chip comes to ward staff alone: nobody else finds a protected person."""
    return (
        Cell(chip="支援措置", tone="error", text="住所・電話は出しません")
        if person.protected
        else Cell(short_address(person.address))
    )
