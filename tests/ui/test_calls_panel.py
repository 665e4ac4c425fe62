"""The telephone, by keys alone: over the page, on the real store, with the lanes that the window has."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nhi_center.domain.calls import CallState
from nhi_center.services.call_list import counts, list_today, open_callbacks, read_record
from nhi_center.storage import register
from tests.services.test_calls import INDIVIDUAL_NUMBER, PERSON, PROMISED, REGISTERED, make_due, promised, room
from tests.support.call_hands import Hands, Key, hands
from tests.support.office import advance, desk, premises
from tests.ui.gallery_entry import EntryPage
from tests.ui.pictures import check_screen

__all__ = ["desk", "hands", "premises", "room"]


def test_a_call_is_taken_in_twenty_strokes_and_the_form_stands(hands: Hands) -> None:
    form = hands.window.screen_named("entry")
    assert isinstance(form, EntryPage)
    hands.bot.keyClicks(form.lost.editor, "R8.11")
    form.lost.editor.setFocus()
    hands.press(Key.Key_F5)
    assert hands.at.objectName() == "call_caller"
    hands.figures("21")
    hands.press(Key.Key_F11)
    hands.find("カツラギ 3450312")
    assert hands.panel.form.person.person_name.text() == PERSON.name
    assert hands.at.objectName() == "call_name"
    hands.at.selectAll()  # type: ignore[attr-defined]
    hands.words("カツラギ ミホコ")
    hands.press(Key.Key_Return)
    assert hands.panel.form.identity.birth.value() == "3450312"
    hands.press(Key.Key_Return)
    hands.words("歌舞伎町1-4-1")
    hands.press(Key.Key_Return)
    assert [chip.text() for chip in hands.panel.form.identity.chips] == ["✓ 一致"] * 3
    assert hands.panel.form.level.chip.text() == "レベル1 で答えられます"
    hands.figures("06")
    hands.press(Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    hands.press(Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    hands.words("届出済み、審査中と説明。")
    hands.press(Key.Key_Return)
    hands.figures("1")
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert hands.strokes <= 20

    assert not hands.window.floating.overlay_shown
    assert hands.at is form.lost.editor
    assert form.lost.value() == "R8.11"
    (row,) = list_today(hands.office, hands.session)
    assert row.call.state is CallState.DONE
    record = read_record(hands.office, hands.session, row.call.id)
    assert (record.answers, record.row.call.level) == (("06-2",), "1")
    assert record.row.call.draft.text == "06-2 を案内。届出済み、審査中と説明。"
    assert "1124-001" in hands.window.message_bar.text.text()


def test_going_back_to_the_form_does_not_end_the_call(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("2")
    hands.press(Key.Key_F5)
    assert not hands.window.floating.overlay_shown
    hands.press(Key.Key_F5)
    assert hands.at.objectName() == "call_language"
    assert hands.panel.form.caller.value() == "2"
    assert counts(hands.office, hands.session).today == 1
    assert hands.panel.form.clock_chip.text().startswith("通話中 ")


def test_keys_that_are_faster_than_the_store_are_not_lost(hands: Hands) -> None:
    hands.bot.keyClick(hands.at, Key.Key_F5)
    for key in ("2", "1", Key.Key_F11, Key.Key_Return):
        hands.bot.keyClick(hands.at, key)
    hands.settle()
    call = list_today(hands.office, hands.session)[0].call
    assert (call.draft.caller, call.draft.told) == ("2", True)
    assert counts(hands.office, hands.session).today == 1


def test_a_search_answered_late_is_still_chosen_by_its_enter(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("21")
    line = hands.panel.form.search.line
    line.setText("カツラギ 3450312")
    line.textEdited.emit(line.text())
    hands.bot.keyClick(line, Key.Key_Return)
    assert hands.at is line
    hands.settle()
    assert hands.at.objectName() == "call_name"
    assert hands.panel.form.person.person_name.text() == PERSON.name


def test_of_several_the_arrows_choose(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("21")
    with hands.office.store.write.begin() as connection:
        register.put_people(connection, [(700, replace(PERSON, atena="00099998", kana="ミホン　ツギコ"))])
    hands.words("3450312")
    names = [person.kana for person in hands.panel.form.people.rows()]
    assert len(names) == 2
    hands.press(Key.Key_Down)
    hands.press(Key.Key_Return)
    chosen = list_today(hands.office, hands.session)[0].call.draft.atena
    assert chosen == hands.panel.form.people.rows()[1].atena


def test_a_call_back_is_booked_for_the_next_open_hour(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("21")
    for _field in range(4):
        hands.press(Key.Key_Return)
    hands.figures("04")
    hands.words("書類を調べて折り返す。")
    hands.press(Key.Key_Return)
    hands.figures("3")
    assert hands.at.objectName() == "call_back_number"
    hands.words("0352730142")
    for _field in range(4):
        hands.press(Key.Key_Return)
    assert hands.panel.form.details.back_time.value() == "10:00"
    assert hands.at is hands.panel.form.save_button
    assert check_screen(hands.window) == []
    hands.press(Key.Key_Return)
    (row,) = open_callbacks(hands.office, hands.session)
    assert (row.number, row.back.due) == ("03-****-0142", "2026-11-24T10:00:00+09:00")
    assert "折返しは 10:00" in hands.window.message_bar.text.text()


def test_a_protected_person_is_found_like_nobody(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("11")
    people = hands.panel.form.people
    for typed in ("ミホン マモル", "ダレデモ ナイヒト", "00099999"):
        hands.at.selectAll()  # type: ignore[attr-defined]
        hands.words(typed)
        assert people.rows() == ()
        assert people.isVisible()
        assert "区職員へ" in people._empty
        hands.press(Key.Key_Return)
        assert hands.at.objectName() == "call_search"


def test_an_individual_number_stays_at_the_field_and_is_not_stored(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("1")
    hands.panel.form.text.editor.setFocus()
    hands.words(f"番号 {INDIVIDUAL_NUMBER}")
    hands.press(Key.Key_Return)
    assert "個人番号" in hands.panel.form.text.problem
    assert hands.at.objectName() == "call_outcome"
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert hands.window.floating.overlay_shown
    (row,) = list_today(hands.office, hands.session)
    assert row.call.draft.text == ""
    assert row.call.draft.caller == "1"


def test_what_is_missing_is_said_at_its_field(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("11")
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert hands.at.objectName() == "call_category"
    form = hands.panel.form
    assert form.category.problem
    assert form.text.problem
    assert form.outcome.problem
    assert check_screen(hands.window) == []
    assert list_today(hands.office, hands.session)[0].call.state is CallState.TALKING


def test_calls_that_follow_each_other_are_written_up_later(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("2")
    hands.press(Key.Key_F3)
    assert not hands.window.floating.overlay_shown
    hands.press(Key.Key_F5)
    assert hands.panel.form.caller.value() == ""
    hands.panel.form.focus_search()
    hands.words("カツ")
    hands.press(Key.Key_Escape)
    assert hands.panel.form.search.value() == ""
    assert hands.window.floating.overlay_shown
    hands.press(Key.Key_Escape)
    assert not hands.window.floating.overlay_shown
    assert [row.call.number for row in list_today(hands.office, hands.session)] == ["1124-001"]
    hands.window.open_screen("calls", {})
    hands.settle()
    hands.press(Key.Key_Return)
    assert hands.panel.form.caller.value() == "2"
    assert hands.panel.form.clock_chip.text().startswith("後処理 ")


def test_a_promise_is_rung_from_the_list(hands: Hands) -> None:
    promised(hands.office, hands.session)
    make_due(hands.office)
    hands.window.open_screen("calls", {})
    hands.settle()
    assert hands.list.overdue_chip.text() == "● 期限超過 1件"
    assert hands.at.objectName() == "calls_table"
    hands.list.backs.setFocus()
    hands.press(Key.Key_Return)
    assert "03-5273-0142" in hands.panel.form.number_text.text()
    assert hands.panel.form.caller.value() == "2"
    assert REGISTERED not in str(hands.list.backs.rows()[0].number)
    hands.press(Key.Key_F5)
    hands.settle()
    assert hands.list.backs.rows()[0].begun


def test_a_promise_kept_without_a_call_is_asked_about_first(hands: Hands) -> None:
    promised(hands.office, hands.session)
    hands.window.open_screen("calls", {})
    hands.settle()
    hands.press(Key.Key_F3)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    hands.bot.keyClick(dialog, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert hands.list.backs.rows() == ()
    assert open_callbacks(hands.office, hands.session) == ()


def test_a_recorded_call_opens_beside_the_list(hands: Hands) -> None:
    promised(hands.office, hands.session)
    hands.window.open_screen("calls", {})
    hands.settle()
    assert hands.list.record.empty.isVisible()
    hands.list.calls.setFocus()
    hands.press(Key.Key_Return)
    assert hands.list.record.text.text() == "06-2 を案内。届出済み、審査中と説明。"
    assert "03-****-0142" in hands.list.record.lines["back"].text()
    assert check_screen(hands.window) == []
    hands.press(Key.Key_4)
    assert hands.list.calls.rows() == ()
    assert hands.list.record.empty.isVisible()


def test_after_hang_up_a_usual_call_is_saved_with_few_keys(hands: Hands) -> None:
    """The person himself, in Japanese, answered from an example: nothing that few calls need stands in the way."""
    hands.press(Key.Key_F5)
    hands.figures("11")
    hands.press(Key.Key_F11)
    hands.find("カツラギ 3450312")
    hands.press(Key.Key_E, Qt.KeyboardModifier.AltModifier)
    assert hands.panel.form.clock_chip.text().startswith("後処理 ")
    hands.panel.form.category.editor.setFocus()
    before = hands.strokes
    hands.figures("06")
    hands.press(Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    hands.press(Key.Key_Return)
    hands.figures("1")
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert hands.strokes - before <= 12
    (row,) = list_today(hands.office, hands.session)
    assert (row.call.state, row.call.draft.consent, row.call.draft.interpreter) == (CallState.DONE, "", "")
    assert row.call.ended_at
    assert row.call.done_at


def test_hold_goes_on_while_the_form_is_keyed_and_what_is_typed_stays(hands: Hands) -> None:
    form = hands.window.screen_named("entry")
    assert isinstance(form, EntryPage)
    hands.bot.keyClicks(form.lost.editor, "R8.11")
    hands.press(Key.Key_F5)
    hands.figures("21")
    hands.panel.form.text.editor.setFocus()
    hands.words("調べる間お待ちいただく。")
    hands.press(Key.Key_H, Qt.KeyboardModifier.AltModifier)
    assert hands.panel.form.clock_chip.text().startswith("保留中 ")
    hands.press(Key.Key_F5)
    assert form.lost.value() == "R8.11"
    assert list_today(hands.office, hands.session)[0].call.held_at
    advance(hands.office.premises, seconds=65)
    hands.press(Key.Key_F5)
    assert hands.panel.form.text.value() == "調べる間お待ちいただく。"
    hands.press(Key.Key_H, Qt.KeyboardModifier.AltModifier)
    assert "保留 01:" in hands.panel.form.clock_chip.text()
    call = list_today(hands.office, hands.session)[0].call
    assert call.held_at == ""
    assert call.hold_seconds >= 65
    assert call.draft.text == "調べる間お待ちいただく。"


def test_who_is_not_the_person_names_the_consent_with_one_key_at_most(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("21")
    hands.find("カツラギ 3450312")
    consent = hands.panel.form.consent_fields.consent
    assert (consent.value(), consent.isVisible(), consent.passed_over) == ("1", True, True)  # proposed: no key at all
    hands.panel.form.caller.editor.setFocus()
    hands.figures("6")
    assert (consent.value(), consent.passed_over) == ("", False)
    hands.panel.form.category.editor.setFocus()
    hands.figures("23")
    hands.words("窓口を案内。")
    hands.press(Key.Key_Return)
    hands.figures("1")
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert hands.at is consent.editor
    assert "区の承諾" in consent.problem
    hands.figures("2")
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not hands.window.floating.overlay_shown
    (row,) = list_today(hands.office, hands.session)
    assert row.call.draft.consent == "2"
    hands.press(Key.Key_F5)
    hands.figures("1")
    hands.find("カツラギ 3450312")
    assert not consent.isVisible()


def test_the_earlier_calls_of_a_number_are_shown_beside_it(hands: Hands) -> None:
    promised(hands.office, hands.session, replace(PROMISED, phone="090-1234-5678"))
    hands.press(Key.Key_F5)
    assert not hands.panel.form.phone.isVisible()
    hands.press(Key.Key_T, Qt.KeyboardModifier.AltModifier)
    hands.words("+81 90-1234-5678")
    hands.press(Key.Key_Return)
    assert hands.panel.form.phone.value() == "090-1234-5678"
    assert "この番号 1件 11月24日 Q06 折返し" in hands.panel.form.number_text.text()
    hands.press(Key.Key_F3)
    hands.press(Key.Key_F5)
    assert not hands.panel.form.phone.isVisible()
    assert "この番号" not in hands.panel.form.number_text.text()


def test_the_interpreter_is_asked_about_on_the_way_from_the_language(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    hands.figures("83")
    assert hands.at.objectName() == "call_interpreter"
    hands.figures("2")
    assert hands.at.objectName() == "call_search"
    assert list_today(hands.office, hands.session)[0].call.draft.interpreter == "2"
    hands.panel.form.language.editor.setFocus()
    hands.figures("1")
    assert hands.at.objectName() == "call_search"
    assert not hands.panel.form.interpreter.isVisible()
