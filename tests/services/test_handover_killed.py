"""Power lost in the middle of signing: both signatures stand, with everything they mean, or none of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from nhi_center.domain.handover import Direction, Phase
from nhi_center.domain.operators import Session
from nhi_center.services import custody as desk_custody
from nhi_center.services import handover as service
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in
from tests.services.test_handover import CLERK, NINE, WARD, counted
from tests.support.killed_handover import POINTS
from tests.support.office import PASSWORDS, desk, premises

__all__ = ["desk", "premises"]

ROOT = Path(__file__).parents[2]
TABLES = ("handover_signature", "movement", "slip", "balance", "outbox", "incident")


def rows(office: Office) -> dict[str, int]:
    with office.store.read.begin() as connection:
        return {table: int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()) for table in TABLES}


@pytest.mark.parametrize("point", POINTS)
def test_both_signatures_stand_or_none(desk: tuple[Office, Session], point: str) -> None:
    before, session = desk
    view = counted(desk, Direction.IN, NINE, NINE)
    empty = rows(before)
    before.store.close()  # one process at a time has the store
    command = [sys.executable, "-m", "tests.support.killed_handover", str(before.settings.business_folder)]
    run = subprocess.run(
        [*command, view.handover.id, point], env={**os.environ, "PYTHONPATH": "src:."}, cwd=ROOT, timeout=60, check=False
    )
    assert run.returncode == -signal.SIGKILL
    office, session = sign_in(before.premises, session.person, PASSWORDS[session.person])
    seen, found = service.view(office, session, view.handover.id), rows(office)
    if POINTS[point] is not None:
        assert (seen.phase, dict(seen.signatures), seen.slips) == (Phase.COMPARED, {}, ())
        assert found == empty
        assert desk_custody.on_hand(office, session).sheets == 0
        seen = service.countersign(office, session, view.handover.id, WARD, CLERK)
    assert (seen.phase, len(seen.signatures), len(seen.slips)) == (Phase.SIGNED, 2, 6)
    assert desk_custody.on_hand(office, session).sheets == 9
    with office.store.read.begin() as connection:
        assert desk_custody.ledger_faults(connection) == 0
    assert rows(office)["outbox"] == empty["outbox"] + 1
    office.store.close()
