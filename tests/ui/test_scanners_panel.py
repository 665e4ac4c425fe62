"""入力機器 by keys: allowed with the ward's approval, taken off, and a stranger said in the bar."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from nhi_center.domain.operators import Session
from nhi_center.services import os_events, scanners
from nhi_center.services.office import Office
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.inspection import ENTRY
from nhi_center.ui.watch import Watch
from tests.services.test_scanners import OTHER, OWN, SCANNER
from tests.support import machine
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import as_person, desk, premises
from tests.ui.pictures import looked_at_small

__all__ = ["desk", "premises"]


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine in a folder, in place of the one the tests run on."""
    root = machine.whole(tmp_path / "machine")
    monkeypatch.setattr(scanners, "ROOT", root)
    monkeypatch.setattr(scanners.listing, "__defaults__", (root,))
    monkeypatch.setattr(os_events.collect, "__kwdefaults__", {"signed_in": False, "root": root})
    machine.inputs(root, OWN)
    return root


def rows(hands: DeskHands) -> list[tuple[str, bool, bool]]:
    return [(row.name, row.attached, row.allowed) for row in hands.find("scanners_table", DataTable).rows()]


def test_the_supervisor_allows_what_is_plugged_in_and_takes_it_off_again(desk: tuple[Office, Session], plugged: Path) -> None:
    office, _clerk = desk
    machine.inputs(plugged, SCANNER)
    hands = DeskHands(office, as_person(office, "s-toko"), [ENTRY])
    try:
        hands.window.open_screen("inspection", {"page": "scanners"})
        assert rows(hands) == [("Scanner", True, False)]
        hands.find("scanners_table", DataTable).select(0)
        hands.press(Key.Key_F3)
        assert hands.find("product", QLineEdit).text() == "0c2e:0b61"
        assert hands.find("serial", QLineEdit).text() == "SN-1"
        hands.press(Key.Key_Return)
        hands.enter("", "手持ちスキャナー", "健保 8-12")
        assert rows(hands) == [("手持ちスキャナー", True, True)]
        assert looked_at_small(hands.window, "scanners") == []
        hands.find("scanners_table", DataTable).select(0)
        hands.press(Key.Key_F4)
        hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert ("手持ちスキャナー", False, False) in rows(hands)
    finally:
        hands.close()


def test_the_ward_sees_the_list_and_has_no_keys(desk: tuple[Office, Session], plugged: Path) -> None:
    office, _clerk = desk
    scanners.allow(office, as_person(office, "s-toko"), "0c2e:0b61", "", "手持ちスキャナー", "8-12")
    machine.inputs(plugged, OTHER)
    hands = DeskHands(office, as_person(office, "40127"), [ENTRY])
    try:
        hands.window.open_screen("inspection", {"page": "scanners"})
        assert rows(hands) == [("Rubber duck", True, False), ("手持ちスキャナー", False, True)]
        hands.press(Key.Key_F3)
        assert hands.window.findChild(QLineEdit, "product") is None
    finally:
        hands.close()


def test_a_stranger_is_said_in_the_bar(desk: tuple[Office, Session], plugged: Path) -> None:
    office, clerk = desk
    os_events.collect(office)
    hands = DeskHands(office, clerk, [ENTRY])
    watch = Watch(hands.runner, hands.window)
    try:
        watch.start(office, clerk)
        machine.inputs(plugged, OWN, OTHER)
        watch.look()
        told = hands.window.message_bar.text.text()
        assert "許可していない入力機器がつながりました(1a86:e026)" in told
    finally:
        watch.stop()
        hands.close()
