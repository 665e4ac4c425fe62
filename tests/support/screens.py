"""The real window around real screens over the real store, for tests that work by key events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nhi_center.domain.operators import Session
from nhi_center.services.office import Office
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.frame_parts import WindowFacts
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.shell import MainWindow
from tests.support.inline_runner import InlineRunner


def window_over(office: Office, session: Session, glyphs: NamePainter, entries: Sequence[ScreenEntry]) -> MainWindow:
    """The window with these screens, shown at the smallest size, signed in as ``session``."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window = MainWindow(WindowFacts("端末 04", office.clock.local, training=True), IdleWatch(application))
    window.start(Desk(office, session, InlineRunner(window), glyphs, window), entries)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    settle()
    return window


def put_away(windows: Iterable[MainWindow]) -> None:
    """The end of every window of a test."""
    for window in windows:
        window.stop()
        window.close()
        window.deleteLater()
    settle()


def runner_of(window: MainWindow) -> InlineRunner:
    """Where its jobs run."""
    runner = window.findChild(InlineRunner)
    assert isinstance(runner, InlineRunner)
    return runner


def settle() -> None:
    """Let what is queued in the window happen."""
    for _ in range(3):
        QApplication.processEvents()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def type_keys(text: str) -> None:
    """Key by key into whatever has the keyboard; what the input method would commit goes in as it is."""
    widget = focused()
    if text.isascii():
        QTest.keyClicks(widget, text)
    else:
        widget.insert(text)  # type: ignore[attr-defined]
        widget.textEdited.emit(widget.text())  # type: ignore[attr-defined]
    settle()


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focused(), key, modifier)
    settle()


def enter(text: str = "") -> None:
    """Type, then Enter."""
    if text:
        type_keys(text)
    press(Qt.Key.Key_Return)
