"""Birth dates with unknown parts, as residence records of foreigners have them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.calendar import DateProblem, PartialDate, read_date, read_partial

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "iso", "shown"),
    [
        ("1970.0.0", "1970-00-00", "1970年(昭和45年) 月日は不詳、56か55歳"),
        ("１９７０．０．０", "1970-00-00", "1970年(昭和45年) 月日は不詳、56か55歳"),
        ("1970-00-00", "1970-00-00", "1970年(昭和45年) 月日は不詳、56か55歳"),
        ("19700000", "1970-00-00", "1970年(昭和45年) 月日は不詳、56か55歳"),
        ("S45.0.0", "1970-00-00", "1970年(昭和45年) 月日は不詳、56か55歳"),
        ("3450000", "1970-00-00", "1970年(昭和45年) 月日は不詳、56か55歳"),
        ("1970年不詳", "1970-00-00", "1970年(昭和45年) 月日は不詳、56か55歳"),
        ("S45.3.0", "1970-03-00", "1970年(昭和45年)3月 日は不詳、56歳"),
        ("s450300", "1970-03-00", "1970年(昭和45年)3月 日は不詳、56歳"),
        ("3450300", "1970-03-00", "1970年(昭和45年)3月 日は不詳、56歳"),
        ("昭和45年3月 日は不詳", "1970-03-00", "1970年(昭和45年)3月 日は不詳、56歳"),
        ("昭和45年3月不詳", "1970-03-00", "1970年(昭和45年)3月 日は不詳、56歳"),
        ("1989.0.0", "1989-00-00", "1989年 月日は不詳、37か36歳"),
        ("平成元年不詳", "1989-00-00", "1989年 月日は不詳、37か36歳"),
        ("不詳", "0000-00-00", "生年月日は不詳"),
        ("0000-00-00", "0000-00-00", "生年月日は不詳"),
    ],
)
def test_what_is_known_is_kept_and_what_is_not_is_said(typed: str, iso: str, shown: str) -> None:
    found = read_partial(typed, today=TODAY)
    assert found is not None
    assert (found.iso(), found.shown(TODAY)) == (iso, shown)
    with pytest.raises(ValueError, match=r"month|day|year"):
        date.fromisoformat(iso)


@pytest.mark.parametrize("typed", ["", "S45.3.12", "3450312", "19700312", "70.0.0", "100", "見本", "1970", "S45"])
def test_other_texts_are_no_partial_date(typed: str) -> None:
    assert read_partial(typed, today=TODAY) is None


@pytest.mark.parametrize("typed", ["1970.13.0", "S64.2.0", "S0.0.0", "1860.0.0", "1970年(昭和44年)3月 日は不詳、56歳"])
def test_a_known_part_that_cannot_be_is_a_problem(typed: str) -> None:
    with pytest.raises(DateProblem):
        read_partial(typed, today=TODAY)


@pytest.mark.parametrize("typed", ["1970.0.0", "S45.3.0", "不詳"])
def test_other_dates_never_take_an_unknown_part(typed: str) -> None:
    with pytest.raises(DateProblem):
        read_date(typed, today=TODAY)


@given(st.integers(1873, 2026), st.integers(0, 12))
def test_what_is_shown_and_kept_reads_as_the_same(year: int, month: int) -> None:
    known = PartialDate(year, month)
    if known.span[0] <= TODAY:
        assert read_partial(known.iso(), today=TODAY) == known
        assert read_partial(known.shown(TODAY), today=TODAY) == known


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "S45.3.12",
            "s450312",
            "昭45.3.12",
            "3450312",
            "19700312",
            "1970-3-12",
            "Ｓ４５．３．１２",
            "ｓ４５０３１２",
            "S45/3-12",
        ),
        *(
            "昭和45年3月12日",
            "昭和４５年３月１２日",
            "S45。3。12",
            "S45、3、12",
            "1970・3・12",
            "S45ー3ー12",
            "西暦1970年3月12日",
        ),
        *("3.45.3.12", "西暦1970年3月12日", "昭和45年3月12日(木)", "S 45 3 12", "昭和 45 年 3 月 12 日", "１９７０　３　１２"),
        "昭和45年3月12日 (1970-03-12, 56歳)",
    ],
)
def test_every_shorthand_of_the_office_means_the_same_day(typed: str) -> None:
    assert read_date(typed, today=TODAY).value == date(1970, 3, 12)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("R8/11/23", date(2026, 11, 23)),
        ("R元.5.1", date(2019, 5, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("5010501", date(2019, 5, 1)),
        ("M45.7.29", date(1912, 7, 29)),
        ("T1.7.30", date(1912, 7, 30)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("H1.1.8", date(1989, 1, 8)),
        ("平31.4.30", date(2019, 4, 30)),
    ],
)
def test_every_era_is_read_by_letter_kanji_and_figure(typed: str, day: date) -> None:
    assert read_date(typed, today=TODAY).value == day
