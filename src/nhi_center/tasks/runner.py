"""Lanes: background work in one-worker executors, results back through one signal in the GUI thread.

The order within a lane is the order of submission; lanes never wait for each other. A job is a plain callable that takes
its ``JobToken``, opens and closes its own unit of work, imports no Qt, and returns frozen values.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from nhi_center.errors import OperatorCancelled
from nhi_center.tasks.courtesy import Courtesy
from nhi_center.tasks.slot_watch import SlotWatch

T = TypeVar("T")


class Lane(StrEnum):
    """Who waits for whom: only jobs of the same lane wait for each other."""

    WRITE = "write"
    READ = "read"
    LONG = "long"
    LINK = "link"
    PRINT = "print"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long job is: ``done`` of ``total`` (0 = not known), and a few words."""

    done: int
    total: int
    text: str = ""


_WRITING = (Lane.WRITE, Lane.PRINT, Lane.LINK)


class JobToken:
    """What a job holds while it works: where it reports progress and learns that nobody waits any more. Any thread."""

    def __init__(self, report: Callable[[Progress], None], give_way: Callable[[], None] = lambda: None) -> None:
        self._report = report
        self._give_way = give_way
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._interrupt: Callable[[], object] | None = None

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def raise_if_cancelled(self) -> None:
        if self.cancelled:
            raise OperatorCancelled

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        """Tell how far the work is, and let a key that is on its way go first.

        Raises OperatorCancelled, so that a job that reports can always be stopped.
        """
        self.raise_if_cancelled()
        self._give_way()
        self._report(Progress(done, total, text))

    def on_cancel(self, interrupt: Callable[[], object] | None) -> None:
        """Call this when cancelled, such as the connection's interrupt; None when it may not be called any more."""
        with self._lock:
            self._interrupt = interrupt
            if interrupt is not None and self.cancelled:
                interrupt()

    def cancel(self) -> None:
        with self._lock:
            self._cancelled.set()
            if self._interrupt is not None:
                self._interrupt()


class Ticket:
    """The GUI's side of one job. After ``cancel`` neither ``done`` nor ``failed`` is called; ``ended`` still is."""

    def __init__(self, number: int, lane: Lane) -> None:
        self.number = number
        self.lane = lane
        self.active = True
        self.token = JobToken(lambda _progress: None)

    @property
    def cancelled(self) -> bool:
        return self.token.cancelled

    def cancel(self) -> None:
        self.token.cancel()


@dataclass(slots=True)
class _Order:
    ticket: Ticket
    owner: QObject
    done: Callable[[Any], object] | None
    failed: Callable[[Exception], object] | None
    progress: Callable[[Progress], object] | None
    ended: Callable[[], object] | None
    latest_key: str = ""


class JobRunner(QObject):
    """Made in the GUI thread and stays there.

    Signals: idle() when the last job has been delivered; changed() after a job of a lane that writes; unhandled(exception) when
    a job failed and nobody asked to know.
    """

    idle = Signal()
    changed = Signal()
    unhandled = Signal(object)
    _finished = Signal(int, object, object)
    _progressed = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.watch: SlotWatch | None = None
        self.courtesy = Courtesy()
        self._numbers = itertools.count(1)
        self._orders: dict[int, _Order] = {}
        self._latest: dict[str, Ticket] = {}
        self._closed = False
        self._gui_thread_id = threading.get_ident()
        self._lanes = {lane: ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"lane-{lane}") for lane in Lane}
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._progressed.connect(self._on_progressed, Qt.ConnectionType.QueuedConnection)

    @property
    def pending(self) -> int:
        """Jobs not delivered yet."""
        return len(self._orders)

    def pending_within(self, root: QObject) -> int:
        """Of these, what ``root`` or a part of it waits for."""
        owners = [order.owner for order in self._orders.values() if shiboken6.isValid(order.owner)]
        return sum(_is_within(owner, root) for owner in owners)

    def submit(
        self,
        lane: Lane,
        job: Callable[[JobToken], T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        progress: Callable[[Progress], object] | None = None,
        ended: Callable[[], object] | None = None,
    ) -> Ticket:
        """Queue ``job(token)`` in its lane; callbacks run in the GUI thread while ``owner`` lives. GUI thread only."""
        self._require_gui_thread()
        if self._closed:
            raise RuntimeError("the runner is closed")
        ticket = Ticket(next(self._numbers), lane)
        ticket.token = JobToken(
            lambda value, number=ticket.number: self._progressed.emit(number, value),  # type: ignore[misc]
            self.courtesy.give_way,
        )
        self._orders[ticket.number] = _Order(ticket, owner, done, failed, progress, ended)
        self._lanes[lane].submit(self._work, ticket, job)
        return ticket

    def submit_latest(
        self,
        key: str,
        lane: Lane,
        job: Callable[[JobToken], T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> Ticket:
        """As ``submit``, and whatever was asked before under ``key`` is cancelled: the latest search wins."""
        earlier = self._latest.get(key)
        if earlier is not None:
            earlier.cancel()
        ticket = self.submit(lane, job, owner=owner, done=done, failed=failed)
        self._orders[ticket.number].latest_key = key
        self._latest[key] = ticket
        return ticket

    def close(self) -> None:
        """Refuse new jobs, drop those not begun, wait for those under way. Their timeouts bound the wait."""
        self._require_gui_thread()
        self._closed = True
        for order in tuple(self._orders.values()):
            if order.ticket.lane is not Lane.WRITE:
                order.ticket.cancel()
        for lane, executor in self._lanes.items():
            executor.shutdown(wait=True, cancel_futures=lane is not Lane.WRITE)
        self._orders.clear()
        self._latest.clear()

    def _require_gui_thread(self) -> None:
        if threading.get_ident() != self._gui_thread_id:
            raise RuntimeError("jobs are submitted in the GUI thread only")

    def _work(self, ticket: Ticket, job: Callable[[JobToken], Any]) -> None:
        result: Any = None
        error: Exception | None = None
        try:
            ticket.token.raise_if_cancelled()
            result = job(ticket.token)
        except Exception as problem:
            error = problem
        self._finished.emit(ticket.number, result, error)

    @Slot(int, object, object)
    def _on_finished(self, number: int, result: object, error: Exception | None) -> None:
        order = self._orders.pop(number, None)
        if order is None:
            return
        order.ticket.active = False
        if self._latest.get(order.latest_key) is order.ticket:
            del self._latest[order.latest_key]
        try:
            if shiboken6.isValid(order.owner):
                with self.watch.measure(f"result of lane {order.ticket.lane}") if self.watch else nullcontext():
                    self._deliver(order, result, error)
        finally:
            if order.ticket.lane in _WRITING:
                self.changed.emit()
            if not self._orders:
                self.idle.emit()

    def _deliver(self, order: _Order, result: object, error: Exception | None) -> None:
        try:
            if order.ticket.cancelled or isinstance(error, OperatorCancelled):
                return
            if error is None:
                if order.done is not None:
                    order.done(result)
            elif order.failed is not None:
                order.failed(error)
            else:
                self.unhandled.emit(error)
        finally:
            if order.ended is not None:
                order.ended()

    @Slot(int, object)
    def _on_progressed(self, number: int, value: Progress) -> None:
        order = self._orders.get(number)
        if order is not None and order.progress is not None and not order.ticket.cancelled and shiboken6.isValid(order.owner):
            order.progress(value)


def _is_within(part: QObject | None, root: QObject) -> bool:
    while part is not None and part is not root:
        part = part.parent()
    return part is root
