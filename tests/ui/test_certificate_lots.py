"""A range of sheets by keys and scanner."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from nhi_center.domain.print_jobs import JobState
from tests.support.office import PASSWORDS, desk, premises
from tests.ui.test_certificates_screen import KEPT, Hands, hands, room

__all__ = ["desk", "hands", "premises", "room"]

Key = Qt.Key


def scan(hands: Hands, text: str) -> None:
    """A scanner types the number over what stands there, and Enter."""
    assert isinstance(hands.at, QLineEdit)
    assert hands.at.selectedText() == hands.at.text()
    if text.isascii():
        hands.type(text)
    else:  # Qt's test keys are ASCII
        hands.at.insert(text)
    hands.press(Key.Key_Return)


def test_a_range_is_spoiled_and_approved_with_a_scanner(hands: Hands) -> None:
    hands.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    hands.press(Key.Key_L, Qt.KeyboardModifier.AltModifier)
    hands.press(Key.Key_2)
    hands.press(Key.Key_Return)
    hands.press(Key.Key_Return)
    scan(hands, "A-000120")
    hands.press(Key.Key_Backtab)
    first = hands.at
    assert isinstance(first, QLineEdit)
    assert "用紙Aの番号です" in first.accessibleDescription()
    scan(hands, "Ｓ０００４１３")
    assert first.text() == "S-000413"
    scan(hands, "s－000414")
    assert hands.at.objectName() == "spoil_reason"
    hands.press(Key.Key_2)
    if KEPT:
        hands.at.window().grab().save(str(Path(KEPT) / "lot-spoiled.png"))
    hands.press(Key.Key_Return)
    assert "2枚の書損を報告しました" in hands.said
    assert hands.states().count(JobState.SPOILED_WAITING) == 2
    hands.press(Key.Key_L, Qt.KeyboardModifier.AltModifier)
    hands.press(Key.Key_3)
    for _ in range(4):
        hands.press(Key.Key_Return)
    assert hands.at.objectName() == "person"
    hands.type("s-toko")
    hands.press(Key.Key_Return)
    hands.type(PASSWORDS["s-toko"])
    if KEPT:
        hands.at.window().grab().save(str(Path(KEPT) / "lot-approve.png"))
    hands.press(Key.Key_Return)
    assert "2枚の書損を承認しました" in hands.said
    states = hands.states()
    assert (states.count(JobState.SPOILED), states.count(JobState.QUEUED), states.count(JobState.NEEDS_CHECK)) == (2, 2, 1)


def test_the_number_on_top_is_confirmed_after_a_stop(hands: Hands) -> None:
    hands.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.bot.keyClick(hands.at, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    hands.press(Key.Key_F4)
    assert "Alt+U" in hands.said
    used = hands.screen.table.queue.stock("S").used
    for seen, said in (("S-000418", "枚が説明できません"), ("000001", "使用済み"), (f"S-{413 + used:06}", "続けて印刷できます")):
        hands.press(Key.Key_U, Qt.KeyboardModifier.AltModifier)
        assert hands.at.objectName() == "prefix"
        hands.press(Key.Key_1)
        hands.press(Key.Key_Return)
        scan(hands, seen)
        assert said in hands.said, seen
        assert hands.keep(f"top-{seen}") == []
