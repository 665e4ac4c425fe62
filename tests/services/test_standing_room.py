"""Three real terminals, a real gateway: whatever is moved at any of them, the room's paper adds up; a sheet has one holder."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nhi_center.domain.custody import Place
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.standing import Standing, add
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import cabinets, day_close, handover, standing, standing_own
from nhi_center.services.presence import check_in, check_out, roster
from nhi_center.services.sync import synchronise
from nhi_center.storage import custody
from tests.services.test_handover import CLERK, SECTION, WARD, counts
from tests.support.office import LOCKERS, PASSWORDS, advance, as_person
from tests.support.postgres import RunningGateway
from tests.support.terminals import Desk, exchange, gateway, take_in, terminals

__all__ = ["gateway"]


@pytest.fixture
def three(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Desk, ...]]:
    with terminals(gateway, tmp_path, "one", "two", "three") as made:
        morning(made)
        yield made


def morning(three: tuple[Desk, ...]) -> None:
    """They come, and every terminal hears of it."""
    for person in ("k-ichiro", "k-hanako", "s-toko"):
        check_in(*three[0], person, LOCKERS[person])
    exchange(*three)


def give_out(desk: Desk) -> int:
    """The money goes back, as much as is there; gives how much."""
    with desk[0].store.read.begin() as connection:
        cash = sum(one.sheets for one in custody.balances(connection, places=(Place.TRAY,)) if one.account.kind == "cash")
    if cash:
        view = handover.open_handover(*desk, Direction.OUT, SECTION)
        for side in Side:
            view = handover.record_count(*desk, view.handover.id, side, counts(view, cash=(0, cash)))
        handover.countersign(*desk, view.handover.id, CLERK, WARD)
    return cash


def own(desk: Desk) -> Standing:
    with desk[0].store.read.begin() as connection:
        return standing_own.own(desk[0], connection)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_room_s_paper_adds_up_at_every_terminal(three: tuple[Desk, ...], gateway: RunningGateway, seed: int) -> None:
    chance = random.Random(seed)
    cut = False
    for _turn in range(12):
        desk = chance.choice(three)
        act = chance.choice(["in", "in", "out", "exchange", "exchange", "cut"])
        if act == "in":
            cases = chance.randint(1, 3)
            take_in(desk, cases, cases + chance.randint(0, 3))
        elif act == "out":
            give_out(desk)
        elif act == "cut" and not cut:
            gateway.stop(kill=True)
            cut = True
        elif act == "exchange":
            if cut:
                with pytest.raises(EnvironmentTrouble):
                    synchronise(desk[0])
                gateway.start()
                cut = False
            synchronise(desk[0])
    if cut:
        gateway.start()
    for _round in range(2):
        for desk in three:
            synchronise(desk[0])
    whole = add(own(desk).on_hand for desk in three)
    holders: dict[str, str] = {}
    for desk in three:
        papers = standing.of_room(*desk)
        assert len(papers) == 2
        assert all(one.reached and one.standing is not None and one.standing.balanced for one in papers)
        assert add([own(desk).on_hand, *(one.standing.on_hand for one in papers if one.standing)]) == whole
        for one in papers:
            for slip in one.standing.slips if one.standing else ():
                assert holders.setdefault(slip[2], one.terminal) == one.terminal, "one holder, for all"


ACTS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["in", "in", "out", "away", "count", "back", "exchange", "exchange", "day"])),
    min_size=4,
    max_size=14,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=ACTS)
@example(acts=[(1, "in"), (1, "away"), (1, "count"), (0, "in"), (1, "exchange"), (1, "day"), (1, "back"), (1, "out"), (0, "out")])
def test_over_random_days_the_room_holds_what_came_less_what_went(three: tuple[Desk, ...], acts: list[tuple[int, str]]) -> None:
    """The three go on from one example to the next, as terminals do: what came and what went is counted by the test alone."""
    for number, desk in enumerate(three, start=1):
        with suppress(OperatorError):  # each example finds them registered
            cabinets.register(desk[0], as_person(desk[0], "s-toko"), str(number), "窓側", "2")
    came = sum(own(desk).received for desk in three)
    went = sum(own(desk).returned for desk in three)
    for place, act in acts:
        desk = three[place]
        if act == "in":
            take_in(desk, 1 + place, 3 + place)
            came += 3 + place + 1
        elif act == "out":
            went += give_out(desk)
        else:
            do(three, desk, str(place + 1), act)
        one_holder([own(each) for each in three], came, went)
    exchange(*three, *three)
    for desk in three:
        papers = standing.of_room(*desk)
        assert all(one.reached for one in papers)
        one_holder([own(desk), *(one.standing for one in papers if one.standing)], came, went)


def one_holder(standings: list[Standing], came: int, went: int) -> None:
    assert len(standings) == 3
    assert sum(one.received for one in standings) == came
    assert sum(one.returned for one in standings) == went
    assert sum(one.on_hand.total for one in standings) == came - went
    slips = [slip for one in standings for _day, _number, slip in one.slips]
    assert len(slips) == len(set(slips)), "no sheet is in two standings"


def do(three: tuple[Desk, ...], desk: Desk, cabinet: str, act: str) -> None:
    """What moves paper inside the room, or tells of it; refused where there is nothing to do."""
    office, supervisor = desk[0], as_person(desk[0], "s-toko")
    if act == "exchange":
        synchronise(office)
    elif act == "day":
        for row in roster(*three[0]):
            if row.stay is not None and row.stay.inside:
                check_out(*three[0], row.stay)
        for each, _session in three:
            advance(each.premises, days=1)
        morning(three)
    elif act == "away":
        with suppress(OperatorError):
            day_close.carry_over(office, supervisor, "sheets_tray", "明日の入力", cabinet)
    else:
        with office.store.read.begin() as connection:
            inside = cabinets.inside(connection, cabinet)
        with suppress(OperatorError):
            if act == "count":
                cabinets.count(office, supervisor, cabinet, inside, "", "k-hanako", PASSWORDS["k-hanako"])
            else:
                cabinets.take_out(office, as_person(office, "k-ichiro"), cabinet, inside, "")
