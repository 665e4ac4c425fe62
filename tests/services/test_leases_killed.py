"""Power lost between two terminals: a sheet is in one ledger, or named as under way; never in both, never forgotten."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from nhi_center.domain.custody import Pieces, Slip
from nhi_center.domain.leases import LeaseState
from nhi_center.domain.standing import add
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import leases
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in
from nhi_center.storage import custody
from tests.services.test_leases import entered, on_hand, own_gateway, pair, under_way
from tests.support.killed_lease import LAYING, TAKING
from tests.support.lease_room import Desk, close, exchange, terminals
from tests.support.office import PASSWORDS
from tests.support.papers import receive, register_people
from tests.support.postgres import RunningGateway

__all__ = ["own_gateway", "pair"]

ROOT = Path(__file__).parents[2]


def killed(desk: Desk, slip: Slip, point: str) -> Desk:
    """The same person at the same terminal afterwards."""
    office, session = desk
    office.premises.link.close()
    office.store.close()
    folder = str(office.settings.business_folder)
    command = [sys.executable, "-m", "tests.support.killed_lease", folder, session.person, slip.id, str(slip.sheets), point]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": "src:."}, cwd=ROOT, timeout=60, check=False)
    assert run.returncode == -signal.SIGKILL
    return sign_in(office.premises, session.person, PASSWORDS[session.person])


@pytest.mark.parametrize("point", LAYING)
def test_laid_down_wholly_or_not_at_all(pair: tuple[Desk, Desk], point: str) -> None:
    first, second = pair
    _id, slip = entered(first)
    exchange(first)
    first = killed(first, slip, point)
    done = LAYING[point] is None
    assert (on_hand(first).sheets, under_way(first)) == ((0, 1) if done else (slip.sheets, 0))
    if not done:
        leases.lay_down(*first, slip.id, slip.sheets)
    exchange(first, second)
    leases.take(*second, slip.id, slip.sheets)
    exchange(second, first)
    assert (on_hand(first), on_hand(second), under_way(first)) == (Pieces(), Pieces(slip.sheets), 0)
    close(first)


@pytest.mark.parametrize("point", TAKING)
def test_taken_in_the_end_and_once(pair: tuple[Desk, Desk], own_gateway: RunningGateway, point: str) -> None:
    first, second = pair
    _id, slip = entered(first)
    leases.lay_down(*first, slip.id, slip.sheets)
    exchange(first, second)
    second = killed(second, slip, point)
    exchange(first)
    here = on_hand(second).sheets
    assert here == (slip.sheets if TAKING[point] is None else 0)
    assert under_way(first) + under_way(second) >= (0 if here else 1), "in no ledger: then it is named"
    if not here:
        exchange(second)
        leases.take(*second, slip.id, slip.sheets)
    exchange(second, first)
    assert (on_hand(first), on_hand(second), under_way(first), under_way(second)) == (Pieces(), Pieces(slip.sheets), 0, 0)
    assert own_gateway.scalar("SELECT holder || ' ' || version FROM lease WHERE slip = %s", slip.id) == (
        f"{second[0].terminal} 2"
    )
    close(second)


@pytest.fixture
def three(own_gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Desk, ...]]:
    made = terminals(own_gateway, tmp_path, ("k-ichiro", "k-hanako", "s-toko"))
    for desk in made:
        register_people(desk[0])
    yield made
    close(*made)


def placed(office: Office) -> dict[str, int]:
    """Sheets of each paper on hand here."""
    with office.store.read.begin() as connection:
        rows = connection.execute(
            text("SELECT slip, sum(sheets) FROM balance WHERE place = 'entry' AND sheets > 0 GROUP BY slip")
        )
        return {slip: int(sheets) for slip, sheets in rows}


class Line:
    """The gateway, and whether it was killed."""

    def __init__(self, gateway: RunningGateway) -> None:
        self.gateway, self.cut = gateway, False

    def mend(self) -> None:
        if self.cut:
            self.gateway.start()
        self.cut = False

    def fall(self) -> None:
        if not self.cut:
            self.gateway.stop(kill=True)
        self.cut = True


def require_one_ledger(desks: tuple[Desk, ...], sheets: dict[str, int]) -> None:
    everywhere = [placed(office) for office, _session in desks]
    for slip, count in sheets.items():
        assert [here[slip] for here in everywhere if slip in here] in ([], [count]), "in one ledger at most, and whole"


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_handed_on_the_room_s_paper_adds_up(three: tuple[Desk, ...], own_gateway: RunningGateway, seed: int) -> None:
    """Laid down, taken, taken back and cut off by chance: no sheet is ever in two ledgers, none is forgotten."""
    chance, line = random.Random(seed), Line(own_gateway)
    receive(*three[0], F02=2)
    receive(*three[0], F05=3)
    sheets = {slip.id: 2 if slip.kind == "F02" else 3 for slip in _here(three[0])}
    taken = 0
    for _turn in range(140):
        desk, paper = chance.choice(three), chance.choice(list(sheets))
        acts: dict[str, Callable[[], object]] = {
            "lay": partial(leases.lay_down, *desk, paper, sheets[paper]),
            "take": partial(leases.take, *desk, paper, sheets[paper]),
            "exchange": partial(exchange, desk),
            "fall": line.fall,
            "mend": line.mend,
        }
        act = chance.choices(list(acts), weights=(4, 6, 6, 1, 3))[0]
        with suppress(OperatorError, EnvironmentTrouble):
            acts[act]()
            taken += act == "take"
        require_one_ledger(three, sheets)
    assert taken >= 3, "chance has handed nothing on"
    line.mend()
    exchange(*three, rounds=2)
    for desk in three:
        for row in leases.shared(*desk):
            with suppress(OperatorError):  # asked for, and another was faster: then it is refused and forgotten
                leases.take(*desk, row.lease.slip, row.lease.sheets)
    exchange(*three, rounds=2)
    assert add(on_hand(desk) for desk in three) == Pieces(5)
    assert sum(under_way(desk) for desk in three) == 0
    assert all(row.lease.state is LeaseState.HELD for desk in three for row in leases.held_elsewhere(*desk))


def _here(desk: Desk) -> tuple[Slip, ...]:
    with desk[0].store.read.begin() as connection:
        return custody.slips_on_hand(connection)
