from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.forms import types
from nhi_center.domain.forms.definition import (
    Choice,
    EffectKind,
    FieldDefinition,
    FieldType,
    FormDefinition,
    InputMode,
    Page,
)

TODAY = date(2026, 11, 24)
SEX = (Choice("1", "男"), Choice("2", "女"))
INDIVIDUAL_NUMBER = "123456789018"  # sequence with a right check digit: nobody's number


def field(kind: str, **changes: Any) -> FieldDefinition:
    return FieldDefinition(id="f", item="f", label="欄", type=FieldType(kind), **changes)


def sentence(text: str) -> bool:
    return text.endswith("。")


@pytest.mark.parametrize("typed", ["3450312", "S45.3.12", "昭45.3.12", "19700312", "１９７０－３－１２", "昭和45年3月12日"])
def test_birth_in_any_shorthand_shows_the_long_form(typed: str) -> None:
    reading = types.read(field("date", birth=True), typed, TODAY)
    assert (reading.value, reading.display) == ("1970-03-12", "昭和45年3月12日(1970-03-12、56歳)")


def test_other_dates_show_the_day_of_the_week() -> None:
    assert types.read(field("date"), "R8.11.1", TODAY).display == "令和8年11月1日(日)"


def test_a_heisei_date_after_its_end_is_converted_and_said() -> None:
    reading = types.read(field("date"), "H31.5.1", TODAY)
    assert (reading.value, reading.notice) == ("2019-05-01", types.CONVERTED_ERA)


@pytest.mark.parametrize("typed", ["S64.1.8", "R8.2.30", "きのう", "R8"])
def test_an_impossible_date_says_why_and_keeps_nothing(typed: str) -> None:
    reading = types.read(field("date"), typed, TODAY)
    assert reading.value == ""
    assert sentence(reading.problem)


def test_a_birth_date_after_today_is_refused() -> None:
    assert types.read(field("date", birth=True), "R8.11.25", TODAY).problem


def test_a_name_keeps_its_code_points() -> None:
    name = "葛\U000e0102城　見本子"
    assert types.read(field("name"), name, TODAY) == types.FieldReading(name, name)
    assert types.read(field("name"), "神　見本子", TODAY).value == "神　見本子"


@pytest.mark.parametrize(
    "name", ["見本［例田］　花子", "見本(例田)　花子", "見本　花子・アンナ", "グエン　ヴァン　アン", "NGUYEN　VAN"]
)
def test_former_names_and_common_names_are_kept_as_written(name: str) -> None:
    assert types.read(field("name", length=100), name, TODAY) == types.FieldReading(name, name)


def test_half_width_in_a_name_is_converted_visibly() -> None:
    reading = types.read(field("name"), "見本 ﾀﾛｳ", TODAY)
    assert (reading.value, reading.notice) == ("見本　タロウ", types.CONVERTED_WIDTH)


def test_a_space_alone_is_widened_without_a_word() -> None:
    assert types.read(field("name"), " 見本  太郎 ", TODAY) == types.FieldReading("見本　太郎", "見本　太郎")


def test_a_name_without_a_gap_is_asked_about() -> None:
    assert types.read(field("name"), "見本太郎", TODAY).notice == types.NO_GAP


def test_kana_is_converted_visibly() -> None:
    reading = types.read(field("kana"), "ｶﾂﾗｷﾞ みほこ", TODAY)
    assert (reading.value, reading.notice) == ("カツラギ　ミホコ", types.CONVERTED_KANA)


def test_kanji_in_kana_is_a_problem() -> None:
    assert sentence(types.read(field("kana"), "見本", TODAY).problem)


@pytest.mark.parametrize("typed", ["2", "２", "女", "2 女"])
def test_a_choice_is_typed_by_its_number(typed: str) -> None:
    assert types.read(field("choice", choices=SEX), typed, TODAY) == types.FieldReading("2", "2 女")


def test_an_unknown_choice_names_the_choices() -> None:
    assert types.read(field("choice", choices=SEX), "3", TODAY).problem == "1 男、2 女 から番号で選んでください。"


def test_address_unifies_digits_and_hyphens_between_them_only() -> None:
    reading = types.read(field("address", house_number=True), "東京都新宿区歌舞伎町１－４ー１ メゾンハーモニー", TODAY)
    assert reading.value == "東京都新宿区歌舞伎町1-4-1 メゾンハーモニー"
    assert reading.notice


@pytest.mark.parametrize(
    ("typed", "good"), [("東京都新宿区歌舞伎町", False), ("新宿区歌舞伎町一丁目四番", True), ("無番地", True)]
)
def test_an_address_needs_its_house_number(typed: str, good: bool) -> None:
    assert (types.read(field("address", house_number=True), typed, TODAY).problem == "") is good
    assert types.read(field("address"), typed, TODAY).problem == ""


@pytest.mark.parametrize("kind", [kind.value for kind in FieldType])
@pytest.mark.parametrize("typed", [INDIVIDUAL_NUMBER, "1234-5678-9018", "番号は１２３４５６７８９０１８です"])
def test_an_individual_number_is_never_kept(kind: str, typed: str) -> None:
    choices = SEX if kind == "choice" else ()
    reading = types.read(field(kind, choices=choices), typed, TODAY)
    assert reading == types.FieldReading(problem=types.INDIVIDUAL_NUMBER, wipe=True)


@pytest.mark.parametrize("mark", [".", "/", "・", ":", "_", ", ", "、", "．", "―"])
def test_no_mark_between_its_groups_hides_an_individual_number(mark: str) -> None:
    reading = types.read(field("freetext"), f"記載 {mark.join(('1234', '5678', '9018'))} あり", TODAY)
    assert (reading.value, reading.wipe) == ("", True)


def test_dates_in_a_row_are_no_individual_number() -> None:
    for day in range(10, 31):
        assert not types.read(field("freetext"), f"26.11.{day}、26.12.{day}", TODAY).wipe


@pytest.mark.parametrize("kind", ["number", "sheets"])
def test_a_pasted_page_of_digits_is_a_problem_and_no_fault(kind: str) -> None:
    assert types.read(field(kind), "1" * 5000, TODAY).problem == "9桁までの数を入力してください。"
    assert types.read(field(kind, length=2), "007", TODAY).value == "7"


@given(st.text(max_size=8), st.text(max_size=8))
def test_no_text_around_it_hides_an_individual_number(before: str, after: str) -> None:
    typed = f"{before} {INDIVIDUAL_NUMBER} {after}"
    assert types.read(field("freetext"), typed, TODAY) == types.FieldReading(problem=types.INDIVIDUAL_NUMBER, wipe=True)


@pytest.mark.parametrize(
    ("kind", "options", "typed", "value", "display"),
    [
        ("postal", {}, "〒１６０－００２１", "1600021", "160-0021"),
        ("phone", {}, "03(5273)0142", "0352730142", "03-5273-0142"),
        ("sheets", {"length": 2}, "２", "2", "2枚"),
        ("number", {"length": 2}, "0", "0", "0"),
        ("flag", {}, "1", "1", "1 はい"),
        ("code", {"length": 8, "exact": True}, "００４８１７２６", "00481726", "00481726"),
        ("code", {"check": "insurer"}, "138040", "00138040", "00138040"),
        ("roman", {}, "Mihon  taro", "MIHON TARO", "MIHON TARO"),
        ("text", {"mode": InputMode.DIRECT}, "０４－１２", "04-12", "04-12"),
    ],
)
def test_other_types(kind: str, options: dict[str, Any], typed: str, value: str, display: str) -> None:
    reading = types.read(field(kind, **options), typed, TODAY)
    assert (reading.value, reading.display, reading.problem) == (value, display, "")


@pytest.mark.parametrize(
    ("kind", "options", "typed"),
    [
        ("postal", {}, "160-002"),
        ("phone", {}, "5273-0142"),
        ("sheets", {}, "0"),
        ("sheets", {}, "二枚"),
        ("number", {"length": 2}, "100"),
        ("number", {}, "-1"),
        ("flag", {}, "2"),
        ("code", {"length": 8, "exact": True}, "123"),
        ("code", {"length": 2}, "123"),
        ("code", {}, "12A"),
        ("code", {"check": "insurer"}, "138041"),
        ("roman", {}, "見本"),
        ("text", {"length": 3}, "見本組合"),
        ("name", {}, "見本　\ue000"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(kind: str, options: dict[str, Any], typed: str) -> None:
    reading = types.read(field(kind, **options), typed, TODAY)
    assert (reading.value, reading.display) == ("", "")
    assert sentence(reading.problem)
    assert typed not in reading.problem


@pytest.mark.parametrize("kind", [kind.value for kind in FieldType])
def test_an_empty_field_is_not_judged_here(kind: str) -> None:
    assert types.read(field(kind), " 　", TODAY) == types.FieldReading()


@given(kind=st.sampled_from([kind for kind in FieldType if kind is not FieldType.CHOICE]), typed=st.text(max_size=20))
def test_reading_a_value_again_gives_the_same(kind: FieldType, typed: str) -> None:
    first = types.read(field(kind.value), typed, TODAY)
    again = types.read(field(kind.value), first.value, TODAY)
    assert (again.value, again.display) == (first.value, first.display)


@pytest.mark.parametrize("typed", [INDIVIDUAL_NUMBER, "1234 5678 9018", "１２３４－５６７８－９０１８"])
def test_a_number_of_its_own_kind_is_what_it_is(typed: str) -> None:
    own = field("text", mode=InputMode.DIRECT, typed_number=True)
    assert types.read(own, typed, TODAY).value.replace("-", "").replace(" ", "") == INDIVIDUAL_NUMBER
    assert types.read(field("code", typed_number=True), typed, TODAY).value == INDIVIDUAL_NUMBER
    assert types.read(field("text", mode=InputMode.DIRECT), typed, TODAY).wipe


def test_the_field_that_carries_an_individual_number_is_named() -> None:
    tracking = FieldDefinition(id="tracking", item="t", label="追跡番号", type=FieldType.TEXT, typed_number=True)
    note = FieldDefinition(id="note", item="n", label="備考", type=FieldType.FREETEXT)
    form = FormDefinition(
        id="F99",
        title="見本",
        name="見本届",
        article="見本",
        effect=EffectKind.MARK,
        fact="note",
        valid_from=TODAY,
        pages=(Page("content", "内容", (tracking, note), line=True),),
    )
    number = f"番号 {INDIVIDUAL_NUMBER[:4]}-{INDIVIDUAL_NUMBER[4:8]}-{INDIVIDUAL_NUMBER[8:]}"
    assert types.carries_individual_number(form, {"tracking": number, "2.tracking": number, "note": "見本"}) == ""
    assert types.carries_individual_number(form, {"tracking": number, "note": number}) == "note"
    assert types.carries_individual_number(form, {"2.note": number}) == "2.note"
    assert types.carries_individual_number(form, {"elsewhere": number}) == "elsewhere"
    assert types.carries_individual_number(form, {}) == ""


@pytest.mark.parametrize("typed", ["AB12345678CD", "ab12345678cd", "ＡＢ１２３４５６７８ＣＤ", "AB 1234-5678 CD"])
def test_a_residence_card_is_two_letters_eight_digits_two_letters(typed: str) -> None:
    reading = types.read(field("code", check="residence_card"), typed, TODAY)
    assert (reading.value, reading.problem) == ("AB12345678CD", "")


@pytest.mark.parametrize("typed", ["12345678", "AB1234567CD", "AB123456789CD", "A112345678CD", "見本12345678CD", "AB12345678C٣"])
def test_what_is_no_residence_card_is_said(typed: str) -> None:
    reading = types.read(field("code", check="residence_card"), typed, TODAY)
    assert reading.value == ""
    assert sentence(reading.problem)


@pytest.mark.parametrize(
    ("kind", "options", "typed", "notice"),
    [
        ("postal", {}, "１６０－００２１", types.CONVERTED_DIGITS),
        ("postal", {}, "160−0021", types.CONVERTED_HYPHEN),
        ("postal", {}, "160-0021", ""),
        ("phone", {}, "０３－５２７３－０１４２", types.CONVERTED_DIGITS),
        ("phone", {}, "03―5273―0142", types.CONVERTED_HYPHEN),
        ("code", {"length": 8}, "００４８１７２６", types.CONVERTED_DIGITS),
        ("code", {"check": "insurer"}, "１３８０４０", types.CONVERTED_DIGITS),
        ("code", {"check": "residence_card"}, "ab12345678cd", types.CONVERTED_LETTERS),
        ("number", {}, "３", types.CONVERTED_DIGITS),
        ("sheets", {}, "３", types.CONVERTED_DIGITS),
        ("text", {"mode": InputMode.DIRECT}, "04−12", types.CONVERTED_HYPHEN),
        ("date", {}, "Ｒ８．１１．１", f"{types.CONVERTED_DIGITS}令和8年11月1日(日)"),
        ("address", {}, "新宿区見本町1−2", types.CONVERTED_HYPHEN),
        ("address", {}, "新宿区見本町1-2 ﾒｿﾞﾝ見本", types.CONVERTED_WIDTH),
        ("freetext", {}, "ﾒﾓ", types.CONVERTED_FREE),
        ("text", {}, "ﾐﾎﾝ組合", types.CONVERTED_WIDTH),
        ("roman", {}, "mihon taro", "半角の大文字に直しました。紙と照らしてください。"),
    ],
)
def test_what_was_put_right_is_said(kind: str, options: dict[str, Any], typed: str, notice: str) -> None:
    reading = types.read(field(kind, **options), typed, TODAY)
    assert reading.value
    assert reading.notice == notice


def test_a_birth_date_may_have_unknown_parts_and_no_other_date() -> None:
    reading = types.read(field("date", birth=True), "S45.3.0", TODAY)
    assert (reading.value, reading.display) == ("1970-03-00", "1970年(昭和45年)3月 日は不詳、56歳")
    assert types.read(field("date", birth=True), "2027.0.0", TODAY).problem == types.NOT_BORN
    assert types.read(field("date"), "S45.3.0", TODAY).problem


@pytest.mark.parametrize("kind", ["text", "address", "freetext", "name"])
@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\u202e", "\ud800", "\ue000", "\u2028x"])
def test_what_cannot_be_stored_or_printed_is_refused(kind: str, bad: str) -> None:
    reading = types.read(field(kind), f"見本{bad}太郎", TODAY)
    assert reading.value == "" or bad[0].isspace()
    assert types.read(field("freetext"), "一行\n二行", TODAY).value == "一行\n二行"
