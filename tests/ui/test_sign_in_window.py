"""The sign-in window and its second person, by keys alone over the real store; and its pictures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services.office import Office, Premises
from nhi_center.services.session import NEEDS_VOUCHER, sign_in, sign_out
from nhi_center.ui.common.help_panel import HelpPanel, View
from nhi_center.ui.sign_in.window import SignInWindow
from tests.support.office import PASSWORDS, advance, premises
from tests.support.office import enter as enter_room
from tests.support.screens import enter, focused, press, settle
from tests.ui import gallery
from tests.ui.pictures import check_screen, looked_at

__all__ = ["premises"]

LOCKED = "パスワードの誤りが続いたため、この ID は止めてあります。取扱責任者か区職員に解除を頼んでください。"


class Door:
    """What the workstation does with the window, without its lanes."""

    def __init__(self, premises: Premises, window: SignInWindow) -> None:
        self.premises, self.window = premises, window
        self.inside: tuple[Office, Session] | None = None
        window.submitted.connect(lambda person, password: self._try(person, password, None))
        window.vouched.connect(lambda person, password, *voucher: self._try(person, password, voucher))

    def _try(self, person: str, password: str, voucher: tuple[str, str] | None) -> None:
        try:
            self.inside = sign_in(self.premises, person, password, voucher=voucher)
        except OperatorError as error:
            if error.field.startswith("voucher"):
                self.window.show_voucher_error(error.message, field=error.field)
            elif error.code in NEEDS_VOUCHER:
                self.window.ask_voucher(error.message)
            else:
                self.window.show_error(error.message, field=error.field or "password")
        else:
            self.window.reset()


@pytest.fixture
def window(qtbot: QtBot) -> SignInWindow:
    made = gallery.sign_in()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    settle()
    made.id_field.editor.setFocus()
    return made


@pytest.fixture
def door(premises: Premises, window: SignInWindow) -> Iterator[Door]:
    made = Door(premises, window)
    yield made
    if made.inside is not None:
        sign_out(*made.inside)


def test_the_second_person_lets_the_first_one_in_by_keys(door: Door) -> None:
    enter_room(door.premises, "k-ichiro")
    door.premises.slots.remove("k-ichiro")
    enter("k-ichiro")
    enter(PASSWORDS["k-ichiro"])
    assert "初めて" in door.window.voucher.reason.text()
    assert focused() is door.window.voucher.id_field.editor
    enter("k-hanako")
    enter(PASSWORDS["k-hanako"])
    assert "取扱責任者か区職員" in door.window.voucher.id_field.problem
    assert focused() is door.window.voucher.id_field.editor
    enter("s-toko")
    enter("wrong")
    assert door.window.voucher.password_field.problem
    advance(door.premises, seconds=2)
    enter(PASSWORDS["s-toko"])
    assert door.inside is not None
    assert door.inside[1].person == "k-ichiro"
    assert not door.window.voucher.is_open
    assert door.window.id_field.editor.isEnabled()


def test_escape_puts_everything_away(window: SignInWindow) -> None:
    enter("k-hanako")
    enter("kenshuu-hanako")
    window.ask_voucher(LOCKED)
    settle()
    press(Qt.Key.Key_Escape)
    assert not window.voucher.is_open
    assert (window.id_field.value(), window.password_field.value()) == ("", "")
    assert focused() is window.id_field.editor
    assert window.button.text() == "サインイン" or "サインイン" in window.button.accessibleName()


def test_a_password_waits_no_longer_than_a_minute(window: SignInWindow) -> None:
    enter("k-hanako")
    enter("kenshuu-hanako")
    window.ask_voucher(LOCKED)
    assert window.voucher._patience.isActive()
    assert window.voucher._patience.interval() == 60_000
    window.voucher._patience.timeout.emit()
    assert not window.voucher.is_open
    assert window._tried == ("", "")


def test_a_wrong_password_behind_the_panel_closes_it(door: Door) -> None:
    door.premises.slots.remove("k-ichiro")
    enter("k-ichiro")
    enter(PASSWORDS["k-ichiro"])
    door.window.voucher._first = ("k-ichiro", "changed meanwhile")
    enter("s-toko")
    enter(PASSWORDS["s-toko"])
    assert not door.window.voucher.is_open
    assert door.window.password_field.problem
    assert door.window.password_field.editor.isEnabled()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
@pytest.mark.parametrize("state", ["slowed", "asked", "refused", "working"])
def test_every_state_holds(window: SignInWindow, state: str, width: int, height: int) -> None:
    window.resize(width, height)
    enter("k-hanako")
    enter("kenshuu-hanako")
    if state == "slowed":
        window.show_error("誤りが続いています。あと32秒お待ちください。")
    elif state == "working":
        window.set_working("データベースの暗号をかけ直しています。電源を切らないでください", 1, 3)
    else:
        window.ask_voucher(LOCKED)
    if state == "refused":
        window.show_voucher_error("立ち会えるのは取扱責任者か区職員です。", field="voucher_id")
    settle()
    assert check_screen(window) == []
    assert window.findChild(QPushButton, "sign_in_button") is not None


@pytest.mark.parametrize("field", ["id", "password", "", "voucher_id", "voucher_password"])
def test_a_long_refusal_has_its_room_before_the_next_turn(window: SignInWindow, field: str) -> None:
    """Two lines and more, looked at in the same turn in which they were said."""
    window.resize(1280, 720)
    settle()
    enter("k-hanako")
    enter("kenshuu-hanako")
    said = LOCKED + "それでも入れないときは、もう一人の取扱責任者に立ち会ってもらってください。"
    if field.startswith("voucher"):
        window.ask_voucher(LOCKED)
        assert check_screen(window) == []
        window.show_voucher_error(said, field=field)
    else:
        window.show_error(said, field=field)
    assert check_screen(window) == []


def test_outside_the_contract_the_window_says_whole_what_to_do(door: Door) -> None:
    advance(door.premises, days=200)
    enter("k-ichiro")
    enter(PASSWORDS["k-ichiro"])
    settle()
    said = door.window.password_field.problem
    assert "契約の期間は令和9年3月31日で終わりました。" in said
    assert "「委託の管理」の「契約」で記録します。" in said
    assert looked_at(door.window, "sign-in-no-contract") == []


def test_f1_says_how_to_come_in_and_goes_back_to_the_field(window: SignInWindow) -> None:
    press(Qt.Key.Key_F1)
    panel = window.findChild(HelpPanel)
    assert isinstance(panel, HelpPanel)
    assert panel.isVisible()
    assert panel.shown == "sign_in"
    assert "入室の記録がありません" in panel.browser.toPlainText()
    assert not panel.pdf_button.isVisible(), "nobody works here yet"
    assert looked_at(window, "sign-in-help") == []
    press(Qt.Key.Key_F2)
    panel.index.line.setText("立会い")
    press(Qt.Key.Key_Return)
    assert panel.view is View.CHOSEN
    for _step in range(3):
        press(Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert window.id_field.editor.hasFocus()


def test_the_help_is_put_away_for_the_next_person(window: SignInWindow) -> None:
    press(Qt.Key.Key_F1)
    window.reset()
    panel = window.findChild(HelpPanel)
    assert isinstance(panel, HelpPanel)
    assert not panel.isVisible()
    assert window.id_field.editor.hasFocus()
