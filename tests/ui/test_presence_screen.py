"""名簿・研修 on the real store, by keys; and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from nhi_center.domain.operators import Session
from nhi_center.services import presence as service
from nhi_center.services.office import Office, Premises
from nhi_center.services.session import sign_in
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.presence import ENTRY
from nhi_center.ui.presence.room_panel import RoomPanel
from nhi_center.ui.presence.screen import PresenceScreen
from nhi_center.ui.shell import MainWindow
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.screens import enter, focused, press, put_away, settle, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
Opener = Callable[..., MainWindow]


@pytest.fixture
def opened(glyphs: NamePainter) -> Iterator[Opener]:
    made: list[MainWindow] = []

    def make(office: Office, session: Session) -> MainWindow:
        made.append(window_over(office, session, glyphs, (ENTRY,)))
        return made[-1]

    yield make
    put_away(made)


@pytest.fixture
def empty_room(premises: Premises) -> Iterator[Room]:
    office, session = sign_in(premises, "40127", PASSWORDS["40127"])
    yield office, session
    office.store.close()


def screen(window: MainWindow) -> RoomPanel:
    found = window.screen_named("presence")
    assert isinstance(found, PresenceScreen)
    assert isinstance(found.front, RoomPanel)
    return found.front


def choose(window: MainWindow, person: str) -> None:
    table = screen(window).table
    table.select([row.person for row in table.rows()].index(person))


def test_the_ward_checks_a_person_in_by_keys(empty_room: Room, opened: Opener) -> None:
    window = opened(*empty_room)
    choose(window, "k-hanako")
    press(Qt.Key.Key_Return)
    assert focused().window() is window
    assert screen(window).locker.editor.hasFocus()
    enter()
    assert "ロッカー" in screen(window).locker.problem
    enter("12")
    inside = {row.person: row.stay for row in service.roster(*empty_room) if row.stay}
    assert [(person, stay.locker) for person, stay in inside.items()] == [("k-hanako", "12")]
    assert screen(window).inside_chip.text() == "在室 1人"
    assert screen(window).table.hasFocus()
    assert not screen(window).enter_button.isEnabled()


def test_the_ward_checks_a_person_out_by_keys(desk: Room, opened: Opener) -> None:
    office, _session = desk
    ward = as_person(office, "40127")
    window = opened(office, ward)
    choose(window, "k-hanako")
    press(Qt.Key.Key_F3)
    stays = {row.person: row.stay for row in service.roster(office, ward) if row.stay}
    assert not stays["k-hanako"].inside
    assert stays["k-ichiro"].inside
    assert screen(window).inside_chip.text() == "在室 2人"


def test_what_is_being_typed_survives_an_exchange(empty_room: Room, opened: Opener) -> None:
    window = opened(*empty_room)
    press(Qt.Key.Key_Return)
    screen(window).locker.editor.insert("12")  # type: ignore[attr-defined]
    screen(window).refresh()
    settle()
    assert screen(window).locker.value() == "12"
    choose(window, "s-toko")
    assert screen(window).locker.value() == ""


def test_others_only_see_who_is_inside(desk: Room, opened: Opener) -> None:
    window = opened(*desk)
    assert [row.person for row in screen(window).table.rows() if row.stay] == ["k-hanako", "k-ichiro", "s-toko"]
    assert window.findChild(QPushButton, "enter_button") is None
    assert not any(key == "F3" for key, _word in window.key_bar.shown)
    assert check_screen(window) == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
def test_the_page_holds(desk: Room, opened: Opener, width: int, height: int) -> None:
    office, _session = desk
    window = opened(office, as_person(office, "40127"))
    window.resize(width, height)
    settle()
    assert check_screen(window) == []
