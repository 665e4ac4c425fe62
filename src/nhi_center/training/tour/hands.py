"""What every step of the day needs: sign in and out, open a screen, fill a field, wait for words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from nhi_center.training.house import House
from nhi_center.training.room import DEMO_PEOPLE
from nhi_center.training.tour.record import Record
from nhi_center.training.tour.robot import Script, expect, find, in_field, press, sees, text_of, type_keys
from nhi_center.ui.workstation import Workstation

SETTLING_LOOKS = 4
"""Turns of the event loop that a new page takes to lay itself out."""

PASSWORDS = {demo.person: demo.password for demo in DEMO_PEOPLE}


@dataclass(slots=True)
class Day:
    """The office day in progress."""

    house: House
    station: Workstation
    record: Record

    def window(self) -> QWidget | None:
        """The window a person looks at now."""
        return next((shown for shown in (self.station.window, self.station.sign_in) if shown.isVisible()), None)


def sign_in(day: Day, person: str, password: str = "") -> Script:
    """Sign in at the keyboard and wait for the window; ``password`` where the person has changed his."""
    station = day.station
    yield lambda: station.sign_in.isVisible() and station.sign_in.is_ready
    if in_field("sign_in_password"):
        press("Shift+Enter")
    yield lambda: in_field("sign_in_id")
    type_keys(person)
    press("Enter")
    yield lambda: in_field("sign_in_password")
    type_keys(password or PASSWORDS[person])
    press("Enter")
    yield lambda: station.office is not None and in_field("main_window")
    expect(station.session is not None and station.session.person == person, "another person is signed in")


def sign_out(day: Day) -> Script:
    """Shift+F12, and the sign-in window stands there again."""
    yield lambda: in_field("main_window")
    press("Shift+F12")
    yield lambda: day.station.sign_in.isVisible() and day.station.office is None


def as_person(day: Day, person: str, script: Callable[[], Script]) -> Script:
    """Sign in, work, sign out."""
    yield from sign_in(day, person)
    yield from script()
    yield from picture(day)
    yield from sign_out(day)


def picture(day: Day, name: str = "") -> Script:
    """A picture of the window once everything asked for has come and stands in its place; without a name the step's own."""
    yield settled(day)
    for _ in range(SETTLING_LOOKS):
        yield lambda: True
    yield settled(day)
    window = day.window()
    if window is not None:
        day.record.picture(name, window)


def open_screen(day: Day, name: str) -> Script:
    """Choose a screen in the left column with the keyboard."""
    button = find(f"navigation_{name}", QWidget)
    button.setFocus()
    press("Space")
    yield lambda: sees(f"{name}_screen") and day.station.runner.pending == 0


def fill(field: str, text: str) -> Script:
    """Type into the field the keyboard stands in, and go on with Enter. The field must be this one."""
    yield lambda: in_field(field)
    type_keys(text)
    yield lambda: True
    press("Enter")


def settled(day: Day) -> Callable[[], bool]:
    """No job under way."""
    return lambda: day.station.runner.pending == 0


def says(name: str, words: str) -> Callable[[], bool]:
    """The widget is to be seen and says these words."""
    return lambda: sees(name) and words in text_of(name)
