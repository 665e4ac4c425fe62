"""世帯・対象者: the register searched while typing, and below it the fields of the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.identifiers import format_insured_number
from nhi_center.domain.people import Household, Person
from nhi_center.services.register import NOT_SHOWN
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.person_card import short_address
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Column, DataTable

HINT = "氏名・カナ・生年月日・記号番号・電話を空白で区切って。↑↓で選び、Enter で決めます。"


def person_table(glyphs: NamePainter, name: str, empty: str) -> DataTable:
    """People found in the register, to choose one from."""
    return DataTable(
        (
            Column("氏名", lambda person: person.name, 138, name=True),
            Column("フリガナ", lambda person: person.kana, 150),
            Column("生年月日", lambda person: wareki(person.birth), 122),
            Column("記号・番号", lambda person: format_insured_number(person.symbol, person.number), 114),
            Column("住所", lambda person: short_address(person.address)),
        ),
        name=name,
        label="台帳で見つかった人",
        empty=empty,
        names=glyphs,
        row_key=lambda person: person.atena,
    )


class SearchBox(LineField):
    """One box for everything. Up and Down move in the results, Enter chooses, Esc empties.

    Enter never takes somebody from an earlier search: until the answer to what stands in the box is there, it waits, and then
    takes the only person found; of several the clerk says which. Signals: typed(text), chosen(Person).
    """

    typed = Signal(str)
    chosen = Signal(object)

    def __init__(self, name: str, label: str, results: DataTable) -> None:
        super().__init__(name, label, hint=HINT)
        self.results = results
        self.chained = True
        self._searching = self._entered = False
        self.changed.connect(self._on_changed)
        self.editor.installEventFilter(self)
        results.row_activated.connect(self.chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.editor:
            by = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if by is not None and self.results.rows():
                at = self.results.currentIndex().row() + by
                self.results.select(max(0, min(at, len(self.results.rows()) - 1)))
                return True
            if event.key() == Qt.Key.Key_Escape and self.value():
                self.clear()
                self._on_changed("")
                return True
        return super().eventFilter(watched, event)

    def _on_changed(self, text: str) -> None:
        self._searching, self._entered = bool(text.strip()), False
        self.typed.emit(text)

    def show_found(self, people: Sequence[Person]) -> None:
        """The answer to what stands in the box; it comes too late when the box has been emptied."""
        if not self.value().strip():
            return
        self.results.set_rows(people)
        if people:
            self.results.select(0)
        entered, self._searching, self._entered = self._entered, False, False
        if entered and len(people) == 1 and self.editor.hasFocus():
            self.chosen.emit(people[0])

    def advance(self) -> None:
        """Enter: the person the results stand at; with nothing typed, on to the fields."""
        if not self.value().strip():
            super().advance()
        elif self._searching:
            self._entered = True
        elif (person := self.results.current_row()) is not None:
            self.chosen.emit(person)


class PersonPage(QWidget):
    """Signals: asked(text) while typing; chosen(Person); skipped() for Enter in the empty box."""

    asked = Signal(str)
    chosen = Signal(object)
    skipped = Signal()

    def __init__(self, glyphs: NamePainter, grid: QWidget) -> None:
        super().__init__()
        self.setObjectName("person_page")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.results = person_table(glyphs, "person_results", NOT_SHOWN)
        self.box = SearchBox("person_search", "台帳で探す", self.results)
        self._below = QStackedWidget()
        self._below.addWidget(self._fields(glyphs, grid))
        self._below.addWidget(self.results)
        column.addWidget(self.box)
        column.addWidget(self._below, 1)
        self.box.typed.connect(self._on_typed)
        self.box.chosen.connect(self.chosen)
        self.box.advance_requested.connect(self.skipped)

    def _fields(self, glyphs: NamePainter, grid: QWidget) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(grid)
        self.members_label = words("世帯の人(Enter でその人の届出にします)", "label", name="household_label")
        self.members = DataTable(
            (
                Column("氏名", lambda person: person.name, 160, name=True),
                Column("続柄", lambda person: person.relation, 90),
                Column("生年月日", lambda person: wareki(person.birth), 130),
                Column("いまの資格", self._standing),
            ),
            name="household_table",
            label="世帯の人",
            empty="ここには世帯の人が並びます。",
            names=glyphs,
            row_key=lambda person: person.atena,
        )
        self.members.row_activated.connect(self.chosen)
        column.addWidget(self.members_label)
        column.addWidget(self.members, 1)
        self.show_household(None, "", date.max)
        return part

    def _standing(self, person: Person) -> str:
        period = person.current_period(self._today)
        return f"国保 取得 {wareki(period.acquired)}" if period else "国保なし"

    def show_household(self, household: Household | None, chosen: str, today: date) -> None:
        """The people of the chosen person's household; protected ones are left out."""
        self._today = today
        people = tuple(person for person in household.members if not person.protected) if household else ()
        for part in (self.members_label, self.members):
            part.setVisible(bool(people))
        self.members.set_rows(people)
        at = next((row for row, person in enumerate(people) if person.atena == chosen), -1)
        if at >= 0:
            self.members.select(at)

    @property
    def searching(self) -> bool:
        return self._below.currentIndex() == 1

    def _on_typed(self, text: str) -> None:
        if not text.strip():
            self.rest()
            return
        self.asked.emit(text)

    def show_results(self, people: Sequence[Person]) -> None:
        if not self.box.value().strip():
            return
        self._below.setCurrentIndex(1)
        self.box.show_found(people)

    def rest(self) -> None:
        """Back to the fields."""
        self.box.clear()
        self.results.set_rows(())
        self._below.setCurrentIndex(0)
