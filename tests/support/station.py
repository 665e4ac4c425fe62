"""The whole workstation over a real room, worked at the keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.domain.operators import Session
from nhi_center.services.office import Office, Premises
from nhi_center.storage import audit
from nhi_center.ui.pages import all_pages
from nhi_center.ui.workstation import Workstation
from tests.support.office import PASSWORDS
from tests.ui import gallery

Key, Mod = Qt.Key, Qt.KeyboardModifier


class StationHands:
    """What a person does at it."""

    def __init__(self, bot: QtBot, premises: Premises) -> None:
        self.bot = bot
        self.station = Workstation(gallery.dressed_application(), premises, all_pages)
        self.window = self.station.window
        self.station.show()
        bot.waitUntil(lambda: self.station.sign_in.is_ready, timeout=30_000)

    @property
    def office(self) -> Office:
        assert self.station.office is not None
        return self.station.office

    @property
    def session(self) -> Session:
        assert self.station.session is not None
        return self.station.session

    @property
    def at(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def until(self, condition: Callable[[], bool]) -> None:
        self.bot.waitUntil(condition, timeout=20_000)

    def settle(self) -> None:
        """Until the lanes have answered."""
        for _ in range(3):
            QApplication.processEvents()
            self.until(lambda: self.station.runner.pending == 0)
        QApplication.processEvents()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Mod.NoModifier) -> None:
        QTest.keyClick(self.at, key, modifier)
        self.settle()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.at, text)
        QApplication.processEvents()

    def sign_in(self, person: str) -> None:
        sign_in = self.station.sign_in
        sign_in.activateWindow()
        self.until(lambda: QApplication.activeWindow() is sign_in)
        sign_in.id_field.editor.setFocus()
        self.type(person)
        QTest.keyClick(self.at, Key.Key_Return)
        self.type(PASSWORDS[person])
        QTest.keyClick(self.at, Key.Key_Return)
        self._in()

    def take_over(self, office: Office, session: Session) -> None:
        """As if this person had signed in: for rooms that a test has furnished before."""
        self.station._on_signed_in((office, session))
        self._in()

    def _in(self) -> None:
        self.until(lambda: self.station.office is not None)
        self.window.activateWindow()
        self.until(lambda: QApplication.activeWindow() is self.window)
        self.settle()

    def unlock(self, password: str) -> None:
        QTest.keyClicks(self.window.lock_page.password_field.line, password)
        QTest.keyClick(self.window.lock_page.password_field.line, Key.Key_Return)
        self.settle()

    def sign_out(self) -> None:
        self.station.leave()
        self.until(self.station.sign_in.isVisible)


@contextmanager
def at_the_station(bot: QtBot, premises: Premises) -> Iterator[StationHands]:
    hands = StationHands(bot, premises)
    try:
        yield hands
    finally:
        hands.station.close()
        for window in (hands.window, hands.station.sign_in):
            window.hide()
            window.deleteLater()
        QApplication.processEvents()


def log_of(office: Office, *actions: str) -> list[dict[str, Any]]:
    """The log's entries, the oldest first; of these actions alone when some are given."""
    with office.store.read.begin() as connection:
        found = [json.loads(entry) for entry, _hash in audit.every(connection)]
    return [entry for entry in found if not actions or entry["action"] in actions]
