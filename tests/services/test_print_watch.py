"""What a real CUPS says of a sheet stands beside what a person has seen, and stays; at the day's end it is empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.operators import Session
from nhi_center.domain.print_batches import BatchState
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.printers import CUPS
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.ipp_jobs import IppJob
from nhi_center.printing.ipp_jobs import JobState as Spooled
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import covers, day_close, paper, print_batches, print_watch, printers
from nhi_center.services.certificates import steps
from nhi_center.services.office import Office
from nhi_center.storage import figures
from nhi_center.storage.figures import Span
from tests.services.test_gate import entries
from tests.services.test_printers import Served, ended, entered, served
from tests.support import certificates
from tests.support.cups import Device, cups
from tests.support.office import advance, as_person, desk, premises
from tests.support.print_room import DeadPrinter, Room, card, numbers, of_kind, room, silent, with_printer

__all__ = ["cups", "desk", "premises", "room", "served"]


def sent(served: Served, device: Device, *options: str) -> str:
    """The card printed on a queue with this device; gives the queue."""
    office, clerk, cups = served
    queue = cups.queue(device, *options)
    printers.accept(office, as_person(office, "k-hanako"), entered(office, queue))
    printing.print_jobs(office, clerk, [card(served[:2]).job.id], silent)
    return queue


def waits(job: IppJob) -> bool:
    """The printer has stopped, and the spooler keeps the job."""
    return not job.state.ended and job.needs_operator


def test_done_at_the_spooler_is_not_seen_by_a_person(served: Served) -> None:
    office, clerk, cups = served
    queue = sent(served, "ok")
    cups.job_when(cups.printer(queue), card(served[:2]).job.printer, ended)
    assert print_watch.look(office, clerk).changed == 1
    job = card(served[:2]).job
    assert (job.state, job.spooler, job.error) == (JobState.NEEDS_CHECK, "completed", "")
    assert print_watch.look(office, clerk) == print_watch.Standing("待機中", "", 0, 0), "it is not asked about again"


def test_what_the_spooler_says_later_prints_nothing_twice(served: Served) -> None:
    """Of a sheet that came out on the last day of a month it may say something on the first of the next."""
    office, clerk, cups = served
    queue = sent(served, "ok")
    cups.job_when(cups.printer(queue), card(served[:2]).job.printer, ended)
    advance(office.premises, days=10)
    print_watch.look(office, clerk)
    with office.store.read.begin() as connection:
        november, december = (figures.prints(connection, Span(date(2026, month, 1), date(2026, month, 30))) for month in (11, 12))
    assert november == {("shikaku", "printed"): 1}
    assert december == {}


@pytest.mark.parametrize(
    ("device", "options", "spooler", "words"),
    [
        ("empty", (), "pending", "用紙がありません"),
        ("fail", ("printer-error-policy=abort-job",), "aborted", "印刷サーバーが中止しました"),
        ("cancel", (), "canceled", "印刷は取り消されました"),
        ("hold", (), "held", "保留されています"),
    ],
)
def test_trouble_stays_with_the_job(served: Served, device: Device, options: tuple[str, ...], spooler: str, words: str) -> None:
    office, clerk, cups = served
    queue = sent(served, device, *options)
    cups.job_when(cups.printer(queue), card(served[:2]).job.printer, lambda job: ended(job) or waits(job))
    print_watch.look(office, clerk)
    job = card(served[:2]).job
    assert words in job.error
    assert job.error.endswith("(PR-01)")
    assert (job.state, job.spooler) == (JobState.NEEDS_CHECK, spooler) or (device, job.spooler) == ("empty", "stopped")
    assert print_watch.look(office, clerk).changed == 0, "said once"
    checks.no_sheet(office, as_person(office, "k-hanako"), job.id)
    after = card(served[:2]).job
    assert (after.state, after.error) == (JobState.QUEUED, job.error), "still readable when it waits again"
    assert f"spooler_{job.spooler}" in [step.note for step, _name in steps(office, clerk, job.id)]


def test_a_jam_that_clears_is_done_for_the_spooler_and_stays_said(served: Served) -> None:
    """It ends as completed, maybe without a sheet: the person who looks should know."""
    office, clerk, cups = served
    queue = sent(served, "jam")
    spooled = card(served[:2]).job.printer
    cups.job_when(cups.printer(queue), spooled, lambda job: job.needs_operator)
    print_watch.look(office, clerk)
    jammed = card(served[:2]).job
    assert (jammed.spooler, "紙詰まり" in jammed.error, "media-jam-error" in jammed.spooler_reasons) == ("processing", True, True)
    cups.go_on(queue)
    cups.job_when(cups.printer(queue), spooled, ended)
    print_watch.look(office, clerk)
    job = card(served[:2]).job
    assert (job.state, job.spooler, job.error) == (JobState.NEEDS_CHECK, "completed", jammed.error)
    checks.check_good(office, as_person(office, "k-hanako"), job.id)
    assert card(served[:2]).job.error == "", "a sheet that a person has found good has nothing wrong with it"
    assert jammed.error in [step.error for step, _name in steps(office, clerk, job.id)]


def test_what_went_wrong_stays_in_the_history_when_the_next_attempt_succeeds(served: Served) -> None:
    office, clerk, cups = served
    printers.accept(office, as_person(office, "k-hanako"), entered(office, cups.queue("ok")))
    job_id, queue = card(served[:2]).job.id, card_queue(office)
    cups.tool("cupsreject", queue)
    with pytest.raises(EnvironmentTrouble):
        printing.print_jobs(office, clerk, [job_id], silent)
    first = card(served[:2]).job.error
    assert "受付を止めています" in first
    assert first.endswith("(PR-01)")
    cups.tool("cupsaccept", queue)
    printing.print_jobs(office, clerk, [job_id], silent)
    assert card(served[:2]).job.error == "", "nothing is wrong now"
    went = [(step.to, step.note, step.error) for step, _name in steps(office, clerk, job_id) if step.error]
    assert went == [(JobState.QUEUED, "not_printed", first)]


def test_a_sheet_that_did_not_come_out_cannot_come_out_any_more(served: Served, tmp_path: Path) -> None:
    """The printer waits for paper, the clerk says that none came out: with new paper it is not printed twice."""
    office, _clerk, cups = served
    queue = sent(served, "empty")
    other, job = as_person(office, "k-hanako"), card(served[:2]).job
    cups.job_when(cups.printer(queue), job.printer, waits)
    settings = replace(office.settings, cups_socket=tmp_path / "nobody.sock")
    gone = replace(office, premises=replace(office.premises, settings=settings))
    with pytest.raises(EnvironmentTrouble):
        checks.no_sheet(gone, other, job.id)
    assert card(served[:2]).job.state is JobState.NEEDS_CHECK, "nobody knows whether it will come out"
    checks.no_sheet(office, other, job.id)
    assert cups.printer(queue).job(job.printer).state is Spooled.CANCELED
    assert (card(served[:2]).job.state, card(served[:2]).job.spooler) == (JobState.QUEUED, "canceled")


def test_a_jammed_sheet_that_is_spoiled_is_not_printed_once_more(served: Served) -> None:
    office, clerk, cups = served
    queue = sent(served, "jam")
    job = card(served[:2]).job
    cups.job_when(cups.printer(queue), job.printer, lambda one: one.needs_operator)
    checks.report_spoiled(office, clerk, job.id, "2")
    cups.job_when(cups.printer(queue), job.printer, lambda one: one.state is Spooled.CANCELED)
    print_watch.look(office, clerk)
    after = card(served[:2]).job
    assert (after.state, after.spooler, after.error) == (JobState.SPOILED_WAITING, "canceled", "")


def test_it_is_asked_on_when_a_person_has_seen_the_sheet(served: Served) -> None:
    office, clerk, cups = served
    queue = sent(served, "slow")
    job = card(served[:2]).job
    checks.check_good(office, as_person(office, "k-hanako"), job.id)
    assert print_watch.look(office, clerk).waiting == 1
    cups.go_on(queue)
    cups.job_when(cups.printer(queue), job.printer, ended)
    assert print_watch.look(office, clerk).waiting == 0
    assert (card(served[:2]).job.state, card(served[:2]).job.spooler) == (JobState.GOOD, "completed")


def test_a_job_the_spooler_has_forgotten_holds_up_no_other(served: Served) -> None:
    office, clerk, cups = served
    queue = sent(served, "empty")
    forgotten = card(served[:2]).job
    cups.job_when(cups.printer(queue), forgotten.printer, waits)
    cups.tool("cancel", "-a", "-x", queue)
    printers.accept(office, as_person(office, "k-hanako"), entered(office, cups.queue("ok"), "A"))
    printing.print_jobs(office, clerk, [of_kind(served[:2], Kind.LIMIT).job.id], silent)
    cups.job_when(cups.printer(queue), of_kind(served[:2], Kind.LIMIT).job.printer, ended)
    standing = print_watch.look(office, clerk)
    assert (standing.waiting, standing.changed) == (0, 2)
    assert of_kind(served[:2], Kind.LIMIT).job.spooler == "completed"
    job = card(served[:2]).job
    assert (job.state, job.spooled) == (JobState.NEEDS_CHECK, "")
    assert "記録がもうありません" in job.error
    assert print_watch.look(office, clerk).changed == 0
    assert print_watch.cancel_left(office, as_person(office, "s-toko")) == 0


def test_the_printer_that_is_asked_is_the_one_the_sheet_lies_at(served: Served) -> None:
    """Two printers have the same paper: how the other one stands says nothing of this sheet."""
    office, clerk, cups = served
    printers.accept(office, as_person(office, "k-hanako"), entered(office, cups.queue("ok")))
    queue = cups.queue("empty")
    second = entered(office, queue)
    printers.accept(office, as_person(office, "k-hanako"), second)
    paper.receive(office, clerk, "S", 90_001, 10, second)
    assert printing.print_or_refuse(office, clerk, card(served[:2]).job.id, second) == ()
    cups.job_when(cups.printer(queue), card(served[:2]).job.printer, waits)
    print_watch.look(office, clerk)
    assert "用紙がありません" in card(served[:2]).job.error


def test_a_printer_that_is_silent_too_long_is_said(served: Served) -> None:
    office, clerk, cups = served
    queue = sent(served, "slow")
    cups.job_when(cups.printer(queue), card(served[:2]).job.printer, lambda job: job.state is Spooled.PROCESSING)
    standing = print_watch.look(office, clerk)
    assert (standing.waiting, card(served[:2]).job.error) == (1, "")
    advance(office.premises, seconds=print_watch.PATIENCE.total_seconds() + 1)
    print_watch.look(office, clerk)
    assert "応答なし" in card(served[:2]).job.error
    cups.go_on(queue)


def test_a_server_that_is_gone_is_said_and_nothing_is_changed(served: Served, tmp_path: Path) -> None:
    office, clerk, _cups = served
    sent(served, "ok")
    settings = replace(office.settings, cups_socket=tmp_path / "nobody.sock")
    gone = replace(office, premises=replace(office.premises, settings=settings))
    standing = print_watch.look(gone, clerk)
    assert (standing.word, standing.waiting, standing.changed) == ("応答なし", 1, 0)
    assert standing.advice
    with pytest.raises(EnvironmentTrouble) as caught:
        print_watch.cancel_left(gone, as_person(office, "s-toko"))
    assert caught.value.code == "PR-01"


def test_what_was_never_handed_over_keeps_why(served: Served, tmp_path: Path) -> None:
    office, clerk, cups = served
    printers.accept(office, as_person(office, "k-hanako"), entered(office, cups.queue("ok")))
    cups.tool("cupsreject", card_queue(office))
    with pytest.raises(EnvironmentTrouble):
        printing.print_jobs(office, clerk, [card(served[:2]).job.id], silent)
    job = card(served[:2]).job
    assert (job.state, job.printer) == (JobState.QUEUED, "")
    assert "何も印刷していません" in job.error
    assert numbers(served[:2]) == (6, 0, 0, 6)


def card_queue(office: Office) -> str:
    (line,) = printers.listing(office, as_person(office, "k-hanako"))
    return line.printer.address


def test_a_crash_in_the_middle_is_kept_as_what_went_wrong(room: Room) -> None:
    office, clerk = room
    with pytest.raises(KeyboardInterrupt):
        printing.print_jobs(with_printer(office, DeadPrinter()), clerk, [card(room).job.id], silent)
    certificates.queue(office, clerk)
    job = card(room).job
    assert job.state is JobState.NEEDS_CHECK
    assert "紙が出たか確かめてください" in job.error


def test_at_the_day_s_end_nothing_stays_in_the_spooler(served: Served) -> None:
    office, clerk, cups = served
    queue = sent(served, "empty")
    boss = as_person(office, "s-toko")
    spooled = card(served[:2]).job.printer
    cups.job_when(cups.printer(queue), spooled, waits)
    assert print_watch.cancel_left(office, boss) == 1
    assert cups.printer(queue).job(spooled).state is Spooled.CANCELED
    job = card(served[:2]).job
    assert (job.state, job.spooler) == (JobState.NEEDS_CHECK, "canceled"), "a person still has to say whether a sheet came out"
    assert "終業のとき" in job.error
    assert print_watch.cancel_left(office, boss) == 0
    (kept,) = [one for one in entries(office, "day_close") if one["facts"].get("step") == "spooler_cancel"]
    assert (kept["actor"], kept["facts"]["jobs"], kept["facts"]["batches"]) == ("s-toko", 1, 0)
    checks.no_sheet(office, as_person(office, "k-hanako"), job.id)
    assert card(served[:2]).job.state is JobState.QUEUED, "the next morning it is printed like any other"
    with pytest.raises(OperatorError):
        print_watch.cancel_left(office, clerk)


def test_a_queue_that_sends_elsewhere_than_the_ward_allowed_prints_nothing(served: Served) -> None:
    office, clerk, cups = served
    queue = cups.queue("ok")
    printers.accept(office, as_person(office, "k-hanako"), entered(office, queue))
    cups.tool("lpadmin", "-p", queue, "-v", "nhitest:/slow")
    for act in (
        lambda: printing.print_jobs(office, clerk, [card(served[:2]).job.id], silent),
        lambda: printers.print_test(office, clerk, printers.listing(office, clerk)[0].printer.id),
    ):
        with pytest.raises(OperatorError) as caught:
            act()
        assert caught.value.code == "printer-device"
    assert card(served[:2]).job.state is JobState.QUEUED
    refused = [one["facts"]["reason"] for one in entries(office, "denied")]
    assert refused == ["printer-device"] * 2, "each attempt stands in the log"
    assert card(served[:2]).job.error.endswith("(printer-device)")
    assert numbers(served[:2]) == (6, 0, 0, 6)
    plain = printers.enter(office, as_person(office, "40100"), "台紙", CUPS, queue, "nhitest:/ok", "承諾 R8-12", "")
    printers.accept(office, as_person(office, "k-hanako"), plain)
    with pytest.raises(OperatorError) as caught:
        covers.print_covers(office, clerk, ["0"], silent)
    assert caught.value.code == "printer-device"


def left(office: Office, boss: Session) -> tuple[int, str, bool]:
    (line,) = [line for line in day_close.check(office, boss).lines if line.item.kind == "print_left"]
    return line.item.count, line.item.told, line.settled


def test_the_day_close_says_before_what_it_will_cancel(served: Served) -> None:
    office, clerk, cups = served
    boss = as_person(office, "s-toko")
    assert left(office, boss) == (0, "", True)
    queue = sent(served, "empty")
    job = card(served[:2]).job
    cups.job_when(cups.printer(queue), job.printer, waits)
    print_batches.make(office, clerk, [of_kind(served[:2], Kind.LIMIT).job.id])
    (row,) = print_batches.listing(office, clerk)
    print_batches.hold(office, clerk, row.batch.id, True)
    assert left(office, boss) == (2, f"{job.serial}、保留の束「{row.batch.title}」", True)
    with pytest.raises(OperatorError) as caught:
        day_close.carry_over(office, boss, "print_left", "x", "")
    assert caught.value.code == "not-open"
    assert print_watch.cancel_left(office, boss) == 1
    assert left(office, boss) == (0, "", True)
    (row,) = print_batches.listing(office, clerk)
    assert (row.batch.state, row.left) == (BatchState.CANCELLED, 1)
    assert "保留のままだった" in row.batch.error
    waiting = of_kind(served[:2], Kind.LIMIT).job
    assert waiting.state is JobState.QUEUED
    assert printing.print_jobs(office, clerk, [waiting.id], silent).handed == 1, "it is asked for anew like any other"


def test_a_waiting_batch_stays_over_night(served: Served) -> None:
    office, clerk, _cups = served
    print_batches.make(office, clerk, [card(served[:2]).job.id])
    assert print_watch.cancel_left(office, as_person(office, "s-toko")) == 0
    (row,) = print_batches.listing(office, clerk)
    assert row.batch.state is BatchState.WAITING


def test_what_was_cancelled_is_kept_when_the_next_cannot_be(served: Served) -> None:
    office, clerk, cups = served
    boss = as_person(office, "s-toko")
    queue = sent(served, "empty")
    cups.job_when(cups.printer(queue), card(served[:2]).job.printer, waits)
    printers.accept(office, as_person(office, "k-hanako"), entered(office, cups.queue("slow"), "A"))
    printing.print_jobs(office, clerk, [of_kind(served[:2], Kind.LIMIT).job.id], silent)
    with office.store.write.begin() as connection:  # one nobody can ask about, behind the other in their order
        wrong = text("UPDATE certificate_job SET printer = 'cups-x', made_at = '9999' WHERE kind = :kind")
        connection.execute(wrong, {"kind": Kind.LIMIT.value})
    with pytest.raises(ValueError, match="spooled"):
        print_watch.cancel_left(office, boss)
    assert card(served[:2]).job.spooler == "canceled"
