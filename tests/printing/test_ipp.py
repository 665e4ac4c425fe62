"""Printing to a real CUPS server, with devices that jam, run out of paper, fail, hold and never answer."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing.ipp import IppPrinter
from nhi_center.printing.ipp_jobs import DeviceState, IppJob, JobState, PrinterState
from nhi_center.printing.spool import PrintOutcome
from tests.support.cups import PrivateCups, cups

__all__ = ["cups"]

JOB = "0b9f7f5e-2a63-4c11-9d0e-5a7c2f1e8b90"
COMPLETED_WORDS = "装置に渡しました。紙に出たとは限りません。出た紙の枚数を数え、現物を確かめてください。"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """Every byte, zeros and line ends among them, and longer than one read of the server."""
    path = tmp_path / "made.pdf"
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 2_000 + b"\r\n%%EOF\n")
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def handed(outcome: PrintOutcome) -> str:
    assert outcome.state == "handed", outcome.detail
    return outcome.detail


def ended(job: IppJob) -> bool:
    return job.state.ended


def waits_for_somebody(job: IppJob) -> bool:
    """The server says first that the printer has stopped, and a moment later that the job is waiting again."""
    stopped = job.printer is not None and job.printer.state is DeviceState.STOPPED
    return stopped and job.state is JobState.PENDING


def test_the_device_is_given_the_very_bytes_and_no_name(cups: PrivateCups, pdf: Path) -> None:
    printer = cups.printer(cups.queue("ok"))
    spooled = handed(printer.send(JOB, pdf, 2))
    job = cups.job_when(printer, spooled, ended)
    assert (job.state, job.impressions, job.printer) == (JobState.COMPLETED, 1, None)
    assert spooled == f"cups-{job.number}"
    assert job.advice == COMPLETED_WORDS
    assert cups.taken(spooled) == pdf.read_bytes()
    assert cups.told(spooled) == ["nhi-center", JOB, "2"]
    assert printer.printer_state() == PrinterState(DeviceState.IDLE)


def test_where_pages_are_counted_each_is_a_sheet(cups: PrivateCups, pdf: Path) -> None:
    """The device is told so, whatever is usual there; nothing else is asked for otherwise."""
    queue = cups.queue("ok")
    for one_sided in (True, False):
        printer = cups.printer(queue, one_sided=one_sided)
        spooled = handed(printer.send(JOB, pdf, 1))
        cups.job_when(printer, spooled, ended)
        assert ("sides=one-sided" in cups.options(spooled)) is one_sided


def test_each_sending_is_a_job_of_its_own(cups: PrivateCups, pdf: Path) -> None:
    printer = cups.printer(cups.queue("ok"))
    first, second = handed(printer.send(JOB, pdf, 1)), handed(printer.send(JOB, pdf, 1))
    assert first != second
    assert all(cups.job_when(printer, spooled, ended).state is JobState.COMPLETED for spooled in (first, second))


def test_a_jam_that_clears_ends_as_completed_without_a_sheet(cups: PrivateCups, pdf: Path) -> None:
    """The reason why completed is no paper in hand."""
    queue = cups.queue("jam")
    printer = cups.printer(queue)
    spooled = handed(printer.send(JOB, pdf, 1))
    jammed = cups.job_when(printer, spooled, lambda job: job.printer is not None and bool(job.printer.reasons))
    assert jammed.state is JobState.PROCESSING
    assert jammed.printer == PrinterState(DeviceState.PROCESSING, True, ("media-jam-error",))
    assert jammed.needs_operator
    assert jammed.advice.startswith("紙詰まりです。")
    cups.go_on(queue)
    job = cups.job_when(printer, spooled, ended)
    assert (job.state, job.impressions) == (JobState.COMPLETED, 0)
    assert job.advice == COMPLETED_WORDS


def test_a_failing_device_stops_the_queue_with_the_job_in_it(cups: PrivateCups, pdf: Path) -> None:
    printer = cups.printer(cups.queue("fail", "printer-error-policy=stop-printer"))
    job = cups.job_when(printer, handed(printer.send(JOB, pdf, 1)), waits_for_somebody)
    assert job.needs_operator
    assert job.advice == "プリンターが止められています。取扱責任者に、再開してよいか確かめてください。"


def test_a_failing_device_ends_the_job_where_the_queue_says_so(cups: PrivateCups, pdf: Path) -> None:
    printer = cups.printer(cups.queue("fail", "printer-error-policy=abort-job"))
    job = cups.job_when(printer, handed(printer.send(JOB, pdf, 1)), ended)
    assert job.state is JobState.ABORTED
    assert job.advice.startswith("印刷サーバーが中止しました。")
    assert printer.printer_state().state is DeviceState.IDLE


def test_no_paper_stops_the_printer_and_keeps_the_job(cups: PrivateCups, pdf: Path) -> None:
    printer = cups.printer(cups.queue("empty"))
    job = cups.job_when(printer, handed(printer.send(JOB, pdf, 1)), waits_for_somebody)
    assert job.printer is not None
    assert "media-empty-error" in job.printer.reasons
    assert job.needs_operator
    assert job.advice == "用紙がありません。補充して、取扱責任者に再開を頼んでください。"


def test_a_job_is_held_and_released(cups: PrivateCups, pdf: Path) -> None:
    queue = cups.queue("ok")
    printer = cups.printer(queue)
    cups.tool("cupsdisable", queue)
    spooled = handed(printer.send(JOB, pdf, 1))
    printer.hold(spooled)
    cups.tool("cupsenable", queue)
    job = printer.job(spooled)
    assert (job.state, job.needs_operator) == (JobState.HELD, True)
    assert job.advice == "保留されています。印刷してよければ、保留を解いてください。"
    printer.release(spooled)
    assert cups.job_when(printer, spooled, ended).state is JobState.COMPLETED


def test_a_device_may_hold_or_cancel_a_job(cups: PrivateCups, pdf: Path) -> None:
    printer = cups.printer(cups.queue("hold"))
    spooled = handed(printer.send(JOB, pdf, 1))
    assert cups.job_when(printer, spooled, lambda job: job.state is JobState.HELD).needs_operator
    printer = cups.printer(cups.queue("cancel"))
    job = cups.job_when(printer, handed(printer.send(JOB, pdf, 1)), ended)
    assert job.state is JobState.CANCELED


def test_a_job_being_printed_is_cancelled_once(cups: PrivateCups, pdf: Path) -> None:
    printer = cups.printer(cups.queue("slow"))
    spooled = handed(printer.send(JOB, pdf, 1))
    cups.job_when(printer, spooled, lambda job: job.state is JobState.PROCESSING)
    printer.cancel(spooled)
    job = cups.job_when(printer, spooled, ended)
    assert job.state is JobState.CANCELED
    assert job.advice.startswith("印刷は取り消されました。")
    for again in (printer.cancel, printer.hold, printer.release):
        with pytest.raises(EnvironmentTrouble, match="PR-01 この印刷はもう終わっているか、今はできない操作です。"):
            again(spooled)


def test_a_slow_device_is_processing_until_it_is_done(cups: PrivateCups, pdf: Path) -> None:
    queue = cups.queue("slow")
    printer = cups.printer(queue)
    spooled = handed(printer.send(JOB, pdf, 1))
    job = cups.job_when(printer, spooled, lambda job: job.state is JobState.PROCESSING)
    assert (job.needs_operator, job.advice) == (False, "印刷しています。そのままお待ちください。")
    cups.go_on(queue)
    assert cups.job_when(printer, spooled, ended).impressions == 1


def test_a_disabled_queue_takes_the_job_and_waits_for_somebody(cups: PrivateCups, pdf: Path) -> None:
    queue = cups.queue("ok")
    printer = cups.printer(queue)
    cups.tool("cupsdisable", queue)
    spooled = handed(printer.send(JOB, pdf, 1))
    job = printer.job(spooled)
    assert (job.state, job.needs_operator) == (JobState.PENDING, True)
    assert printer.printer_state().state is DeviceState.STOPPED
    cups.tool("cupsenable", queue)
    assert cups.job_when(printer, spooled, ended).state is JobState.COMPLETED


def test_a_queue_that_refuses_jobs_still_prints_those_it_has(cups: PrivateCups, pdf: Path) -> None:
    queue = cups.queue("slow")
    printer = cups.printer(queue)
    spooled = handed(printer.send(JOB, pdf, 1))
    cups.tool("cupsreject", queue)
    refused = printer.send(JOB, pdf, 1)
    assert refused.state == "failed"
    assert refused.detail.startswith("何も印刷していません。プリンターが受付を止めています。")
    assert not printer.printer_state().accepting
    assert not printer.job(spooled).needs_operator
    cups.go_on(queue)
    assert cups.job_when(printer, spooled, ended).state is JobState.COMPLETED


def test_no_such_queue_or_job(cups: PrivateCups, pdf: Path) -> None:
    outcome = cups.printer("none").send(JOB, pdf, 1)
    assert outcome.state == "failed"
    assert outcome.detail.startswith("何も印刷していません。この印刷先か印刷の記録が、印刷サーバーにありません。")
    with pytest.raises(EnvironmentTrouble, match="印刷サーバーにありません"):
        cups.printer("none").printer_state()
    with pytest.raises(EnvironmentTrouble, match="印刷サーバーにありません"):
        cups.printer(cups.queue("ok")).job("cups-99999")


def test_a_full_spool_prints_nothing_and_leaves_no_job(cups: PrivateCups, tmp_path: Path) -> None:
    queue = cups.queue("ok")
    printer = cups.printer(queue)
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.7\n" + os.urandom(6_000_000))
    with cups.no_room_beyond(3_000_000):
        outcome = printer.send(JOB, large, 1)
    assert outcome.state == "failed"
    assert outcome.detail.startswith("何も印刷していません。印刷サーバーの空き容量が足りません。")
    assert cups.tool("lpstat", "-W", "not-completed", "-o", queue) == ""
    spooled = handed(printer.send(JOB, large, 1))
    assert cups.job_when(printer, spooled, ended).state is JobState.COMPLETED
    assert cups.taken(spooled) == large.read_bytes()


def test_no_server(tmp_path: Path, pdf: Path) -> None:
    for printer in (IppPrinter.of_cups("q", tmp_path / "none"), IppPrinter(("127.0.0.1", free_port()), "/ipp/print")):
        outcome = printer.send(JOB, pdf, 1)
        assert outcome.state == "failed"
        assert outcome.detail.startswith("何も印刷していません。印刷サーバーにつながりません。")
        with pytest.raises(EnvironmentTrouble, match="PR-01 印刷サーバーにつながりません。"):
            printer.job("cups-1")


def test_a_file_that_is_no_pdf_is_not_sent(tmp_path: Path, pdf: Path) -> None:
    printer = IppPrinter.of_cups("q", tmp_path / "none")
    assert printer.send(JOB, tmp_path / "none.pdf", 1).detail.startswith("帳票のファイルを読めません。")
    pdf.write_bytes(b"half")
    assert printer.send(JOB, pdf, 1).detail.startswith("帳票のファイルが壊れています。")


@pytest.mark.parametrize(("job_id", "copies"), [("新宿 太郎", 1), ("", 1), ("x" * 65, 1), ("job", 0), ("job", 10_000)])
def test_only_opaque_ids_are_sent(job_id: str, copies: int, tmp_path: Path, pdf: Path) -> None:
    with pytest.raises(ValueError, match="job_id or copies"):
        IppPrinter.of_cups("q", tmp_path / "none").send(job_id, pdf, copies)


def test_only_this_machine_and_plain_names(tmp_path: Path) -> None:
    for host in ("192.0.2.1", "2001:db8::1", "printer.invalid"):
        with pytest.raises(ValueError, match=r"address"):
            IppPrinter((host, 631), "/ipp/print")
    for queue in ("", "a/b", "a b", "..%2f", "窓口"):
        with pytest.raises(ValueError, match="queue"):
            IppPrinter.of_cups(queue, tmp_path)
    with pytest.raises(ValueError, match="path"):
        IppPrinter(("127.0.0.1", 631), "/ipp/print\r\nX: y")
    for spooled in ("job-1.pdf", "cups-0", "cups--1", "42"):
        with pytest.raises(ValueError, match="spooled"):
            IppPrinter.of_cups("q", tmp_path).job(spooled)
