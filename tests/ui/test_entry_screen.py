"""The entry screens worked by keys alone, over a real store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import State
from nhi_center.domain.operators import Session
from nhi_center.services import entry as service
from nhi_center.services import holds
from nhi_center.services.office import Office
from nhi_center.storage import entry as storage
from nhi_center.tasks.runner import JobRunner, Lane
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.entry import ENTRY, QUESTIONS
from nhi_center.ui.entry.screen import EntryScreen
from nhi_center.ui.entry.wizard import Wizard
from nhi_center.ui.search import ENTRY as SEARCH
from nhi_center.ui.shell import MainWindow
from tests.support.entry import HEAD, bring_in, fill_register
from tests.support.inline_runner import InlineRunner
from tests.support.office import as_person, desk, premises
from tests.ui.entry_room import at, ctrl_enter, enter, focused, press, window, write
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
Open = Callable[..., MainWindow]


@pytest.fixture
def slips(desk: Room) -> tuple[Slip, ...]:
    fill_register(desk[0])
    return bring_in(*desk, F02=(2, 4), F05=(1, 2), F15=(1, 1))


@pytest.fixture
def open_window(desk: Room, glyphs: NamePainter) -> Iterator[Open]:
    made: list[MainWindow] = []

    def show(*entries: ScreenEntry, session: Session | None = None, runner: JobRunner | None = None) -> MainWindow:
        made.append(window(desk[0], session or desk[1], glyphs, entries or (ENTRY, SEARCH), runner))
        return made[-1]

    yield show
    for one in made:
        one.stop()
        one.close()
        one.deleteLater()
    QApplication.processEvents()


def wizard(shown: MainWindow) -> Wizard:
    screen = shown.screen_named("entry")
    assert isinstance(screen, EntryScreen)
    assert screen.wizard is not None
    return screen.wizard


def stored(office: Office, slip: Slip) -> storage.Application:
    with office.store.read.begin() as connection:
        found = storage.find_by_slip(connection, slip.id)
    assert found is not None
    return found


def receipt_page(sheets: str = "1") -> None:
    """受付: 窓口, the day as filled in, 世帯主, identity checked, no number, sheets."""
    for value in ("1", "", "1", "1", "運転免許証", "1", "1", sheets):
        enter(value)


def content_page(values: dict[str, str]) -> None:
    """届出内容 to its end; Enter through what is filled in already."""
    name = at()
    while name != "field_note":
        name = at()
        enter(values.get(name.removeprefix("field_"), ""))


F02 = {"cover_lost": "R8.11.1", "delay_reason": "2", "previous_insurer": "見本健康保険組合", "loss_evidence": "1"}


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
    assert done.draft.values["cover_lost"] == "2026-11-01"
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
    content_page({**F02, "cover_lost": "R8.11.26", "delay_reason": ""})
    assert wizard(shown).flow.page == "content"
    assert at() == "field_cover_lost"
    ctrl_enter()
    assert wizard(shown).flow.page == "confirm"
    ctrl_enter()
    assert at() == "field_cover_lost"
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


def test_a_draft_left_by_a_dead_process_opens_where_it_was(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    office, session = desk
    died = Session("a-sign-in-that-died", session.person, session.name, session.role, session.terminal)
    id_ = service.open_slip(office, died, slips[0].id).application.id
    service.save_draft(
        office,
        died,
        id_,
        storage.Draft({"cover_lost": "2026-11-20"}, {"cover_lost": "R8.11.20"}, {}, "content", "previous_insurer"),
    )
    shown = open_window()
    press(Qt.Key.Key_Return)
    assert at() == "field_previous_insurer"
    assert wizard(shown).pages.fields["cover_lost"].text() == "R8.11.20"


def test_a_question_goes_to_the_ward_and_its_answer_stands_beside_the_form(
    desk: Room, slips: tuple[Slip, ...], open_window: Open
) -> None:
    office, _session = desk
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    press(Qt.Key.Key_F4)
    write("喪失日が読めません。")
    ctrl_enter()
    assert stored(office, slips[0]).state is State.HELD
    shown.close()
    ward = as_person(office, "40127")
    open_window(QUESTIONS, session=ward)
    press(Qt.Key.Key_Return)
    assert at() == "question_answer"
    ctrl_enter()
    assert holds.open_questions(office, ward)
    write("11月20日です。")
    ctrl_enter()
    assert not holds.open_questions(office, ward)
    shown = open_window()
    press(Qt.Key.Key_Return)
    answered = wizard(shown).flow.entry
    assert (answered.slip.number, answered.holds[-1].answer) == ("1124-001", "11月20日です。")


def test_another_member_of_the_household_is_one_key_away(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
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
    assert wizard(shown).flow.values["atena"] == "00481734"
    assert stored(desk[0], slips[0]).atena == "00481734"


def test_urgent_goes_first(slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    screen = shown.screen_named("entry")
    assert isinstance(screen, EntryScreen)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    assert screen.list_page.table.rows()[0].slip.number == "1124-003"


def test_a_person_is_found_from_anywhere_and_the_opening_is_kept(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_F2)
    assert at() == "search_box"
    write("カツラギ レイタ")
    press(Qt.Key.Key_Return)
    screen = shown.screen_named("search")
    assert screen is not None
    assert screen.card.person_name.text() == "葛\U000e0102城　例太"  # type: ignore[attr-defined]
    with desk[0].store.read.begin() as connection:
        last = json.loads(connection.execute(text("SELECT entry FROM audit ORDER BY seq DESC LIMIT 1")).scalar_one())
    assert (last["action"], last["subject"], last["facts"]) == ("view_person", "00481734", {"purpose": "search"})
    shown.open_screen("entry", {})
    shown.open_screen("search", {})
    assert screen.card.person_name.isHidden()  # type: ignore[attr-defined]


def test_every_page_is_whole_at_the_smallest_window(
    desk: Room, slips: tuple[Slip, ...], open_window: Open, tmp_path: Path
) -> None:
    shown = open_window()
    wrong: list[str] = []

    def look(name: str) -> None:
        QApplication.processEvents()
        assert shown.grab().save(str(tmp_path / f"{name}.png"))
        wrong.extend(f"{name}: {problem}" for problem in check_screen(shown))

    look("list")
    press(Qt.Key.Key_Return)
    look("receipt")
    receipt_page()
    write("カツラギ")
    look("search")
    enter(" 3450312")
    look("household")
    ctrl_enter()
    focused().selectAll()  # type: ignore[attr-defined]
    enter("葛城　見本子")
    look("content")
    content_page({**F02, "note": "信仰のため"})
    look("confirm")
    write("1")
    press(Qt.Key.Key_Return)
    write("1")
    ctrl_enter()
    look("next")
    for _form in ("F02", "F05", "F15"):
        press(Qt.Key.Key_F3)
        press(Qt.Key.Key_Return)
        for page in wizard(shown).flow.form.pages:
            wizard(shown).jump(page.fields[0].id)
            look(f"{_form} {page.id}")
        press(Qt.Key.Key_F3)
        press(Qt.Key.Key_Down)
    assert wrong == []
