"""プリンター: what may be entered, how events fold, which one takes a sheet."""

from __future__ import annotations

from typing import Any

import pytest

from nhi_center.domain.printers import (
    CUPS,
    SPOOL,
    Adjustment,
    Printer,
    PrinterEvent,
    check_acceptance,
    check_adjustment,
    check_entry,
    choose,
    fold,
)
from nhi_center.errors import OperatorError

BODY = {"name": "証 1号機", "way": CUPS, "address": "card1", "device": "usb://Test/Card", "approval": "承諾 R8-12", "prefix": "S"}


def events(*whats: str, printer: str = "p1", prefix: str = "S") -> list[PrinterEvent]:
    bodies: dict[str, dict[str, Any]] = {"set": {**BODY, "prefix": prefix}, "adjusted": {"dx": 3, "dy": -2, "scale": 10_010}}
    people = {"set": "40100", "adjusted": "k-ichiro", "accepted": "k-hanako", "retired": "40100"}
    return [PrinterEvent(printer, what, bodies.get(what, {}), f"{number:02}", people[what]) for number, what in enumerate(whats)]


def one(*whats: str) -> Printer:
    (found,) = fold(events(*whats)).values()
    return found


def test_a_printer_is_ready_once_somebody_else_has_seen_its_test_sheet() -> None:
    assert not one("set").ready
    assert one("set", "accepted").ready
    again = one("set", "accepted", "adjusted")
    assert (again.ready, again.changed_by, again.adjustment) == (False, "k-ichiro", Adjustment(3, -2, 10_010))
    assert one("set", "accepted", "adjusted", "accepted").ready
    assert not one("set", "accepted", "retired").ready
    assert one("set", "adjusted", "set").adjustment == Adjustment(3, -2, 10_010)


def test_nobody_accepts_his_own_work_or_a_printer_that_is_gone() -> None:
    check_acceptance(one("set", "adjusted"), "k-hanako")
    with pytest.raises(OperatorError) as caught:
        check_acceptance(one("set", "adjusted"), "k-ichiro")
    assert caught.value.code == "four-eyes"
    with pytest.raises(OperatorError):
        check_acceptance(one("set", "retired"), "k-hanako")


def test_the_paper_decides_which_printer_and_the_last_accepted_takes_it() -> None:
    first = events("set", "accepted", printer="p1")
    second = [*events("set", printer="p2"), PrinterEvent("p2", "accepted", {}, "99", "k-hanako")]
    found = fold([*first, *second]).values()
    assert choose(found, "A") is None
    chosen = choose(found, "S")
    assert chosen is not None
    assert chosen.id == "p2"
    with pytest.raises(OperatorError) as caught:
        choose(fold(events("set", "accepted", "adjusted")).values(), "S")
    assert caught.value.code == "printer-not-accepted"
    assert choose(fold(events("set", "accepted", "retired")).values(), "S") is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"way": "usb"}, "way"),
        ({"address": "../x"}, "address"),
        ({"address": ""}, "address"),
        ({"approval": ""}, "approval"),
        ({"prefix": "Z"}, "prefix"),
    ],
)
def test_what_may_not_be_entered(changes: dict[str, str], field: str) -> None:
    check_entry(**BODY)
    check_entry(**{**BODY, "way": SPOOL, "address": ""})
    with pytest.raises(OperatorError) as caught:
        check_entry(**{**BODY, **changes})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("made", "field"), [(Adjustment(101), "dx"), (Adjustment(0, -101), "dy"), (Adjustment(0, 0, 9_699), "scale")]
)
def test_an_adjustment_has_its_limits(made: Adjustment, field: str) -> None:
    check_adjustment(Adjustment(100, -100, 10_300))
    with pytest.raises(OperatorError) as caught:
        check_adjustment(made)
    assert caught.value.field == field
