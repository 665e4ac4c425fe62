"""期限・年齢: which day each person turns, which births a look has to read, how far a look goes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.turning import LOOK_BACK, Item, Turn, birth_ranges, check_settled, is_ours, notice_day, span, turns
from nhi_center.errors import OperatorError

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("birth", "notice", "begins"),
    [
        (date(1956, 11, 24), date(2026, 11, 1), date(2026, 12, 1)),
        (date(1956, 12, 1), date(2026, 11, 1), date(2026, 12, 1)),  # born on the first: the month before
        (date(1956, 12, 2), date(2026, 12, 1), date(2027, 1, 1)),
        (date(1956, 2, 29), date(2026, 2, 1), date(2026, 3, 1)),
    ],
)
def test_the_document_for_70_is_prepared_in_the_month_before_it_begins(birth: date, notice: date, begins: date) -> None:
    assert notice_day(birth) == notice
    assert list(turns(birth, notice, notice)) == [(Turn.SEVENTY, begins)]
    assert list(turns(birth, notice + timedelta(days=1), begins)) == []


@pytest.mark.parametrize(("birth", "day"), [(date(1951, 11, 24), DAY), (date(1952, 2, 29), date(2027, 3, 1))])
def test_75_is_the_birthday_itself(birth: date, day: date) -> None:
    assert list(turns(birth, day, day)) == [(Turn.SEVENTY_FIVE, day)]
    assert list(turns(birth, day - timedelta(days=9), day - timedelta(days=1))) == []


days = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@given(st.dates(date(1935, 1, 1), date(1995, 12, 31)), days, st.integers(0, 40), st.integers(0, 40))
def test_no_day_is_lost_between_two_looks_and_no_birth_is_missed(birth: date, first: date, one: int, two: int) -> None:
    middle, last = first + timedelta(days=one), first + timedelta(days=one + 1 + two)
    whole = sorted(turns(birth, first, last))
    assert whole == sorted([*turns(birth, first, middle), *turns(birth, middle + timedelta(days=1), last)])
    if whole:
        assert any(low <= birth <= high for low, high in birth_ranges(first, last))


def test_how_far_a_look_goes() -> None:
    assert span(None, None, DAY) == (DAY.replace(day=1), DAY), "who turns 70 next month was due on the first"
    before, after = (Item("i", Turn.SEVENTY_FIVE, DAY + timedelta(days=n), "1") for n in (-1, 0))
    assert [is_ours(one, None, DAY) for one in (before, after)] == [False, True], "what turned before is not this room's"
    assert is_ours(before, DAY, DAY)
    assert span(DAY - timedelta(days=400), DAY - timedelta(days=3), DAY) == (DAY - timedelta(days=3) - LOOK_BACK, DAY)
    assert span(DAY - timedelta(days=5), DAY - timedelta(days=3), DAY) == (DAY - timedelta(days=5), DAY)
    assert span(DAY, DAY, DAY) is None
    assert span(DAY, DAY + timedelta(days=1), DAY) is None, "the clock has gone back"


def test_what_was_done_is_chosen_from_the_list() -> None:
    check_settled("1")
    with pytest.raises(OperatorError) as caught:
        check_settled("7")
    assert caught.value.field == "settled"
