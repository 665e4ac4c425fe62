"""消去 and certificates: what the ward has counted and signed for is with it; a sheet in the tray, spoiled or not, is not."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.erasure import Scope
from nhi_center.domain.print_jobs import JobState
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import controls, erasure_files
from nhi_center.services.office import Office
from nhi_center.storage import erasure, leaving
from tests.support.corrections import hand_out
from tests.support.office import as_person, desk, premises
from tests.support.print_room import TOKO, Room, card, of_kind, room, silent

__all__ = ["desk", "premises", "room"]

LAST = date(2026, 12, 31)
LEFT = "区に渡していない証"


def here(office: Office) -> int:
    with office.store.read.begin() as connection:
        return erasure.unready(connection, Scope.MONTH, "2026-11", LAST)[LEFT]


def test_a_printed_certificate_is_no_obstacle_once_the_ward_has_signed_for_it(room: Room) -> None:
    office, session = room
    hanako, jobs = as_person(office, "k-hanako"), [card(room).job.id, of_kind(room, Kind.LIMIT).job.id]
    printing.print_jobs(office, session, jobs, silent)
    checks.check_good(office, hanako, jobs[1])
    checks.report_spoiled(office, session, jobs[0], "1")
    reprint = checks.sign_and_approve(office, session, jobs[0], *TOKO)
    assert here(office) == 3, "the good sheet, the spoiled one, and its reprint in the queue"
    printing.print_jobs(office, session, [reprint], silent)
    checks.check_good(office, hanako, reprint)
    hand_out(office, session)
    assert here(office) == 0
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'sent'"))
        states = connection.execute(text("SELECT DISTINCT state FROM certificate_job")).scalars().all()
        ready = leaving.papers(connection, LAST, 10)
    assert states == [JobState.SUBMITTED]
    assert len(ready) == 2


def test_the_offices_own_evidence_stays(desk: Room) -> None:
    office, _session = desk
    supervisor = as_person(office, "s-toko")
    kept = controls.make_sheet(office, supervisor)
    others = [
        office.settings.documents / name
        for name in (
            "on-site-T04-20261124-0a1b2c3d.pdf",
            "incident-20261124-1.pdf",
            "keys-20261101-20261130.pdf",
            "pack-T04-2026-11.zip",
            "pledges-20261124.pdf",
            "presence-20261124.pdf",
        )
    ]
    named = office.settings.documents / "issued-20261101-20261130.pdf"
    for file in (*others, named):
        file.write_bytes(b"x")
    try:
        assert kept.is_file()
        assert erasure_files.papers(office, Scope.ALL, "") == (named,)
    finally:
        office.premises.pdf.stop()
