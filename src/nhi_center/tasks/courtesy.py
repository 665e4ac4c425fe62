"""The lanes let the hand go first.

Python runs one thread at a time. A key on its way to the screen gives the turn away dozens of times, whenever Qt is called,
and waits for each back while a lane computes. So a lane that reports rests a moment while somebody types, in which a key that has
come is taken up, and then stands still for the few milliseconds such a key takes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

TYPING_S = 2.0
"""Who has typed so lately types on."""
REST_S = 0.004
"""Time enough for a key that waits to be taken up."""
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
        """Return at once while nobody types; else when the last key has had its time, or ``MOST_S`` from now."""
        begun = now = self._clock()
        if now - self._last > TYPING_S:
            return
        left = max(REST_S, self._last + ANSWER_S - now)
        while left > 0 and now < begun + MOST_S:
            self._wait(min(left, begun + MOST_S - now))
            now = self._clock()
            left = self._last + ANSWER_S - now
