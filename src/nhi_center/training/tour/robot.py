"""A pair of hands for the tour: it sees the screen, types keys, commits conversions, waits for what a person would wait for.

A script is a generator that yields conditions. The robot looks at the condition from the event loop and goes on when it
holds, so the program under the hands runs exactly as it does for a person: no nested loop, no service called from here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from pathlib import Path
from types import GeneratorType
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTableView, QWidget

LOOK_EVERY_MS = 5
PATIENCE_S = 20.0

Condition = Callable[[], bool]
Script = Generator[Condition, None, None]
W = TypeVar("W", bound=QWidget)


class TourFault(Exception):
    """A screen did not do what a clerk sees; the text says what was expected where."""


class Robot(QObject):
    """Runs one script; ``done`` is called with None, or with what went wrong."""

    def __init__(self, script: Script, done: Callable[[Exception | None], None]) -> None:
        super().__init__()
        self._script = script
        self._done = done
        self._condition: Condition = lambda: True
        self._since = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        self._timer.start()

    def _look(self) -> None:
        try:
            if not self._condition():
                if time.monotonic() - self._since > PATIENCE_S:
                    # Into the script, so that its steps take their picture of the fault.
                    self._script.throw(TourFault(f"waited {PATIENCE_S:.0f} s in vain: {_place(self._script)}"))
                return
            self._condition = next(self._script)
            self._since = time.monotonic()
        except StopIteration:
            self._finish(None)
        except Exception as error:
            self._finish(error)

    def _finish(self, error: Exception | None) -> None:
        self._timer.stop()
        self._done(error)


def _place(script: Script) -> str:
    """Where the script stands, innermost first."""
    places = []
    frame: object = script
    while isinstance(frame, GeneratorType) and frame.gi_frame is not None:
        places.append(f"{frame.gi_frame.f_code.co_name}:{frame.gi_frame.f_lineno}")
        frame = frame.gi_yieldfrom
    return " > ".join(places)


# -- seeing --


def find(name: str, kind: type[W], root: QWidget | None = None) -> W:
    """The visible widget of this object name. Raises TourFault when there is none."""
    for window in [root] if root is not None else QApplication.topLevelWidgets():
        if isinstance(window, kind) and window.objectName() == name and window.isVisible():
            return window
        for widget in window.findChildren(kind, name):
            if widget.isVisible():
                return widget
    raise TourFault(f"no {kind.__name__} named {name} is to be seen")


def sees(name: str) -> bool:
    """Whether a widget of this name is visible."""
    try:
        find(name, QWidget)
    except TourFault:
        return False
    return True


def rows(name: str) -> int:
    """How many rows the visible table of this name shows; -1 while it is not to be seen."""
    return find(name, QTableView).model().rowCount() if sees(name) else -1


def text_of(name: str) -> str:
    """All the words a person reads in the widget of this name."""
    widget = find(name, QWidget)
    labels = [widget, *widget.findChildren(QWidget)] if not isinstance(widget, QLabel) else [widget]
    parts = []
    for part in labels:
        read = getattr(part, "text", None)
        if part.isVisible() and callable(read):
            parts.append(str(read()))
    return " ".join(filter(None, parts))


def focus_name() -> str:
    """The object name of the field the keyboard stands in, or of the nearest named parent."""
    widget = QApplication.focusWidget()
    while widget is not None and not widget.objectName():
        widget = widget.parentWidget()
    return widget.objectName() if widget is not None else ""


def in_field(name: str) -> bool:
    """Whether the keyboard stands in the widget of this name or inside it."""
    widget = QApplication.focusWidget()
    while widget is not None:
        if widget.objectName() == name:
            return True
        widget = widget.parentWidget()
    return False


def expect(condition: bool, words: str) -> None:
    """Raise TourFault with ``words`` unless the condition holds now."""
    if not condition:
        raise TourFault(words)


# -- hands --


_MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
}
_KEYS = {"Enter": Qt.Key.Key_Return, "Esc": Qt.Key.Key_Escape, "Del": Qt.Key.Key_Delete}


def press(keys: str) -> None:
    """One key or combination as the key bar spells it: ``Enter``, ``Ctrl+Enter``, ``F5``, ``Shift+Enter``, ``Esc``."""
    *held, name = keys.split("+")
    modifiers = Qt.KeyboardModifier.NoModifier
    for word in held:
        modifiers |= _MODIFIERS[word]
    QTest.keyClick(_hands_on(), _KEYS.get(name) or Qt.Key[f"Key_{name}"], modifiers)


def type_keys(text: str) -> None:
    """Type ASCII by the keyboard, everything else as the input method commits it."""
    run = ""
    for char in text:
        if char.isascii():
            commit(run)
            run = ""
            QTest.keyClicks(_hands_on(), char)
        else:
            run += char
    commit(run)


def commit(text: str) -> None:
    if text:
        event = QInputMethodEvent("", [])
        event.setCommitString(text)
        QCoreApplication.sendEvent(_hands_on(), event)


def grab(window: QWidget, path: Path) -> None:
    """A picture of the whole window. Raises TourFault when it cannot be written."""
    if not window.grab().save(str(path)):
        raise TourFault(f"no picture written: {path.name}")


def _hands_on() -> QWidget:
    widget = QApplication.focusWidget() or QApplication.activeWindow()
    if widget is None:
        raise TourFault("the keyboard stands nowhere")
    return widget
