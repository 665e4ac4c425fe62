"""返す from the list of the papers to key: counted, with a reason, gone from the list; the ward reads it before it signs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from nhi_center.domain.operators import Session
from nhi_center.services.office import Office
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.custody import ENTRY as CUSTODY
from nhi_center.ui.entry import ENTRY
from nhi_center.ui.entry.wizard import Wizard
from tests.services.test_handover import received
from tests.support.desk_hands import DeskHands, Key
from tests.support.entry import bring_in
from tests.support.office import desk, premises
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]


@pytest.fixture
def hands(desk: tuple[Office, Session]) -> Iterator[DeskHands]:
    received(desk)
    made = DeskHands(*desk, [ENTRY, CUSTODY])
    yield made
    made.close()


def test_returned_unkeyed_and_told_to_the_ward(hands: DeskHands, tmp_path: Path) -> None:
    table = hands.find("entry_table", DataTable)
    before = len(table.rows())
    row = table.current_row()
    assert row is not None
    number = row.slip.number
    hands.press(Key.Key_F8)
    assert hands.at.objectName() == "reason"
    hands.enter("", "x")
    hands.press(Key.Key_Escape)
    assert len(table.rows()) == before
    hands.press(Key.Key_F8)
    hands.enter(3, 1)
    assert hands.window.grab().save(str(tmp_path / "dialog.png"))
    hands.enter("")
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(table.rows()) == before - 1
    assert f"管理票 {number} を返す書類にしました" in hands.window.message_bar.text.text()
    assert check_screen(hands.window) == []
    hands.window.open_screen("custody", {})
    hands.press(Key.Key_F4)
    hands.enter(1, 1)
    hands.enter(1, 1)
    assert f"処理せずに返す 1件: {number} 添付不足。" in hands.text("foot_words")
    assert hands.window.grab().save(str(tmp_path / "signing.png"))
    assert check_screen(hands.window) == []


def test_typed_or_scanned_it_opens(hands: DeskHands) -> None:
    table = hands.find("entry_table", DataTable)
    slip = table.rows()[3].slip
    hands.press(Key.Key_G, Qt.KeyboardModifier.AltModifier)
    assert hands.at.objectName() == "entry_slip"
    hands.enter("1124-999")
    assert "この番号の管理票はありません" in hands.window.message_bar.text.text()
    assert hands.at.objectName() == "entry_slip"
    hands.enter(f"20261124{slip.number.split('-')[1]}")
    assert hands.window.findChild(Wizard, "entry_wizard") is not None


def test_the_original_alone_goes_and_the_application_stays(desk: tuple[Office, Session]) -> None:
    office, clerk = desk
    bring_in(office, clerk, F02=(2, 3), original=(0, 1))
    hands = DeskHands(office, clerk, [ENTRY])
    try:
        table = hands.find("entry_table", DataTable)
        before = len(table.rows())
        hands.press(Key.Key_F8)
        hands.enter(7)
        assert hands.at.objectName() == "items", "sheets and words are not asked for"
        hands.enter(2)
        dialog = QApplication.activeWindow()
        assert dialog is not None
        note = dialog.findChild(QLabel, "items_note")
        assert note is not None
        assert "1から1まで" in note.text()
        hands.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        hands.enter(1)
        assert "の原本を返すものにしました" in hands.window.message_bar.text.text()
        assert len(table.rows()) == before
    finally:
        hands.close()
