"""The least a window of ours could cost: Python, PySide6, one line in the theme's type. The reference of ``start``.

Run as a script of its own; it imports nothing of the program. Arguments: font family, pixels, width, height.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget


class FirstPaint(QObject):
    """Prints ``painted`` when the window has been painted for the first time, then calls ``then``."""

    def __init__(self, window: QWidget, then: Callable[[], object]) -> None:
        super().__init__(window)
        self._then = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)  # the event loop's next turn: by then it is on the screen
        return False

    def _tell(self) -> None:
        print("painted", time.monotonic(), flush=True)
        self._then()


def main() -> int:
    family, pixels, width, height = sys.argv[1:5]
    application = QApplication(sys.argv[:1])
    font = QFont(family)
    font.setPixelSize(int(pixels))
    application.setFont(font)
    window = QWidget()
    QVBoxLayout(window).addWidget(QLabel("サインイン"), 0, Qt.AlignmentFlag.AlignCenter)
    window.resize(int(width), int(height))
    FirstPaint(window, application.quit)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
