"""The time until the lock: the page in front may change it, a call may put it off, the status bar tells it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nhi_center.domain.locking import COUNTING_IDLE_S, LockReason
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.shell import MainWindow
from tests.ui import gallery


class Clock:
    """The seconds a computer has run."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("nhi_center.ui.lock.running_seconds", made)
    return made


@pytest.fixture
def window(clock: Clock, qtbot: QtBot) -> Iterator[MainWindow]:
    made = gallery.window()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    yield made
    made.stop()
    made.close()


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page where papers are counted."""
    monkeypatch.setattr(gallery.HandoverPage, "idle_limit_s", lambda _self: COUNTING_IDLE_S)


def shown(window: MainWindow) -> str:
    window.idle._on_tick()
    return window.status_bar.items["lock"].text()


def test_a_page_where_papers_are_counted_waits_twenty_minutes(window: MainWindow, clock: Clock, counting: None) -> None:
    window.open_screen("handover", {})
    assert window.idle.seconds_left() == pytest.approx(1200, abs=30)
    assert shown(window) == "ロックまで 20:00"
    clock.now += 1199
    assert not window.is_locked
    QTest.keyClick(window, Qt.Key.Key_5)  # each figure puts the clock back
    assert window.idle.seconds_left() == pytest.approx(1200, abs=30)
    window.open_screen("home", {})
    assert window.idle.seconds_left() == pytest.approx(300, abs=30)


def test_leaving_the_counting_page_brings_the_usual_time_back(window: MainWindow, clock: Clock, counting: None) -> None:
    window.open_screen("handover", {})
    clock.now += 600
    window.open_screen("home", {})
    locked: list[LockReason] = []
    window.locked.connect(locked.append)
    window.idle._on_tick()
    assert locked == [LockReason.IDLE]


def test_no_name_stands_above_a_counting_page(window: MainWindow, counting: None) -> None:
    assert "見本 一郎" in window.header.person.text()
    window.open_screen("handover", {})
    assert window.header.person.text() == "取扱者"
    window.open_screen("home", {})
    assert "見本 一郎" in window.header.person.text()


def test_a_question_over_the_counting_page_has_the_usual_time(window: MainWindow, clock: Clock, counting: None) -> None:
    window.open_screen("handover", {})
    dialog = confirm(window, "見本", "見本の質問", yes="はい", action=lambda: None)
    assert window.idle.seconds_left() == pytest.approx(300, abs=30)
    dialog.reject()
    assert window.idle.seconds_left() == pytest.approx(1200, abs=30)


def test_the_last_half_minute_has_a_word_and_a_colour(window: MainWindow, clock: Clock) -> None:
    clock.now += 269
    assert shown(window) == "ロックまで 0:31"
    clock.now += 1
    assert shown(window) == "▲ まもなくロック 0:30"
    assert window.status_bar.items["lock"].property("tone") == "warning"
    clock.now += 30
    window.idle._on_tick()
    assert window.is_locked
    assert not window.status_bar.items["lock"].isVisibleTo(window.status_bar)


def test_a_call_puts_the_lock_off_by_the_full_time_and_not_longer_than_it_lasts(
    window: MainWindow, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ["call-1"]
    monkeypatch.setattr(gallery.CallPanel, "call_in_progress", lambda _self: call[0])
    window.toggle_overlay()
    clock.now += 280
    assert shown(window) == "▲ まもなくロック 0:20 F4 で延長"
    window.idle.extend()
    QTest.keyClick(window, Qt.Key.Key_A)
    assert window.idle.seconds_left() == pytest.approx(600, abs=30)
    assert shown(window) == "ロックまで(延長) 10:00"
    clock.now += 400
    QTest.keyClick(window, Qt.Key.Key_A)
    assert window.idle.seconds_left() == pytest.approx(300, abs=30), "typing never takes the extension away, nor adds to it"
    window.idle.extend()
    call[0] = ""
    assert shown(window) == "ロックまで 5:00"
    assert window.idle.seconds_left() == pytest.approx(300, abs=30)


def test_what_has_run_out_cannot_be_put_off(window: MainWindow, clock: Clock) -> None:
    clock.now += 301
    window.idle.extend()
    assert window.idle.seconds_left() == pytest.approx(0, abs=30)
