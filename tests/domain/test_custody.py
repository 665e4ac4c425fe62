from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nhi_center.domain.custody import (
    CORRECTION,
    FOUND_KINDS,
    MORNING,
    NIGHT,
    ON_HAND,
    ORIGINAL,
    RETURNED_MAIL,
    SOURCES,
    SPOILED,
    Account,
    Balance,
    Group,
    Ledger,
    Movement,
    Place,
    check_slip_sheets,
    pieces_of,
    slip_number,
    trial,
)
from nhi_center.errors import OperatorError

SLIPS = ("a", "b", "c")


class Days(RuleBasedStateMachine):
    """Random days: whatever people try, what came in is here or went back, and no place holds less than nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.received = 0

    @rule(sheets=st.integers(1, 9))
    def receive(self, sheets: int) -> None:
        self.ledger.post(Movement(kind="F02", batch="1", frm=Place.WARD, to=Place.TRAY, sheets=sheets), Group.APPLICATION)
        self.received += sheets

    @rule(
        slip=st.sampled_from(SLIPS),
        frm=st.sampled_from(list(Place)),
        to=st.sampled_from(list(Place)),
        sheets=st.integers(-1, 12),
        reason=st.sampled_from(["", CORRECTION]),
        cabinets=st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from(["", "1", "2"])),
    )
    def try_any_move(self, slip: str, frm: Place, to: Place, sheets: int, reason: str, cabinets: tuple[str, str]) -> None:
        before = dict(self.ledger.balances)
        movement = Movement(
            kind="F02", batch="1", slip=slip, frm=frm, to=to, sheets=sheets, reason=reason, frm_cabinet=cabinets[0],
            to_cabinet=cabinets[1],
        )  # fmt: skip
        try:
            self.ledger.post(movement, Group.APPLICATION)
        except (ValueError, OperatorError):
            assert self.ledger.balances == before
            return
        self.received += sheets if frm in SOURCES else -sheets if to in SOURCES else 0

    @rule(cabinet=st.sampled_from(["1", "2"]))
    def night_and_morning(self, cabinet: str) -> None:
        """Everything loose goes into one cabinet and comes back to where it was: nothing else has changed."""
        before = {account: sheets for account, sheets in self.ledger.balances.items() if sheets}
        loose = [(at, n) for at, n in before.items() if at.place in ON_HAND and at.place is not Place.CABINET]
        for at, sheets in loose:
            self.ledger.post(
                Movement(
                    kind=at.kind, batch=at.batch, slip=at.slip, frm=at.place, to=Place.CABINET, sheets=sheets, reason=NIGHT,
                    to_cabinet=cabinet,
                ),
                Group.APPLICATION,
            )  # fmt: skip
        assert not any(n for at, n in self.ledger.balances.items() if at.place in ON_HAND and at.place is not Place.CABINET)
        for at, sheets in loose:
            self.ledger.post(
                Movement(
                    kind=at.kind, batch=at.batch, slip=at.slip, frm=Place.CABINET, to=at.place, sheets=sheets, reason=MORNING,
                    frm_cabinet=cabinet,
                ),
                Group.APPLICATION,
            )  # fmt: skip
        assert {account: sheets for account, sheets in self.ledger.balances.items() if sheets} == before

    @invariant()
    def balanced(self) -> None:
        found = trial(Balance(account, sheets) for account, sheets in self.ledger.balances.items())
        for row in found.values():
            assert row.balanced
            assert row.received == self.received
        assert all(sheets >= 0 for account, sheets in self.ledger.balances.items() if account.place not in SOURCES)


TestDays = Days.TestCase


def movement(frm: Place, to: Place, sheets: int = 1, reason: str = "") -> Movement:
    return Movement(kind="x", batch="1", slip="a", frm=frm, to=to, sheets=sheets, reason=reason)


def test_a_correction_is_the_way_back_with_a_reason() -> None:
    ledger = Ledger()
    ledger.post(movement(Place.MADE, Place.OUTPUT), Group.OUTPUT)
    with pytest.raises(ValueError, match="no way"):
        ledger.post(movement(Place.OUTPUT, Place.MADE), Group.OUTPUT)
    ledger.post(movement(Place.OUTPUT, Place.MADE, reason=CORRECTION), Group.OUTPUT)
    assert not any(ledger.balances.values())


@pytest.mark.parametrize(
    ("frm", "to", "group"),
    [
        (Place.WARD, Place.RETURNED, Group.APPLICATION),
        (Place.ENTRY, Place.RETURNED, Group.APPLICATION),
        (Place.WARD, Place.TRAY, Group.OUTPUT),
        (Place.MADE, Place.OUTPUT, Group.APPLICATION),
        (Place.TRAY, Place.TRAY, Group.APPLICATION),
    ],
)
def test_ways_no_paper_goes(frm: Place, to: Place, group: Group) -> None:
    with pytest.raises(ValueError, match=r"no way|made here|from the ward"):
        Ledger().post(movement(frm, to), group)


def test_a_cabinet_has_its_number_and_paper_may_go_from_one_into_another() -> None:
    ledger = Ledger()
    ledger.post(movement(Place.WARD, Place.TRAY, 3), Group.APPLICATION)
    ledger.post(replace(movement(Place.TRAY, Place.CABINET, 3), to_cabinet="3"), Group.APPLICATION)
    with pytest.raises(OperatorError, match="保管庫 4には0枚しかありません"):
        ledger.post(replace(movement(Place.CABINET, Place.TRAY, 1), frm_cabinet="4"), Group.APPLICATION)
    across = replace(movement(Place.CABINET, Place.CABINET, 2), frm_cabinet="3", to_cabinet="4")
    ledger.post(across, Group.APPLICATION)
    assert [ledger.at(Account("x", "1", Place.CABINET, "a", number)) for number in ("3", "4")] == [1, 2]
    for wrong in (replace(across, to_cabinet="3"), replace(movement(Place.TRAY, Place.ENTRY), to_cabinet="3")):
        with pytest.raises(ValueError, match=r"no way|has a number"):
            ledger.post(wrong, Group.APPLICATION)


def test_money_counts_in_its_unit_and_so_do_envelopes() -> None:
    kinds = {kind.id: kind for kind in (ORIGINAL, RETURNED_MAIL, SPOILED, *FOUND_KINDS)}
    here = [Balance(Account(kind, "1", Place.TRAY), n) for n, kind in enumerate(kinds, start=1)]
    found = pieces_of(here, kinds)
    assert [kind.unit for kind in kinds.values()] == ["点", "通", "枚", "枚", "枚", "点"]
    assert (found.items, found.letters, found.sheets) == (1 + 6, 2, 3 + 4 + 5)
    assert found.words == "12枚 7点 2通"
    assert found.differing(replace(found, letters=0)) == ("通",)


def test_more_than_is_there_is_refused_with_the_number_that_is_there() -> None:
    ledger = Ledger()
    ledger.post(movement(Place.WARD, Place.TRAY, 3), Group.APPLICATION)
    with pytest.raises(OperatorError, match="受付トレイには3枚しかありません"):
        ledger.post(movement(Place.TRAY, Place.ENTRY, 4), Group.APPLICATION)


def test_the_tray_is_one_pile_until_a_slip_takes_its_sheets() -> None:
    ledger = Ledger()
    ledger.post(movement(Place.WARD, Place.TRAY, 3), Group.APPLICATION)
    ledger.post(movement(Place.TRAY, Place.ENTRY, 2), Group.APPLICATION)
    assert ledger.at(Account("x", "1", Place.TRAY)) == 1
    assert ledger.at(Account("x", "1", Place.ENTRY, "a")) == 2
    assert ledger.at(Account("x", "1", Place.ENTRY, "b")) == 0


@given(st.lists(st.integers(1, 20), min_size=1, max_size=12))
def test_slips_that_share_a_batch_out_exactly_are_taken_in_any_order(sheets: list[int]) -> None:
    pile = sum(sheets)
    for index, own in enumerate(sheets):
        check_slip_sheets(own, pile=pile, own=0, others_open=len(sheets) - index - 1)
        pile -= own
    assert pile == 0


@pytest.mark.parametrize(
    ("sheets", "pile", "own", "others", "code"),
    [
        (0, 5, 0, 1, "not-a-count"),
        (5, 5, 0, 1, "too-many-sheets"),
        (4, 5, 0, 0, "sheets-differ"),
        (6, 5, 0, 0, "too-many-sheets"),
        (2, 0, 3, 0, "sheets-differ"),
    ],
)
def test_slips_that_do_not_share_out_are_refused(sheets: int, pile: int, own: int, others: int, code: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check_slip_sheets(sheets, pile=pile, own=own, others_open=others)
    assert (caught.value.code, caught.value.field) == (code, "sheets")


def test_places_on_hand_are_those_inside_the_room() -> None:
    assert set(Place) - set(ON_HAND) == {Place.WARD, Place.MADE, Place.RETURNED, Place.OTHER}
    assert all(place.label for place in Place)


def test_slip_number() -> None:
    assert slip_number(date(2026, 11, 24), 1) == "1124-001"
