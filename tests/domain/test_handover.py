from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.custody import ORIGINAL, DocumentKind, Group
from nhi_center.domain.handover import (
    Count,
    Direction,
    Handover,
    Side,
    check_counts,
    check_signable,
    compare,
    contents,
    differs,
    parse_count,
    share,
    totals,
)
from nhi_center.domain.operators import Role
from nhi_center.domain.statements import statement_hash
from nhi_center.errors import OperatorError

F02 = DocumentKind("F02", "資格取得届", Group.APPLICATION)
F15 = DocumentKind("F15", "限度額適用認定申請", Group.APPLICATION)
KINDS = (F02, F15, ORIGINAL)


def counts(f02: tuple[int, int], f15: tuple[int, int], original: int) -> tuple[Count, ...]:
    return (Count("F02", *f02), Count("F15", *f15), Count("original", 0, original))


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("\uff11\uff12", 12), ("", 0), ("  ", 0), ("0", 0), (" 7 ", 7)])
def test_a_count_is_read_as_typed(text: str, number: int) -> None:
    assert parse_count(text, "F02_cases") == number


@pytest.mark.parametrize("text", ["十二", "1.5", "-1", "1 2", "12a", "٣", "²", "123456789012"])
def test_what_is_no_count_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(OperatorError) as caught:
        parse_count(text, "F02_cases")
    assert caught.value.field == "F02_cases"


@given(st.text(max_size=8).filter(lambda text: not text.strip().isdecimal() and text.strip() != ""))
def test_no_other_text_becomes_a_count(text: str) -> None:
    with pytest.raises(OperatorError, match="数字で"):
        parse_count(text, "F02_cases")


@pytest.mark.parametrize(
    ("given_counts", "field"),
    [
        (counts((3, 2), (0, 0), 0), "F02_sheets"),
        (counts((0, 2), (0, 0), 0), "F02_cases"),
        (counts((0, 0), (0, 0), 0), "F02_cases"),
        (counts((1, 10000), (0, 0), 0), "F02_sheets"),
        ((Count("F02", 1, 1),), ""),
        ((Count("F02", 1, 1), Count("F15", 0, 0), Count("original", 1, 1)), "original_cases"),
    ],
)
def test_counts_that_make_no_sense(given_counts: tuple[Count, ...], field: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check_counts(KINDS, given_counts)
    assert caught.value.field == field


def test_comparing_names_the_line_and_the_difference() -> None:
    lines = compare(KINDS, counts((2, 4), (6, 8), 0), counts((2, 4), (6, 7), 0), None)
    assert [(line.kind.id, line.words) for line in lines] == [("F02", "一致"), ("F15", "1枚 違います")]
    assert differs(lines)


def test_cases_alone_can_differ_and_originals_are_counted_in_their_unit() -> None:
    lines = compare(KINDS, counts((2, 4), (0, 0), 2), counts((3, 4), (0, 0), 1), None)
    assert [line.words for line in lines] == ["1件 違います", "1点 違います"]


def test_both_agreeing_is_not_enough_when_the_ledger_expects_something_else() -> None:
    same = counts((2, 4), (0, 0), 0)
    lines = compare(KINDS, same, same, counts((2, 5), (0, 0), 0))
    assert [line.words for line in lines] == ["台帳と違います"]
    assert differs(lines)


def test_a_difference_is_signed_only_after_counting_again() -> None:
    lines = compare(KINDS, counts((2, 4), (0, 0), 0), counts((2, 3), (0, 0), 0), None)
    with pytest.raises(OperatorError, match="もう一度"):
        check_signable(lines, 1)
    check_signable(lines, 2)


def test_totals_keep_sheets_and_originals_apart() -> None:
    found = totals({kind.id: kind for kind in KINDS}, counts((2, 4), (6, 7), 2))
    assert (found.cases, found.words) == (8, "11枚 2点")


def test_who_signs_for_which_side() -> None:
    ward = (Role.WARD_STAFF, Role.WARD_ADMIN)
    assert Direction.IN.roles(Side.GIVER) == ward
    assert not set(ward) & set(Direction.IN.roles(Side.RECEIVER))
    assert Direction.OUT.roles(Side.RECEIVER) == ward
    assert Direction.OUT.side_label(Side.GIVER) == "受託者"


def test_what_is_signed_changes_with_every_number_and_person() -> None:
    handover = Handover("h", "2026-11-24", 1, Direction.IN, "資格係", "open", 1, "", "")
    lines = compare(KINDS, counts((2, 4), (0, 0), 0), counts((2, 4), (0, 0), 0), None)
    other = compare(KINDS, counts((2, 5), (0, 0), 0), counts((2, 5), (0, 0), 0), None)
    statements = {
        statement_hash("handover", contents(handover, seen, {}, giver, "k-ichiro")) for seen in (lines, other) for giver in "ab"
    }
    assert len(statements) == 4


@pytest.mark.parametrize(
    ("ready", "cases", "found", "gone"),
    [
        ((3, 1), 2, 4, (3, 1)),
        ((3, 1), 2, 3, (2, 1)),  # both went, one of them short
        ((1, 4), 2, 4, (1, 3)),
        ((3, 1), 1, 3, (3, 0)),  # one of the two was not found at all
        ((3, 1), 2, 9, (3, 1)),
        ((1, 1, 1), 0, 2, (1, 1, 0)),  # certificates are no cases
        ((), 0, 0, ()),
    ],
)
def test_what_was_found_is_shared_among_the_papers(ready: tuple[int, ...], cases: int, found: int, gone: tuple[int, ...]) -> None:
    assert share(ready, Count("F02", cases, found)) == gone
