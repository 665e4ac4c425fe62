"""Person lines at the screen, by keys: added, taken off, given another form; what was taken over from before."""

from __future__ import annotations

from PySide6.QtCore import Qt

from nhi_center.domain.custody import Slip
from tests.support.office import desk, premises
from tests.ui.entry_room import (
    F02,
    Open,
    Room,
    at,
    content_page,
    ctrl_enter,
    enter,
    open_window,
    press,
    receipt_page,
    slips,
    stored,
    wizard,
    write,
)

__all__ = ["desk", "open_window", "premises", "slips"]

ALT = Qt.KeyboardModifier.AltModifier


def test_another_member_of_the_household_joins_the_paper_with_one_key(
    desk: Room, slips: tuple[Slip, ...], open_window: Open
) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    ctrl_enter()
    ctrl_enter()
    enter("カツラギ 3450312")
    page = wizard(shown).pages.person_page
    assert page is not None
    page.members.setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    flow = wizard(shown).flow
    assert (flow.line, flow.page) == (2, "2.content")
    assert flow.values["2.kana"] == "カツラギ　レイタ"
    assert flow.trail == (("受付", "世帯・対象者", "届出内容 2/2人", "確認", "次の処理"), 2)
    assert at() == "field_2.name"
    assert [line.atena for line in stored(desk[0], slips[0]).lines] == ["00481726", "00481734"]


def test_a_person_is_taken_off_the_paper_and_another_form_chosen(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    ctrl_enter()
    ctrl_enter()
    enter("カツラギ 3450312")
    press(Qt.Key.Key_N, ALT)
    assert at() == "person_search"
    assert wizard(shown).flow.line == 2
    enter("カツラギ レイタ")
    assert at() == "field_2.name"
    press(Qt.Key.Key_T, ALT)
    write("5")
    ctrl_enter()
    assert [line.form for line in stored(desk[0], slips[0]).lines] == ["F02", "F05"]
    assert wizard(shown).flow.values["2.kana"] == "カツラギ　レイタ"
    assert at().startswith("field_2.")
    press(Qt.Key.Key_D, ALT)
    ctrl_enter()
    assert [line.number for line in stored(desk[0], slips[0]).lines] == [1]
    assert not any(name.startswith("2.") for name in wizard(shown).flow.values)
    assert wizard(shown).flow.page == "household"


def test_what_was_taken_over_is_looked_at_before_the_end(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    enter("カツラギ 3450312")
    ctrl_enter()
    content_page(F02)
    assert wizard(shown).flow.page == "confirm"
    hand = wizard(shown)
    hand.go_to_line("household", 1)
    press(Qt.Key.Key_N, ALT)
    enter("カツラギ レイタ")
    hand = wizard(shown)
    carried = {name for name, seen in hand.flow.carried.items() if not seen}
    assert "2.previous_insurer" in carried
    field = hand.pages.fields["2.previous_insurer"]
    assert field.carried
    assert {one.id for one in hand.flow.unconfirmed()} == carried
    field.widget.editor.setFocus()
    press(Qt.Key.Key_Return)
    assert "2.previous_insurer" not in {one.id for one in wizard(shown).flow.unconfirmed()}
    press(Qt.Key.Key_F3)
    kept = stored(desk[0], slips[0]).draft.carried
    assert kept["2.previous_insurer"] is True
