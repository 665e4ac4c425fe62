"""The window with the entry screens over a real store, worked by keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nhi_center.domain.operators import Session
from nhi_center.services.office import Office
from nhi_center.tasks.runner import JobRunner
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.shell import MainWindow, WindowFacts
from tests.support.inline_runner import InlineRunner
from tests.ui import gallery


def window(
    office: Office, session: Session, glyphs: NamePainter, entries: Sequence[ScreenEntry], runner: JobRunner | None = None
) -> MainWindow:
    application = gallery.dressed_application()
    made = MainWindow(WindowFacts("端末 04", lambda: gallery.NOW, training=True), IdleWatch(application))
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    made.start(Desk(office, session, runner or InlineRunner(made), glyphs, made), entries)
    application.processEvents()
    return made


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key to whatever has the focus."""
    target = focused()
    QTest.keyClick(target, key, modifiers)
    QApplication.processEvents()


def write(text: str) -> None:
    """Letters to whatever has the focus; Japanese as the input method would commit it."""
    for letter in text:
        target = focused()
        if letter.isascii():
            QTest.keyClicks(target, letter)
        else:
            QApplication.sendEvent(target, QKeyEvent(QKeyEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter))
    QApplication.processEvents()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget


def enter(text: str = "") -> None:
    """Type, and go on with Enter."""
    write(text)
    press(Qt.Key.Key_Return)


def ctrl_enter() -> None:
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def at() -> str:
    """The object name of where the keyboard stands."""
    return focused().objectName()
