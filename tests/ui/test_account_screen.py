"""自分の登録・パスワード on the real store, by keys; and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from nhi_center.domain.operators import Session
from nhi_center.services.gate import identify
from nhi_center.services.office import Office
from nhi_center.ui import presence
from nhi_center.ui.account import ENTRY
from nhi_center.ui.account.screen import AccountScreen
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.shell import MainWindow
from tests.support.office import PASSWORDS, advance, as_person, desk, premises
from tests.support.screens import enter, focused, press, put_away, settle, type_keys, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
Opener = Callable[[Office, Session], MainWindow]
NEW = "akai-densha-to-yubin-77"


@pytest.fixture
def opened(glyphs: NamePainter) -> Iterator[Opener]:
    made: list[MainWindow] = []

    def make(office: Office, session: Session) -> MainWindow:
        made.append(window_over(office, session, glyphs, (presence.ENTRY, ENTRY)))
        press(Qt.Key.Key_F12, Qt.KeyboardModifier.ControlModifier)
        return made[-1]

    yield make
    put_away(made)


def screen(window: MainWindow) -> AccountScreen:
    found = window.current_screen
    assert isinstance(found, AccountScreen)
    return found


def test_a_password_is_changed_by_keys_alone(desk: Room, opened: Opener) -> None:
    office, session = desk
    page = screen(opened(office, session))
    assert page.facts["id"].text() == session.person
    assert page.facts["opened_by"].text() == "40100"
    enter(PASSWORDS[session.person])
    type_keys("mijikai")
    assert page.new.reading == "あと8文字いります。"
    page.new.clear()
    type_keys(NEW)
    assert page.new.reading == f"使えます({len(NEW)}文字)。"
    enter()
    enter(NEW)
    assert [field.value() for field in page.chain.fields] == ["", "", ""]
    assert identify(office.premises, session.person, NEW).account.revision == 2


@pytest.mark.parametrize(
    ("old", "new", "repeated", "at", "says"),
    [
        ("wrong", NEW, NEW, "old_password", "違います"),
        ("", NEW, NEW + "x", "repeated", "2回目"),
        ("", "kenshuukenshuu-1", "kenshuukenshuu-1", "new_password", "推測されやすい"),
        ("", "", "", "new_password", "入力してください"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    desk: Room, opened: Opener, old: str, new: str, repeated: str, at: str, says: str
) -> None:
    office, session = desk
    page = screen(opened(office, session))
    for typed in (old or PASSWORDS[session.person], new, repeated):
        enter(typed)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert says in page.chain[at].problem
    assert page.chain[at].editor.hasFocus()
    assert office.premises.accounts.find(session.person).revision == 1


def test_a_password_does_not_wait_behind_another_page(desk: Room, opened: Opener) -> None:
    window = opened(*desk)
    page = screen(window)
    type_keys("something")
    window.open_screen("presence", {})
    assert page.old.value() == ""


def test_the_name_in_the_header_opens_it(desk: Room, opened: Opener) -> None:
    window = opened(*desk)
    window.open_screen("presence", {})
    button = window.findChild(QPushButton, "person_name")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle()
    assert screen(window).old.editor is focused()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
def test_the_page_holds(desk: Room, opened: Opener, width: int, height: int) -> None:
    office, _session = desk
    window = opened(office, as_person(office, "40127"))
    window.resize(width, height)
    settle()
    assert check_screen(window) == []
    enter("wrong")
    enter(NEW)
    enter(NEW)
    settle()
    assert check_screen(window) == []
    advance(office.premises, minutes=1)
