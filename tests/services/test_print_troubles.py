"""Power, paper, a printer that refuses, a person who stops: no sheet is lost and none is counted twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import EnvironmentTrouble, OperatorCancelled, OperatorError
from nhi_center.printing.spool import SpoolPrinter
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, paper
from nhi_center.services.session import sign_in, sign_out
from tests.support.certificates import queue
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.print_room import TOKO, DeadPrinter, Room, card, in_tray, numbers, room, silent, spooled, with_printer

__all__ = ["desk", "premises", "room"]


ROOT = Path(__file__).resolve().parents[2]


def test_a_crash_while_printing_asks_a_person(room: Room) -> None:
    office, session = room
    job = card(room).job
    with pytest.raises(KeyboardInterrupt):
        printing.print_jobs(with_printer(office, DeadPrinter()), session, [job.id], silent)
    assert card(room).job.state is JobState.PRINTING, "the intent was kept before anything could come out"
    queue(*room)
    assert (card(room).job.state, card(room).job.serial) == (JobState.NEEDS_CHECK, "S-000413")
    checks.no_sheet(office, session, job.id)
    assert numbers(room) == (6, 0, 0, 6)


def test_a_killed_process_asks_a_person_at_the_next_start(room: Room) -> None:
    before, session = room
    folder, gateway = str(before.settings.business_folder), before.premises.trust.gateway
    command = [sys.executable, "-m", "tests.support.killed_printing", folder, card(room).job.id, gateway]
    before.store.close()  # one process at a time has the store
    killed = subprocess.run(command, env={**os.environ, "PYTHONPATH": "src:."}, cwd=ROOT, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    again = sign_in(before.premises, session.person, PASSWORDS[session.person])
    assert card(again).job.state is JobState.PRINTING
    assert list(before.settings.work.iterdir()), "the page it was printing lies there"
    queue(*again)
    assert list(before.settings.work.iterdir()) == []
    assert (card(again).job.state, card(again).job.serial, numbers(again)) == (JobState.NEEDS_CHECK, "S-000413", (6, 1, 0, 5))
    checks.check_good(again[0], as_person(again[0], "k-hanako"), card(again).job.id)
    assert in_tray(again[0], "shikaku") == 1
    sign_out(*again)


def test_a_crash_between_printing_and_check_keeps_the_question(room: Room) -> None:
    office, session = room
    printing.print_jobs(office, session, [card(room).job.id], silent)
    queue(*room)
    assert card(room).job.state is JobState.NEEDS_CHECK


def test_a_printer_that_refuses_uses_no_paper(room: Room, tmp_path: Path) -> None:
    office, session = room
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    job = card(room).job
    with pytest.raises(EnvironmentTrouble) as trouble:
        printing.print_jobs(with_printer(office, SpoolPrinter(blocked)), session, [job.id], silent)
    assert trouble.value.code == "PR-01"
    assert (card(room).job.state, numbers(room)) == (JobState.QUEUED, (6, 0, 0, 6))


def test_stopping_leaves_the_rest_in_the_queue(room: Room) -> None:
    office, session = room
    rows = certificates.queue(*room).rows

    def stop(done: int, _total: int, _words: str) -> None:
        if done == 1:
            raise OperatorCancelled

    with pytest.raises(OperatorCancelled):
        printing.print_jobs(office, session, [row.job.id for row in rows], stop)
    assert sorted(row.job.state for row in certificates.queue(*room).rows) == [JobState.NEEDS_CHECK, JobState.QUEUED]


def test_without_paper_nothing_is_sent(room: Room) -> None:
    office, session = room
    for _ in range(6):
        job = card(room).job
        printing.print_jobs(office, session, [job.id], silent)
        checks.report_spoiled(office, session, job.id, "2")
        checks.sign_and_approve(office, session, job.id, *TOKO)
    sent = len(spooled(office))
    with pytest.raises(OperatorError, match="用紙Sがありません"):
        printing.print_jobs(office, session, [card(room).job.id], silent)
    assert (len(spooled(office)), card(room).job.state, numbers(room)) == (sent, JobState.QUEUED, (6, 0, 6, 0))
    assert card(room).job.error == ("11月24日 09:00 用紙Sがありません。区職員から受け取り、枚数を登録してください。(no-paper)")
    paper.receive(office, session, "S", 419, 10)
    printing.print_jobs(office, session, [card(room).job.id], silent)
    assert card(room).job.error == ""


def test_a_font_that_cannot_be_read_stays_said_with_the_sheet(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the process that makes the pages finds on its way; nothing has gone to the printer, and no name is told."""
    office, session = room
    office.premises.pdf.stop()
    (tmp_path / "ipamjm.ttf").write_bytes(b"no font")
    monkeypatch.setenv("NHI_FONT_DIR", str(tmp_path))
    with pytest.raises(EnvironmentTrouble) as trouble:
        printing.print_jobs(office, session, [card(room).job.id], silent)
    job = card(room).job
    assert (job.state, numbers(room)) == (JobState.QUEUED, (6, 0, 0, 6))
    assert job.error == f"11月24日 09:00 {trouble.value.message}({trouble.value.code})"
    assert trouble.value.code == "PR-02", "a font that is there and cannot be read"
    assert card(room).name not in job.error


def test_paper_comes_in_order_and_no_number_twice(room: Room) -> None:
    office, session = room
    with pytest.raises(OperatorError, match="S-000419"):
        paper.receive(office, session, "S", 500, 10)
    paper.receive(office, session, "S", 419, 10)
    assert numbers(room) == (16, 0, 0, 16)
    for field, wrong in (("first", (0, 5)), ("sheets", (429, 0))):
        with pytest.raises(OperatorError) as refused:
            paper.receive(office, session, "S", *wrong)
        assert refused.value.field == field
