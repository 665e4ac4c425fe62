"""Counting keys in the fields of one paper: how many, how many in vain, how long, with what pauses. Never which.

Keys that an input method takes for itself are not seen; each character it commits counts as one.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from nhi_center.domain.keying import PAUSE_SECONDS, Tally

_TAKES_BACK = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
_HELD = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock})


class KeyCount:
    """The clock runs from the making. ``now``: seconds, never going back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._begun = self._last = now()
        self._pause = 0.0
        self._keys = self._bad = 0

    def press(self, event: QKeyEvent) -> None:
        """A key in a field; holding Shift and the like is none."""
        if event.key() in _HELD:
            return
        self._count(1)
        if event.key() in _TAKES_BACK:
            self._bad += 1

    def commit(self, text: str) -> None:
        """The input method has put ``text`` into a field."""
        self._count(len(text))

    def refuse(self) -> None:
        """The field did not take the last key."""
        self._bad += 1

    def _count(self, keys: int) -> None:
        now = self._now()
        if now - self._last > PAUSE_SECONDS:
            self._pause += now - self._last
        self._last = now
        self._keys += keys

    def tally(self) -> Tally:
        """Up to now; a pause that is still going on is one."""
        now = self._now()
        pause = self._pause + (now - self._last if now - self._last > PAUSE_SECONDS else 0)
        return Tally(round(now - self._begun), round(pause), self._keys, min(self._bad, self._keys))
