"""The window with the entry screens over a real store, worked by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import Application
from nhi_center.domain.operators import Session
from nhi_center.services.office import Office
from nhi_center.storage import entry as storage
from nhi_center.tasks.runner import JobRunner
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.frame_parts import WindowFacts
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.entry import ENTRY
from nhi_center.ui.entry.screen import EntryScreen
from nhi_center.ui.entry.wizard import Wizard
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.search import ENTRY as SEARCH
from nhi_center.ui.shell import MainWindow
from tests.support.entry import bring_in, fill_register
from tests.support.inline_runner import InlineRunner
from tests.ui import gallery

Room = tuple[Office, Session]
Open = Callable[..., MainWindow]


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


@pytest.fixture
def slips(desk: Room) -> tuple[Slip, ...]:
    fill_register(desk[0])
    return bring_in(*desk, F02=(2, 4), F05=(1, 2), F15=(1, 1))


@pytest.fixture
def open_window(desk: Room, glyphs: NamePainter) -> Iterator[Open]:
    made: list[MainWindow] = []

    def show(*entries: ScreenEntry, session: Session | None = None, runner: JobRunner | None = None) -> MainWindow:
        made.append(window(desk[0], session or desk[1], glyphs, entries or (ENTRY, SEARCH), runner))
        return made[-1]

    yield show
    for one in made:
        one.stop()
        one.close()
        one.deleteLater()
    QApplication.processEvents()


def wizard(shown: MainWindow) -> Wizard:
    screen = shown.screen_named("entry")
    assert isinstance(screen, EntryScreen)
    assert screen.wizard is not None
    return screen.wizard


def stored(office: Office, slip: Slip) -> Application:
    with office.store.read.begin() as connection:
        found = storage.find_by_slip(connection, slip.id)
    assert found is not None
    return found


def receipt_page(sheets: str = "1") -> None:
    """受付: 窓口, the day as filled in, 世帯主, identity checked, no number, sheets."""
    for value in ("1", "", "1", "1", "運転免許証", "1", "1", sheets):
        enter(value)


def content_page(values: dict[str, str]) -> None:
    """届出内容 to its end; Enter through what is filled in already."""
    name = at()
    while name != "field_note":
        name = at()
        enter(values.get(name.removeprefix("field_"), ""))


F02 = {
    "event": "1",
    "happened_on": "R8.11.1",
    "delay_reason": "2",
    "previous_insurer": "見本健康保険組合",
    "loss_evidence": "1",
}
