"""本日の業務 on the real store, by keys; and its pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from nhi_center.domain.handover import Direction
from nhi_center.domain.operators import Session
from nhi_center.domain.today import Task
from nhi_center.services import call_list, calls, custody, entry, handover, urgent
from nhi_center.services.office import Office
from nhi_center.storage import register
from nhi_center.ui.calls import ENTRIES as CALL_ENTRIES
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.screen import Screen, ScreenEntry, TitleLine
from nhi_center.ui.custody import ENTRY as CUSTODY
from nhi_center.ui.home import ENTRY
from nhi_center.ui.home.screen import HomeScreen
from nhi_center.ui.shell import MainWindow
from tests.domain.test_call_check import PERSON
from tests.services.test_calls import make_due, promised
from tests.support import papers
from tests.support.office import as_person, desk, premises
from tests.support.screens import focused, press, settle, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
SIZES = [(1366, 768), (1920, 1080), (1280, 720)]


class Opened(Screen):
    """Stands in for the work a line opens: it keeps with what it was opened."""

    def opened(self, **params: object) -> None:
        self.params = params


def stand_in(name: str) -> ScreenEntry:
    return ScreenEntry(name, name, None, lambda desk: _made(name, desk))


def _made(name: str, desk: Desk) -> Screen:
    screen = cast(type[Opened], type(f"Opened{name}", (Opened,), {"name": name, "title": name}))(desk)
    screen.page.addWidget(TitleLine(name))
    return screen


ENTRIES = (ENTRY, CUSTODY, *(stand_in(name) for name in ("entry", "verification", "review", "certificates")), *CALL_ENTRIES)


def home(window: MainWindow) -> HomeScreen:
    screen = window.screen_named("home")
    assert isinstance(screen, HomeScreen)
    return screen


def chosen(window: MainWindow) -> Task:
    task = home(window).tasks.current_row()
    assert isinstance(task, Task)
    return task


def a_caller(office: Office) -> None:
    with office.store.write.begin() as connection:
        register.put_people(connection, [(9, PERSON)])


def a_full_morning(office: Office, session: Session) -> None:
    papers.register_people(office)
    a_caller(office)
    papers.receive(office, session, F02=2, F05=1, F15=3)
    papers.key(office, session, "F02")
    papers.receive(office, session, F02=4, F05=2)
    slips = custody.unsorted_slips(office, session)
    urgent.set_urgent(office, session, next(slip.id for slip in slips if slip.kind == "F15"), 20)
    entry.open_slip(office, session, next(slip.id for slip in slips if slip.kind == "F05"))
    promised(office, session)
    make_due(office)
    handover.open_handover(office, session, Direction.IN, papers.SECTION)


def test_a_fresh_day_says_what_will_appear(desk: Room, glyphs: NamePainter) -> None:
    window = window_over(*desk, glyphs, ENTRIES)
    assert home(window).tasks.rows() == ()
    assert {tile.number.text() for tile in home(window).tiles.values()} == {"0"}
    assert home(window).room.text() == "在室 3人(取扱責任者 1・取扱者 2)"
    assert check_screen(window) == []
    close(window)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_full_day_holds(desk: Room, glyphs: NamePainter, width: int, height: int, tmp_path: Path) -> None:
    a_full_morning(*desk)
    window = window_over(*desk, glyphs, ENTRIES)
    window.resize(width, height)
    settle()
    window.grab().save(str(Path(os.environ.get("NHI_PICTURES", "") or tmp_path) / f"home-{width}.png"))
    assert check_screen(window) == []
    table = home(window).tasks
    assert table.rows()[0].urgency.label == "期限超過"
    needed = {column: table.needed(column) for column in range(table.model().columnCount())}
    if table.viewport().width() >= sum(needed.values()):
        assert all(table.columnWidth(column) >= needed[column] for column in (1, 2, 4)), "cut short beside free room"
    close(window)


def test_enter_opens_the_work(desk: Room, glyphs: NamePainter) -> None:
    a_full_morning(*desk)
    window = window_over(*desk, glyphs, ENTRIES)
    assert focused() is home(window).tasks
    press(Qt.Key.Key_Down)
    urgent = chosen(window)
    assert (urgent.urgency.label, urgent.screen) == ("至急", "entry")
    press(Qt.Key.Key_Return)
    opened = window.current_screen
    assert isinstance(opened, Opened)
    assert opened.params == dict(urgent.params)
    close(window)


def test_tiles_are_reached_by_tab_and_open_their_screen(desk: Room, glyphs: NamePainter) -> None:
    window = window_over(*desk, glyphs, ENTRIES)
    press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    passed = [focused().objectName()]
    for _ in range(3):
        press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        passed.append(focused().objectName())
    assert all(name.startswith("tile_") for name in passed)
    assert passed[-1] == "tile_to_verify"
    press(Qt.Key.Key_Return)
    assert window.current_screen is window.screen_named("verification")
    close(window)


def test_an_overdue_promise_rings_from_here(desk: Room, glyphs: NamePainter) -> None:
    a_caller(desk[0])
    promised(*desk)
    make_due(desk[0])
    window = window_over(*desk, glyphs, ENTRIES)
    press(Qt.Key.Key_Return)
    assert window.floating.overlay_shown
    assert call_list.open_callbacks(*desk)[0].begun
    close(window)


def test_the_ward_sees_its_own(desk: Room, glyphs: NamePainter) -> None:
    office, session = desk
    a_full_morning(office, session)
    window = window_over(office, as_person(office, "40127"), glyphs, ENTRIES)
    assert list(home(window).tiles) == ["on_hand", "to_review", "to_answer", "open_handovers", "to_hand_over", "inside"]
    assert [task.screen for task in home(window).tasks.rows()] == ["custody"]
    assert check_screen(window) == []
    close(window)


def test_looking_again_keeps_the_line_and_the_focus(desk: Room, glyphs: NamePainter) -> None:
    a_full_morning(*desk)
    window = window_over(*desk, glyphs, ENTRIES)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    before = chosen(window).key
    calls.start_call(*desk)
    home(window).refresh()
    assert chosen(window).key == before
    assert focused() is home(window).tasks
    close(window)


def close(window: QWidget) -> None:
    assert isinstance(window, MainWindow)
    window.stop()
    window.close()
    window.deleteLater()
    settle()
