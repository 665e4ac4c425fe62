from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from nhi_center.domain.entry import State
from nhi_center.domain.operators import Session
from nhi_center.domain.verification import KEY_AGAIN
from nhi_center.services import verification
from nhi_center.services.office import Office
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.name_view import NamePainter, NameView
from nhi_center.ui.common.words_dialog import WordsDialog
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.verification import ENTRY
from nhi_center.ui.verification.screen import VerificationScreen
from tests.services.test_verification import BIRTH, PAPER, key_all, signed_by, state_of, values_of
from tests.support.office import PASSWORDS, advance, as_person, desk, premises
from tests.support.papers import VARIANT, key, receive, register_people
from tests.support.screens import enter, focused, press, runner_of, settle, type_keys, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Control = Qt.KeyboardModifier.ControlModifier
Shift = Qt.KeyboardModifier.ShiftModifier
Opened = tuple[MainWindow, Office, str]


@pytest.fixture
def opened(qtbot: QtBot, desk: tuple[Office, Session], glyphs: NamePainter) -> Iterator[Opened]:
    """花子 before the list, with an F02 that 一郎 has keyed with one wrong digit in the birth date."""
    office, ichiro = desk
    register_people(office)
    receive(office, ichiro, F02=2)
    application = key(office, ichiro, "F02", birth="1970-03-21")
    window = window_over(office, as_person(office, "k-hanako"), glyphs, (ENTRY,))
    window.open_screen("verification", {})
    settle()
    qtbot.addWidget(window)
    yield window, office, application
    window.stop()


def screen_of(window: MainWindow) -> VerificationScreen:
    screen = window.screen_named("verification")
    assert isinstance(screen, VerificationScreen)
    return screen


def texts(window: MainWindow) -> str:
    """Everything a person could read on the screen."""
    shown: list[QLabel | QLineEdit | NameView] = [
        *window.findChildren(QLabel),
        *window.findChildren(QLineEdit),
        *window.findChildren(NameView),
    ]
    return "\n".join(one.text() for one in shown if one.isVisible())


def key_until(field: str) -> None:
    """From the first field on, as on paper, until ``field`` has the keyboard."""
    while focused().objectName() != f"field_{field}":
        assert focused().objectName().startswith("field_")
        enter(PAPER.get(focused().objectName().removeprefix("field_"), ""))


def enter_twice(window: MainWindow, field: str, typed: str) -> None:
    """What differs is asked once more, and nothing of the other value is to be seen meanwhile."""
    enter(typed)
    assert focused().objectName() == f"field_{field}"
    assert KEY_AGAIN in texts(window)
    enter(typed)


def test_keys_pressed_twice_open_and_finish_once(opened: Opened) -> None:
    window, office, application = opened
    runner = runner_of(window)
    runner.hold(Lane.WRITE)
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    before = len(runner.lanes)
    runner.release()
    assert len(runner.lanes) == before
    verifier = as_person(office, "k-hanako")
    view = key_all(office, verifier, application)
    view = verification.settle_mismatch(office, verifier, application, BIRTH, signed_by(office, view, BIRTH, "s-toko"))
    page = screen_of(window).keying
    assert page is not None
    page.show_view(view)
    page.focus_next()
    runner.hold(Lane.WRITE)
    for _ in range(2):
        press(Qt.Key.Key_Return, Control)
    runner.release()
    assert state_of(office, application) is State.VERIFIED
    assert "照合済にしました" in window.message_bar.text.text()


def test_a_whole_application_by_keyboard(opened: Opened) -> None:
    window, office, application = opened
    assert check_screen(window) == []
    assert focused().objectName() == "verification_table"
    press(Qt.Key.Key_Return)
    assert focused().objectName() == "field_filed_on"
    key_until("birth")
    assert "1970-03-21" not in texts(window)
    enter("3450312")
    assert focused().objectName() == "field_birth"
    assert "昭和45年3月21日" not in texts(window)
    assert KEY_AGAIN in texts(window)
    assert check_screen(window) == []
    enter("3450312")
    assert focused().objectName() == "verdict_birth"
    assert "昭和45年3月21日" in texts(window)
    assert check_screen(window) == []
    enter("2")
    assert focused().objectName() == "reason_birth"
    enter("1")
    assert focused().objectName() == "adjudicator_birth_id"
    enter("s-toko")
    enter("another password")
    assert focused().objectName() == "adjudicator_birth_password"
    assert "パスワードが違います" in texts(window)
    advance(office.premises, seconds=1)
    enter(PASSWORDS["s-toko"])
    assert focused().objectName() == "field_sex"
    key_until("acquired_on")
    enter()
    assert focused().objectName() == "finish_button"
    press(Qt.Key.Key_Return, Control)
    assert state_of(office, application) is State.VERIFIED
    assert values_of(office, application)["birth"] == "1970-03-12"
    assert screen_of(window).table.rows() == ()
    assert focused().objectName() == "verification_table"
    assert check_screen(window) == []


def test_a_variation_selector_opens_at_the_name(opened: Opened) -> None:
    window, _office, _application = opened
    press(Qt.Key.Key_Return)
    key_until("name")
    enter_twice(window, "name", "葛城　見本子")
    assert focused().objectName() == "verdict_name"
    assert VARIANT in texts(window)
    assert "1文字目が違います" in texts(window)


def test_an_unreadable_date_stays_at_its_field_and_shows_nothing(opened: Opened) -> None:
    window, _office, _application = opened
    press(Qt.Key.Key_Return)
    key_until("birth")
    enter("S45.13.12")
    assert focused().objectName() == "field_birth"
    assert "1970" not in texts(window)
    enter_twice(window, "birth", "3450312")
    assert focused().objectName() == "verdict_birth"


def test_an_empty_required_field_is_not_compared(opened: Opened) -> None:
    window, _office, _application = opened
    press(Qt.Key.Key_Return)
    enter()
    assert focused().objectName() == "field_filed_on"
    assert "紙に無いときは F4" in texts(window)


def test_an_ordinary_field_is_settled_by_the_verifier(opened: Opened) -> None:
    window, office, application = opened
    press(Qt.Key.Key_Return)
    key_until("kana")
    enter_twice(window, "kana", "カツラキ　ミホコ")
    assert focused().objectName() == "verdict_kana"
    enter("1")
    press(Qt.Key.Key_Return, Shift)
    assert focused().objectName() == "verdict_kana"
    press(Qt.Key.Key_Return)
    enter("2")
    assert focused().objectName() == "field_birth"
    view = verification.open_verification(office, as_person(office, "k-hanako"), application)
    settlement = view.progress("kana").settlement
    assert settlement is not None
    assert settlement.value == "カツラギ　ミホコ"


def test_a_third_value_is_asked_for_and_signed(opened: Opened) -> None:
    window, office, application = opened
    press(Qt.Key.Key_Return)
    key_until("birth")
    enter_twice(window, "birth", "3450313")
    enter("3")
    enter("4")
    assert focused().objectName() == "third_field_birth"
    enter("3450312")
    enter("s-toko")
    enter(PASSWORDS["s-toko"])
    assert focused().objectName() == "field_sex"
    view = verification.open_verification(office, as_person(office, "k-hanako"), application)
    settlement = view.progress("birth").settlement
    assert settlement is not None
    assert (settlement.value, settlement.decided_by) == ("1970-03-12", "s-toko")


def test_put_aside_and_gone_on_with(opened: Opened) -> None:
    window, _office, _application = opened
    press(Qt.Key.Key_Return)
    key_until("kana")
    press(Qt.Key.Key_F3)
    assert focused().objectName() == "verification_table"
    (row,) = screen_of(window).table.rows()
    assert (row.mine, row.keyed_fields) == (True, 2)
    press(Qt.Key.Key_Return)
    assert focused().objectName() == "field_kana"


def test_hold_asks_for_the_question(opened: Opened) -> None:
    window, office, application = opened
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_F4)
    dialog = window.findChild(WordsDialog)
    assert dialog is not None
    assert focused().objectName() == "hold_question"
    press(Qt.Key.Key_Return, Control)
    assert dialog.field.problem
    dialog.field.text_editor.setPlainText("社保の資格喪失日が読めません。")
    press(Qt.Key.Key_Return, Control)
    settle()
    assert state_of(office, application) is State.HELD
    assert screen_of(window).table.rows() == ()


def test_typing_while_the_answer_is_awaited_goes_nowhere(opened: Opened) -> None:
    """The field is closed from Enter on: a fast hand cannot choose in a difference that opens under it."""
    window, _office, _application = opened
    press(Qt.Key.Key_Return)
    page = screen_of(window).keying
    assert page is not None
    page.keyed.disconnect()
    enter("R8.11.24")
    type_keys("99")
    editor = page.rows[0].form_field.widget.editor
    assert focused() is editor
    assert "99" not in texts(window)
