"""連絡票 by keys alone: from the panel over a page, and on the ward's side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from nhi_center.services import ward_requests as service
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.review import ENTRIES
from nhi_center.ui.review.requests_screen import RequestsScreen
from nhi_center.ui.review.screen import ReviewScreen
from nhi_center.ui.shell import MainWindow
from tests.services.test_calls import PERSON, Desk, room
from tests.services.test_ward_requests import WORDS, asked
from tests.support.call_hands import Hands, Key, hands
from tests.support.office import as_person, desk, premises
from tests.support.screens import focused, press, settle, window_over
from tests.ui.pictures import KEPT, check_screen
from tests.ui.test_calls_screen import SIZES

__all__ = ["desk", "hands", "premises", "room"]

Control, Alt = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def ward(room: Desk, qtbot: QtBot, glyphs: NamePainter) -> Iterator[MainWindow]:
    """区子 at her own pages, after a call that asked the ward twice."""
    office, session = room
    call, _request = asked(room)
    service.ask_ward(office, session, call, "9", "保険料係", "あ" * 180)
    window = window_over(office, as_person(office, "40127"), glyphs, ENTRIES)
    qtbot.addWidget(window)
    yield window
    window.stop()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_request_is_made_from_the_call_and_the_call_goes_on(hands: Hands, width: int, height: int) -> None:
    hands.window.resize(width, height)
    hands.press(Key.Key_F5)
    hands.figures("11")
    hands.find("カツラギ 3450312")
    hands.panel.form.category.editor.setFocus()
    hands.figures("11")
    hands.press(Key.Key_R, Alt)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    hands.bot.keyClick(hands.at, "1")
    hands.words(WORDS)
    assert hands.at.objectName() == "words"
    assert check_screen(dialog) == []
    if KEPT:
        dialog.grab().save(f"{KEPT}/ward-request-dialog-{width}.png")
    hands.bot.keyClick(hands.at, Key.Key_Return, Control)
    hands.settle()
    (row,) = service.waiting(hands.office, as_person(hands.office, "40127"))
    assert (row.name, row.section, row.words) == (PERSON.name, "国保給付係", WORDS)
    assert hands.window.floating.overlay_shown
    assert hands.panel.view is not None
    assert "連1124-01" in hands.window.message_bar.text.text()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_ward_answers_by_keys(ward: MainWindow, width: int, height: int) -> None:
    ward.resize(width, height)
    ward.open_screen("review", {})
    settle()
    review = ward.screen_named("review")
    assert isinstance(review, ReviewScreen)
    assert review.request_chip.text() == "▲ 連絡票 2件 F3"
    assert check_screen(ward) == []
    press(Qt.Key.Key_F3)
    settle()
    screen = ward.screen_named("ward_requests")
    assert isinstance(screen, RequestsScreen)
    if KEPT:
        ward.grab().save(f"{KEPT}/ward-requests-{width}.png")
    assert check_screen(ward) == []
    press(Qt.Key.Key_Return)
    assert focused() is screen.answer.editor
    press(Qt.Key.Key_Return, Control)
    settle()
    assert screen.answer.problem
    screen.answer.text_editor.insertPlainText("本日郵送した。")
    press(Qt.Key.Key_Return, Control)
    settle()
    assert [row.title for row in screen.table.rows()] == ["その他"]
    assert screen.answer.value() == ""
    assert check_screen(ward) == []
    press(Qt.Key.Key_Escape)
    settle()
    assert ward.current_screen is review
    assert review.request_chip.text() == "▲ 連絡票 1件 F3"
