"""The lanes with real threads: order, delivery in the GUI thread, cancel, owners that are gone, progress, shutdown."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nhi_center.errors import OperatorCancelled, OperatorError
from nhi_center.tasks.runner import JobRunner, JobToken, Lane, Progress
from nhi_center.tasks.slot_watch import SlotWatch


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    made = JobRunner()
    yield made
    made.close()


@pytest.fixture
def owner() -> QObject:
    return QObject()


def test_results_come_in_order_and_in_the_gui_thread(runner: JobRunner, owner: QObject, qtbot: QtBot) -> None:
    seen: list[tuple[int, bool, bool]] = []
    gui = threading.get_ident()

    def note(result: tuple[int, int]) -> None:
        seen.append((result[0], result[1] != gui, threading.get_ident() == gui))

    def where(number: int, _token: JobToken) -> tuple[int, int]:
        return number, threading.get_ident()

    for number in range(200):
        runner.submit(Lane.WRITE, partial(where, number), owner=owner, done=note)
    qtbot.waitUntil(lambda: len(seen) == 200)
    assert seen == [(number, True, True) for number in range(200)]


def test_lanes_do_not_wait_for_each_other(runner: JobRunner, owner: QObject, qtbot: QtBot) -> None:
    gate = threading.Event()
    order: list[str] = []

    def answered(_result: object) -> None:
        order.append("read")
        gate.set()

    runner.submit(Lane.LONG, lambda _token: gate.wait(5), owner=owner, done=lambda _r: order.append("long"))
    runner.submit(Lane.READ, lambda _token: None, owner=owner, done=answered)
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["read", "long"]


@pytest.mark.parametrize("lane", [Lane.WRITE, Lane.PRINT, Lane.LINK])
def test_what_a_job_has_written_is_told(lane: Lane, runner: JobRunner, owner: QObject, qtbot: QtBot) -> None:
    with qtbot.waitSignal(runner.changed):
        runner.submit(lane, lambda _token: None, owner=owner)


def test_an_error_reaches_the_one_who_asked(runner: JobRunner, owner: QObject, qtbot: QtBot) -> None:
    errors: list[Exception] = []

    def job(_token: JobToken) -> None:
        raise OperatorError("件数は数字で入力してください。", field="count")

    runner.submit(Lane.WRITE, job, owner=owner, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], OperatorError)
    assert errors[0].field == "count"


def test_an_error_nobody_handles_is_told_to_the_application(runner: JobRunner, owner: QObject, qtbot: QtBot) -> None:
    def job(_token: JobToken) -> None:
        raise ValueError

    with qtbot.waitSignal(runner.unhandled) as told:
        runner.submit(Lane.READ, job, owner=owner)
    assert isinstance(told.args[0], ValueError)


def test_nothing_is_delivered_to_an_owner_that_is_gone(runner: JobRunner, qtbot: QtBot) -> None:
    gate = threading.Event()
    seen: list[object] = []
    owner = QObject()
    runner.submit(Lane.READ, lambda _token: gate.wait(5), owner=owner, done=seen.append, ended=lambda: seen.append("ended"))
    with qtbot.waitSignal(owner.destroyed):
        owner.deleteLater()
    with qtbot.waitSignal(runner.idle):
        gate.set()
    assert seen == []


def test_the_latest_search_wins(runner: JobRunner, owner: QObject, qtbot: QtBot) -> None:
    gate = threading.Event()
    seen: list[str] = []
    interrupted: list[bool] = []

    def slow(token: JobToken) -> str:
        token.on_cancel(lambda: interrupted.append(True))
        gate.wait(5)
        return "first"

    runner.submit_latest("search", Lane.READ, slow, owner=owner, done=seen.append)
    runner.submit_latest("search", Lane.READ, lambda _token: "second", owner=owner, done=seen.append)
    last = runner.submit_latest("search", Lane.READ, lambda _token: "third", owner=owner, done=seen.append)
    with qtbot.waitSignal(runner.idle):
        gate.set()
    assert seen == ["third"]
    assert not last.active


def test_progress_arrives_and_cancel_stops_a_reporting_job(runner: JobRunner, owner: QObject, qtbot: QtBot) -> None:
    seen: list[Progress] = []
    ended: list[bool] = []
    outcome: list[object] = []
    step = threading.Semaphore(0)
    stopped = threading.Event()

    def job(token: JobToken) -> str:
        try:
            for number in range(1, 4):
                token.report(number, 3, "件")
                step.acquire(timeout=5)
        except OperatorCancelled:
            stopped.set()
            raise
        return "done"

    ticket = runner.submit(
        Lane.LONG,
        job,
        owner=owner,
        done=outcome.append,
        failed=outcome.append,
        progress=seen.append,
        ended=lambda: ended.append(True),
    )
    qtbot.waitUntil(lambda: len(seen) == 1)
    ticket.cancel()
    step.release()
    qtbot.waitUntil(lambda: bool(ended))
    assert stopped.is_set()
    assert seen == [Progress(1, 3, "件")]
    assert outcome == []


def test_close_finishes_writes_and_drops_waiting_reads(qtbot: QtBot, owner: QObject) -> None:
    runner = JobRunner()
    gate = threading.Event()
    ran: list[str] = []

    def keep(name: str, _token: JobToken) -> None:
        ran.append(name)

    for lane in (Lane.WRITE, Lane.READ):
        runner.submit(lane, lambda _token: gate.wait(5), owner=owner)
        runner.submit(lane, partial(keep, str(lane)), owner=owner)
    gate.set()
    runner.close()
    assert "write" in ran
    with pytest.raises(RuntimeError):
        runner.submit(Lane.READ, lambda _token: None, owner=owner)


def test_submitting_from_a_lane_is_refused(runner: JobRunner, owner: QObject, qtbot: QtBot) -> None:
    errors: list[Exception] = []

    def job(_token: JobToken) -> None:
        runner.submit(Lane.READ, lambda _t: None, owner=owner)

    runner.submit(Lane.WRITE, job, owner=owner, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], RuntimeError)


def test_four_thousand_jobs_are_all_accounted_for(runner: JobRunner, qtbot: QtBot) -> None:
    owner = QObject()
    lanes = list(Lane)
    seen: list[int] = []

    def same(number: int, _token: JobToken) -> int:
        return number

    with qtbot.waitSignal(runner.idle, timeout=20_000):
        for number in range(4000):
            runner.submit(lanes[number % 5], partial(same, number), owner=owner, done=seen.append)
    assert sorted(seen) == list(range(4000))


def test_slot_watch_names_a_stall(qtbot: QtBot) -> None:
    watch = SlotWatch(limit_ms=30)
    watch.start()
    try:
        released = threading.Event()

        def stall() -> None:
            released.wait(0.15)

        with watch.measure("slow slot"):
            stall()
        with watch.ignored():
            stall()
    finally:
        watch.stop()
    assert [slow.where for slow in watch.slow if slow.where == "slow slot"] == ["slow slot"]
    assert len(watch.slow) == 1
    assert watch.slow[0].milliseconds > 100


def test_slot_watch_holds_nothing_of_what_it_saw(qtbot: QtBot) -> None:
    """A painter or a half-built widget that outlives its function is another fault than the one that is looked for."""

    class Held:
        pass

    held: list[weakref.ref[Held]] = []
    released = threading.Event()

    def stall() -> None:
        mine = Held()
        held.append(weakref.ref(mine))
        released.wait(0.3)

    watch = SlotWatch(limit_ms=30)
    watch.start()
    try:
        qtbot.waitUntil(lambda: watch._thread is not None and watch._thread.is_alive())
        stall()
        qtbot.waitUntil(lambda: held[0]() is None)
        qtbot.waitUntil(lambda: any("stall" in slow.where for slow in watch.slow))
    finally:
        watch.stop()
