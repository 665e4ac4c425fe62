"""The lanes let the hand go first.

Python runs one thread at a time. A key on its way to the screen gives the turn away dozens of times, whenever Qt is called,
and waits for each back while a lane computes. So a lane that reports stands still for the few milliseconds such a key takes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

ANSWER_S = 0.020
"""A key is on the screen by then, and what follows from it has been asked for."""
MOST_S = 0.060
"""A lane waits no longer at a time, however fast the hand is: the work goes on, and a transaction it holds ends."""


class Courtesy:
    """One per runner. ``key`` is called in the GUI thread, ``give_way`` in a lane."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, wait: Callable[[float], object] | None = None) -> None:
        self._clock = clock
        self._wait = wait or threading.Event().wait
        self._last = float("-inf")

    def key(self) -> None:
        """A key has come."""
        self._last = self._clock()

    def give_way(self) -> None:
        """Return when the last key has had its time, or ``MOST_S`` from now."""
        begun = now = self._clock()
        while (left := self._last + ANSWER_S - now) > 0 and now < begun + MOST_S:
            self._wait(min(left, begun + MOST_S - now))
            now = self._clock()
