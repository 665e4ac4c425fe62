"""Counts the moments in which the GUI thread did not answer: the measure behind "nothing blocks"."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Slot

LIMIT_MS = 100.0
_BEAT_MS = 20
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class SlowSlot:
    """One stall: how long, and where the GUI thread stood (file, line and function names; never values)."""

    milliseconds: float
    where: str


class SlotWatch(QObject):
    """A beat in the event loop and a thread that looks at it. GUI thread only; ``stop`` ends the thread."""

    def __init__(self, parent: QObject | None = None, *, limit_ms: float = LIMIT_MS) -> None:
        super().__init__(parent)
        self.limit_ms = limit_ms
        self.slow: list[SlowSlot] = []
        self._last = time.monotonic()
        self._ignore = 0
        self._where = ""
        self._stopping = threading.Event()
        self._gui_thread_id = threading.get_ident()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._on_beat)

    def start(self) -> None:
        self._last = time.monotonic()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._look, name="slot-watch", daemon=True)
        self._thread.start()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @contextmanager
    def ignored(self) -> Iterator[None]:
        """For work of the measuring program itself, such as taking a picture."""
        self._on_beat()
        self._ignore += 1
        try:
            yield
        finally:
            self._ignore -= 1
            self._last, self._where = time.monotonic(), ""

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Time one slot exactly, beat or no beat."""
        begin = time.monotonic()
        try:
            yield
        finally:
            self._note((time.monotonic() - begin) * 1000, name)
            self._last, self._where = time.monotonic(), ""

    @Slot()
    def _on_beat(self) -> None:
        now = time.monotonic()
        self._note((now - self._last) * 1000 - _BEAT_MS, self._where or "event loop")
        self._last, self._where = now, ""

    def _note(self, milliseconds: float, where: str) -> None:
        if milliseconds > self.limit_ms and not self._ignore:
            self.slow.append(SlowSlot(round(milliseconds, 1), where))

    def _look(self) -> None:
        while not self._stopping.wait(_BEAT_MS / 1000):
            late = (time.monotonic() - self._last) * 1000 - _BEAT_MS
            if late > self.limit_ms and not self._where:
                self._where = _place(self._gui_thread_id)


def _place(thread: int) -> str:
    """Where a thread stands, innermost first. The frames are let go at once: one that is kept holds what its function holds,
    a painter past its paint event, or a widget that is only half built and is then taken for a plain one ever after."""
    frame = sys._current_frames().get(thread)
    places: list[str] = []
    while frame is not None and len(places) < _DEEPEST:
        code = frame.f_code
        places.append(f"{code.co_name} ({code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno})")
        frame = frame.f_back
    return " < ".join(places)
