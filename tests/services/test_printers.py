"""Certificates to a real CUPS: entered with an approval, tested, adjusted, accepted by a second person, then printed on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from nhi_center.domain.operators import Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.printers import CUPS, Adjustment
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.certificates import make_certificates
from nhi_center.printing.ipp_jobs import IppJob
from nhi_center.services import certificate_printing as printing
from nhi_center.services import print_watch, printers
from nhi_center.services.office import Office
from nhi_center.services.print_watch import Standing
from tests.printing.test_placement import words_at
from tests.support.cups import PrivateCups, cups, sends_to
from tests.support.office import as_person, desk, premises
from tests.support.print_room import Room, card, room, silent

__all__ = ["cups", "desk", "premises", "room"]

Served = tuple[Office, Session, PrivateCups]


@pytest.fixture
def served(room: Room, cups: PrivateCups) -> Served:
    """The print room beside the private CUPS server."""
    office, clerk = room
    settings = replace(office.settings, cups_socket=cups.socket)
    return replace(office, premises=replace(office.premises, settings=settings)), clerk, cups


def entered(office: Office, queue: str, prefix: str = "S") -> str:
    return printers.enter(
        office, as_person(office, "40100"), f"{prefix} 1号機", CUPS, queue, sends_to(queue), "承諾 R8-12", prefix
    )


def ended(job: IppJob) -> bool:
    return job.state.ended


def test_until_a_second_person_has_accepted_it_nothing_that_counts_is_printed(
    served: Served,
) -> None:
    office, clerk, cups = served
    queue = cups.queue("ok")
    printer = entered(office, queue)
    row = card(served[:2])
    with pytest.raises(OperatorError) as caught:
        printing.print_jobs(office, clerk, [row.job.id], silent)
    assert caught.value.code == "printer-not-accepted"
    assert card(served[:2]).job.state is JobState.QUEUED
    printers.print_test(office, clerk, printer)
    printers.adjust(office, clerk, printer, Adjustment(12, -5, 10_050))
    with pytest.raises(OperatorError) as caught:
        printers.accept(office, clerk, printer)
    assert caught.value.code == "four-eyes"
    printers.accept(office, as_person(office, "k-hanako"), printer)
    printing.print_jobs(office, clerk, [row.job.id], silent)
    job = card(served[:2]).job
    assert job.state is JobState.NEEDS_CHECK
    assert job.printer.startswith("cups-")
    cups.job_when(cups.printer(queue), job.printer, ended)
    assert print_watch.look(office, clerk) == Standing("待機中", "", 0, 1)
    assert card(served[:2]).job.spooler == "completed"
    printed = cups.taken(job.printer)
    assert "資格確認書" in pypdfium2.PdfDocument(printed)[0].get_textpage().get_text_range()


def test_the_adjustment_reaches_the_printed_page(served: Served) -> None:
    """1.2 mm to the right of where it was laid out (printing/test_placement.py has the rest)."""
    office, clerk, cups = served
    queue = cups.queue("ok")
    printer = entered(office, queue)
    printers.adjust(office, clerk, printer, Adjustment(12))
    printers.accept(office, as_person(office, "k-hanako"), printer)
    row = card(served[:2])
    assert row.sheet is not None
    printing.print_jobs(office, clerk, [row.job.id], silent)
    spooled = card(served[:2]).job.printer
    cups.job_when(cups.printer(queue), spooled, ended)
    at = [words_at(data, row.sheet.number)[0] for data in (make_certificates((row.sheet,)), cups.taken(spooled))]
    assert at[1] - at[0] == pytest.approx(1.2, abs=0.02)


def test_a_queue_that_does_not_answer_is_said_and_prints_nothing(served: Served, tmp_path: Path) -> None:
    office, clerk, cups = served
    printer = entered(office, cups.queue("ok"))
    printers.accept(office, as_person(office, "k-hanako"), printer)
    gone = replace(
        office, premises=replace(office.premises, settings=replace(office.settings, cups_socket=tmp_path / "nobody.sock"))
    )
    (line,) = printers.listing(gone, clerk)
    assert line.state == "応答なし"
    assert line.advice
    with pytest.raises(EnvironmentTrouble):
        printing.print_jobs(gone, clerk, [card(served[:2]).job.id], silent)
    assert card(served[:2]).job.state is JobState.QUEUED, "no sheet, no number used"
    (line,) = printers.listing(office, clerk)
    assert (line.state, line.advice, line.printer.accepted_by) == ("待機中", "", "見本 花子")


def test_an_empty_printer_says_so_and_the_sheet_waits_for_a_person(served: Served) -> None:
    office, clerk, cups = served
    queue = cups.queue("empty")
    printer = entered(office, queue)
    printers.accept(office, as_person(office, "k-hanako"), printer)
    printing.print_jobs(office, clerk, [card(served[:2]).job.id], silent)
    cups.until(lambda: printers.listing(office, clerk)[0].state == "停止")
    assert printers.listing(office, clerk)[0].advice.startswith("用紙がありません。")
    assert card(served[:2]).job.state is JobState.NEEDS_CHECK


def test_only_the_ward_enters_and_retires(served: Served) -> None:
    office, clerk, cups = served
    printer = entered(office, cups.queue("ok"))
    for act in (
        lambda: printers.enter(office, clerk, "x", CUPS, "q", "usb://x", "1", "S"),
        lambda: printers.retire(office, clerk, printer),
        lambda: printers.accept(office, as_person(office, "40100"), printer),
    ):
        with pytest.raises(OperatorError) as caught:
            act()
        assert caught.value.code == "not-permitted"
    printers.retire(office, as_person(office, "40100"), printer)
    assert printers.listing(office, clerk) == ()
    printing.print_jobs(office, clerk, [card(served[:2]).job.id], silent)
    assert not card(served[:2]).job.printer.startswith("cups-"), "with none entered the spool folder takes it"
