"""The workstation's side of the PDF process: start, submit, cancel, start again after a death, stop in bounded time.

A process and not a thread: with 1,000 cards being made beside typing, the slowest key presses took 54 ms with a thread and
6 ms with a process. It is a fresh interpreter (never a fork of the one with Qt and the open store), and ends with its parent.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from pathlib import Path
from typing import Any

from nhi_center.errors import EnvironmentTrouble, OperatorCancelled, OperatorError
from nhi_center.printing.sheets import PdfJob, PdfResult, pack_message


class PdfBug(Exception):
    """The PDF process met something nobody expected; the text is a type and a place, no value."""


def _stopped() -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "PR-02",
        "帳票を作る処理が途中で止まりました。何も印刷していません。もう一度行ってください。続くときは取扱責任者に連絡してください。",
    )


class PdfTicket:
    """One job under way."""

    def __init__(
        self, number: int, job: PdfJob, cancel: Callable[[int], None], progress: Callable[[int, int], None] | None
    ) -> None:
        self.number = number
        self.job = job
        self.started = False
        self.progress = (0, 0)
        self._cancel, self._progress = cancel, progress
        self._future: Future[PdfResult] = Future()

    def done(self) -> bool:
        return self._future.done()

    def cancel(self) -> None:
        """Asks to stop; the job ends as cancelled unless it is already done."""
        self._cancel(self.number)

    def result(self, timeout: float | None = None) -> PdfResult:
        """Waits. Raises OperatorError, OperatorCancelled, EnvironmentTrouble, PdfBug, or TimeoutError."""
        try:
            return self._future.result(timeout)
        except FutureTimeout:
            raise TimeoutError from None

    def advance(self, done: int, total: int) -> None:
        self.progress = (done, total)
        if self._progress is not None:
            self._progress(done, total)

    def settle(self, outcome: PdfResult | Exception) -> None:
        if self._future.done():
            return
        if isinstance(outcome, PdfResult):
            self._future.set_result(outcome)
        else:
            self._future.set_exception(outcome)


class _Child:
    """One process and the thread that reads its answers."""

    def __init__(self, on_answer: Callable[[_Child, dict[str, Any]], None], on_end: Callable[[_Child], None]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "nhi_center.printing.pdf_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # Ctrl+C at the parent's terminal is not for it
        )
        self.ready = threading.Event()
        self.trouble: EnvironmentTrouble | None = None
        self._on_answer, self._on_end = on_answer, on_end
        self.thread = threading.Thread(target=self._read, name="pdf answers", daemon=True)
        self.thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as answers:
            for line in answers:
                if not line.endswith(b"\n"):
                    break
                self._on_answer(self, json.loads(line))
        self.process.wait()
        self._on_end(self)

    def send(self, message: object) -> None:
        """A message to a dead process is dropped: its reader thread tells of the death."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(pack_message(message))
            self.process.stdin.flush()
        except (OSError, ValueError):
            self.process.kill()

    def close(self) -> None:
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()


class PdfWorker:
    """The PDF process. May be used from any thread; ``on_progress`` of a ticket is called in the reading thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._child: _Child | None = None
        self._tickets: dict[int, PdfTicket] = {}
        self._last = 0
        self._stopping = False

    def start(self) -> None:
        """Starts the process, which reads the fonts at once; returns without waiting."""
        with self._lock:
            self._stopping = False
            if self._child is None:
                self._child = _Child(self._on_answer, self._on_end)

    def wait_ready(self, timeout: float = 30.0) -> None:
        """Until the fonts are read. Raises EnvironmentTrouble (a font is missing, or the process does not come up)."""
        with self._lock:
            child = self._child
        if child is None or not child.ready.wait(timeout):
            raise _stopped()
        if child.trouble is not None:
            raise child.trouble

    @property
    def process_id(self) -> int | None:
        with self._lock:
            return self._child.process.pid if self._child else None

    def submit(self, job: PdfJob, on_progress: Callable[[int, int], None] | None = None) -> PdfTicket:
        """Jobs are made in order. A dead process is started again first. Raises EnvironmentTrouble PR-02 after stop()."""
        with self._lock:
            if self._stopping:
                raise _stopped()
            self._last += 1
            ticket = PdfTicket(self._last, job, self._cancel, on_progress)
            self._tickets[ticket.number] = ticket
            self.start()
            assert self._child is not None
            self._child.send(("job", ticket.number, job))
            return ticket

    def make(self, job: PdfJob, timeout: float = 60.0) -> PdfResult:
        """submit and wait. A process that does not answer in time is ended, so that the next job finds a fresh one."""
        ticket = self.submit(job)
        try:
            return ticket.result(timeout)
        except TimeoutError:
            with self._lock:
                if self._child is not None:
                    self._child.process.kill()
            raise _stopped() from None

    def stop(self, timeout: float = 5.0) -> None:
        """Lets the job in hand end within ``timeout``, then ends the process; open tickets fail."""
        with self._lock:
            self._stopping = True
            child = self._child
        if child is None:
            return
        child.send(("stop",))
        try:
            child.process.wait(timeout)
        except subprocess.TimeoutExpired:
            child.process.kill()
        child.thread.join(timeout)
        child.close()

    def _cancel(self, number: int) -> None:
        with self._lock:
            if number in self._tickets and self._child is not None:
                self._child.send(("cancel", number))

    def _on_answer(self, child: _Child, answer: dict[str, Any]) -> None:
        kind = answer["kind"]
        if kind == "ready":
            child.trouble = EnvironmentTrouble(*answer["trouble"]) if answer["trouble"] else None
            child.ready.set()
            return
        with self._lock:
            ending = kind not in ("started", "progress")
            ticket = self._tickets.pop(answer["job"], None) if ending else self._tickets.get(answer["job"])
        if ticket is None:
            return
        if kind == "started":
            ticket.started = True
        elif kind == "progress":
            ticket.advance(answer["done"], answer["total"])
        else:
            ticket.settle(_outcome(answer))

    def _on_end(self, child: _Child) -> None:
        """The process is gone: the job in hand failed; jobs it had not begun go to a new process."""
        with self._lock:
            child.close()
            self._child = None
            lost = [ticket for ticket in self._tickets.values() if ticket.started or self._stopping or not child.ready.is_set()]
            for ticket in lost:
                del self._tickets[ticket.number]
            if not self._stopping and child.ready.is_set():
                self.start()
                assert self._child is not None
                for ticket in self._tickets.values():
                    self._child.send(("job", ticket.number, ticket.job))
        for ticket in lost:
            ticket.settle(_stopped())


def _outcome(answer: dict[str, Any]) -> PdfResult | Exception:
    match answer["kind"]:
        case "done":
            return PdfResult(Path(answer["path"]), answer["sha256"], answer["size"])
        case "operator":
            return OperatorError(answer["message"], field=answer["field"], code=answer["code"])
        case "trouble":
            return EnvironmentTrouble(answer["code"], answer["message"])
        case "cancelled":
            return OperatorCancelled()
        case _:
            return PdfBug(answer["message"])
