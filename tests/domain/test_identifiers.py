from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import identifiers
from nhi_center.domain.identifiers import IdentifierProblem, find_individual_number

VALID = "123456789018"  # obviously invented, with a right check digit
digits = st.text("0123456789", min_size=11, max_size=11)


def test_insurer_numbers() -> None:
    assert identifiers.insurer_check_digit("12345") == "5"
    assert identifiers.insurer_check_digit("3312001") == "5"
    assert identifiers.is_insurer_number("138040")
    assert identifiers.is_insurer_number("00138040")
    assert identifiers.is_insurer_number("123455")
    assert not any(
        identifiers.is_insurer_number(text) for text in ("123456", "138041", "13804", "1380400", "", "13804０", "13804a")
    )
    assert identifiers.insurer_number_8("１３８-０４０") == "00138040"
    with pytest.raises(IdentifierProblem):
        identifiers.insurer_number_8("138041")


def test_wards_of_tokyo() -> None:
    assert len(identifiers.TOKYO_WARDS) == 23
    assert identifiers.ward_insurer_number("新宿区") == "138040"
    assert identifiers.ward_code("新宿区") == "131041"
    assert identifiers.ward_insurer_number("千代田区") == "138016"
    assert identifiers.ward_insurer_number("練馬区") == "138206"
    assert identifiers.ward_insurer_number("江戸川区") == "138230"
    for ward in identifiers.TOKYO_WARDS:
        assert identifiers.is_municipal_code(identifiers.ward_code(ward))
        assert identifiers.is_insurer_number(identifiers.ward_insurer_number(ward))
    assert not identifiers.is_municipal_code("131040")
    assert not identifiers.is_municipal_code("13104")


@pytest.mark.parametrize(
    ("body", "check"), [("12345678901", "8"), ("11111111111", "8"), ("00000000000", "0"), ("98765432109", "3")]
)
def test_individual_number_vectors(body: str, check: str) -> None:
    assert identifiers.individual_number_check_digit(body) == check
    assert identifiers.is_individual_number(body + check)
    assert not identifiers.is_individual_number(body + str((int(check) + 1) % 10))


@pytest.mark.parametrize(
    "written",
    [
        VALID,
        "1234-5678-9018",
        "1234 5678 9018",
        "１２３４５６７８９０１８",
        "１２３４－５６７８ー９０１８",
        "1234　5678　9018",
        "123456-789018",
        "1234 - 5678 - 9018",
        "123 456 789 018",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "1234-5678\n9018",
        "12-34-56-78-90-18",
        "1234･5678･9018",
        "1234＝5678＝9018",
        "1234 | 5678 | 9018",
        "1234〜5678〜9018",
    ],
)
def test_an_individual_number_is_found_however_it_is_written(written: str) -> None:
    text = f"番号は{written}、確認済"
    assert find_individual_number(text) == (3, 3 + len(written))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456789017",
        "1234567890188",
        "0123456789018",
        "2026-11-24 03-5273-4146",
        "03-5273-4146",
        "138040",
        "令和8年11月24日",
        "12345678901",
    ],
)
def test_other_numbers_are_not_taken_for_one(text: str) -> None:
    assert find_individual_number(text) is None


def test_a_number_after_another_run_is_found() -> None:
    text = f"受付 202611240001 / 1234 5678 9017 {VALID}"
    assert find_individual_number(text) == (len(text) - 12, len(text))


@given(digits, st.sampled_from(["", " ", "-", "　", "－"]), st.sampled_from([12, 6, 4, 3, 2, 1]), st.booleans())
def test_every_valid_number_is_found(body: str, separator: str, size: int, wide: bool) -> None:
    number = body + identifiers.individual_number_check_digit(body)
    written = separator.join(number[start : start + size] for start in range(0, 12, size))
    if wide:
        written = written.translate({ord(str(n)): chr(ord("０") + n) for n in range(10)})
    assert find_individual_number(f"メモ{written}以上") == (2, 2 + len(written))


@given(st.text(max_size=40))
def test_a_find_is_a_valid_number_in_place(text: str) -> None:
    span = find_individual_number(text)
    if span is not None:
        assert identifiers.is_individual_number(identifiers.digits_of(text[span[0] : span[1]]))


def test_postal_codes() -> None:
    for text in ("1608484", "160-8484", "〒160-8484", "〒１６０－８４８４", " 160 8484 "):
        assert identifiers.parse_postal(text) == "1608484"
    assert identifiers.format_postal("1608484") == "160-8484"
    assert identifiers.format_postal("") == ""
    for text in ("160848", "16084841", "abc", ""):
        with pytest.raises(IdentifierProblem) as caught:
            identifiers.parse_postal(text)
        assert caught.value.message.endswith("。")


@pytest.mark.parametrize(
    ("text", "plain", "shown", "masked"),
    [
        ("03-5273-0142", "0352730142", "03-5273-0142", "03-****-0142"),
        ("（０３）５２７３－０１４２", "0352730142", "03-5273-0142", "03-****-0142"),
        ("+81 3-5273-0142", "0352730142", "03-5273-0142", "03-****-0142"),
        ("+81(0)3 5273 0142", "0352730142", "03-5273-0142", "03-****-0142"),
        ("03/5273/0142", "0352730142", "03-5273-0142", "03-****-0142"),
        ("03・5273・0142", "0352730142", "03-5273-0142", "03-****-0142"),
        ("090〜0000〜0142", "09000000142", "090-0000-0142", "090-****-0142"),
        ("090 0000 0142", "09000000142", "090-0000-0142", "090-****-0142"),
        ("0120-000-142", "0120000142", "0120-000-142", "0120-***-142"),
        ("08000000142", "08000000142", "0800-000-0142", "0800-***-0142"),
        ("042-000-0142", "0420000142", "042-000-0142", "042-***-0142"),
    ],
)
def test_telephones(text: str, plain: str, shown: str, masked: str) -> None:
    assert identifiers.parse_phone(text) == plain
    assert identifiers.format_phone(plain) == shown
    assert identifiers.mask_phone(plain) == masked


def test_odd_telephones() -> None:
    for text in ("5273-0142", "1352730142", "03-5273-014", "なし", "", "090000001421"):
        with pytest.raises(IdentifierProblem):
            identifiers.parse_phone(text)
    assert identifiers.mask_phone("") == ""
    assert identifiers.mask_phone("12345") == "*****"
    assert identifiers.format_phone("12345") == "12345"


def test_insured_number() -> None:
    assert identifiers.parse_branch("１") == "01"
    assert identifiers.parse_branch("02") == "02"
    for text in ("00", "0", "", "100", "a1"):
        with pytest.raises(IdentifierProblem):
            identifiers.parse_branch(text)
    assert identifiers.format_insured_number("04-01", "1234567", "01") == "04-01 1234567 (枝番)01"
    assert identifiers.format_insured_number("", "1234567") == "1234567"
    assert identifiers.mask_insured_number("04-01", "1234567", "01") == "04-01 *****67 (枝番)01"
    assert identifiers.mask_insured_number("", "12") == "**"
    assert identifiers.format_insured_number("", "", "") == ""
