"""Plays strokes from the event loop: as fast as the program answers, or at a steady beat with each answer timed.

A stroke is due at its beat, whether or not the program was ready for it: what a busy program adds to the wait counts, as it
does for a person who goes on typing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, QTimer

from nhi_center.training.bench.keyer import Stroke
from nhi_center.training.bench.paint_watch import PaintWatch
from nhi_center.training.tour.robot import TourFault, focus_name

BEAT_S = 0.04
"""25 keys a second, twice the fastest hands."""
_UNSEEN_S = 0.5
_PATIENCE_S = 20.0


class Typist(QObject):
    """``done`` is called with None at the end, or with what went wrong."""

    def __init__(
        self, strokes: Iterator[Stroke], done: Callable[[Exception | None], None], watch: PaintWatch | None = None
    ) -> None:
        super().__init__()
        self._strokes, self._done, self._watch = strokes, done, watch
        self._stroke: Stroke | None = None
        self._due = self._since = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1 if watch else 0)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        self._timer.start()

    def _turn(self) -> None:
        try:
            if self._stroke is not None and self._answered(self._stroke):
                self._stroke = None
            if self._stroke is None:
                self._next()
        except StopIteration:
            self._end(None)
        except Exception as error:
            self._end(error)

    def _end(self, error: Exception | None) -> None:
        self._timer.stop()
        self._done(error)

    def _next(self) -> None:
        now = time.monotonic()
        if self._watch is not None and now < self._due + BEAT_S:
            return
        self._stroke = stroke = next(self._strokes)
        self._since = now
        self._due += BEAT_S  # the beat goes on while the program is busy; after a wait it begins anew
        if stroke.kind != "wait":
            stroke.send()

    def _answered(self, stroke: Stroke) -> bool:
        now = time.monotonic()
        if stroke.kind == "wait":
            if now - self._since > _PATIENCE_S:
                raise TourFault(f"waited {_PATIENCE_S:.0f} s in vain, the keyboard in {focus_name() or 'nothing'}")
            if not stroke.until():
                return False
            self._due = now
            return True
        if self._watch is None:
            return True
        painted = self._watch.painted_since(self._since)
        if painted:
            self._watch.note(stroke.kind, (painted - min(self._due, self._since)) * 1000)
            return True
        if now - self._since > _UNSEEN_S:
            self._watch.unseen += 1
            self._due = now
            return True
        return False
