"""The runner of widget tests: same interface as JobRunner, every job runs at once in the calling thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6.QtCore import QObject

from nhi_center.errors import OperatorCancelled
from nhi_center.tasks.runner import JobRunner, JobToken, Lane, Progress, Ticket


class InlineRunner(JobRunner):
    """``lanes`` keeps the lane of each job, in order, so that a test can say where work was done.

    Between ``hold(lane)`` and ``release()`` jobs of that lane wait, so that a test can press keys before the answer comes.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lanes: list[Lane] = []
        self._slow: Lane | None = None
        self._held: list[Callable[[], None]] = []
        self._newest: dict[str, Ticket] = {}

    def hold(self, lane: Lane) -> None:
        self._slow = lane

    def release(self) -> None:
        """Do what has waited, in order."""
        self._slow, held, self._held = None, self._held, []
        for run in held:
            run()

    def submit(
        self,
        lane: Lane,
        job: Callable[[JobToken], Any],
        *,
        owner: QObject,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        progress: Callable[[Progress], object] | None = None,
        ended: Callable[[], object] | None = None,
    ) -> Ticket:
        self.lanes.append(lane)
        ticket = Ticket(len(self.lanes), lane)

        def report(value: Progress) -> None:
            if progress is not None:
                progress(value)

        ticket.token = JobToken(report)

        def run() -> None:
            self._run(ticket, job, owner, done, failed, ended)

        if lane is self._slow:
            self._held.append(run)
        else:
            run()
        return ticket

    def _run(
        self,
        ticket: Ticket,
        job: Callable[[JobToken], Any],
        owner: QObject,
        done: Callable[[Any], object] | None,
        failed: Callable[[Exception], object] | None,
        ended: Callable[[], object] | None,
    ) -> None:
        try:
            ticket.token.raise_if_cancelled()
            result = job(ticket.token)
        except OperatorCancelled:
            pass
        except Exception as problem:
            if failed is None:
                self.unhandled.emit(problem)
            else:
                failed(problem)
        else:
            if done is not None and shiboken6.isValid(owner):
                done(result)
        ticket.active = False
        if ended is not None:
            ended()

    def submit_latest(
        self,
        key: str,
        lane: Lane,
        job: Callable[[JobToken], Any],
        *,
        owner: QObject,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> Ticket:
        earlier = self._newest.get(key)
        if earlier is not None:
            earlier.cancel()
        self._newest[key] = self.submit(lane, job, owner=owner, done=done, failed=failed)
        return self._newest[key]
