"""Cyclic garbage is collected in the GUI thread alone.

Python's collector runs in whatever thread allocates. In a lane it may come upon a dead cycle that holds a widget and destroy
the widget there, outside the GUI thread, which Qt answers with a crash that no test repeats. So the automatic collector is
off, and a timer does its work where widgets may die.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_LOOK_EVERY_MS = 500
_AGAIN_MS = 1000


class GuiCollector(QObject):
    """One per application, made in the GUI thread. Young objects at each look, the old ones as often as Python would."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(gc.collect)

    def start(self) -> None:
        """Take over from the automatic collector. What lives now (modules, classes) is never looked at again."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give the work back. Harmless when it was never taken."""
        self._again.stop()
        if not self._timer.isActive():
            return
        self._timer.stop()
        gc.enable()
        gc.unfreeze()

    def sweep(self) -> None:
        """All of it now: after a sign-out no key may lie about until some generation is full.

        And once more a second later: who calls this, and the lane whose job has just ended, may still hold the last of it.
        """
        gc.collect()
        self._again.start()

    def look(self) -> None:
        """Collect the oldest generation that is due, as the automatic collector would have."""
        counts = gc.get_count()
        due = [generation for generation in range(3) if counts[generation] > self._thresholds[generation]]
        if due:
            gc.collect(due[-1])
