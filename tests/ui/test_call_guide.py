"""回答例・必要書類・上限額 beside the call, by keys alone, at every size a ward PC has."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from nhi_center.ui.calls.guide import GuidePage
from tests.services.test_calls import room
from tests.support.call_hands import Hands, Key, hands
from tests.support.office import desk, premises
from tests.ui.pictures import looked_at

__all__ = ["desk", "hands", "premises", "room"]

ALT = Qt.KeyboardModifier.AltModifier


def numbers(guide: GuidePage) -> list[str]:
    return [line.number for line in guide.table.rows()]


def test_an_answer_is_found_by_any_part_of_its_words_and_quoted(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("21")
    hands.press(Key.Key_A, ALT)
    form, guide = hands.panel.form, hands.panel.form.guide
    assert hands.at.objectName() == "call_guide_search"
    assert len(numbers(guide)) > 60
    hands.words("ﾃﾝｿｳ")
    assert numbers(guide) == ["06-1"]
    hands.at.selectAll()  # type: ignore[attr-defined]
    hands.words("とどか ゆうびん")
    assert numbers(guide) == []
    hands.at.selectAll()  # type: ignore[attr-defined]
    hands.words("窓口 郵便")
    assert set(numbers(guide)) == {"06-3"}
    hands.press(Key.Key_Return)
    assert form.text.value() == "06-3 を案内。"
    assert form.category.value() == "Q06"
    assert hands.at.objectName() == "call_text"
    assert form.middle.currentIndex() == 0


def test_the_category_stands_first_and_esc_goes_back_to_the_field(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.panel.form.category.set_value("Q07")
    hands.panel.form.category.editor.setFocus()
    hands.press(Key.Key_A, ALT)
    guide = hands.panel.form.guide
    assert numbers(guide)[:3] == ["07-1", "07-2", "07-3"]
    hands.press(Key.Key_Down)
    assert "盗まれた" in guide.detail.text()
    hands.press(Key.Key_Escape)
    assert hands.at.objectName() == "call_category"
    assert hands.window.floating.overlay_shown
    hands.press(Key.Key_S, ALT)
    assert numbers(guide)[0] == "書18"
    hands.words("紛失")
    hands.press(Key.Key_Escape)
    assert hands.at.objectName() == "call_category"
    assert hands.window.floating.overlay_shown


def test_documents_are_chosen_by_number_or_words_with_who_comes(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("21")
    hands.press(Key.Key_S, ALT)
    guide = hands.panel.form.guide
    hands.words("書01")
    assert numbers(guide) == ["書01"]
    assert "資格喪失証明書" in guide.detail.text()
    assert "代理の人(別の世帯): 委任状" in guide.detail.text()
    hands.press(Key.Key_Return)
    assert hands.panel.form.text.value() == "書01 を案内。"
    assert hands.panel.form.category.value() == "Q01"


def test_ceilings_are_those_of_the_day_and_say_what_is_not_confirmed(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.press(Key.Key_L, ALT)
    guide = hands.panel.form.guide
    first = guide.table.rows()[0]
    assert "270,300円" in first.text
    assert "令和8年8月1日から" in guide.detail.text()
    assert "出典" in guide.detail.text()
    hands.words("現役並み")
    assert "確認中" in guide.table.rows()[0].text
    assert "国保給付係へつないでください" in guide.detail.text()
    assert "令和8年7月31日まで" in guide.table.rows()[1].text
    hands.at.selectAll()  # type: ignore[attr-defined]
    hands.words("非課税 70歳未満")
    hands.press(Key.Key_Return)
    assert hands.panel.form.text.value() == "一般の上限額(令和8年8月1日からの診療分)を案内。"


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720), (1920, 1080)])
def test_the_guide_holds(hands: Hands, width: int, height: int) -> None:
    hands.window.resize(width, height)
    hands.press(Key.Key_F5)
    hands.figures("21")
    found: list[str] = []
    for key, name in ((Key.Key_A, "answers"), (Key.Key_S, "documents"), (Key.Key_L, "ceilings")):
        hands.press(key, ALT)
        found += looked_at(hands.window, f"guide-{name}")
    hands.press(Key.Key_A, ALT)
    hands.words("ないことば")
    found += looked_at(hands.window, "guide-nothing")
    hands.press(Key.Key_Escape)
    hands.panel.form.category.editor.setFocus()
    hands.figures("11")
    found += looked_at(hands.window, "guide-box")
    assert found == []
