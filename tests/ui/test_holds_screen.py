"""保留・照会 of the 取扱責任者, worked by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nhi_center.domain.entry import State
from nhi_center.domain.holds import Stage
from nhi_center.domain.operators import Session
from nhi_center.services import entry, holds, urgent
from nhi_center.services.office import Office
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.holds import ENTRIES
from nhi_center.ui.holds.screen import HoldsScreen, age_words
from nhi_center.ui.shell import MainWindow
from tests.services.test_verification import state_of
from tests.support.office import OPENING, as_person, desk, premises
from tests.support.papers import key, receive, register_people
from tests.support.screens import focused, press, put_away, settle, window_over
from tests.ui.pictures import check_screen
from tests.ui.test_verification_screen import texts

__all__ = ["desk", "premises"]

Control = Qt.KeyboardModifier.ControlModifier
Alt = Qt.KeyboardModifier.AltModifier
Opened = tuple[MainWindow, HoldsScreen, Office, dict[str, str]]


@pytest.fixture
def opened(qtbot: QtBot, desk: tuple[Office, Session], glyphs: NamePainter) -> Iterator[Opened]:
    """統子 before two cases that 花子 has held while verifying, the second one urgent."""
    office, ichiro = desk
    register_people(office)
    receive(office, ichiro, F02=2, F05=2)
    made = {form: key(office, ichiro, form) for form in ("F02", "F05")}
    hanako = as_person(office, "k-hanako")
    holds.hold(office, hanako, made["F02"], "前保険者名の二文字目が読めません。")
    holds.hold(office, hanako, made["F05"], "転出先の番地が消えています。")
    with office.store.read.begin() as connection:
        slip = entry.found(connection, made["F05"]).slip
    urgent.set_urgent(office, ichiro, slip, 15)
    window = window_over(office, as_person(office, "s-toko"), glyphs, ENTRIES)
    window.open_screen("holds", {})
    settle()
    screen = window.screen_named("holds")
    assert isinstance(screen, HoldsScreen)
    yield window, screen, office, made
    put_away([window])


def row_at(screen: HoldsScreen) -> str:
    row = screen.table.current_row()
    assert row is not None
    return str(row.hold.application)


def test_urgent_first_with_its_clock_and_the_form_beside_it(opened: Opened, qtbot: QtBot, tmp_path: Path) -> None:
    window, screen, _office, made = opened
    assert row_at(screen) == made["F05"]
    assert screen.counts.text() == "確認待ち 2件 区の回答待ち 0件 この1週間の回答 0件"
    qtbot.waitUntil(lambda: "見本　太郎" in texts(window))
    assert "見本 花子: 転出先の番地が消えています。" in texts(window)
    assert window.grab().save(str(tmp_path / "holds.png"))
    assert check_screen(window) == []
    index = screen.table.model().index(0, 0)
    assert str(index.data()).startswith("至急 あと ")


def test_sending_keeps_the_clerk_s_question_and_gives_a_number(opened: Opened) -> None:
    window, screen, office, made = opened
    press(Qt.Key.Key_Return)
    assert focused() is screen.wording.editor
    screen.wording.text_editor.setPlainText("見本 花子が読めないそうです。")
    press(Qt.Key.Key_Return, Control)
    assert "会社の名で行います" in screen.wording.problem
    screen.wording.text_editor.setPlainText("転出先の番地は何番ですか。")
    press(Qt.Key.Key_Return, Control)
    settle()
    assert "照会 R8-0001 を区へ送りました。" in texts(window)
    (question,) = holds.open_questions(office, as_person(office, "40127"))
    assert (question.query, question.question) == ("R8-0001", "転出先の番地は何番ですか。")
    assert state_of(office, made["F05"]) is State.HELD
    assert check_screen(window) == []


def test_settling_needs_an_answer_and_sends_the_case_on(opened: Opened) -> None:
    window, screen, office, made = opened
    press(Qt.Key.Key_F3)
    assert screen.answer.problem
    screen.answer.text_editor.setPlainText("届書の裏面にあります。")
    press(Qt.Key.Key_F3)
    settle()
    assert state_of(office, made["F05"]) is State.ENTERED
    assert [row.stage for row in screen.table.rows()] == [Stage.ASKED, Stage.ANSWERED]
    assert check_screen(window) == []


def test_what_is_being_typed_stays_when_the_list_is_read_again(opened: Opened) -> None:
    _window, screen, _office, _made = opened
    screen.answer.text_editor.setPlainText("届書の")
    screen.refresh()
    settle()
    assert screen.answer.value() == "届書の"


def test_the_sheet_is_made_from_the_keyboard(opened: Opened, qtbot: QtBot) -> None:
    window, screen, office, _made = opened
    assert not screen.sheet_button.isEnabled()
    press(Qt.Key.Key_Return, Control)
    settle()
    press(Qt.Key.Key_P, Alt)
    qtbot.waitUntil(lambda: "inquiry-R8-0001.pdf" in texts(window), timeout=20_000)
    assert (office.settings.documents / "inquiry-R8-0001.pdf").is_file()
    office.premises.pdf.stop()


def test_one_s_own_hold_can_only_be_sent(desk: tuple[Office, Session], glyphs: NamePainter) -> None:
    office, ichiro = desk
    register_people(office)
    receive(office, ichiro, F02=2)
    application = key(office, ichiro, "F02")
    supervisor = as_person(office, "s-toko")
    holds.hold(office, supervisor, application, "読めません。")
    window = window_over(office, supervisor, glyphs, ENTRIES)
    window.open_screen("holds", {})
    settle()
    screen = window.screen_named("holds")
    assert isinstance(screen, HoldsScreen)
    assert (screen.settle_button.isEnabled(), screen.send_button.isEnabled()) == (False, True)
    assert "自分が保留にしたものは" in screen.note.text()
    put_away([window])


def test_how_long_it_waits() -> None:
    assert [
        age_words(OPENING.isoformat(), OPENING.replace(day=day, hour=hour))
        for day, hour in ((24, 9), (24, 10), (24, 12), (27, 9))
    ] == [
        "0分",
        "60分",
        "3時間",
        "3日",
    ]
