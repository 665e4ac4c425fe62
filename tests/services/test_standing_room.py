"""Three real terminals, a real gateway: whatever is moved at any of them, the room's paper adds up; a sheet has one holder."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from nhi_center.domain.custody import Pieces, Place
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.standing import add
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services import handover, standing, standing_own
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from nhi_center.storage import custody
from tests.services.test_handover import CLERK, SECTION, WARD, counts
from tests.support.office import LOCKERS
from tests.support.postgres import RunningGateway
from tests.support.terminals import Desk, exchange, gateway, take_in, terminals

__all__ = ["gateway"]


@pytest.fixture
def three(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Desk, ...]]:
    with terminals(gateway, tmp_path, "one", "two", "three") as made:
        check_in(*made[0], "k-ichiro", LOCKERS["k-ichiro"])
        exchange(*made)
        yield made


def give_out(desk: Desk) -> None:
    """The money goes back, as much as is there."""
    with desk[0].store.read.begin() as connection:
        cash = sum(one.sheets for one in custody.balances(connection, places=(Place.TRAY,)) if one.account.kind == "cash")
    if cash:
        view = handover.open_handover(*desk, Direction.OUT, SECTION)
        for side in Side:
            view = handover.record_count(*desk, view.handover.id, side, counts(view, cash=(0, cash)))
        handover.countersign(*desk, view.handover.id, CLERK, WARD)


def here(desk: Desk) -> Pieces:
    with desk[0].store.read.begin() as connection:
        return standing_own.own(desk[0], connection).on_hand


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
    whole = add(here(desk) for desk in three)
    holders: dict[str, str] = {}
    for desk in three:
        papers = standing.of_room(*desk)
        assert len(papers) == 2
        assert all(one.reached and one.standing is not None and one.standing.balanced for one in papers)
        assert add([here(desk), *(one.standing.on_hand for one in papers if one.standing)]) == whole
        for one in papers:
            for slip in one.standing.slips if one.standing else ():
                assert holders.setdefault(slip[2], one.terminal) == one.terminal, "one holder, for all"
