from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import STATEMENT, approval_contents
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.entry import State
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.spool import PrintOutcome
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, corrections, paper
from nhi_center.services.office import Office
from nhi_center.services.signing import sign
from nhi_center.storage import certificates as storage
from nhi_center.storage import entry as applications
from tests.support.certificates import CLASS_U, INSURED, answer, queue, row_of, settled, stock_up, trusting, ward_sets
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.papers import VARIANT, register_people
from tests.support.print_room import TOKO, DeadPrinter, Room, card, in_tray, numbers, of_kind, room, silent, spooled, with_printer

__all__ = ["desk", "premises", "room"]


def test_a_sheet_from_the_queue_to_the_tray(room: Room) -> None:
    office, session = room
    before = card(room)
    assert printing.print_jobs(office, session, [before.job.id], silent).handed == 1
    printed = card(room).job
    assert (printed.state, printed.serial, printed.attempts) == (JobState.NEEDS_CHECK, "S-000413", 1)
    assert numbers(room) == (6, 1, 0, 5)
    (pdf,) = spooled(office)
    words = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    assert VARIANT.split("\u3000")[0] in words, "the name with its variation selector"
    assert "見本" in words
    assert list((office.settings.business_folder / "work").iterdir()) == [], "no second copy stays behind"
    checks.check_good(office, as_person(office, "k-hanako"), printed.id)
    assert (card(room).job.state, in_tray(office, "shikaku")) == (JobState.GOOD, 1)
    with office.store.read.begin() as connection:
        done = applications.find(connection, printed.application)
    assert done is not None
    assert done.state is State.DONE


def test_a_spoiled_sheet_is_approved_by_another_and_printed_again(room: Room) -> None:
    office, session = room
    job = card(room).job
    printing.print_jobs(office, session, [job.id], silent)
    with pytest.raises(OperatorError) as refused:
        checks.report_spoiled(office, session, job.id, "9")
    assert refused.value.field == "spoil_reason"
    checks.report_spoiled(office, session, job.id, "1")
    assert certificates.counts(office, session).to_approve == 1
    for person in (session.person, "k-hanako", "40127"):
        with pytest.raises(OperatorError):
            checks.sign_and_approve(office, session, job.id, person, PASSWORDS[person])
    reprint = checks.sign_and_approve(office, session, job.id, *TOKO)
    spoiled = next(row.job for row in certificates.queue(*room).rows if row.job.id == job.id)
    assert (spoiled.state, spoiled.spoiled, spoiled.serial) == (JobState.SPOILED, True, "S-000413")
    assert (numbers(room), in_tray(office, "spoiled"), in_tray(office, "shikaku")) == ((6, 0, 1, 5), 1, 0)
    assert card(room).job.id == reprint
    assert card(room).job.replaces == job.id
    printing.print_jobs(office, session, [reprint], silent)
    checks.check_good(office, as_person(office, "k-hanako"), reprint)
    assert card(room).job.serial == "S-000414"
    assert (numbers(room), in_tray(office, "shikaku")) == ((6, 1, 1, 4), 1)


def test_who_reports_does_not_approve_even_as_a_supervisor(room: Room) -> None:
    office, session = room
    toko = as_person(office, "s-toko")
    job = card(room).job
    printing.print_jobs(office, session, [job.id], silent)
    checks.report_spoiled(office, toko, job.id, "2")
    with pytest.raises(OperatorError) as refused:
        checks.sign_and_approve(office, session, job.id, *TOKO)
    assert refused.value.code == "four-eyes"


def test_the_signature_is_over_exactly_this_sheet(room: Room) -> None:
    office, session = room
    job = card(room).job
    printing.print_jobs(office, session, [job.id], silent)
    checks.report_spoiled(office, session, job.id, "1")
    shown = approval_contents(card(room).job)
    signature = sign(office, *TOKO, STATEMENT, {**shown, "reason": "3"})
    with pytest.raises(OperatorError, match="署名が内容と合いません"):
        checks.approve(office, session, job.id, signature)
    assert card(room).job.state is JobState.SPOILED_WAITING


def test_a_report_can_be_taken_back(room: Room) -> None:
    office, session = room
    job = card(room).job
    printing.print_jobs(office, session, [job.id], silent)
    checks.report_spoiled(office, session, job.id, "1")
    checks.take_back_report(office, session, job.id)
    checks.check_good(office, as_person(office, "k-hanako"), job.id)
    assert numbers(room) == (6, 1, 0, 5)


def test_a_fault_found_on_a_good_sheet(room: Room) -> None:
    office, session = room
    job = card(room).job
    printing.print_jobs(office, session, [job.id], silent)
    checks.check_good(office, as_person(office, "k-hanako"), job.id)
    checks.report_spoiled(office, session, job.id, "3")
    assert in_tray(office, "shikaku") == 0
    reprint = checks.sign_and_approve(office, session, job.id, *TOKO)
    assert certificates.propose(office, session) == 0
    printing.print_jobs(office, session, [reprint], silent)
    checks.check_good(office, as_person(office, "k-hanako"), reprint)
    assert (in_tray(office, "shikaku"), in_tray(office, "spoiled")) == (1, 1)


def test_no_sheet_came_out(room: Room) -> None:
    office, session = room
    job = card(room).job
    printing.print_jobs(office, session, [job.id], silent)
    checks.no_sheet(office, session, job.id)
    assert (card(room).job.state, card(room).job.serial, numbers(room)) == (JobState.QUEUED, "", (6, 0, 0, 6))
    printing.print_jobs(office, session, [job.id], silent)
    assert card(room).job.serial == "S-000413"


def test_yesterdays_sheet_does_not_go_out_with_yesterdays_date(room: Room) -> None:
    office, session = room
    job = card(room).job
    with office.store.write.begin() as connection:
        storage.update(connection, job, replace(job, snapshot={**job.snapshot, "issued": "2026-11-23"}), "", "")
    (why,) = printing.print_jobs(office, session, [job.id], silent).refused
    assert "交付日" in why
    queue(*room)
    sheet = card(room).sheet
    assert sheet is not None
    assert sheet.issued == date(2026, 11, 24)


@pytest.mark.parametrize("change", [{"arrears": True}, {"undeclared": True}, {"protected": True}, {"symbol": "04-91"}])
def test_what_has_changed_since_the_queue_was_looked_at_is_not_printed(room: Room, change: dict[str, Any]) -> None:
    """An exchange runs while the list stands on the screen."""
    office, session = room
    job = of_kind(room, Kind.LIMIT).job
    answer(office, job.application, replace(CLASS_U, **change), cursor=300)
    other = card(room).job.id
    printed = printing.print_jobs(office, session, [job.id, other], silent)
    assert printed.handed == 1, "the others go on"
    assert "変わったため" in printed.refused[0]
    for page in spooled(office):
        page.unlink()
    assert (of_kind(room, Kind.LIMIT).job.state, spooled(office), numbers(room, "A")) == (JobState.QUEUED, [], (3, 0, 0, 3))


def test_a_withdrawn_base_expiry_stops_the_sheet(desk: Room) -> None:
    office, gateway = trusting(desk[0])
    register_people(office)
    ward_sets(office, gateway)
    settled(office, desk[1], "F02")
    stock_up(office, desk[1])
    (row,) = queue(office, desk[1]).rows
    ward_sets(office, gateway, value=[])
    assert printing.print_jobs(office, desk[1], [row.job.id], silent).handed == 0
    queue(office, desk[1])
    assert card((office, desk[1])).job.blocks == (Block.BASE_UNSET,)
    office.premises.pdf.stop()


def test_what_the_ward_stops_while_it_is_tried_stays_stopped(room: Room) -> None:
    """The printer refuses it a moment later: it does not wait like any other, and nothing else in the lot is touched."""
    office, session = room
    job, other = of_kind(room, Kind.LIMIT).job, card(room).job

    class Refusing:
        def send(self, job_id: str, pdf: Path, copies: int) -> PrintOutcome:
            corrections.send_back(office, as_person(office, "40127"), job.application, "1", "日付が違います。")
            return PrintOutcome("failed", "何も印刷していません。")

    with pytest.raises(EnvironmentTrouble):
        printing.print_jobs(with_printer(office, Refusing()), session, [job.id], silent)
    stopped = of_kind(room, Kind.LIMIT).job
    assert (stopped.state, stopped.blocks) == (JobState.BLOCKED, (Block.RETURNED,))
    assert "何も印刷していません" in stopped.error
    assert (card(room).job.state, card(room).job.blocks) == (other.state, other.blocks)


def test_what_is_left_is_the_next_mornings_count(room: Room) -> None:
    office, session = room
    printing.print_jobs(office, session, [card(room).job.id], silent)

    class Tomorrow:
        def now(self) -> Any:
            return office.clock.now()

        def local(self) -> Any:
            return office.clock.local()

        def today(self) -> date:
            return date(2026, 11, 25)

    later = replace(office, premises=replace(office.premises, clock=Tomorrow()))
    stock = certificates.queue(later, session).stock("S")
    assert (stock.opened, stock.used, stock.left, stock.upcoming(1)) == (5, 0, 5, ("S-000414",))


def test_the_preview_is_the_page_that_is_printed(room: Room) -> None:
    office, session = room
    image = printing.preview(office, session, card(room).job.id, 0, 4.0)
    assert (image.width, image.height) == (344, 217), "86 x 54 mm, whole pixels"
    assert len(set(image.pixels[::4])) > 20
    back = printing.preview(office, session, card(room).job.id, 1, 4.0)
    assert back.pixels != image.pixels


def test_a_proof_uses_no_number(room: Room) -> None:
    office, session = room
    for kind in (Kind.ELIGIBILITY, Kind.LIMIT):
        assert printing.print_proof(office, session, kind) == 2
    assert len(spooled(office)) == 2
    assert (numbers(room), numbers(room, "A")) == ((6, 0, 0, 6), (3, 0, 0, 3))
    names = subprocess.run(["pdftotext", str(spooled(office)[0]), "-"], capture_output=True, check=True).stdout.decode()
    assert INSURED.number not in names


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(["good", "spoiled", "no_sheet", "crash", "found_faulty"]), min_size=1, max_size=5))
def test_counts_agree_after_any_order(room: Room, acts: list[str]) -> None:
    """The room goes on from example to example: each act begins with a sheet in the queue, and with paper enough."""
    office, session = room
    dead = with_printer(office, DeadPrinter())
    for wanted in acts:
        if certificates.queue(*room).stock("S").left < 2:
            paper.receive(office, session, "S", 413 + numbers_ever(office), 50)
        job = card(room).job
        act = "found_faulty" if job.state is JobState.GOOD else wanted
        if job.state is JobState.QUEUED:
            try:
                printing.print_jobs(dead if act == "crash" else office, session, [job.id], silent)
            except KeyboardInterrupt:
                queue(*room)
        if act == "no_sheet":
            checks.no_sheet(office, session, job.id)
        elif act in ("good", "crash"):
            checks.check_good(office, as_person(office, "k-hanako"), job.id)
        else:
            checks.report_spoiled(office, session, job.id, "1")
            checks.sign_and_approve(office, session, job.id, *TOKO)
        rows = [row.job for row in certificates.queue(*room).rows if row.job.kind is Kind.ELIGIBILITY]
        opened, used, spoiled, left = numbers(room)
        assert used + spoiled + left == opened
        assert (used, spoiled) == (sum(j.state is JobState.GOOD for j in rows), sum(j.spoiled for j in rows))
        assert (in_tray(office, "shikaku"), in_tray(office, "spoiled")) == (used, spoiled)
        serials = [j.serial for j in rows if j.serial]
        assert len(serials) == len(set(serials))
        assert sorted(serials) == [f"S-{413 + index:06d}" for index in range(len(serials))]


def numbers_ever(office: Office) -> int:
    with office.store.read.begin() as connection:
        return sum(stock.opened for stock in paper.day_counts(office, connection) if stock.prefix == "S")


def test_the_row_belongs_to_its_application(room: Room) -> None:
    row = card(room)
    assert row_of(*room, row.job.application) == row
