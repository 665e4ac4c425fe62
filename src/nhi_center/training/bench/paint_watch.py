"""When what was typed is on the screen: the end of the paint event of the field the keyboard stands in."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from nhi_center.ui.common.fields import FieldLine


class PaintWatch:
    """Hears of the end of every paint of an entry field. Make it before the first window: Qt looks a paint function up once."""

    def __init__(self) -> None:
        self.last: dict[int, float] = {}
        self.milliseconds: dict[str, list[float]] = {"key": [], "field": [], "page": [], "open": []}
        self.unseen = 0
        self._watch(FieldLine)
        for kind in _all_below(FieldLine):
            if "paintEvent" in vars(kind):
                self._watch(kind)
        QApplication.setCursorFlashTime(0)  # or a blinking cursor would pass for the answer to a key

    def _watch(self, kind: type[FieldLine]) -> None:
        draw: Any = vars(kind).get("paintEvent", QLineEdit.paintEvent)

        def paint(line: FieldLine, event: QPaintEvent) -> None:
            draw(line, event)
            self.last[id(line)] = time.monotonic()

        setattr(kind, "paintEvent", paint)  # noqa: B010

    def painted_since(self, moment: float) -> float:
        """When the focused field ended its first known paint after ``moment``; 0 while it has not."""
        focused = QApplication.focusWidget()
        at = self.last.get(id(focused), 0.0) if focused is not None else 0.0
        return at if at > moment else 0.0

    def note(self, kind: str, milliseconds: float) -> None:
        self.milliseconds[kind].append(round(milliseconds, 2))

    def to_json(self) -> dict[str, Any]:
        return {**self.milliseconds, "unseen": self.unseen}


def _all_below(kind: type[FieldLine]) -> tuple[type[FieldLine], ...]:
    below = kind.__subclasses__()
    return (*below, *(deeper for one in below for deeper in _all_below(one)))
