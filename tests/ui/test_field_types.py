"""Each kind of field under real keys and input method events: what moves it, what is put right, what is tinted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.domain.forms import types
from nhi_center.domain.forms.definition import Choice, FieldDefinition, FieldType, InputMode
from nhi_center.domain.postal import PostalBook
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LabelledField
from nhi_center.ui.common.form_fields import CARRIED, FormField
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.postal_pair import PostalPair
from nhi_center.ui.common.text_fields import FreeText

TODAY = date(2026, 11, 24)
ENTER = Qt.Key.Key_Return
ALT = Qt.KeyboardModifier.AltModifier
BOOK = PostalBook(
    "# 2026-10\n@東京都\t新宿区\n1600000\n1600021歌舞伎町\n@愛知県\t見本市\n4410302一町\n4410302二町\n"
    "@三重県\t見本市\n5190000\n5190001一町\n".encode()
)


def definition(kind: str, name: str = "one", **changes: Any) -> FieldDefinition:
    choices = (Choice("1", "男"), Choice("2", "女")) if kind == "choice" else ()
    return FieldDefinition(id=name, item=name, label="欄", type=FieldType(kind), choices=choices, **changes)


def stand(qtbot: QtBot, glyphs: NamePainter, *definitions: FieldDefinition) -> list[FormField]:
    """The fields in a window, one below the other, the focus in the first."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    fields = [FormField(one, glyphs, TODAY) for one in definitions]
    for field in fields:
        field.setParent(holder)
        column.addWidget(field.widget)
    qtbot.addWidget(holder)
    chain = FieldChain([field.widget for field in fields], holder)
    holder.show()
    holder.activateWindow()
    chain.focus_first()
    qtbot.waitUntil(fields[0].widget.editor.hasFocus)
    return fields


def compose(widget: QWidget, preedit: str = "", commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QCoreApplication.sendEvent(widget, event)


def text_of(field: FormField) -> str:
    return str(field.widget.editor.text())  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["text", "name", "kana", "roman", "address", "freetext"])
def test_an_enter_that_commits_a_conversion_never_moves_a_field(qtbot: QtBot, glyphs: NamePainter, kind: str) -> None:
    one, two = stand(qtbot, glyphs, definition(kind), definition("text", "two"))
    editor = one.widget.editor
    compose(editor, "みほん")
    QTest.keyClick(editor, ENTER)
    assert editor.hasFocus()
    compose(editor, "", "みほん")
    QTest.keyClick(editor, ENTER)
    assert editor.hasFocus(), "the Enter that commits comes once more in the same turn"
    QApplication.processEvents()
    QTest.keyClick(editor, ENTER)
    assert two.widget.editor.hasFocus()


def test_nor_in_free_words_of_several_lines(qtbot: QtBot) -> None:
    field = FreeText("memo", "メモ")
    qtbot.addWidget(field)
    moved: list[bool] = []
    field.advance_requested.connect(lambda: moved.append(True))
    compose(field.editor, "みほん")
    QTest.keyClick(field.editor, ENTER)
    compose(field.editor, "", "見本")
    QTest.keyClick(field.editor, ENTER)
    assert not moved
    QApplication.processEvents()
    QTest.keyClick(field.editor, ENTER)
    assert moved
    assert field.value() == "見本"


@pytest.mark.parametrize("kind", ["date", "choice", "number", "sheets", "postal", "phone", "code", "flag"])
def test_the_input_method_is_off_where_only_figures_are_typed(qtbot: QtBot, glyphs: NamePainter, kind: str) -> None:
    (field,) = stand(qtbot, glyphs, definition(kind, mode=InputMode.DIRECT))
    assert not field.widget.editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


@pytest.mark.parametrize(
    ("kind", "options", "committed", "shown", "said"),
    [
        ("name", {}, "ﾐﾎﾝ ﾀﾛｳ", "ミホン　タロウ", types.CONVERTED_WIDTH),
        ("kana", {}, "ﾐﾎﾝ ﾀﾛｳ", "ミホン　タロウ", types.CONVERTED_KANA),
        ("kana", {}, "みほん たろう", "ミホン　タロウ", ""),
        ("roman", {}, "Ｍｉｈｏｎ  Ｔａｒｏ", "MIHON TARO", types.CONVERTED_LETTERS),
        ("text", {}, "ﾐﾎﾝ組合", "ミホン組合", types.CONVERTED_WIDTH),
        ("text", {"mode": InputMode.DIRECT}, "０４−１２", "04-12", types.CONVERTED_DIGITS),
        ("address", {}, "見本町１−２ ﾒｿﾞﾝ", "見本町1-2 メゾン", types.CONVERTED_WIDTH),
        ("freetext", {}, "ﾒﾓ", "メモ", types.CONVERTED_FREE),
        ("date", {}, "Ｒ８．１１．１", "R8.11.1", f"{types.CONVERTED_DIGITS}令和8年11月1日(日)"),
        ("phone", {}, "０３−５２７３−０１４２", "03-5273-0142", types.CONVERTED_DIGITS),
        ("postal", {}, "１６００", "1600", ""),
        ("postal", {}, "１６０−００２１", "160-0021", types.CONVERTED_DIGITS),
        ("code", {"length": 8}, "１３８０", "1380", types.CONVERTED_DIGITS),
        ("code", {"length": 2, "exact": True}, "０１", "01", types.CONVERTED_DIGITS),
        ("code", {"check": "residence_card", "length": 12}, "ａｂ12345678cd", "AB12345678CD", types.CONVERTED_LETTERS),
        ("number", {}, "３", "3", types.CONVERTED_DIGITS),
        ("sheets", {}, "３", "3", types.CONVERTED_DIGITS),
    ],
)
def test_what_is_put_right_is_seen_and_said(
    qtbot: QtBot, glyphs: NamePainter, kind: str, options: dict[str, Any], committed: str, shown: str, said: str
) -> None:
    one, _two = stand(qtbot, glyphs, definition(kind, **options), definition("text", "two"))
    compose(one.widget.editor, "", committed)
    QApplication.processEvents()
    if one.widget.editor.hasFocus():
        QTest.keyClick(one.widget.editor, ENTER)
    assert text_of(one) == (shown if kind != "postal" or len(shown) == 8 else committed)
    assert one.widget.notice == one.reading.notice == said


def test_letters_are_capitals_as_they_are_typed(qtbot: QtBot, glyphs: NamePainter) -> None:
    (field,) = stand(qtbot, glyphs, definition("roman"))
    QTest.keyClicks(field.widget.editor, "nguyen van")
    assert text_of(field) == "NGUYEN VAN"
    QTest.keyClick(field.widget.editor, Qt.Key.Key_Home)
    QTest.keyClicks(field.widget.editor, "o")
    assert text_of(field) == "ONGUYEN VAN"
    assert field.widget.editor.cursorPosition() == 1  # type: ignore[attr-defined]
    assert field.judge().value == "ONGUYEN VAN"


@pytest.mark.parametrize(
    ("kind", "options", "keys", "value"),
    [
        ("code", {"length": 2, "exact": True}, "01", "01"),
        ("code", {"length": 8, "exact": True}, "00481726", "00481726"),
        ("code", {"length": 12, "check": "residence_card"}, "ab12345678cd", "AB12345678CD"),
        ("postal", {}, "1600021", "1600021"),
    ],
)
def test_a_full_field_moves_on_by_itself(
    qtbot: QtBot, glyphs: NamePainter, kind: str, options: dict[str, Any], keys: str, value: str
) -> None:
    one, two = stand(qtbot, glyphs, definition(kind, **options), definition("text", "two"))
    QTest.keyClicks(one.widget.editor, keys)
    assert two.widget.editor.hasFocus()
    assert one.reading.value == value


def test_a_birth_date_with_unknown_parts_shows_what_is_known(qtbot: QtBot, glyphs: NamePainter) -> None:
    one, _two = stand(qtbot, glyphs, definition("date", birth=True), definition("text", "two"))
    QTest.keyClicks(one.widget.editor, "S45.3.0")
    QTest.keyClick(one.widget.editor, ENTER)
    assert one.reading.value == "1970-03-00"
    assert one.widget.reading == "1970年(昭和45年)3月 日は不詳、56歳"
    assert not one.widget.problem
    one.show("1970-03-00")
    assert one.reading.value == "1970-03-00"


@pytest.mark.parametrize(("kind", "options"), [("code", {"length": 8, "exact": True}), ("postal", {})])
def test_the_beginning_of_an_individual_number_is_not_kept_either(
    qtbot: QtBot, glyphs: NamePainter, kind: str, options: dict[str, Any]
) -> None:
    one, _two = stand(qtbot, glyphs, definition(kind, **options), definition("text", "two"))
    compose(one.widget.editor, "", "1234 5678 9018")
    assert text_of(one) == ""
    assert one.widget.problem == types.INDIVIDUAL_NUMBER
    assert one.judge().value == ""
    assert one.widget.editor.hasFocus()


# -- taken over from before --


@pytest.mark.parametrize("kind", ["text", "name", "kana", "roman", "date", "choice", "postal", "phone", "code", "address"])
def test_what_is_carried_is_tinted_until_it_is_looked_at(qtbot: QtBot, glyphs: NamePainter, kind: str) -> None:
    values = {"date": "2026-11-01", "choice": "2", "postal": "1600021", "phone": "0352730142", "code": "12"}
    values |= {"roman": "MIHON TARO", "name": "見本　太郎", "kana": "ミホン"}
    one, two = stand(qtbot, glyphs, definition(kind, hint="紙の右上"), definition("text", "two"))
    two.widget.editor.setFocus()
    one.show(values.get(kind, "見本町1"))
    one.set_carried(True)
    tint = (one.widget.editor.property("state"), one.widget.note.text() in (CARRIED, one.widget.reading))
    assert one.carried
    assert tint == ("carried", True)
    one.judge()
    assert one.carried, "judged without anybody having stood there"
    assert one.widget.editor.property("state") == "carried"
    one.widget.editor.setFocus()
    two.widget.editor.setFocus()
    assert one.carried, "passed by mouse or Tab: nobody said that it was looked at"
    heard: list[bool] = []
    one.changed_state.connect(lambda: heard.append(one.carried))
    one.widget.editor.setFocus()
    QTest.keyClick(one.widget.editor, ENTER)
    assert two.widget.editor.hasFocus()
    assert not one.carried
    assert heard == [False]
    assert one.widget.editor.property("state") == ""
    assert one.widget.note.text() != CARRIED


def test_writing_in_a_carried_field_makes_it_one_s_own(qtbot: QtBot, glyphs: NamePainter) -> None:
    (field,) = stand(qtbot, glyphs, definition("text"))
    field.show("見本")
    field.set_carried(True)
    QTest.keyClicks(field.widget.editor, "a")
    assert not field.carried
    assert field.widget.editor.property("state") == ""


def test_an_error_shows_over_the_tint(qtbot: QtBot, glyphs: NamePainter) -> None:
    (field,) = stand(qtbot, glyphs, definition("text"))
    field.set_carried(True)
    field.widget.set_problem("だめ。")
    assert field.widget.editor.property("state") == "error"
    field.widget.set_problem("")
    assert field.widget.editor.property("state") == "carried"


# -- postal code and address --


def pair(qtbot: QtBot, glyphs: NamePainter) -> tuple[FormField, FormField, PostalPair]:
    postal, address = stand(qtbot, glyphs, definition("postal", fills="two"), definition("address", "two"))
    return postal, address, PostalPair(postal, address, lambda: BOOK)


def write(widget: LabelledField, text: str) -> None:
    compose(widget.editor, "", text)


def test_an_address_offers_its_code_and_nothing_is_taken_silently(qtbot: QtBot, glyphs: NamePainter) -> None:
    postal, address, offered = pair(qtbot, glyphs)
    assert postal.widget.note.text() == "郵便番号データ 2026-10"
    QTest.keyClick(postal.widget.editor, ENTER)
    write(address.widget, "新宿区")
    assert not offered.offers
    write(address.widget, "歌舞伎町1")
    assert offered.offers == ("160-0021",)
    assert address.widget.note.text() == "Alt+1 160-0021"
    assert postal.text() == ""
    with qtbot.waitSignal(postal.read):
        QTest.keyClick(address.widget.editor, Qt.Key.Key_1, ALT)
    assert postal.reading.value == "1600021"
    assert address.text() == "新宿区歌舞伎町1"
    assert address.widget.editor.hasFocus()
    assert not offered.offers


def test_a_city_that_stands_twice_is_told_apart(qtbot: QtBot, glyphs: NamePainter) -> None:
    _postal, address, offered = pair(qtbot, glyphs)
    write(address.widget, "見本市一町")
    assert offered.offers == ("441-0302 愛知県見本市一町", "519-0001 三重県見本市一町")


def test_a_code_that_stands_there_is_not_questioned(qtbot: QtBot, glyphs: NamePainter) -> None:
    postal, address, offered = pair(qtbot, glyphs)
    postal.show("1600000")
    write(address.widget, "新宿区歌舞伎町1")
    assert not offered.offers


def test_the_towns_of_one_code_are_chosen_by_number(qtbot: QtBot, glyphs: NamePainter) -> None:
    postal, address, offered = pair(qtbot, glyphs)
    QTest.keyClicks(postal.widget.editor, "4410302")
    assert offered.offers == ("一町", "二町")
    assert address.widget.editor.hasFocus()
    QTest.keyClick(address.widget.editor, Qt.Key.Key_2, ALT)
    assert address.text() == "愛知県見本市二町"
    write(address.widget, "3-1")
    assert address.judge().value == "愛知県見本市二町3-1"


def test_an_address_that_stands_there_is_not_replaced(qtbot: QtBot, glyphs: NamePainter) -> None:
    postal, address, offered = pair(qtbot, glyphs)
    address.show("愛知県見本市三町1")
    QTest.keyClicks(postal.widget.editor, "4410302")
    assert not offered.offers
    assert address.text() == "愛知県見本市三町1"
