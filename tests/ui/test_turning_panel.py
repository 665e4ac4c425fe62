"""期限・年齢 by keys: a line is settled and stays for the day; the first page leads here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nhi_center.services import turning
from nhi_center.ui.book import ENTRIES
from nhi_center.ui.book.screen import BookScreen, WardBookScreen
from nhi_center.ui.book.turning_panel import TurningPanel
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.shell import MainWindow
from tests.services.test_turning import Room, born, comes
from tests.support.office import advance, as_person, desk, premises
from tests.support.screens import press, put_away, settle, window_over
from tests.ui.pictures import check_screen
from tests.ui.test_book_screen import typed
from tests.ui.test_verification_screen import texts

__all__ = ["desk", "premises"]


@pytest.fixture
def shown(qtbot: QtBot, desk: Room, glyphs: NamePainter) -> Iterator[tuple[MainWindow, TurningPanel]]:
    office, clerk = desk
    turning.look(office, clerk)
    today = office.clock.today()
    comes(
        office,
        born(today.replace(year=today.year - 75, day=today.day + 1), "90000061", name="見本　七五郎"),
        born(today.replace(year=today.year - 75, day=today.day + 2), "90000062", name="葛\U000e0102城　見本子"),
    )
    advance(office.premises, days=2)
    turning.look(office, clerk)
    window = window_over(office, clerk, glyphs, ENTRIES)
    window.open_screen("book", {"page": "turning"})
    settle()
    screen = window.screen_named("book")
    assert isinstance(screen, BookScreen)
    panel = screen.panels["turning"]
    assert isinstance(panel, TurningPanel)
    yield window, panel
    put_away([window])
    office.premises.pdf.stop()


def test_a_line_is_settled_and_the_next_is_in_front(shown: tuple[MainWindow, TurningPanel], tmp_path: Path) -> None:
    window, panel = shown
    assert panel.counts.text() == "残り 2件  済み 0件"
    assert panel.looked.text() == "令和8年11月26日の分まで調べました。"
    assert "回収" in panel.advice.text()
    assert window.grab().save(str(tmp_path / "open.png"))
    assert check_screen(window) == []
    press(Qt.Key.Key_F6)
    settle()
    typed("1")
    settle()
    assert panel.counts.text() == "残り 1件  済み 1件"
    assert [bool(row.item.settled) for row in panel.table.rows()] == [False, True]
    panel.table.select(1)
    assert not panel.settle_button.isEnabled()
    assert window.grab().save(str(tmp_path / "settled.png"))
    assert check_screen(window) == []


def test_the_ward_settles_who_is_under_protection(
    shown: tuple[MainWindow, TurningPanel], glyphs: NamePainter, tmp_path: Path
) -> None:
    office = shown[1].desk.office
    day = office.clock.today()
    comes(office, born(day.replace(year=day.year - 75, day=day.day + 1), "90000063", name="見本　守", protected=True))
    advance(office.premises, days=1)
    turning.look(office, shown[1].desk.session)
    window = window_over(office, as_person(office, "40127"), glyphs, ENTRIES)
    window.open_screen("ward_book", {"page": "turning"})
    settle()
    screen = window.screen_named("ward_book")
    assert isinstance(screen, WardBookScreen)
    panel = screen.panels["turning"]
    assert panel.counts.text() == "残り 3件  済み 0件"
    assert not panel.settle_button.isEnabled(), "the first line is the contractor's"
    panel.table.select(2)
    assert panel.advice.text().startswith("支援措置")
    assert window.grab().save(str(tmp_path / "ward.png"))
    assert check_screen(window) == []
    press(Qt.Key.Key_F6)
    settle()
    typed("3")
    settle()
    assert panel.counts.text() == "残り 2件  済み 1件"
    assert not any(name in texts(window) for name in ("一郎", "花子"))
    assert window.grab().save(str(tmp_path / "ward_settled.png"))
    put_away([window])


def test_with_nothing_to_do_the_page_says_when_it_looks(qtbot: QtBot, desk: Room, glyphs: NamePainter, tmp_path: Path) -> None:
    window = window_over(*desk, glyphs, ENTRIES)
    window.open_screen("book", {"page": "turning"})
    settle()
    assert window.grab().save(str(tmp_path / "empty.png"))
    assert check_screen(window) == []
    press(Qt.Key.Key_F6)
    settle()
    assert window.message_bar.kind in ("", "info")
    put_away([window])
    desk[0].premises.pdf.stop()
