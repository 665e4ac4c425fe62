"""入退室 beyond the plain case, by keys: keys that stay out, late records, and what two terminals tell differently."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from nhi_center.domain.operators import Session
from nhi_center.domain.presence import Entered
from nhi_center.services import presence as service
from nhi_center.services.office import Office
from nhi_center.storage import presence
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.presence import ENTRY
from nhi_center.ui.presence.choices import ChoicesDialog
from nhi_center.ui.presence.room_panel import RoomPanel
from nhi_center.ui.presence.screen import PresenceScreen
from nhi_center.ui.shell import MainWindow
from tests.support.office import as_person, desk, premises
from tests.support.screens import enter, press, settle, type_keys, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


@pytest.fixture
def window(desk: Room, glyphs: NamePainter) -> Iterator[MainWindow]:
    """Ward staff at 名簿・研修; 一郎, 花子 and 統子 are inside."""
    made = window_over(desk[0], as_person(desk[0], "40127"), glyphs, (ENTRY,))
    yield made
    made.stop()
    made.close()
    made.deleteLater()
    settle()


def panel(window: MainWindow) -> RoomPanel:
    screen = window.screen_named("presence")
    assert isinstance(screen, PresenceScreen)
    found = screen.panels["room"]
    assert isinstance(found, RoomPanel)
    return found


def choose(window: MainWindow, person: str) -> None:
    table = panel(window).table
    table.select([row.person for row in table.rows()].index(person))


def flag(window: MainWindow, person: str) -> str:
    table = panel(window).table
    at = [row.person for row in table.rows()].index(person)
    return str(table.model().index(at, 7).data())


def act(window: MainWindow, person: str, number: Qt.Key) -> None:
    choose(window, person)
    press(Qt.Key.Key_F4)
    dialog = QApplication.activeWindow()
    assert dialog is not None
    assert check_screen(dialog) == []
    press(number)
    settle()


def test_a_key_that_does_not_come_back_is_named_until_it_does(desk: Room, window: MainWindow) -> None:
    office, _ = desk
    act(window, "k-hanako", Qt.Key.Key_1)
    assert flag(window, "k-hanako") == "鍵が未返却"
    assert [stay.person for stay in service.open_keys(office, as_person(office, "40127")) if not stay.inside] == ["k-hanako"]
    act(window, "k-hanako", Qt.Key.Key_1)
    assert flag(window, "k-hanako") == ""
    assert "鍵の返却を記録しました" in window.message_bar.text.text()
    assert check_screen(window) == []


def test_leaving_is_recorded_afterwards_with_its_reason(desk: Room, window: MainWindow) -> None:
    office, _ = desk
    act(window, "k-ichiro", Qt.Key.Key_2)
    type_keys("0859")
    enter("記録もれ")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    refused = QApplication.activeWindow()
    assert refused is not window
    assert refused is not None
    assert any("入室より前" in label.text() for label in refused.findChildren(QLabel))
    press(Qt.Key.Key_Escape)
    settle()
    rows = {row.person: row for row in service.roster(office, as_person(office, "40127"))}
    assert rows["k-ichiro"].stay is not None
    assert rows["k-ichiro"].stay.inside


def test_a_stay_nobody_recorded_is_written_down_afterwards(desk: Room, window: MainWindow) -> None:
    office, _ = desk
    panel(window)
    press(Qt.Key.Key_F3)
    person = panel(window).table.rows()[0].person
    act(window, person, Qt.Key.Key_1)
    form = QApplication.activeWindow()
    assert form is not None
    assert check_screen(form) == []
    enter()
    type_keys("0800")
    type_keys("0830")
    enter("09")
    enter("受付の混雑")
    settle()
    with office.store.read.begin() as connection:
        stays = [stay for stay in presence.stays(connection, office.clock.today()) if stay.person == person]
    assert [(stay.entered_at[11:16], stay.left_at[11:16], stay.locker, stay.reason) for stay in stays if stay.reason] == [
        ("08:00", "08:30", "09", "受付の混雑")
    ]
    assert flag(window, person) == "後から記録"


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
def test_what_terminals_tell_differently_is_seen(desk: Room, window: MainWindow, width: int, height: int) -> None:
    office, _ = desk
    early = (office.clock.local() - timedelta(minutes=30)).isoformat(timespec="seconds")
    with office.store.write.begin() as connection:
        presence.enter(connection, Entered(str(uuid4()), "k-hanako", early, "40128", "21"), "T05")
    act(window, "s-toko", Qt.Key.Key_1)
    window.resize(width, height)
    panel(window).refresh()
    settle()
    assert flag(window, "k-hanako") == "二重の在室"
    assert check_screen(window) == []
    choose(window, "k-hanako")
    press(Qt.Key.Key_F4)
    dialog = QApplication.activeWindow()
    assert isinstance(dialog, ChoicesDialog)
    assert [button.accessibleName().split("(")[0] for button in dialog.buttons] == [
        "退室を記録",
        "後から退室を記録",
        "後から退室を記録",
        "後から入退室を記録",
    ]
    press(Qt.Key.Key_Escape)
