"""Power lost in the middle of signing: both signatures stand, with everything they mean, or none of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from nhi_center.domain.handover import Direction, Phase, Side
from nhi_center.domain.operators import Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.services import custody as desk_custody
from nhi_center.services import handover as service
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in
from nhi_center.storage import certificates
from tests.services.test_handover import CLERK, NINE, OUT, WARD, counted, counts, ready_to_return
from tests.support.killed_handover import POINTS
from tests.support.office import PASSWORDS, desk, premises

__all__ = ["desk", "premises"]

ROOT = Path(__file__).parents[2]
TABLES = ("handover_signature", "movement", "slip", "balance", "outbox", "incident")


def rows(office: Office) -> dict[str, int]:
    with office.store.read.begin() as connection:
        return {table: int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()) for table in TABLES}


def last_told(office: Office) -> list[str]:
    with office.store.read.begin() as connection:
        newest = connection.execute(text("SELECT kind FROM outbox ORDER BY seq DESC LIMIT 2")).scalars().all()
    return sorted(newest)


def killed_at(office: Office, handover: str, point: str) -> None:
    """Both sign in a process of its own, and the power goes."""
    office.store.close()  # one process at a time has the store
    command = [sys.executable, "-m", "tests.support.killed_handover", str(office.settings.business_folder)]
    surroundings = {**os.environ, "PYTHONPATH": "src:."}
    run = subprocess.run([*command, handover, point], env=surroundings, cwd=ROOT, timeout=60, check=False)
    assert run.returncode == -signal.SIGKILL


@pytest.mark.parametrize("point", POINTS)
def test_both_signatures_stand_or_none(desk: tuple[Office, Session], point: str) -> None:
    before, session = desk
    view = counted(desk, Direction.IN, NINE, NINE)
    empty = rows(before)
    killed_at(before, view.handover.id, point)
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
    assert rows(office)["outbox"] == empty["outbox"] + 2
    assert last_told(office) == ["handover", "handover_told"], "the segment once, the room once"
    office.store.close()


@pytest.mark.parametrize("point", [point for point in POINTS if point != "slips made"])
def test_what_goes_out_short_has_left_with_both_signatures_or_not_at_all(desk: tuple[Office, Session], point: str) -> None:
    """A sheet short, a certificate and a spoiled sheet beside it: the movements, the certificate's step and the incident."""
    before, session = desk
    _spoiled, good = ready_to_return(desk)
    short = {**OUT, "F02": (3, 4)}
    view = counted(desk, Direction.OUT, short, short)
    service.recount(*desk, view.handover.id)
    for side in Side:
        service.record_count(*desk, view.handover.id, side, counts(view, **short))
    here, empty = desk_custody.on_hand(*desk).sheets, rows(before)
    killed_at(before, view.handover.id, point)
    office, session = sign_in(before.premises, session.person, PASSWORDS[session.person])
    seen, found = service.view(office, session, view.handover.id), rows(office)
    if POINTS[point] is not None:
        assert (seen.phase, dict(seen.signatures), seen.incident) == (Phase.COMPARED, {}, False)
        assert found == empty
        assert desk_custody.on_hand(office, session).sheets == here
        seen = service.countersign(office, session, view.handover.id, CLERK, WARD)
    assert (seen.phase, len(seen.signatures), seen.incident) == (Phase.SIGNED, 2, True)
    assert desk_custody.on_hand(office, session).sheets == 1, "the sheet nobody found"
    with office.store.read.begin() as connection:
        assert desk_custody.ledger_faults(connection) == 0
        job = certificates.find(connection, good)
    assert job is not None
    assert job.state is JobState.SUBMITTED
    assert rows(office)["incident"] == 1
    office.store.close()
