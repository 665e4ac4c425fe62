"""保管庫 in 名簿・研修, by keys: registered, a key out and back, the lock, papers taken out in the morning; and its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from nhi_center.domain.custody import Pieces
from nhi_center.domain.operators import Session
from nhi_center.services import cabinets, day_close
from nhi_center.services.office import Office
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.presence import ENTRY
from tests.services.test_day_close import lock_up, receive
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import as_person, desk, premises
from tests.ui.pictures import KEPT, check_screen, looked_at

__all__ = ["desk", "premises"]


def opened(office: Office, session: Session, page: str) -> DeskHands:
    made = DeskHands(office, session, [ENTRY])
    made.press(getattr(Key, f"Key_{page}"))
    return made


@pytest.fixture
def supervisor(desk: tuple[Office, Session]) -> Iterator[DeskHands]:
    made = opened(desk[0], as_person(desk[0], "s-toko"), "5")
    yield made
    made.close()


@pytest.fixture
def clerk(desk: tuple[Office, Session]) -> Iterator[DeskHands]:
    """Nine sheets are in 保管庫 3, counted and locked."""
    boss = desk[0], as_person(desk[0], "s-toko")
    cabinets.register(*boss, "3", "窓側の棚の下", "2")
    cabinets.register(*boss, "4", "入口の右", "1")
    receive(desk)
    day_close.carry_over(*boss, "sheets_tray", "明日の朝に入力", "3")
    lock_up(boss, Pieces(9))
    made = opened(*desk, "2")
    yield made
    made.close()


def cells(hands: DeskHands) -> list[cabinets.CabinetRow]:
    return list(hands.find("cabinet_table", DataTable).rows())


def form(hands: DeskHands) -> FormDialog:
    return next(one for one in hands.window.findChildren(FormDialog) if one.isVisible())


def test_a_cabinet_is_registered_by_keys(supervisor: DeskHands) -> None:
    supervisor.press(Key.Key_N, Qt.KeyboardModifier.AltModifier)
    supervisor.enter("3", "窓側の棚の下", "2")
    (row,) = cells(supervisor)
    assert (row.cabinet.number, row.cabinet.name, row.cabinet.keys) == ("3", "窓側の棚の下", 2)
    assert supervisor.at.objectName() == "cabinet_table"
    supervisor.press(Key.Key_N, Qt.KeyboardModifier.AltModifier)
    supervisor.enter("4", "", "2")
    assert "場所" in supervisor.text("place_note")


def test_a_key_goes_out_and_comes_back_by_keys(clerk: DeskHands) -> None:
    clerk.press(Key.Key_Return)
    clerk.press(Key.Key_1)
    clerk.press(Key.Key_Return)
    clerk.press(Key.Key_Return)
    (out,) = cells(clerk)[0].cabinet.out
    assert (out.key, out.holder) == (1, "k-ichiro")
    assert "1本" in clerk.text("cabinet_chip")
    clerk.press(Key.Key_Return)
    clerk.press(Key.Key_1)
    assert cells(clerk)[0].cabinet.out == ()
    assert "すべて" in clerk.text("cabinet_chip")


def test_papers_are_taken_out_with_one_key_counted_blind(clerk: DeskHands) -> None:
    seen = [label.text() for label in clerk.window.findChildren(QLabel) if label.isVisible()]
    assert not any("9枚" in text for text in seen)
    clerk.press(Key.Key_F3)
    clerk.enter(8, "", "", "")
    assert "合いません" in clerk.text("form_refusal")
    assert "9" not in clerk.text("form_refusal")
    clerk.find("sheets", QWidget).setFocus()
    clerk.find("sheets", QWidget).selectAll()  # type: ignore[attr-defined]
    clerk.enter(9, "", "", "")
    assert "元の場所へ戻しました" in clerk.text("message_text")
    assert cells(clerk)[0].inside == Pieces()
    clerk.press(Key.Key_F3)
    assert "取り出す書類はありません" in clerk.text("message_text")


def test_the_lock_is_looked_at_with_one_key(clerk: DeskHands) -> None:
    clerk.press(Key.Key_Down)
    assert not cells(clerk)[1].cabinet.locked
    clerk.press(Key.Key_F4)
    assert cells(clerk)[1].cabinet.locked
    clerk.press(Key.Key_Return)
    clerk.press(Key.Key_2)
    assert not cells(clerk)[1].cabinet.locked


def test_a_clerk_registers_nothing_and_the_ward_looks_on(clerk: DeskHands, desk: tuple[Office, Session]) -> None:
    assert clerk.window.findChild(QPushButton, "cabinet_new_button") is None
    ward = DeskHands(desk[0], as_person(desk[0], "40127"), [ENTRY])
    ward.press(Key.Key_5)
    assert [row.cabinet.number for row in cells(ward)] == ["3", "4"]
    assert ward.window.findChild(QPushButton, "cabinet_lock_button") is None
    ward.window.stop()
    ward.window.close()
    ward.window.deleteLater()


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768)])
def test_it_holds(clerk: DeskHands, size: tuple[int, int]) -> None:
    clerk.window.resize(*size)
    clerk.press(Key.Key_Return)
    clerk.press(Key.Key_1)
    wrong = [f"key: {problem}" for problem in check_screen(form(clerk))]
    _keep(form(clerk), f"cabinets-key-{size[0]}")
    clerk.press(Key.Key_Return)
    clerk.press(Key.Key_Return)
    wrong += looked_at(clerk.window, "cabinets")
    clerk.press(Key.Key_F3)
    wrong += [f"count: {problem}" for problem in check_screen(form(clerk))]
    clerk.enter(8, "", "", "")
    _keep(form(clerk), f"cabinets-count-{size[0]}")
    assert wrong == []


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768)])
def test_it_holds_empty(supervisor: DeskHands, size: tuple[int, int]) -> None:
    supervisor.window.resize(*size)
    assert looked_at(supervisor.window, "cabinets-empty") == []


def _keep(widget: QWidget, name: str) -> None:
    if KEPT:
        widget.grab().save(str(Path(KEPT) / f"{name}.png"))


def test_the_supervisor_hands_a_key_out_and_takes_it_back(supervisor: DeskHands) -> None:
    supervisor.press(Key.Key_N, Qt.KeyboardModifier.AltModifier)
    supervisor.enter("3", "窓側の棚の下", "2")
    for out in (1, 0):
        supervisor.press(Key.Key_Return)
        supervisor.press(Key.Key_1)
        if out:
            supervisor.enter("", "")
        assert len(cells(supervisor)[0].cabinet.out) == out
    assert supervisor.at.objectName() == "cabinet_table"
    supervisor.press(Key.Key_F4)
    assert cells(supervisor)[0].cabinet.locked
    assert looked_at(supervisor.window, "cabinets-supervisor") == []
