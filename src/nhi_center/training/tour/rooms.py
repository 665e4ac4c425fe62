"""Step 1: ward staff check people into the room; each signs in at this registered terminal."""

from __future__ import annotations

from PySide6.QtWidgets import QTableView

from nhi_center.training.tour.hands import PASSWORDS, Day, as_person, open_screen, picture, says, sign_in, sign_out
from nhi_center.training.tour.robot import Script, find, in_field, press, text_of, type_keys

ROOM = (("k-hanako", "11"), ("k-ichiro", "12"), ("s-toko", "13"))


def room_opens(day: Day) -> Script:
    """Nobody of the contractor gets in before ward staff have let him in; then all three can sign in."""
    yield from refused_outside(day)
    yield from as_person(day, "40127", lambda: check_in(day))
    for person, _locker in ROOM:
        yield from sign_in(day, person)
        if person != ROOM[-1][0]:
            yield from sign_out(day)
    yield from sign_out(day)


def refused_outside(day: Day) -> Script:
    """Before he has come in a clerk is told why he cannot sign in."""
    station = day.station
    yield lambda: station.sign_in.isVisible() and station.sign_in.is_ready and in_field("sign_in_id")
    day.record.picture("sign-in", station.sign_in)
    yield from type_sign_in(day, "k-ichiro")
    yield lambda: "入室の記録がありません" in text_of("sign_in_window")
    day.record.picture("sign-in-refused", station.sign_in)


def type_sign_in(day: Day, person: str) -> Script:
    type_keys(person)
    press("Enter")
    yield lambda: in_field("sign_in_password")
    type_keys(PASSWORDS[person])
    press("Enter")


def check_in(day: Day) -> Script:
    """Ward staff: choose a person, his locker, Enter."""
    yield from open_screen(day, "presence")
    for number, (_person, locker) in enumerate(ROOM):
        table = find("roster_table", QTableView)
        yield lambda at=table: at.hasFocus() and at.model().rowCount() == len(ROOM)  # type: ignore[misc]
        while table.currentIndex().row() < number:
            press("Down")
        yield lambda: day.station.runner.pending == 0
        press("Enter")
        yield lambda: in_field("locker")
        type_keys(locker)
        press("Enter")
        yield says("inside_chip", f"在室 {number + 1}人")
    yield from picture(day, "presence")
