"""The telephone and its lists at every size a ward PC has: nothing clipped, nothing over another, all within reach of Tab."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nhi_center.domain.calls import Outcome
from nhi_center.ui.common.table import DataTable
from tests.services.test_calls import PROMISED, STATED, file_papers, make_due, promised, room
from tests.support.call_hands import Hands, Key, hands
from tests.support.office import advance, desk, premises
from tests.ui.pictures import looked_at

__all__ = ["desk", "hands", "premises", "room"]

SIZES = [(1366, 768), (1920, 1080), (1536, 864), (1280, 720)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_panel_holds(hands: Hands, width: int, height: int) -> None:
    hands.window.resize(width, height)
    hands.press(Key.Key_F5)
    found = looked_at(hands.window, "call-start")
    hands.figures("21")
    hands.words("カツ")
    found += looked_at(hands.window, "call-search")
    hands.find("ラギ 3450312")
    hands.press(Key.Key_F11)
    found += looked_at(hands.window, "call-chosen")
    hands.at.selectAll()  # type: ignore[attr-defined]
    for said in ("カツラギ ミホコ", "3450312", "歌舞伎町1-4-1"):
        hands.words(said)
        hands.press(Key.Key_Return)
        hands.at.selectAll()  # type: ignore[attr-defined]
    hands.figures("06")
    hands.press(Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    hands.press(Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    hands.words("透析。届出済み、審査中と説明。")
    hands.press(Key.Key_Return)
    found += looked_at(hands.window, "call-level1")
    hands.figures("2")
    found += looked_at(hands.window, "call-ward")
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    found += looked_at(hands.window, "call-ward-missing")
    hands.panel.form.caller.editor.setFocus()
    hands.figures("5")
    hands.panel.form.outcome.editor.setFocus()
    hands.figures("3")
    hands.words("5273-0142")
    hands.press(Key.Key_Return)
    found += looked_at(hands.window, "call-back")
    assert found == []


def test_the_longest_words_about_a_date_push_nothing_aside(hands: Hands) -> None:
    hands.window.resize(1280, 720)
    hands.press(Key.Key_F5)
    hands.figures("21")
    hands.find("カツラギ 3450312")
    hands.press(Key.Key_F11)
    hands.at.selectAll()  # type: ignore[attr-defined]
    for said in ("カツラギ ミホコ", "abc", "歌舞伎町1-4-1"):
        hands.words(said)
        hands.press(Key.Key_Return)
        hands.at.selectAll()  # type: ignore[attr-defined]
    hands.figures("06")
    hands.press(Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    hands.words("透析。届出済み、審査中と説明。")
    hands.press(Key.Key_Return)
    assert looked_at(hands.window, "call-no-date") == []
    assert "日付として読めません" in hands.panel.form.identity.fields[1].problem


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_that_may_be_told_has_room(hands: Hands, width: int, height: int) -> None:
    file_papers(hands.office)
    callback = promised(hands.office, hands.session)
    hands.window.resize(width, height)
    hands.window.open_screen("call", {"callback": callback})
    hands.settle()
    hands.press(Key.Key_F11)
    for field, said in zip(hands.panel.form.identity.fields, (STATED.name, STATED.birth, STATED.address), strict=True):
        field.editor.setFocus()
        hands.words(said)
    hands.press(Key.Key_Return)
    found = looked_at(hands.window, "call-level2")
    assert hands.panel.form.level.chip.text() == "レベル2 で答えられます"
    assert sum(line.isVisible() for line in hands.panel.form.person.lines) == 6
    hands.press(Key.Key_H, Qt.KeyboardModifier.AltModifier)
    advance(hands.office.premises, seconds=754)
    hands.press(Key.Key_E, Qt.KeyboardModifier.AltModifier)
    assert "保留 12:3" in hands.panel.form.clock_chip.text()
    found += looked_at(hands.window, "call-back-wrap-up")
    assert found == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_lists_hold(hands: Hands, width: int, height: int) -> None:
    hands.window.resize(width, height)
    hands.window.open_screen("calls", {})
    hands.settle()
    found = looked_at(hands.window, "calls-empty")
    promised(hands.office, hands.session)
    make_due(hands.office)
    hands.press(Key.Key_F5)
    hands.figures("2")
    hands.press(Key.Key_F3)
    hands.list.calls.setFocus()
    hands.press(Key.Key_Down)
    hands.press(Key.Key_Return)
    found += looked_at(hands.window, "calls-list")
    assert found == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_figures_of_a_period(hands: Hands, width: int, height: int) -> None:
    hands.window.resize(width, height)
    hands.window.open_screen("calls", {})
    hands.settle()
    hands.press(Key.Key_F8)
    found = looked_at(hands.window, "call-figures-empty")
    hands.press(Key.Key_Escape)
    promised(hands.office, hands.session)
    make_due(hands.office)
    hands.press(Key.Key_F8)
    table = hands.window.findChild(DataTable, "call_figures_table")
    assert isinstance(table, DataTable)
    assert [row.calls for row in table.rows()] == [1, 1]
    summary = hands.window.findChild(QLabel, "call_figures_summary")
    assert isinstance(summary, QLabel)
    assert "折返しの約束 1件(遅れ 1件)" in summary.text()
    headings = [table.model().headerData(at, Qt.Orientation.Horizontal) for at in range(table.model().columnCount())]
    assert headings[2:-3] == [outcome.heading for outcome in Outcome]
    total = [table.model().index(0, at).data() for at in range(2, 2 + len(Outcome))]
    assert total == ["1" if outcome is Outcome.CALL_BACK else "0" for outcome in Outcome]
    found += looked_at(hands.window, "call-figures")
    hands.press(Key.Key_P, Qt.KeyboardModifier.AltModifier)
    hands.at.selectAll()  # type: ignore[attr-defined]
    hands.words("R7.1.1")
    hands.press(Key.Key_Return)
    hands.at.selectAll()  # type: ignore[attr-defined]
    hands.words("R7.1.2")
    hands.press(Key.Key_Return)
    assert table.rows() == ()
    hands.press(Key.Key_Escape)
    assert hands.window.current_screen is hands.list
    assert found == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_what_few_calls_need_has_room_too(hands: Hands, width: int, height: int) -> None:
    """The caller's number, an interpreter, the ward's consent, hold, wrap-up, the other results."""
    promised(hands.office, hands.session, replace(PROMISED, phone="090-1234-5678"))
    hands.window.resize(width, height)
    hands.press(Key.Key_F5)
    hands.press(Key.Key_T, Qt.KeyboardModifier.AltModifier)
    hands.words("09012345678")
    hands.panel.form.caller.editor.setFocus()
    hands.figures("46")
    assert hands.at.objectName() == "call_phone"
    hands.press(Key.Key_Return)
    hands.figures("2")
    assert hands.at.objectName() == "call_search"
    found = looked_at(hands.window, "call-others")
    assert "この番号 1件" in hands.panel.form.number_text.text()
    hands.find("カツラギ 3450312")
    hands.press(Key.Key_H, Qt.KeyboardModifier.AltModifier)
    assert hands.panel.form.clock_chip.text().startswith("保留中 ")
    hands.panel.form.consent_fields.consent.editor.setFocus()
    hands.figures("3")
    assert hands.at.objectName() == "call_consent_number"
    found += looked_at(hands.window, "call-hold")
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    found += looked_at(hands.window, "call-others-missing")
    hands.press(Key.Key_H, Qt.KeyboardModifier.AltModifier)
    hands.panel.form.outcome.editor.setFocus()
    hands.figures("59")
    assert hands.at.objectName() == "call_other_office_name"
    found += looked_at(hands.window, "call-other-office")
    hands.press(Key.Key_E, Qt.KeyboardModifier.AltModifier)
    assert hands.panel.form.clock_chip.text().startswith("後処理 ")
    found += looked_at(hands.window, "call-wrap-up")
    assert found == []
