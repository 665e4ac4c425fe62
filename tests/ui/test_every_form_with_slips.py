"""Every form walked in order by keyboard alone by somebody who slips: pages left too early, dates that are none."""

from __future__ import annotations

import time
from datetime import date
from itertools import islice

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nhi_center.domain.entry import State
from nhi_center.domain.forms.definition import FieldType
from nhi_center.domain.people import Person
from nhi_center.gateway.training_data import load_material
from nhi_center.services import entry, forms
from nhi_center.storage import register
from nhi_center.synthesis.deck import Paper
from nhi_center.synthesis.ward import people
from nhi_center.training.bench.hand_room import DECK_PERSONS, lay_out, make_deck
from nhi_center.training.bench.keyer import Stroke, key_paper
from nhi_center.training.bench.room import OPENING, SEED
from nhi_center.ui.entry.flow import NEXT
from nhi_center.ui.entry.wizard import Wizard
from tests.support.office import desk, premises
from tests.ui.entry_room import Open, Room, at, ctrl_enter, enter, open_window, press, wizard

__all__ = ["desk", "open_window", "premises"]

FORMS = [form.id for form in forms.catalogue().on(date(2026, 11, 24))]
IMPOSSIBLE = {FieldType.DATE: "R8.13.45", FieldType.POSTAL: "16000", FieldType.PHONE: "03"}
"""What cannot be read in a field of this type, typed first."""
PATIENCE_S = 10.0


class Slips:
    """A clerk who types an impossible value into each such field once, and leaves each page at once the first time."""

    def __init__(self, shown: Wizard, paper: Paper) -> None:
        self.wizard, self.paper = shown, paper
        self.stumbled: set[str] = set()
        self.pages: set[str] = set()
        self.refused = 0

    def before(self, stroke: Stroke) -> None:
        here = at()
        if stroke.kind == "wait" or not here.startswith("field_") or self.wizard.flow.page == NEXT:
            return
        self._leave_too_early(here)
        self._impossible(here.removeprefix("field_"))

    def _leave_too_early(self, here: str) -> None:
        flow = self.wizard.flow
        page = flow.form_page(flow.page)
        if page is None or flow.page in self.pages or not flow.stops_page(page):
            return
        self.pages.add(flow.page)
        before = dict(flow.values)
        ctrl_enter()
        assert flow.page == page.id, "the page went away with something missing on it"
        assert self.wizard.pages.fields[at().removeprefix("field_")].widget.problem
        assert dict(flow.values) == before
        self.refused += 1
        while at() != here:
            press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)

    def _impossible(self, name: str) -> None:
        definition = self.wizard.flow.form.field(name)
        wrong = IMPOSSIBLE.get(definition.type)
        if wrong is None or name in self.stumbled or name not in self.paper.fields:
            return
        self.stumbled.add(name)
        enter(wrong)
        field = self.wizard.pages.fields[name]
        assert field.widget.problem.endswith("。"), f"{name} took {wrong}"
        self.refused += 1
        while at() != f"field_{name}":
            press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)


def spin(stroke: Stroke) -> None:
    until = time.monotonic() + PATIENCE_S
    while not stroke.until():
        assert time.monotonic() < until, f"in vain, the keyboard in {at()}"
        QApplication.processEvents()


@pytest.fixture(scope="module")
def papers() -> dict[str, Paper]:
    return {paper.form: paper for paper in reversed(make_deck(60))}


@pytest.fixture(scope="module")
def residents() -> tuple[Person, ...]:
    """The people the deck is of, with their families."""
    return tuple(islice(people(load_material(), DECK_PERSONS + 10, SEED, OPENING.date()), DECK_PERSONS))


@pytest.mark.parametrize("form", FORMS)
def test_in_order_with_errors_on_the_way(
    desk: Room, open_window: Open, papers: dict[str, Paper], residents: tuple[Person, ...], form: str
) -> None:
    office, session = desk
    paper = papers[form]
    with office.store.write.begin() as connection:
        family = [one for one in residents if one.household == paper.person.household]
        register.put_people(connection, list(enumerate(family, start=1)))
    lay_out(office, session, [paper])
    window = open_window()
    press(Qt.Key.Key_Return)
    shown = wizard(window)
    slips = Slips(shown, paper)
    for stroke in key_paper(paper):
        slips.before(stroke)
        if stroke.kind == "wait":
            spin(stroke)
        else:
            stroke.send()
            QApplication.processEvents()
    assert shown.flow.page == NEXT
    assert slips.refused > 0
    kept = shown.flow.entry.application.id
    with office.store.read.begin() as connection:
        done = entry.found(connection, kept)
    assert done.state is State.ENTERED
    for name, written in paper.fields.items():
        assert done.draft.values.get(name, "") == written.value, name
