from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from nhi_center.printing.spool import MANIFEST, PrintOutcome, SpoolEntry, SpoolPrinter

PDF = b"%PDF-1.4 sample"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "made.pdf"
    path.write_bytes(PDF)
    return path


def test_a_job_becomes_a_file_and_a_line(tmp_path: Path, pdf: Path) -> None:
    printer = SpoolPrinter(tmp_path / "spool")
    assert printer.entries() == ()
    assert printer.send("job-1", pdf, 1, serial="S-000413") == PrintOutcome("handed", "job-1.pdf")
    assert printer.send("job-2", pdf, 2).state == "handed"
    digest = hashlib.sha256(PDF).hexdigest()
    assert printer.entries() == (
        SpoolEntry("job-1", 1, "S-000413", 1, "job-1.pdf", digest),
        SpoolEntry("job-2", 1, "", 2, "job-2.pdf", digest),
    )
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
    assert all(entry.stat().st_mode & 0o777 == 0o600 for entry in (tmp_path / "spool").iterdir())


def test_a_job_sent_again_is_a_second_attempt_and_keeps_the_first_file(tmp_path: Path, pdf: Path) -> None:
    printer = SpoolPrinter(tmp_path)
    printer.send("job", pdf, 1)
    pdf.write_bytes(PDF + b" again")
    assert printer.send("job", pdf, 1).detail == "job-2.pdf"
    assert [entry.attempt for entry in printer.entries()] == [1, 2]
    assert (tmp_path / "job.pdf").read_bytes() == PDF


def test_a_line_cut_off_by_a_crash_is_left_out(tmp_path: Path, pdf: Path) -> None:
    printer = SpoolPrinter(tmp_path)
    printer.send("job", pdf, 1)
    with (tmp_path / MANIFEST).open("ab") as manifest:
        manifest.write(b'{"attempt":1,"cop')
    assert len(printer.entries()) == 1
    assert printer.send("next", pdf, 1).state == "handed"
    assert [entry.job_id for entry in printer.entries()] == ["job", "next"]


@pytest.mark.parametrize("job_id", ["../out", "", "a/b", "名前", "x" * 65])
def test_a_job_id_cannot_leave_the_folder(tmp_path: Path, pdf: Path, job_id: str) -> None:
    with pytest.raises(ValueError, match="job_id"):
        SpoolPrinter(tmp_path).send(job_id, pdf, 1)


def test_failures_say_that_nothing_was_printed(tmp_path: Path, pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printer = SpoolPrinter(tmp_path / "spool")
    assert printer.send("job", tmp_path / "none.pdf", 1).state == "failed"
    pdf.write_bytes(b"half")
    assert printer.send("job", pdf, 1).state == "failed"
    pdf.write_bytes(PDF)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert printer.send("job", pdf, 1).state == "failed"
    assert printer.entries() == ()
