"""電話の回答例 by keys alone: written by one, signed by another in the same dialog, and what is refused there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from nhi_center.domain.operators import Session
from nhi_center.services import call_answers as service
from nhi_center.services.office import Office
from nhi_center.ui.call_answers import ENTRY
from nhi_center.ui.call_answers.screen import CallAnswersScreen
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.shell import MainWindow
from tests.support.office import PASSWORDS, advance, as_person, desk, premises
from tests.support.screens import focused, press, put_away, settle, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

KEPT = os.environ.get("NHI_PICTURES", "")
Key = Qt.Key
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
Room = tuple[Office, MainWindow, CallAnswersScreen]


@pytest.fixture
def screen(desk: tuple[Office, Session], glyphs: NamePainter) -> Iterator[Room]:
    office, _ichiro = desk
    window = window_over(office, as_person(office, "40100"), glyphs, (ENTRY,))
    settle()
    shown = window.screen_named("call_answers")
    assert isinstance(shown, CallAnswersScreen)
    yield office, window, shown
    put_away([window])


def dialog() -> FormDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, FormDialog)
    return found


def write(text: str) -> None:
    """Over what stands in the field, then on to the next."""
    at = focused()
    assert isinstance(at, QLineEdit | QPlainTextEdit)
    at.selectAll()
    if isinstance(at, QPlainTextEdit):
        at.insertPlainText(text)
    else:
        at.insert(text)
        at.textEdited.emit(text)


def sign(person: str, password: str) -> None:
    for field, value in (("person", person), ("password", password)):
        dialog().chain[field].editor.setFocus()
        write(value)
    press(Key.Key_Return, CONTROL)
    settle()


def wrong(window: QWidget, name: str) -> list[str]:
    QApplication.processEvents()
    if KEPT:
        window.grab().save(str(Path(KEPT) / f"{name}-{window.width()}.png"))
    return [f"{name}: {problem}" for problem in check_screen(window)]


def test_an_answer_is_written_anew_and_signed_by_another(screen: Room) -> None:
    office, window, shown = screen
    shown.table.select(1)
    press(Key.Key_F3)
    assert dialog().windowTitle() == "回答 01-2 を書き直す"
    write("加入は、会社の健康保険をやめた日からです。")
    sign("40100", PASSWORDS["40100"])
    assert "別の、区の人" in dialog().refusal.text()
    sign("s-toko", PASSWORDS["s-toko"])
    assert service.table(office, as_person(office, "40100")).lines[1].newest.written_by == ""
    sign("40127", PASSWORDS["40127"])
    assert QApplication.activeModalWidget() is None
    assert shown.table.rows()[1].newest.answer.text == "加入は、会社の健康保険をやめた日からです。"
    assert len(shown.versions.rows()) == 2
    assert "回答 01-2 を記録しました" in window.message_bar.text.text()


def test_a_new_answer_and_a_withdrawn_one(screen: Room) -> None:
    _office, window, shown = screen
    press(Key.Key_N, ALT)
    QTest.keyClicks(focused(), "06")
    dialog().chain["text"].editor.setFocus()
    write("窓口でもお渡しします。")
    dialog().chain["section"].editor.setFocus()
    write("資格係")
    sign("40127", PASSWORDS["40127"])
    new = next(row for row in shown.table.rows() if row.newest.answer.id == "06-5")
    shown.table.select(shown.table.rows().index(new))
    press(Key.Key_F4)
    sign("40127", PASSWORDS["40127"])
    press(Key.Key_3)
    assert [row.newest.answer.id for row in shown.table.rows()] == ["06-5"]
    press(Key.Key_F4)
    assert QApplication.activeModalWidget() is None
    assert "もう取下げ" in window.message_bar.text.text()


def test_after_a_year_all_are_marked(screen: Room) -> None:
    office, _window, shown = screen
    advance(office.premises, days=330)
    shown.refresh()
    settle()
    assert shown.old_chip.text().endswith(f"要確認 {len(shown.table.rows())}件")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720)])
def test_the_page_and_its_dialogs_hold(screen: Room, width: int, height: int) -> None:
    _office, window, shown = screen
    window.resize(width, height)
    found = wrong(window, "answers-page")
    for key, modifier, name in (
        (Key.Key_F3, Qt.KeyboardModifier.NoModifier, "edit"),
        (Key.Key_N, ALT, "new"),
        (Key.Key_F4, Qt.KeyboardModifier.NoModifier, "withdraw"),
    ):
        press(key, modifier)
        found += wrong(dialog(), f"answers-{name}")
        press(Key.Key_Escape)
        settle()
    press(Key.Key_3)
    found += wrong(window, "answers-none")
    assert shown.table.rows() == ()
    assert found == []
