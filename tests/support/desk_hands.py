"""Hands at the window: one screen over a real store, worked by keys alone; every job runs at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from nhi_center.domain.operators import Session
from nhi_center.services.office import Office
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.frame_parts import WindowFacts
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.shell import MainWindow
from tests.support.inline_runner import InlineRunner
from tests.ui import gallery

Key = Qt.Key
_glyphs = cache(gallery.glyphs)
W = TypeVar("W", bound=QWidget)


class DeskHands:
    """What a person does: keys to whatever has the focus. ``close`` ends the window, the PDF process and the link."""

    def __init__(
        self, office: Office, session: Session, entries: Sequence[ScreenEntry], size: tuple[int, int] = (1366, 768)
    ) -> None:
        application = gallery.dressed_application()
        self.office = office
        self.window = MainWindow(WindowFacts("端末 04", office.clock.local, training=True), IdleWatch(application))
        self.runner = runner = InlineRunner(self.window)
        runner.unhandled.connect(self.window.present_error)
        self.window.start(Desk(office, session, runner, _glyphs(), self.window), entries)
        self.window.resize(*size)
        self.window.show()
        self.window.activateWindow()
        QApplication.processEvents()

    @property
    def at(self) -> QWidget:
        """Where the keyboard stands; a closed dialog gives the window back, as a window manager would."""
        if QApplication.activeWindow() is None:
            self.window.activateWindow()
            QApplication.processEvents()
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def press(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.at, key, modifier)
        QApplication.processEvents()

    def go(self) -> None:
        """Ctrl+Enter."""
        self.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def words(self, text: str) -> None:
        """Type; what is not ASCII comes as from the input method."""
        if text.isascii():
            QTest.keyClicks(self.at, text)
        else:
            event = QInputMethodEvent("", [])
            event.setCommitString(text)
            QApplication.sendEvent(self.at, event)
        QApplication.processEvents()

    def enter(self, *texts: object) -> None:
        """Each text into its field, with Enter after it."""
        for text in texts:
            self.words(str(text))
            self.press(Key.Key_Return)

    def find(self, name: str, kind: type[W]) -> W:
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def text(self, name: str) -> str:
        return self.find(name, QLabel).text()

    def close(self) -> None:
        self.window.stop()
        self.window.close()
        self.window.deleteLater()
        self.office.premises.close()
