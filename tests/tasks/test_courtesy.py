"""A lane stands still while a key is on its way, and never for long."""

from __future__ import annotations

import threading

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from nhi_center.tasks.courtesy import ANSWER_S, MOST_S, REST_S, TYPING_S, Courtesy
from nhi_center.tasks.runner import JobRunner, JobToken, Lane
from nhi_center.ui.lock import IdleWatch


class Time:
    """A clock that runs only while somebody waits; ``keys`` come at those times."""

    def __init__(self, *keys: float) -> None:
        self.now, self.keys = 0.0, list(keys)
        self.courtesy = Courtesy(lambda: self.now, self.wait)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        while self.keys and self.keys[0] <= self.now:
            self.keys.pop(0)
            self.courtesy.key()


def test_nothing_waits_while_nobody_types() -> None:
    time = Time()
    time.courtesy.give_way()
    assert time.now == 0
    time.courtesy.key()
    time.now = TYPING_S + 1
    time.courtesy.give_way()
    assert time.now == TYPING_S + 1


def test_between_two_keys_it_rests_a_moment() -> None:
    time = Time()
    time.courtesy.key()
    time.now = ANSWER_S
    time.courtesy.give_way()
    assert time.now == ANSWER_S + REST_S


def test_a_key_is_given_its_time_and_the_next_one_too() -> None:
    time = Time(ANSWER_S / 2)
    time.courtesy.key()
    time.courtesy.give_way()
    assert 1.5 * ANSWER_S <= time.now < MOST_S


def test_the_fastest_hand_does_not_stop_the_work() -> None:
    time = Time(*(n / 1000 for n in range(1, 10_000)))
    time.courtesy.key()
    time.courtesy.give_way()
    assert abs(time.now - MOST_S) < 0.002


def test_a_job_that_reports_waits_for_the_key_that_came(qtbot: QtBot, qapp: QApplication) -> None:
    runner = JobRunner()
    waited = threading.Event()
    runner.courtesy = Courtesy(wait=lambda _seconds: waited.set())
    watch = IdleWatch(qapp)
    watch.key = runner.courtesy.key
    watch.start()
    line = QLineEdit()
    qtbot.addWidget(line)
    QCoreApplication.sendEvent(line, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a"))
    watch.stop()
    ended: list[bool] = []
    runner.submit(Lane.LINK, _reporting, owner=line, ended=lambda: ended.append(True))
    qtbot.waitUntil(lambda: bool(ended), timeout=10_000)
    assert waited.is_set()
    runner.close()


def _reporting(token: JobToken) -> None:
    token.report(1)
