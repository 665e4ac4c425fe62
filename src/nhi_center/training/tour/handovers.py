"""Steps 2 and 7: papers come in and go out, counted blind by both sides and countersigned on one screen."""

from __future__ import annotations

from collections.abc import Mapping

from nhi_center.training.tour.hands import PASSWORDS, Day, open_screen, picture, says, settled
from nhi_center.training.tour.robot import Script, expect, focus_name, press, sees, text_of, type_keys

INCOMING = {"F02": (3, 5), "F05": (2, 3), "F15": (1, 1)}
"""Six applications on nine sheets: (件, 枚) per form."""


def handover_in(day: Day) -> Script:
    """A clerk at the screen, ward staff beside him: the first count differs, the second agrees, both sign."""
    yield from open_screen(day, "custody")
    press("F3")
    yield lambda: sees("count_grid")
    yield from picture(day, "handover-counting")
    yield from count(day, INCOMING)
    expect("●" in text_of("count_grid"), "the ward's numbers are not hidden while the other side counts")
    yield from count(day, {**INCOMING, "F05": (2, 2)})
    yield lambda: sees("mismatch_card") and "違" in text_of("foot_words")
    yield from picture(day, "handover-differs")
    press("F3")
    yield lambda: sees("count_grid")
    yield from count(day, INCOMING)
    yield from count(day, INCOMING)
    yield lambda: "9枚" in text_of("foot_words")
    yield from countersign(day, "40127", "k-ichiro")
    yield says("foot_words", "管理票")
    expect("6件" in text_of("foot_words"), "the finished handover does not say six applications")


def count(day: Day, numbers: Mapping[str, tuple[int, int]]) -> Script:
    """Type one side's numbers kind by kind; Enter in the last field ends it."""
    yield lambda: focus_name().endswith(("_cases", "_sheets")) and settled(day)()
    turn = text_of("turn_chip")
    while sees("count_grid") and text_of("turn_chip") == turn:
        field = focus_name()
        kind, _, part = field.rpartition("_")
        if kind in numbers:
            type_keys(str(numbers[kind][0 if part == "cases" else 1]))
        press("Enter")
        yield settled(day)
        yield lambda: True
        if focus_name() == field:
            yield lambda at=field: focus_name() != at or not sees("count_grid")  # type: ignore[misc]


def countersign(day: Day, giver: str, receiver: str) -> Script:
    """Both sides sign on the same screen; who is signed in stays."""
    session = day.station.session
    for side, person in (("giver", giver), ("receiver", receiver)):
        yield lambda at=side: focus_name() in (f"{at}_id", f"{at}_password")  # type: ignore[misc]
        if focus_name() == f"{side}_id":
            type_keys(person)
            press("Enter")
            yield lambda at=side: focus_name() == f"{at}_password"  # type: ignore[misc]
        type_keys(PASSWORDS[person])
        press("Enter")
    yield lambda: sees("receipt_card") and settled(day)()
    yield says("receipt_words", ".pdf")
    expect(day.station.session is session, "countersigning changed who is signed in")
