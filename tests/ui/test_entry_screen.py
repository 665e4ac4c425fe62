"""The entry screens worked by keys alone, over a real store."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import Draft, State
from nhi_center.domain.operators import Session
from nhi_center.services import entry as service
from nhi_center.tasks.runner import JobRunner, Lane
from nhi_center.ui.entry import ENTRY
from nhi_center.ui.entry.screen import EntryScreen
from nhi_center.ui.search.screen import SearchScreen
from tests.support.entry import CHILD, HEAD
from tests.support.inline_runner import InlineRunner
from tests.support.office import desk, premises
from tests.ui.entry_room import (
    F02,
    Open,
    Room,
    at,
    content_page,
    ctrl_enter,
    enter,
    focused,
    open_window,
    press,
    receipt_page,
    slips,
    stored,
    wizard,
    write,
)

__all__ = ["desk", "open_window", "premises", "slips"]


def test_one_form_from_list_to_end_by_keyboard(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    office, _session = desk
    shown = open_window()
    assert at() == "entry_table"
    press(Qt.Key.Key_Return)
    assert at() == "field_channel"
    receipt_page()
    assert at() == "person_search"
    enter("カツラギ 3450312")
    assert at() == "field_head_name"
    ctrl_enter()
    assert at() == "field_name"
    content_page(F02)
    assert at() == "confirm_table"
    assert wizard(shown).confirm.state.text() == "✓ 確認できます"
    ctrl_enter()
    done = stored(office, slips[0])
    assert done.state is State.ENTERED
    assert done.draft.values["name"] == HEAD.name
    assert done.draft.values["happened_on"] == "2026-11-01"
    assert done.draft.values["delay_reason"] == "2"
    assert at() == "primary_button"
    ctrl_enter()
    assert at() == "field_channel"
    assert wizard(shown).flow.entry.slip.number == "1124-002"


def test_only_lanes_touch_the_store(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    """Every reading and writing goes through the runner: with the runner silent the pages still take keys."""
    shown = open_window()
    press(Qt.Key.Key_Return)
    runner = wizard(shown).desk.runner
    assert isinstance(runner, InlineRunner)
    before = len(runner.lanes)
    write("1")
    assert len(runner.lanes) == before
    enter()
    assert runner.lanes[before:] == [Lane.WRITE]


def test_with_real_lanes_the_last_value_is_the_one_kept(
    desk: Room, slips: tuple[Slip, ...], open_window: Open, qtbot: QtBot
) -> None:
    """Keyed faster than the store writes: drafts wait for each other, and the end comes after the last of them."""
    office, _session = desk
    runner = JobRunner()
    shown = open_window(ENTRY, runner=runner)
    screen = shown.screen_named("entry")
    assert isinstance(screen, EntryScreen)
    qtbot.waitUntil(lambda: bool(screen.list_page.table.rows()))
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.wizard is not None)
    receipt_page()
    write("カツラギ 3450312")
    page = wizard(shown).pages.person_page
    assert page is not None
    qtbot.waitUntil(lambda: bool(page.results.rows()))
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: at() == "field_head_name")
    ctrl_enter()
    content_page(F02)
    ctrl_enter()
    qtbot.waitUntil(lambda: wizard(shown).flow.page == "next")
    qtbot.waitUntil(lambda: not runner.pending)
    done = stored(office, slips[0])
    assert (done.state, done.draft.values["previous_insurer"]) == (State.ENTERED, "見本健康保険組合")
    press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: not runner.pending)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.wizard is not None)
    write("2")
    press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: screen.wizard is None and not runner.pending)
    assert stored(office, slips[1]).draft.values["channel"] == "2"
    assert not shown.message_bar.text.text() or shown.message_bar.kind == "done"
    runner.close()


def test_the_reading_stands_under_the_field(slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    enter("カツラギ 3450312")
    ctrl_enter()
    content_page({})
    wizard(shown).jump("birth")
    focused().selectAll()  # type: ignore[attr-defined]
    enter("s45.3.13")
    field = wizard(shown).pages.fields["birth"].widget
    assert field.reading == "昭和45年3月13日(1970-03-13、56歳)"
    assert field.notice == "台帳の生年月日と違います。"


def test_a_warning_asks_for_its_reason_before_the_end(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    enter("カツラギ 3450312")
    ctrl_enter()
    focused().selectAll()  # type: ignore[attr-defined]
    enter("葛城　見本子")
    content_page(F02)
    assert at() == "reason_V24_name"
    ctrl_enter()
    assert stored(desk[0], slips[0]).state is State.DRAFTING
    assert wizard(shown).confirm.reasons["V24:name"].problem == "理由を選んでください。"
    write("1")
    ctrl_enter()
    done = stored(desk[0], slips[0])
    assert (done.state, done.draft.reasons) == (State.ENTERED, {"V24:name": "1"})


def test_errors_hold_the_page_once_and_the_end_altogether(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    enter("カツラギ 3450312")
    ctrl_enter()
    content_page({**F02, "happened_on": "R8.11.26", "delay_reason": ""})
    assert wizard(shown).flow.page == "content"
    assert at() == "field_happened_on"
    ctrl_enter()
    assert wizard(shown).flow.page == "confirm"
    ctrl_enter()
    assert at() == "field_happened_on"
    assert stored(desk[0], slips[0]).state is State.DRAFTING
    focused().selectAll()  # type: ignore[attr-defined]
    write("R8.11.20")
    ctrl_enter()
    ctrl_enter()
    assert stored(desk[0], slips[0]).state is State.ENTERED


def test_an_individual_number_is_refused_and_not_kept(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    wizard(shown).jump("note")
    enter("番号は 123456789018")
    note = wizard(shown).pages.fields["note"].widget
    assert note.value() == ""
    assert note.problem.startswith("個人番号とみられる")
    with desk[0].store.read.begin() as connection:
        for table in ("application", "outbox", "audit"):
            assert "123456789018" not in repr(connection.execute(text(f"SELECT * FROM {table}")).all())


def test_a_postal_code_begins_the_address_and_the_clerk_goes_on(slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    wizard(shown).jump("postal")
    write("1600021")
    assert at() == "field_address"
    write("1-4-1")
    enter()
    assert wizard(shown).flow.values["address"] == "東京都新宿区歌舞伎町1-4-1"
    wizard(shown).jump("address")
    focused().selectAll()  # type: ignore[attr-defined]
    enter("東京都新宿区歌舞伎町")
    assert wizard(shown).pages.fields["address"].widget.problem == "番地がありません。紙に無いときは F4 で保留にします。"


def test_conditional_fields_come_before_the_focus_goes_on(slips: tuple[Slip, ...], open_window: Open) -> None:
    open_window()
    press(Qt.Key.Key_Return)
    enter("2")
    enter()
    assert at() == "field_posted_on"
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert at() == "field_filed_on"


def test_sheets_that_the_batch_cannot_have_are_said_at_the_field(slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page("4")
    assert wizard(shown).flow.page == "receipt"
    assert wizard(shown).pages.fields["sheets_attached"].widget.problem.startswith("この便の残りは4枚")


def test_later_keeps_the_draft_and_opens_it_at_the_same_field(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    enter("1")
    enter()
    assert at() == "field_filer"
    press(Qt.Key.Key_F3)
    assert at() == "entry_table"
    assert stored(desk[0], slips[0]).session == ""
    press(Qt.Key.Key_Return)
    assert at() == "field_filer"
    assert wizard(shown).pages.fields["channel"].text() == "1"


def test_enter_before_the_answer_never_takes_somebody_from_an_earlier_search(
    desk: Room, slips: tuple[Slip, ...], open_window: Open
) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    write("カツラギ")
    page, runner = wizard(shown).pages.person_page, wizard(shown).desk.runner
    assert page is not None
    assert isinstance(runner, InlineRunner)
    assert page.results.current_row() == HEAD
    runner.hold(Lane.READ)
    enter(" H13.5.6")
    assert wizard(shown).flow.entry.person is None
    runner.release()
    assert wizard(shown).flow.entry.person == CHILD


def test_enter_before_the_answer_leaves_the_choice_among_several(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    runner = wizard(shown).desk.runner
    assert isinstance(runner, InlineRunner)
    runner.hold(Lane.READ)
    enter("カツラギ")
    runner.release()
    assert (wizard(shown).flow.entry.person, at()) == (None, "person_search")
    press(Qt.Key.Key_Return)
    assert wizard(shown).flow.entry.person == HEAD


def test_an_answer_to_an_emptied_box_is_not_shown(slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    screen = shown.screen_named("entry")
    assert isinstance(screen, EntryScreen)
    shown.open_screen("search", {})
    search = shown.screen_named("search")
    assert isinstance(search, SearchScreen)
    runner = screen.desk.runner
    assert isinstance(runner, InlineRunner)
    runner.hold(Lane.READ)
    write("カ")
    press(Qt.Key.Key_Escape)
    runner.release()
    assert search.results.table.rows() == ()


def test_later_pressed_twice_waits_for_the_store(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    """What the store refuses is still on the screen."""
    shown = open_window()
    press(Qt.Key.Key_Return)
    enter("1")
    runner = wizard(shown).desk.runner
    assert isinstance(runner, InlineRunner)
    runner.hold(Lane.WRITE)
    press(Qt.Key.Key_F3)
    press(Qt.Key.Key_F3)
    assert wizard(shown).isVisible()
    runner.release()
    assert at() == "entry_table"
    assert stored(desk[0], slips[0]).draft.values["channel"] == "1"


def test_a_draft_left_by_a_dead_process_opens_where_it_was(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    office, session = desk
    died = Session("a-sign-in-that-died", session.person, session.name, session.role, session.terminal)
    id_ = service.open_slip(office, died, slips[0].id).application.id
    service.save_draft(
        office,
        died,
        id_,
        Draft({"happened_on": "2026-11-20"}, {"happened_on": "R8.11.20"}, {}, "content", "previous_insurer"),
    )
    shown = open_window()
    press(Qt.Key.Key_Return)
    assert at() == "field_previous_insurer"
    assert wizard(shown).pages.fields["happened_on"].text() == "R8.11.20"


def test_a_hold_needs_the_sheets_and_a_question(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_F4)
    assert at() == "field_sheets_form"
    enter("1")
    enter("1")
    press(Qt.Key.Key_F4)
    assert at() == "hold_question"
    ctrl_enter()
    assert at() == "hold_question"
    write("番号 123456789018 の人です。")
    ctrl_enter()
    assert at() == "hold_question"
    assert focused().toPlainText() == ""  # type: ignore[attr-defined]
    press(Qt.Key.Key_Escape)
    assert stored(desk[0], slips[0]).state is State.DRAFTING
    assert not wizard(shown).finished


def test_the_reading_of_the_input_method_waits_pale_for_the_clerk(slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    wizard(shown).jump("name")
    fields = wizard(shown).pages.fields
    name, kana = fields["name"].widget, fields["kana"].widget
    name.furigana.emit("ミホン")  # type: ignore[attr-defined]
    name.furigana.emit("ミホン　ハナコ")  # type: ignore[attr-defined]
    assert kana.value() == "ミホン　ハナコ"
    assert not kana.confirmed  # type: ignore[attr-defined]
    assert "kana" not in wizard(shown).flow.values
    enter("見本　花子")
    assert at() == "field_kana"
    enter()
    assert kana.confirmed  # type: ignore[attr-defined]
    name.furigana.emit("タロウ")  # type: ignore[attr-defined]
    assert wizard(shown).flow.values["kana"] == kana.value() == "ミホン　ハナコ"


def test_urgent_goes_first(slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    screen = shown.screen_named("entry")
    assert isinstance(screen, EntryScreen)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    assert screen.list_page.table.rows()[0].slip.number == "1124-003"
