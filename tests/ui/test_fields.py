"""Fields: Enter, commits, clusters, kana, dates, choices, digits; what is said at them."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.errors import OperatorError
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField, PostalField
from nhi_center.ui.common.date_field import DateField, DateStyle
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LabelledField, LineField, PasswordField
from nhi_center.ui.common.name_edit import KanaField, NameEdit
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.text_fields import FreeText, ReasonField, warn_of_forbidden

TODAY = date(2026, 11, 24)
KATSURAGI = "葛\U000e0102城"
ENTER = Qt.Key.Key_Return


def compose(widget: QWidget, preedit: str = "", commit: str = "") -> None:
    """What an input method sends."""
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QCoreApplication.sendEvent(widget, event)


def page(qtbot: QtBot, *fields: LabelledField) -> FieldChain:
    holder = QWidget()
    column = QVBoxLayout(holder)
    for field in fields:
        column.addWidget(field)
    qtbot.addWidget(holder)
    chain = FieldChain(fields, holder)
    holder.show()
    holder.activateWindow()
    chain.focus_first()
    qtbot.waitUntil(fields[0].editor.hasFocus)
    return chain


def test_enter_goes_on_and_shift_enter_back(qtbot: QtBot) -> None:
    one, two = LineField("one", "一"), LineField("two", "二")
    chain = page(qtbot, one, two)
    qtbot.keyClick(one.editor, ENTER)
    assert two.editor.hasFocus()
    qtbot.keyClick(two.editor, ENTER, Qt.KeyboardModifier.ShiftModifier)
    assert one.editor.hasFocus()
    qtbot.keyClick(one.editor, ENTER)
    with qtbot.waitSignal(chain.finished):
        qtbot.keyClick(two.editor, ENTER)


def test_a_disabled_field_is_passed_over(qtbot: QtBot) -> None:
    one, two, three = LineField("one", "一"), LineField("two", "二"), LineField("three", "三")
    page(qtbot, one, two, three)
    two.setEnabled(False)
    qtbot.keyClick(one.editor, ENTER)
    assert three.editor.hasFocus()


def test_an_enter_that_commits_a_conversion_never_moves_the_field(qtbot: QtBot) -> None:
    one, two = LineField("one", "一"), LineField("two", "二")
    page(qtbot, one, two)
    compose(one.editor, "みほん")
    qtbot.keyClick(one.editor, ENTER)
    assert one.editor.hasFocus()
    compose(one.editor, "", "見本")
    qtbot.keyClick(one.editor, ENTER)
    assert one.editor.hasFocus()
    QCoreApplication.processEvents()
    qtbot.keyClick(one.editor, ENTER)
    assert two.editor.hasFocus()
    assert one.value() == "見本"


def test_control_enter_belongs_to_the_page(qtbot: QtBot) -> None:
    one, two = LineField("one", "一"), LineField("two", "二")
    page(qtbot, one, two)
    qtbot.keyClick(one.editor, ENTER, Qt.KeyboardModifier.ControlModifier)
    assert one.editor.hasFocus()


def test_left_carries_the_value_and_names_are_given(qtbot: QtBot) -> None:
    one, two = LineField("one", "前保険者名"), LineField("two", "二")
    page(qtbot, one, two)
    qtbot.keyClicks(one.editor, "abc")
    with qtbot.waitSignal(one.left) as left:
        qtbot.keyClick(one.editor, ENTER)
    assert left.args == ["abc"]
    assert one.editor.accessibleName() == "前保険者名"
    assert one.editor.objectName() == "one"


def test_the_most_serious_word_is_shown(qtbot: QtBot) -> None:
    field = LineField("one", "一", hint="ヒント")
    qtbot.addWidget(field)
    assert field.note.text() == "ヒント"
    field.set_reading("読み")
    field.set_notice("注意")
    field.set_problem("まちがい")
    assert field.note.text() == "● まちがい"
    field.set_problem("")
    assert field.note.text() == "▲ 注意"
    field.clear_notes()
    assert field.note.text() == "ヒント"


def test_required_fields_and_errors_find_their_place(qtbot: QtBot) -> None:
    one, two = LineField("one", "一"), LineField("two", "住所", required=True)
    chain = page(qtbot, one, two)
    assert not chain.commit_all()
    assert two.problem == "住所を入力してください。"
    assert two.editor.hasFocus()
    assert chain.show_error(OperatorError("番地がありません。", field="one"))
    assert one.problem == "番地がありません。"
    assert not chain.show_error(OperatorError("ほかの欄", field="elsewhere"))


def test_digits_move_on_when_full_and_drop_the_rest(qtbot: QtBot) -> None:
    one, two = DigitsField("one", "枝番", length=2), LineField("two", "二")
    page(qtbot, one, two)
    qtbot.keyClicks(one.editor, "0a")
    assert one.value() == "0"
    qtbot.keyClicks(one.editor, "1")
    assert one.value() == "01"
    assert two.editor.hasFocus()


def test_full_width_digits_are_digits(qtbot: QtBot) -> None:
    field = DigitsField("one", "件数")
    qtbot.addWidget(field)
    compose(field.editor, "", "１２")
    assert field.line.text() == "12"


def test_postal_code_is_shown_with_its_hyphen_and_fills(qtbot: QtBot) -> None:
    one, two = PostalField("postal", "郵便番号"), LineField("two", "住所")
    page(qtbot, one, two)
    with qtbot.waitSignal(one.filled) as filled:
        qtbot.keyClicks(one.editor, "1600021")
    assert filled.args == ["1600021"]
    assert one.line.text() == "160-0021"
    assert one.value() == "1600021"
    assert two.editor.hasFocus()


@pytest.mark.parametrize(
    ("typed", "said"), [("3450312", "昭和45年3月12日(1970-03-12、56歳)"), ("S45.3.12", "昭和45年3月12日(1970-03-12、56歳)")]
)
def test_dates_show_their_long_form(qtbot: QtBot, typed: str, said: str) -> None:
    one, two = DateField("birth", "生年月日", today=TODAY, style=DateStyle.BIRTH), LineField("two", "二")
    page(qtbot, one, two)
    qtbot.keyClicks(one.editor, typed)
    qtbot.keyClick(one.editor, ENTER)
    assert one.reading == said
    assert one.day() == date(1970, 3, 12)
    assert one.value() == typed


def test_an_impossible_date_is_said_at_its_field_and_stays(qtbot: QtBot) -> None:
    one, two = DateField("birth", "生年月日", today=TODAY), LineField("two", "二")
    page(qtbot, one, two)
    qtbot.keyClicks(one.editor, "R8.2.30")
    qtbot.keyClick(one.editor, ENTER)
    assert one.problem
    assert one.value() == "R8.2.30"
    assert one.day() is None


def test_choices_are_typed_by_their_number(qtbot: QtBot) -> None:
    sexes = (Choice("1", "男"), Choice("2", "女"))
    field, after = ChoiceField("sex", "性別", sexes), LineField("two", "二")
    page(qtbot, field, after)
    with qtbot.waitSignal(field.changed):
        qtbot.keyClicks(field.editor, "2")
    assert field.line.text() == "2 女"
    assert field.value() == "2"
    qtbot.keyClicks(field.editor, "9")
    assert field.value() == "2"
    qtbot.keyClick(field.editor, Qt.Key.Key_Up)
    assert field.value() == "1"
    qtbot.keyClick(field.editor, Qt.Key.Key_Delete)
    assert field.value() == ""


def test_two_figure_choices_wait_for_the_second(qtbot: QtBot) -> None:
    field = ChoiceField("q", "分類", tuple(Choice(f"Q{number:02d}", f"分類{number}", f"{number:02d}") for number in range(1, 13)))
    qtbot.addWidget(field)
    qtbot.keyClicks(field.editor, "06")
    assert field.value() == "Q06"
    qtbot.keyClicks(field.editor, "12")
    assert field.value() == "Q12"


def test_backspace_takes_a_whole_character_with_its_selector(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = NameEdit("name", "氏名(漢字)", glyphs)
    qtbot.addWidget(field)
    field.set_value("城" + "葛\U000e0102")
    field.line.setCursorPosition(len("城") + 3)
    qtbot.keyClick(field.editor, Qt.Key.Key_Backspace)
    assert field.value() == "城"
    field.set_value(KATSURAGI)
    field.line.setCursorPosition(0)
    qtbot.keyClick(field.editor, Qt.Key.Key_Delete)
    assert field.value() == "城"


def test_the_limit_never_parts_a_selector_from_its_base(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = NameEdit("name", "氏名(漢字)", glyphs, limit=2)
    qtbot.addWidget(field)
    compose(field.editor, "", "𠮷葛\U000e0102城")
    assert field.value() == "𠮷葛\U000e0102"


def test_a_form_no_font_has_is_said_at_the_field(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = NameEdit("name", "氏名(漢字)", glyphs)
    qtbot.addWidget(field)
    field.set_value("見\U000e01ef")
    assert "1 字" in field.problem
    field.set_value(KATSURAGI)
    assert not field.problem


def test_furigana_comes_from_the_conversion_and_waits_for_confirmation(qtbot: QtBot, glyphs: NamePainter) -> None:
    name, kana = NameEdit("name", "氏名", glyphs), KanaField("kana", "フリガナ")
    after = LineField("after", "後")
    page(qtbot, name, kana, after)
    name.furigana.connect(kana.set_suggestion)
    for stage in ("ｙ", "や", "やｍ", "やま", "やまだ", "山田"):
        compose(name.editor, stage)
    compose(name.editor, "", "山田")
    assert kana.value() == "ヤマダ"
    assert not kana.confirmed
    kana.editor.setFocus()
    qtbot.keyClick(kana.editor, ENTER)
    assert kana.confirmed


def test_an_escaped_conversion_leaves_no_furigana(qtbot: QtBot, glyphs: NamePainter) -> None:
    name = NameEdit("name", "氏名", glyphs)
    qtbot.addWidget(name)
    heard: list[str] = []
    name.furigana.connect(heard.append)
    compose(name.editor, "すずき")
    compose(name.editor)
    compose(name.editor, "", "鈴")
    assert heard == []


@pytest.mark.parametrize(("typed", "kept"), [("ｶﾂﾗｷﾞ ﾐﾎｺ", "カツラギ\u3000ミホコ"), ("やまだ", "ヤマダ"), ("ヤマダ", "ヤマダ")])
def test_kana_is_converted_before_the_eyes(qtbot: QtBot, typed: str, kept: str) -> None:
    field, after = KanaField("kana", "フリガナ"), LineField("after", "後")
    page(qtbot, field, after)
    compose(field.editor, "", typed)
    QCoreApplication.processEvents()
    qtbot.keyClick(field.editor, ENTER)
    assert field.value() == kept


def test_free_text_refuses_an_individual_number(qtbot: QtBot) -> None:
    field, after = FreeText("memo", "メモ"), LineField("after", "後")
    page(qtbot, field, after)
    compose(field.editor, "", "電話で 1234 5678 9018 と言われた")
    qtbot.keyClick(field.editor, ENTER)
    assert "個人番号" in field.problem
    assert after.editor.hasFocus()


def test_alt_enter_begins_a_line_and_a_reason_is_wanted(qtbot: QtBot) -> None:
    field, after = ReasonField(), LineField("after", "後")
    page(qtbot, field, after)
    qtbot.keyClick(field.editor, ENTER)
    assert field.problem.startswith("理由を")
    field.editor.setFocus()
    qtbot.keyClicks(field.editor, "a")
    qtbot.keyClick(field.editor, ENTER, Qt.KeyboardModifier.AltModifier)
    assert field.value() == "a\n"


def test_password_says_caps_lock_and_has_no_input_method(qtbot: QtBot) -> None:
    field = PasswordField("password", "パスワード")
    qtbot.addWidget(field)
    qtbot.keyClicks(field.editor, "a")
    assert not field.notice
    qtbot.keyClick(field.editor, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    field.set_notice("")
    assert not field.editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    assert field.line.displayText() == field.line.displayText()[0] * 2


def test_words_of_what_must_not_be_collected_are_warned_of_and_go_again(qtbot: QtBot) -> None:
    field, line = FreeText("memo", "メモ"), LineField("line", "補足")
    warn_of_forbidden(line)
    page(qtbot, field, line)
    field.text_editor.insertPlainText("前科のこと")
    assert "犯罪" in field.notice
    field.text_editor.setPlainText("届出のこと")
    assert field.notice == ""
    qtbot.keyClicks(line.editor, "")
    compose(line.editor, commit="信仰")
    assert "宗教" in line.notice
