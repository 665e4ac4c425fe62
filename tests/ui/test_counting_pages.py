"""While papers are counted the page waits twenty minutes, and nobody's name stands on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.domain.locking import COUNTING_IDLE_S
from nhi_center.domain.operators import Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates
from nhi_center.services.office import Office
from nhi_center.training.room import DEMO_PEOPLE
from nhi_center.ui.custody import ENTRY as CUSTODY
from nhi_center.ui.inspection import ENTRY as INSPECTION
from nhi_center.ui.shell import MainWindow
from tests.services.test_day_close import all_sent
from tests.support.certificates import CLASS_U, INSURED, reviewed_at_once, stock_up
from tests.support.desk_hands import DeskHands
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.print_room import silent
from tests.ui.pictures import check_screen
from tests.ui.test_certificates_screen import Hands, Room, close, room

__all__ = ["desk", "premises", "room"]

Key, Mod = Qt.Key, Qt.KeyboardModifier
KEPT = os.environ.get("NHI_PICTURES", "")
NAMES = frozenset({demo.name for demo in DEMO_PEOPLE} | {INSURED.name, CLASS_U.name})
USUAL_S = 300


def names_on(window: MainWindow) -> set[str]:
    """Whose names stand in the visible parts of the window."""
    words: list[str] = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
            words.append(widget.text())
        if isinstance(widget, QAbstractItemView):
            words += _cells(widget)
    return {name for name in NAMES if any(name in text for text in words)}


def _cells(view: QAbstractItemView) -> list[str]:
    model = view.model()
    if model is None:
        return []
    rows, columns = range(model.rowCount()), range(model.columnCount())
    return [str(model.index(row, column).data()) for row in rows for column in columns]


def kept(window: MainWindow, name: str) -> list[str]:
    QApplication.processEvents()
    if KEPT:
        window.grab().save(str(Path(KEPT) / f"{name}-{window.width()}.png"))
    return check_screen(window)


# -- 受渡し --


@pytest.fixture
def counting(desk: tuple[Office, Session]) -> Iterator[DeskHands]:
    made = DeskHands(*desk, [CUSTODY])
    yield made
    made.close()


def test_the_count_of_a_handover(counting: DeskHands) -> None:
    idle = counting.window.idle
    assert idle.allowed_s == USUAL_S
    assert names_on(counting.window) == {"見本 一郎"}, "the search would prove nothing"
    counting.press(Key.Key_F3)
    assert idle.allowed_s == COUNTING_IDLE_S
    assert counting.window.status_bar.items["lock"].text()[-5:-3] in ("20", "19")
    assert names_on(counting.window) == set()
    idle._last -= 1000
    assert idle.seconds_left() <= 200
    counting.enter(3)
    assert idle.seconds_left() == pytest.approx(COUNTING_IDLE_S, abs=30), "each figure puts it back"
    assert kept(counting.window, "counting-handover") == []
    counting.enter(5, 2, 3, 1, 1, 2, "")
    assert idle.allowed_s == COUNTING_IDLE_S, "the other side counts"
    counting.enter(3, 5, 2, 3, 1, 1, 2, "")
    assert idle.allowed_s == USUAL_S, "now they compare and sign"
    assert "見本 一郎" in names_on(counting.window)


# -- 終業点検 --


@pytest.fixture
def closing(desk: tuple[Office, Session]) -> Iterator[DeskHands]:
    """The supervisor closes a day on which only people are still inside."""
    all_sent(desk[0])
    made = DeskHands(desk[0], as_person(desk[0], "s-toko"), [INSPECTION])
    yield made
    made.close()


def test_the_close_of_the_day(closing: DeskHands) -> None:
    window, idle = closing.window, closing.window.idle
    assert idle.allowed_s == COUNTING_IDLE_S
    assert names_on(window) == set()
    assert kept(window, "counting-day-close") == []
    closing.press(Key.Key_Return)
    closing.enter("退室の記録待ち", "")
    assert names_on(window) == set()
    window.open_screen("inspection", {"page": "log"})
    assert idle.allowed_s == USUAL_S
    window.open_screen("inspection", {"page": "day_close"})
    assert idle.allowed_s == COUNTING_IDLE_S
    closing.find("supervisor_password", QLineEdit).setFocus()
    closing.words(PASSWORDS["s-toko"])
    closing.go()
    assert idle.allowed_s == USUAL_S, "the day is closed, and the name of who signed it stands there"


# -- 検品, 用紙の受入れ --


@pytest.fixture
def printed(room: Room, qtbot: QtBot) -> Iterator[Hands]:
    """Two sheets that somebody else has printed lie in the tray."""
    stock_up(*room)
    reviewed_at_once(*room, "F02", INSURED, 100)
    reviewed_at_once(*room, "F15", CLASS_U, 110)
    office, clerk = room
    certificates.propose(office, clerk)
    jobs = [row.job.id for row in certificates.queue(office, clerk).rows]
    printing.print_jobs(office, as_person(office, "k-hanako"), jobs, silent)
    made = Hands(qtbot, room)
    assert made.states() == [JobState.NEEDS_CHECK] * 2
    yield made
    close(made)


def test_the_check_of_a_tray_of_sheets(printed: Hands) -> None:
    idle, window, screen = printed.window.idle, printed.window, printed.screen
    assert idle.allowed_s == USUAL_S
    assert INSURED.name in names_on(window)
    assert ("Alt+K", "検品") in window.key_bar.shown
    printed.press(Key.Key_K, Mod.AltModifier)
    assert idle.allowed_s == COUNTING_IDLE_S
    assert names_on(window) == set()
    assert screen.table.isColumnHidden(3)
    assert not screen.side.preview.view.shown
    assert printed.keep("counting-check") == []
    idle._last -= 1000
    printed.press(Key.Key_1)
    assert idle.seconds_left() > COUNTING_IDLE_S - 60, "the figure has put the clock back"
    assert printed.states().count(JobState.GOOD) == 1
    assert names_on(window) == set(), "the next sheet has none either"
    assert not screen.side.preview.view.shown
    printed.press(Key.Key_Return)
    assert idle.allowed_s == USUAL_S, "what is opened shows the person, and locks as ever"
    printed.press(Key.Key_Escape)
    printed.press(Key.Key_K, Mod.AltModifier)
    assert idle.allowed_s == USUAL_S
    assert INSURED.name in names_on(window)


def test_a_spoiled_sheet_names_no_reporter_meanwhile(printed: Hands) -> None:
    printed.press(Key.Key_K, Mod.AltModifier)
    printed.press(Key.Key_2)
    printed.press(Key.Key_1)
    printed.go_to(JobState.SPOILED_WAITING)
    assert names_on(printed.window) == set()


def test_paper_that_is_taken_in(printed: Hands) -> None:
    printed.press(Key.Key_F11)
    assert printed.window.idle.allowed_s == COUNTING_IDLE_S
    assert names_on(printed.window) == set()
    assert printed.keep("counting-paper") == []
    printed.press(Key.Key_Escape)
    assert printed.window.idle.allowed_s == USUAL_S
    assert INSURED.name in names_on(printed.window)
