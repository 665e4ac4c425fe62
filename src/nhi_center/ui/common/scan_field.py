"""A field a scanner types into, and a person too. To the machine a scanner is a keyboard: only its haste tells it from a hand."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from nhi_center.ui.common.fields import FieldLine, LabelledField

BURST_S = 0.060
"""A scanner sends key after key within this; no hand keeps it up over a whole code."""
LEAST = 7
"""Characters of the shortest code there is (1124001): shorter haste is a hand's."""


class ScanLine(FieldLine):
    """Keeps when the burst in hand began. ``tick`` gives seconds."""

    def __init__(self, tick: Callable[[], float]) -> None:
        super().__init__(ime=False)
        self._tick = tick
        self._last = float("-inf")
        self._burst = 0

    def take_key(self, event: QKeyEvent) -> None:
        now = self._tick()
        hurried = now - self._last <= BURST_S
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._burst = self._burst if hurried else 0
        elif event.text() and event.text().isprintable():
            self._burst = self._burst + 1 if hurried else 1
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._burst = 0
        self._last = now
        super().take_key(event)

    def burst(self) -> str:
        """What came in one burst with the Enter after it; "" when a hand typed it."""
        return self.text()[-self._burst :] if self._burst >= LEAST else ""


class ScanField(LabelledField):
    """Enter takes what stands there and empties the field. Signals: taken(text, scanned).

    A scan into a half typed field counts for itself: what a hand had begun there is dropped.
    """

    taken = Signal(str, bool)

    def __init__(self, name: str, label: str, *, hint: str = "", tick: Callable[[], float] = monotonic) -> None:
        self.line = ScanLine(tick)
        self.line.setMaxLength(80)
        super().__init__(name, label, self.line, hint=hint)

    def advance(self) -> None:
        burst, text = self.line.burst(), self.line.text().strip()
        self.clear()
        if burst or text:
            self.taken.emit(burst or text, bool(burst))
