"""Hands for the telephone: the real window with the calls of a real store, worked by keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.domain.operators import Session
from nhi_center.services.office import Office
from nhi_center.tasks.runner import JobRunner
from nhi_center.ui.calls import ENTRIES
from nhi_center.ui.calls.panel import CallPanel
from nhi_center.ui.calls.screen import CallsScreen
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.frame_parts import WindowFacts
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.shell import MainWindow
from tests.ui import gallery
from tests.ui.gallery_entry import EntryPage

Key = Qt.Key


@dataclass(slots=True)
class Hands:
    """Types into the window as a clerk does; ``strokes`` counts keys that are not text."""

    bot: QtBot
    window: MainWindow
    runner: JobRunner
    office: Office
    session: Session
    strokes: int = 0

    def press(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.strokes += 1
        self.bot.keyClick(self.at, key, modifier)
        self.settle()

    def figures(self, digits: str) -> None:
        """Digits that choose or move, one by one."""
        for digit in digits:
            self.strokes += 1
            self.bot.keyClick(self.at, digit)
        self.settle()

    def words(self, text: str) -> None:
        """Text, as the input method gives it."""
        widget = self.at
        if isinstance(widget, QPlainTextEdit):
            widget.insertPlainText(text)
        else:
            assert isinstance(widget, QLineEdit)
            widget.insert(text)
            widget.textEdited.emit(widget.text())
        self.settle()

    def settle(self) -> None:
        """Until the lanes have answered, and what they answered is on the screen."""
        QApplication.processEvents()
        self.bot.waitUntil(lambda: self.runner.pending == 0)
        QApplication.processEvents()

    @property
    def at(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    @property
    def panel(self) -> CallPanel:
        panel = self.window.screen_named("call")
        assert isinstance(panel, CallPanel)
        return panel

    @property
    def list(self) -> CallsScreen:
        screen = self.window.screen_named("calls")
        assert isinstance(screen, CallsScreen)
        return screen

    def find(self, typed: str) -> None:
        self.words(typed)
        self.press(Key.Key_Return)


@pytest.fixture
def hands(room: tuple[Office, Session], qtbot: QtBot) -> Iterator[Hands]:
    application = gallery.dressed_application()
    office, session = room
    facts = WindowFacts("端末 04", office.clock.local, training=True)
    window = MainWindow(facts, IdleWatch(application, 300))
    runner = JobRunner(window)
    runner.unhandled.connect(window.present_error)
    entries = (ScreenEntry("entry", "入力", None, EntryPage), *ENTRIES)
    window.start(Desk(office, session, runner, gallery.glyphs(), window), entries)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    yield Hands(qtbot, window, runner, office, session)
    window.stop()
    runner.close()
    window.close()
