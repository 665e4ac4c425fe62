"""区の人 on the real store, by keys: registering, closing, releasing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nhi_center.domain.operators import Role
from nhi_center.errors import OperatorError
from nhi_center.services.gate import identify, is_stopped
from nhi_center.services.office import Office
from nhi_center.ui.presence.ward_panel import WardPanel
from nhi_center.ui.shell import MainWindow
from tests.support.office import PASSWORDS, advance, desk, premises
from tests.support.roster import KATSURA
from tests.support.screens import enter, press, type_keys
from tests.ui.pictures import check_screen
from tests.ui.roster_room import Opener, dialog, no_dialog, office, opened, panel, problem, screen

__all__ = ["desk", "office", "opened", "premises"]

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
PHRASE = "kawa-no-soba no isu 3ko"


def choose_ward(window: MainWindow, person: str) -> None:
    table = panel(window, WardPanel).table
    table.select([row.person for row in table.rows()].index(person))
    table.setFocus()


def test_the_ward_administrator_registers_one_more_of_the_wards_people(office: Office, opened: Opener) -> None:
    window = opened("40100", "ward")
    press(Key.Key_F3)
    press(Key.Key_Return, CTRL)
    assert problem(window, "person")
    for text in ("40127", "2", KATSURA, PHRASE, PHRASE + "x", PASSWORDS["40100"]):
        enter(text)
    assert "違います" in problem(window, "repeated")
    type_keys(PHRASE)
    press(Key.Key_Return, CTRL)
    assert "使われています" in problem(window, "person")
    type_keys("40200")
    press(Key.Key_Return, CTRL)
    assert no_dialog(window)
    assert office.premises.accounts.find("40200").role is Role.WARD_ADMIN
    (row,) = [row for row in panel(window, WardPanel).table.rows() if row.person == "40200"]
    assert (row.name, row.opened_by, row.own) == (KATSURA, "40100", False)
    assert check_screen(window) == []


def test_closing_asks_for_suspicion_the_id_once_more_and_ones_own_password(office: Office, opened: Opener) -> None:
    window = opened("40100", "ward")
    press(Key.Key_F4)
    assert no_dialog(window), "the keyboard stands on himself"
    choose_ward(window, "40128")
    press(Key.Key_F4)
    said = dialog(window).findChild(QLabel, "form_text")
    assert said is not None
    assert "取り消せません" in said.text()
    assert check_screen(dialog(window)) == []
    press(Key.Key_Return, CTRL)
    assert problem(window, "suspicion")
    enter("2")
    enter("40127")
    enter(PASSWORDS["40100"])
    assert "閉じる人のIDと違います" in problem(window, "typed")
    assert not office.premises.accounts.is_closed("40128")
    type_keys("40128")
    press(Key.Key_Return, CTRL)
    assert no_dialog(window)
    assert office.premises.accounts.is_closed("40128")
    gone = panel(window, WardPanel).table.rows()[-1]
    assert (gone.person, gone.closed_by, gone.sent) == ("40128", "40100", False)
    assert "未送信" in panel(window, WardPanel).chip.text()
    choose_ward(window, "40128")
    press(Key.Key_F4)
    assert no_dialog(window), "nobody is closed twice"
    assert check_screen(window) == []


def test_a_stopped_id_is_released_by_f6(office: Office, opened: Opener) -> None:
    for _ in range(10):
        with pytest.raises(OperatorError):
            identify(office.premises, "40128", "wrong")
        advance(office.premises, seconds=61)
    window = opened("40100", "ward")
    press(Key.Key_F6)
    assert no_dialog(window), "this one is not stopped"
    choose_ward(window, "40128")
    assert check_screen(window) == []
    press(Key.Key_F6)
    assert check_screen(dialog(window)) == []
    enter(PASSWORDS["40100"])
    assert no_dialog(window)
    assert not is_stopped(office.premises, "40128")


@pytest.mark.parametrize("person", ["s-toko", "40127"])
def test_the_wards_people_are_the_administrators_alone(opened: Opener, person: str) -> None:
    window = opened(person, "ward")
    assert list(screen(window).panels) == ["room", "roster", "trainings", "terminals", "cabinets"]
