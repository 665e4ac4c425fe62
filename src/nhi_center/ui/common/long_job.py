"""One long job at a time behind a progress strip: begun by a button, told while it runs, stopped from the strip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nhi_center.tasks.runner import JobToken, Lane, Progress, Ticket
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import ProgressStrip


class LongJob(QObject):
    """``buttons`` begin such jobs and rest while one runs."""

    def __init__(self, desk: Desk, owner: QWidget, strip: ProgressStrip, buttons: Sequence[QWidget]) -> None:
        super().__init__(owner)
        self._desk, self._owner, self._strip, self._buttons = desk, owner, strip, tuple(buttons)
        self._ticket: Ticket | None = None
        self._begun: Callable[[], object] | None = None
        self._after: Callable[[], object] = lambda: None
        strip.cancel_requested.connect(self.cancel)

    @property
    def running(self) -> bool:
        return self._ticket is not None

    def begin(
        self,
        job: Callable[[JobToken], object],
        done: Callable[..., object],
        told: str,
        *,
        lane: Lane = Lane.LONG,
        begun: Callable[[], object] = lambda: None,
        ended: Callable[[], object] = lambda: None,
    ) -> None:
        """Run it in its lane, unless one is under way. ``told``: what the strip says at first; ``begun`` is called with its first
        report, ``ended`` however it ends.
        """
        if self._ticket is not None:
            return
        self._strip.begin(told)
        self._enable(False)
        self._begun, self._after = begun, ended
        ticket = self._desk.run(lane, job, owner=self._owner, done=done, progress=self._on_progress, ended=self._on_ended)
        self._ticket = ticket if ticket.active else None

    def cancel(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()

    def _on_progress(self, progress: Progress) -> None:
        self._strip.advance(progress.done, progress.total, progress.text)
        begun, self._begun = self._begun, None
        if begun is not None:
            begun()

    def _on_ended(self) -> None:
        self._ticket = None
        self._strip.end()
        self._enable(True)
        self._after()

    def _enable(self, enabled: bool) -> None:
        for button in self._buttons:
            button.setEnabled(enabled)
