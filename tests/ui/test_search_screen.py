"""台帳検索 and the person page, by keys: the purpose is asked where no case is open, and is the case where one is."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from sqlalchemy import text

from nhi_center.domain.custody import Slip
from nhi_center.services.office import Office
from nhi_center.storage import audit
from nhi_center.ui.search.screen import SearchScreen
from nhi_center.ui.shell import MainWindow
from tests.support.entry import CHILD, HEAD, PROTECTED
from tests.support.office import desk, premises
from tests.ui.entry_room import Open, Room, at, open_window, press, slips, write
from tests.ui.pictures import check_screen

__all__ = ["desk", "open_window", "premises", "slips"]


def search_of(window: MainWindow) -> SearchScreen:
    screen = window.screen_named("search")
    assert isinstance(screen, SearchScreen)
    return screen


def last_entry(office: Office) -> dict[str, object]:
    with office.store.read.begin() as connection:
        row = connection.execute(text("SELECT entry FROM audit ORDER BY seq DESC LIMIT 1")).scalar_one()
    body: dict[str, object] = json.loads(row)
    return body


def words_of(window: MainWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_a_purpose_is_asked_before_a_person_is_opened(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_F2)
    assert at() == "search_box"
    write("カツラギ レイタ")
    press(Qt.Key.Key_Return)
    assert at() == "purpose_kind"
    assert last_entry(desk[0])["action"] == "search"
    write("2")
    assert at() == "purpose_kind"
    press(Qt.Key.Key_Return)
    assert at() == "person_household"
    entry = last_entry(desk[0])
    assert entry["action"] == "view_person"
    with desk[0].store.read.begin() as connection:
        assert entry["subject"] in audit.pseudonyms(connection, CHILD.atena)
    assert "届出の準備" in words_of(shown)
    QApplication.processEvents()
    assert check_screen(shown) == []
    press(Qt.Key.Key_Escape)
    assert at() in ("search_box", "search_results")


def test_the_open_paper_is_the_purpose(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    """F2 while a form is in hand asks for nothing: the form says why."""
    shown = open_window()
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_F2)
    write("カツラギ レイタ")
    press(Qt.Key.Key_Return)
    assert at() == "person_household"
    assert slips[0].number in words_of(shown)
    assert last_entry(desk[0])["action"] == "view_person"


def test_a_protected_person_and_nobody_are_answered_alike(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    said = []
    for typed in ("ミホン マモルコ", "ダレモ イナイ"):
        shown.open_screen("search", {})
        write(typed)
        found = search_of(shown).results
        QApplication.processEvents()
        said.append((found.table.rows(), words_of(shown)))
        found.box.clear()
    assert said[0] == said[1]
    assert PROTECTED.name not in said[0][1]
    assert HEAD.name not in said[0][1]
