"""さがす: whom the caller may mean, while it is typed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from nhi_center.domain.calendar import DateProblem, parse_date, wareki
from nhi_center.domain.people import Person
from nhi_center.services.register import NOT_SHOWN, search
from nhi_center.tasks.runner import Lane
from nhi_center.ui.calls.fields import SearchField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.table import Column, DataTable


class PeopleList(DataTable):
    """Found people under the search line. Signals: row_activated(person)."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            (
                Column("氏名", lambda person: person.name, 210, name=True),
                Column("フリガナ", lambda person: person.kana, 190),
                Column("生年月日", lambda person: wareki(person.birth)),
            ),
            name="call_people_table",
            label="さがした人",
            empty=NOT_SHOWN,
            names=desk.glyphs,
            row_key=lambda person: person.atena,
        )
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the search line stays where the keys go: Up, Down, Enter


class PersonFinder(QObject):
    """Joins the search line and the list: searches while typing, chooses at Enter.

    Signals: list_wanted(shown), chosen(person).
    """

    list_wanted = Signal(bool)
    chosen = Signal(object)

    def __init__(self, desk: Desk, table: PeopleList) -> None:
        super().__init__(table)
        self._desk = desk
        self._table = table
        self._found_for = ""
        self._choose_when_found = False
        self.field = SearchField("call_search", "さがす(氏名・カナ・英字・生年月日・電話)", self._choose)
        self.field.changed.connect(self._on_changed)
        self.field.line.step_wanted.connect(self._step)
        self.field.line.given_up.connect(self.give_up)
        table.row_activated.connect(self.chosen)

    def give_up(self) -> None:
        self.field.clear()
        self._found_for = ""
        self._choose_when_found = False
        self.list_wanted.emit(False)

    def words_said(self) -> tuple[str, str]:
        """(name, birth) as they stand in the line: what the caller has said so far."""
        today = self._desk.office.clock.today()
        names: list[str] = []
        birth = ""
        for word in self.field.value().split():
            try:
                parse_date(word, today=today)
                birth = birth or word
            except DateProblem:
                if not any(char.isdigit() for char in word):
                    names.append(word)
        return " ".join(names), birth

    def _on_changed(self, typed: str) -> None:
        self._choose_when_found = False
        if len(typed.strip()) < 2:
            self._found_for = ""
            self.list_wanted.emit(False)
            return
        desk = self._desk
        desk.run_latest(
            "call_search",
            Lane.READ,
            lambda _token: search(desk.office, desk.session, typed),
            owner=self.field,
            done=lambda found: self._on_found(typed, found.people),
        )

    def _on_found(self, typed: str, people: tuple[Person, ...]) -> None:
        if typed != self.field.value():
            return
        self._found_for = typed
        self._table.set_rows(people)
        self.list_wanted.emit(True)
        if self._choose_when_found and len(people) == 1:
            self.chosen.emit(people[0])
        self._choose_when_found = False

    def _choose(self) -> bool:
        """Enter: take the marked person. True while the line still has something to decide."""
        typed = self.field.value()
        if len(typed.strip()) < 2:
            return False
        if typed != self._found_for:
            self._choose_when_found = True
            return True
        person = self._table.current_row()
        if person is not None:
            self.chosen.emit(person)
        return True

    def _step(self, by: int) -> None:
        rows = self._table.rows()
        if rows and self._found_for == self.field.value():
            at = self._table.currentIndex().row() + by
            self._table.select(max(0, min(at, len(rows) - 1)))
