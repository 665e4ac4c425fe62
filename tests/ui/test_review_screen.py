from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from nhi_center.domain.entry import State
from nhi_center.domain.operators import Session
from nhi_center.services.office import Office
from nhi_center.ui.common.dialogs import QuestionDialog
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.review import ENTRY
from nhi_center.ui.review.error_dialog import ErrorDialog
from nhi_center.ui.review.screen import ReviewScreen
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.verification import ENTRY as VERIFICATION
from tests.services.test_review import verify
from tests.services.test_verification import state_of
from tests.support.office import as_person, desk, premises
from tests.support.papers import VARIANT, key, receive, register_people
from tests.support.screens import focused, press, settle, window_over
from tests.ui.pictures import check_screen
from tests.ui.test_verification_screen import texts

__all__ = ["desk", "premises"]

Control = Qt.KeyboardModifier.ControlModifier
Opened = tuple[MainWindow, ReviewScreen, Office, dict[str, str]]


@pytest.fixture
def opened(qtbot: QtBot, desk: tuple[Office, Session], glyphs: NamePainter) -> Iterator[Opened]:
    """区子 before an F02 and an F05 that two clerks have keyed."""
    office, ichiro = desk
    register_people(office)
    receive(office, ichiro, F02=2, F05=2)
    made = {"F02": key(office, ichiro, "F02", birth="1970-03-21"), "F05": key(office, ichiro, "F05")}
    for application in made.values():
        verify(office, as_person(office, "k-hanako"), application)
    window = window_over(office, as_person(office, "40127"), glyphs, (VERIFICATION, ENTRY))
    qtbot.addWidget(window)
    window.open_screen("review", {})
    settle()
    screen = window.screen_named("review")
    assert isinstance(screen, ReviewScreen)
    qtbot.waitUntil(lambda: screen.case_view.application == made["F02"])
    yield window, screen, office, made
    window.stop()


def answer(window: MainWindow, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Control) -> None:
    dialog = window.findChild(QuestionDialog)
    assert dialog is not None
    dialog.activateWindow()
    settle()
    for one in keys:
        press(one, modifier)


def test_what_is_shown_of_one_application(opened: Opened) -> None:
    window, screen, _office, _made = opened
    assert check_screen(window) == []
    shown = texts(window)
    assert VARIANT in shown
    assert "紙のとおり(台帳の方が古い)" in shown
    assert "昭和45年3月21日" in shown
    assert next(row.item for row in screen.case_view.changes.rows()) == "資格"
    for clerk in ("一郎", "花子"):
        assert clerk not in shown


def test_the_window_of_ward_staff_has_no_verification(opened: Opened) -> None:
    window, _screen, _office, _made = opened
    assert not window.open_screen("verification", {})


def test_two_are_recorded_by_keyboard(opened: Opened, qtbot: QtBot) -> None:
    window, screen, office, made = opened
    assert focused().objectName() == "review_table"
    assert not screen.record_button.isEnabled()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: screen.case_view.application == made["F05"])
    press(Qt.Key.Key_Space)
    assert screen.record_button.words.text() == "2件を区審査済にする"
    press(Qt.Key.Key_Return, Control)
    assert state_of(office, made["F02"]) is State.VERIFIED
    answer(window, Qt.Key.Key_Return)
    settle()
    assert state_of(office, made["F02"]) is State.REVIEWED
    assert state_of(office, made["F05"]) is State.DONE
    assert screen.table.rows() == ()
    assert "2件を区審査済にしました。" in texts(window)
    assert check_screen(window) == []


def test_sending_back_needs_a_reason(opened: Opened) -> None:
    window, screen, office, made = opened
    press(Qt.Key.Key_F4)
    dialog = window.findChild(ErrorDialog)
    assert dialog is not None
    answer(window, Qt.Key.Key_Return)
    assert (dialog.kind.problem != "", dialog.reason.problem != "") == (True, True)
    assert focused() is dialog.kind.editor
    press(Qt.Key.Key_1)
    assert focused() is dialog.reason.editor
    dialog.reason.text_editor.setPlainText("前保険者名が紙と違います。")
    answer(window, Qt.Key.Key_Return)
    settle()
    assert state_of(office, made["F02"]) is State.DRAFTING
    assert [row.application for row in screen.table.rows()] == [made["F05"]]


def test_a_refresh_reads_nobody_again(opened: Opened, qtbot: QtBot) -> None:
    """Each reading of a person's form is kept in the log; what comes by itself every few seconds must not fill it."""
    _window, screen, office, _made = opened
    before = readings(office)
    assert before == 1
    screen.refresh()
    settle()
    (dwell,) = screen.findChildren(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly)
    qtbot.waitUntil(lambda: not dwell.isActive())
    settle()
    assert readings(office) == before


def readings(office: Office) -> int:
    with office.store.read.begin() as connection:
        log = [bytes(row.entry).decode() for row in connection.execute(text("SELECT entry FROM audit"))]
    return sum('"step":"open"' in entry and '"action":"review"' in entry for entry in log)


def test_giving_up_changes_nothing(opened: Opened) -> None:
    window, _screen, office, made = opened
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return, Control)
    answer(window, Qt.Key.Key_Escape, modifier=Qt.KeyboardModifier.NoModifier)
    settle()
    assert state_of(office, made["F02"]) is State.VERIFIED
