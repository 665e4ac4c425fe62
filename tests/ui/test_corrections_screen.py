"""訂正・取下げ of the ward, and the paper that comes again, worked by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nhi_center.domain.entry import State
from nhi_center.domain.operators import Session
from nhi_center.services import corrections, entry_list, review
from nhi_center.services.office import Office
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.words_dialog import WordsDialog
from nhi_center.ui.corrections import ENTRY
from nhi_center.ui.corrections.original_dialog import OriginalDialog
from nhi_center.ui.corrections.screen import CorrectionsScreen
from nhi_center.ui.entry import ENTRY as KEYING
from nhi_center.ui.review.error_dialog import ErrorDialog
from nhi_center.ui.shell import MainWindow
from tests.services.test_review import verify
from tests.services.test_verification import state_of
from tests.support.corrections import hand_out
from tests.support.office import as_person, desk, premises
from tests.support.papers import key, receive, register_people
from tests.support.screens import focused, press, put_away, settle, type_keys, window_over
from tests.ui.pictures import check_screen
from tests.ui.test_review_screen import answer
from tests.ui.test_verification_screen import texts

__all__ = ["desk", "premises"]

Alt = Qt.KeyboardModifier.AltModifier
Opened = tuple[MainWindow, CorrectionsScreen, Office, dict[str, str]]


@pytest.fixture
def opened(qtbot: QtBot, desk: tuple[Office, Session], glyphs: NamePainter) -> Iterator[Opened]:
    """区子 before the screen; an F02 (1124-001) waits for her review, an F05 (1124-002) is done."""
    office, ichiro = desk
    register_people(office)
    receive(office, ichiro, F02=2, F05=2)
    made = {form: key(office, ichiro, form) for form in ("F02", "F05")}
    for application in made.values():
        verify(office, as_person(office, "k-hanako"), application)
    ward = as_person(office, "40127")
    review.record_reviewed(office, ward, [made["F05"]])
    window = window_over(office, ward, glyphs, (ENTRY,))
    window.open_screen("corrections", {})
    settle()
    screen = window.screen_named("corrections")
    assert isinstance(screen, CorrectionsScreen)
    yield window, screen, office, made
    put_away([window])


def find(number: str) -> None:
    focused().selectAll()  # type: ignore[attr-defined]
    type_keys(number)
    press(Qt.Key.Key_Return)
    settle()


def return_with(window: MainWindow, kind: Qt.Key, reason: str) -> None:
    press(Qt.Key.Key_F4)
    (dialog,) = window.findChildren(ErrorDialog)
    dialog.activateWindow()
    settle()
    press(kind)
    dialog.reason.text_editor.setPlainText(reason)
    answer(window, Qt.Key.Key_Return)
    settle()


def test_a_done_case_is_returned_and_both_ends_of_the_link_are_seen(opened: Opened, tmp_path: Path) -> None:
    window, screen, office, made = opened
    find("1124-002")
    assert "管理票 1124-002" in screen.what.text()
    assert "処理済" in screen.what.text()
    return_with(window, Qt.Key.Key_1, "喪失日が紙と違います。")
    assert "訂正は管理票 1124-003 です。" in texts(window)
    assert "訂正は管理票 1124-003 です。" in screen.links.text()
    assert not screen.return_button.isEnabled()
    assert state_of(office, made["F05"]) is State.DONE
    assert window.grab().save(str(tmp_path / "corrections.png"))
    assert check_screen(window) == []
    screen.number.editor.setFocus()
    find("1124-003")
    assert "管理票 1124-002 の訂正です。" in screen.links.text()
    for clerk in ("一郎", "花子"):
        assert clerk not in texts(window)


def test_before_the_review_it_goes_back_to_the_draft(opened: Opened) -> None:
    window, _screen, office, made = opened
    find("1124-001")
    return_with(window, Qt.Key.Key_5, "添付が1枚足りません。")
    assert state_of(office, made["F02"]) is State.DRAFTING


def test_a_withdrawal_asks_why(opened: Opened) -> None:
    window, screen, office, made = opened
    find("1124-001")
    press(Qt.Key.Key_F3)
    (dialog,) = window.findChildren(WordsDialog)
    dialog.field.text_editor.setPlainText("届出人の申出です。")
    answer(window, Qt.Key.Key_Return)
    settle()
    assert state_of(office, made["F02"]) is State.RETURNED
    assert "取下げの理由: 届出人の申出です。" in screen.links.text()
    assert not screen.withdraw_button.isEnabled()
    assert check_screen(window) == []


def test_the_ward_sets_and_takes_back_urgent(opened: Opened) -> None:
    window, screen, office, made = opened
    find("1124-001")
    press(Qt.Key.Key_U, Alt)
    settle()
    assert screen.urgent.isVisible()
    assert "至急 あと" in texts(window)
    (row,) = review.waiting(office, as_person(office, "40127"))
    assert (row.application, row.urgent_until != "") == (made["F02"], True)
    assert check_screen(window) == []
    press(Qt.Key.Key_U, Alt)
    settle()
    assert not screen.urgent.isVisible()


def test_an_unknown_number_is_said_at_its_field(opened: Opened) -> None:
    window, screen, _office, _made = opened
    find("9999-999")
    assert "番号を確かめてください" in screen.number.problem
    assert screen.found is None
    assert check_screen(window) == []


def test_the_clerk_hangs_the_paper_that_came_again(opened: Opened, glyphs: NamePainter) -> None:
    _window, _screen, office, made = opened
    ichiro, ward = as_person(office, "k-ichiro"), as_person(office, "40127")
    hand_out(office, ichiro)
    assert corrections.send_back(office, ward, made["F05"], "4", "様式が違います。") == ""
    receive(office, ichiro, F05=2)
    keying = window_over(office, ichiro, glyphs, (KEYING,))
    keying.open_screen("entry", {})
    settle()
    press(Qt.Key.Key_T, Alt)
    (dialog,) = keying.findChildren(OriginalDialog)
    answer(keying, Qt.Key.Key_Return)
    assert dialog.original.problem
    press(Qt.Key.Key_1)
    answer(keying, Qt.Key.Key_Return)
    settle()
    (row,) = entry_list.waiting(office, ichiro)
    assert (row.corrects, row.application is not None) == ("1124-002", True)
    assert check_screen(keying) == []
    put_away([keying])
