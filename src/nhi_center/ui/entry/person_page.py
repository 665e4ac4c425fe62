"""世帯・対象者: the register searched while typing, and below it the fields of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.forms import envelope
from nhi_center.domain.forms.envelope import FIRST
from nhi_center.domain.identifiers import format_insured_number
from nhi_center.domain.people import Person
from nhi_center.services.register import NOT_SHOWN
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.person_card import short_address
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.flow import Flow

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


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """Somebody of the household or on the paper. ``line``: his person line, 0 while he has none; ``place`` counts from 1."""

    name: str
    relation: str
    birth: str
    standing: str
    line: int = 0
    place: int = 0
    form: str = ""
    person: Person | None = None


class PersonPage(QWidget):
    """Signals: asked(text) while typing; chosen(Person); skipped() for Enter in the empty box; line_wanted(number): somebody
    who is on the paper already."""

    asked = Signal(str)
    chosen = Signal(object)
    skipped = Signal()
    line_wanted = Signal(int)

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
        self.members_label = words("", "label", name="household_label")
        self.members = DataTable(
            (
                Column("対象者", _place, 78),
                Column("氏名", lambda row: row.name, 150, name=True),
                Column("続柄", lambda row: row.relation, 74),
                Column("生年月日", lambda row: row.birth, 124),
                Column("様式・いまの資格", lambda row: row.form or row.standing),
            ),
            name="household_table",
            label="世帯の人と届出の対象者",
            empty="ここには世帯の人が並びます。",
            names=glyphs,
            row_key=lambda row: (row.line, row.person.atena if row.person else ""),
        )
        self.members.row_activated.connect(self._on_member)
        column.addWidget(self.members_label)
        column.addWidget(self.members, 1)
        return part

    def _on_member(self, row: HouseholdRow) -> None:
        if row.line:
            self.line_wanted.emit(row.line)
        elif row.person is not None:
            self.chosen.emit(row.person)

    def show_household(self, flow: Flow) -> None:
        """The people of the household, and those of the paper who are not among them; protected ones are left out."""
        rows = household_rows(flow)
        for part in (self.members_label, self.members):
            part.setVisible(bool(rows))
        several = len(flow.entry.lines) > 1 or flow.entry.person is not None
        act = "その人を対象者に加えます" if several else "その人の届出にします"
        self.members_label.setText(f"世帯の人(Enter で{act})")
        self.box.label.setText("台帳で探す" if flow.line == FIRST else f"{_nth(flow)}人目を台帳で探す")
        self.members.set_rows(rows)
        at = next((number for number, row in enumerate(rows) if row.line == flow.line), -1)
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


def household_rows(flow: Flow) -> tuple[HouseholdRow, ...]:
    """First who is on the paper, in its order, then the others of the household."""
    entry = flow.entry
    rows = []
    for place, one in enumerate(entry.lines, 1):
        values = envelope.values_of(one.line.number, one.form, flow.values)
        if len(entry.lines) == 1 and one.person is None:
            continue
        person = one.person
        name = values.get("name", "") or (person.name if person else "(まだ入力していません)")
        birth = wareki(person.birth) if person else ""
        rows.append(
            HouseholdRow(name, person.relation if person else "", birth, "", one.line.number, place, one.form.title, person)
        )
    members = entry.household.members if entry.household else ()
    taken = {row.person.atena for row in rows if row.person}
    rows += [
        HouseholdRow(member.name, member.relation, wareki(member.birth), _standing(member, entry.today), person=member)
        for member in members
        if not member.protected and member.atena not in taken
    ]
    return tuple(rows)


def _place(row: HouseholdRow) -> Cell | str:
    return Cell(chip=f"{row.place}人目", tone="info") if row.line else ""


def _nth(flow: Flow) -> int:
    return [one.line.number for one in flow.entry.lines].index(flow.line) + 1


def _standing(person: Person, today: date) -> str:
    period = person.current_period(today)
    return f"国保 取得 {wareki(period.acquired)}" if period else "国保なし"
