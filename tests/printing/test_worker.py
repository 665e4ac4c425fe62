from __future__ import annotations

import hashlib
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from nhi_center.errors import EnvironmentTrouble, OperatorCancelled, OperatorError
from nhi_center.printing.files import write_whole
from nhi_center.printing.sheets import PdfJob
from nhi_center.printing.worker import PdfBug, PdfTicket, PdfWorker
from tests.printing.samples import CARD, RECEIPT

MANY = (CARD,) * 4000


@pytest.fixture
def worker() -> Iterator[PdfWorker]:
    made = PdfWorker()
    made.start()
    yield made
    made.stop()
    assert made.process_id is None


def _when_started(worker: PdfWorker, target: Path) -> tuple[threading.Event, list[tuple[int, int]], PdfTicket]:
    moved = threading.Event()
    seen: list[tuple[int, int]] = []

    def note(done: int, total: int) -> None:
        seen.append((done, total))
        moved.set()

    return moved, seen, worker.submit(PdfJob(MANY, target), note)


def test_jobs_become_files_in_order(worker: PdfWorker, tmp_path: Path) -> None:
    tickets = [worker.submit(PdfJob((replace(CARD, branch=f"{n:02d}"),), tmp_path / f"{n}.pdf")) for n in range(3)]
    results = [ticket.result(30) for ticket in tickets]
    assert [result.path.name for result in results] == ["0.pdf", "1.pdf", "2.pdf"]
    assert all(hashlib.sha256(result.path.read_bytes()).hexdigest() == result.sha256 for result in results)
    assert tickets[0].progress == (1, 1)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["0.pdf", "1.pdf", "2.pdf"]
    assert (results[0].path.stat().st_mode & 0o777) == 0o600


def test_what_cannot_be_printed_comes_back_as_a_sentence(worker: PdfWorker, tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as refused:
        worker.make(PdfJob((replace(CARD, name="邉\U000e0102\u3000見本"),), tmp_path / "x.pdf"))
    assert "邉(U+9089 U+E0102)" in refused.value.message
    assert "見本" not in refused.value.message
    assert refused.value.code == "glyph"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_trouble_and_a_bug_names_only_its_place(worker: PdfWorker, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentTrouble) as trouble:
        worker.make(PdfJob((CARD,), tmp_path / "none" / "x.pdf"))
    assert trouble.value.code == "PR-03"
    with pytest.raises(PdfBug, match=r"^ValueError at certificates\.py:\d+$"):
        worker.make(PdfJob((replace(CARD, acquired=None),), tmp_path / "x.pdf"))


def test_encrypted_jobs_need_a_password(worker: PdfWorker, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="12文字"):
        worker.make(PdfJob(RECEIPT, tmp_path / "x.pdf", encrypted=True))
    made = worker.make(PdfJob(RECEIPT, tmp_path / "x.pdf", "見本の合言葉 2026-11", encrypted=True))
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(made.path)


def test_killed_in_a_job_that_job_fails_and_the_next_ones_are_made(worker: PdfWorker, tmp_path: Path) -> None:
    moved, _, ticket = _when_started(worker, tmp_path / "lost.pdf")
    waiting = worker.submit(PdfJob((CARD,), tmp_path / "waiting.pdf"))
    assert moved.wait(30)
    killed = worker.process_id
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(EnvironmentTrouble) as stopped:
        ticket.result(30)
    assert stopped.value.code == "PR-02"
    assert waiting.result(30).path.exists()
    assert worker.make(PdfJob((CARD,), tmp_path / "next.pdf")).path.exists()
    assert worker.process_id not in (None, killed)
    assert not (tmp_path / "lost.pdf").exists()


def test_killed_while_idle_the_next_job_is_made(worker: PdfWorker, tmp_path: Path) -> None:
    worker.wait_ready()
    killed = worker.process_id
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert worker.make(PdfJob((CARD,), tmp_path / "next.pdf")).path.exists()


def test_cancel_in_the_middle_and_before_the_start(worker: PdfWorker, tmp_path: Path) -> None:
    moved, seen, ticket = _when_started(worker, tmp_path / "long.pdf")
    waiting = worker.submit(PdfJob((CARD,), tmp_path / "waiting.pdf"))
    waiting.cancel()
    assert moved.wait(30)
    ticket.cancel()
    for cancelled in (ticket, waiting):
        with pytest.raises(OperatorCancelled):
            cancelled.result(30)
    assert seen[-1][0] < len(MANY)
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_takes_too_long_is_ended(worker: PdfWorker, tmp_path: Path) -> None:
    worker.wait_ready()
    with pytest.raises(EnvironmentTrouble):
        worker.make(PdfJob(MANY, tmp_path / "long.pdf"), timeout=0.05)
    assert worker.make(PdfJob((CARD,), tmp_path / "next.pdf")).path.exists()


def test_stop_is_bounded_and_final(tmp_path: Path) -> None:
    worker = PdfWorker()
    moved, _, ticket = _when_started(worker, tmp_path / "long.pdf")
    assert moved.wait(30)
    worker.stop(timeout=0.1)
    with pytest.raises(EnvironmentTrouble):
        ticket.result(5)
    with pytest.raises(EnvironmentTrouble):
        worker.submit(PdfJob((CARD,), tmp_path / "x.pdf"))
    worker.stop()


def test_missing_fonts_are_told_when_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "ipamjm.ttf"
    broken.write_bytes(b"not a font")
    monkeypatch.setenv("NHI_FONT_DIR", str(tmp_path))
    worker = PdfWorker()
    worker.start()
    try:
        with pytest.raises(EnvironmentTrouble) as trouble:
            worker.wait_ready()
        assert trouble.value.code == "FT-02"
    finally:
        worker.stop()


def test_an_interrupt_at_the_keyboard_is_not_for_it(worker: PdfWorker, tmp_path: Path) -> None:
    worker.wait_ready()
    before = worker.process_id
    assert before is not None
    os.kill(before, signal.SIGINT)
    assert worker.make(PdfJob((CARD,), tmp_path / "next.pdf")).path.exists()
    assert worker.process_id == before


def test_it_does_not_outlive_a_killed_parent() -> None:
    script = (
        "import sys\nfrom nhi_center.printing.worker import PdfWorker\n"
        "worker = PdfWorker()\nworker.start()\nworker.wait_ready()\nprint(worker.process_id, flush=True)\nsys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        try:
            assert select.select([child], [], [], 10)[0]
        finally:
            os.close(child)


def test_a_failed_write_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "kept.pdf"
    write_whole(target, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentTrouble):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.pdf"]


def test_the_windows_process_loads_nothing_that_draws() -> None:
    script = "import sys, nhi_center.printing.worker, nhi_center.printing.spool, nhi_center.printing.fonts; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=True, text=True)
    assert not {"reportlab", "pikepdf", "fontTools"} & set(done.stdout.split())
