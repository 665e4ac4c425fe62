from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center import resources
from nhi_center.domain import calendar
from nhi_center.domain.calendar import ClosedDays, DateProblem, parse_date, read_date

TODAY = date(2026, 11, 24)
SHOWA = date(1970, 3, 12)
paper_days = st.dates(min_value=calendar.GREGORIAN_FIRST, max_value=date(TODAY.year + calendar.HORIZON_YEARS, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "S45.3.12",
        "s45.3.12",
        "S450312",
        "s450312",
        "昭45.3.12",
        "昭和45年3月12日",
        "3450312",
        "3-45-3-12",
        "19700312",
        "1970-3-12",
        "1970/03/12",
        "1970年3月12日",
        "西暦1970年3月12日",
        "Ｓ４５．３．１２",
        "３４５０３１２",
        "S45-3-12",
        "S 45 3 12",
        " 昭和45年 3月12日 ",
        "1970−3−12",
        "S45・3・12",
        "昭和45年3月12日(木)",
        "昭和45年3月12日（1970-03-12）",
        "昭和45年3月12日(1970-03-12、56歳)",
    ],
)
def test_every_shorthand_of_one_day_is_read(text: str) -> None:
    assert read_date(text, today=TODAY) == calendar.DateReading(SHOWA, converted=False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("R8/11/23", date(2026, 11, 23)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R元.5.1", date(2019, 5, 1)),
        ("R元0501", date(2019, 5, 1)),
        ("㋿1.5.1", date(2019, 5, 1)),
        ("5010501", date(2019, 5, 1)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("S64.1.7", date(1989, 1, 7)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("M6.1.1", date(1873, 1, 1)),
        ("H31.4.30", date(2019, 4, 30)),
        ("R8.2.28", date(2026, 2, 28)),
        ("R6.2.29", date(2024, 2, 29)),
    ],
)
def test_eras_at_their_borders(text: str, day: date) -> None:
    assert read_date(text, today=TODAY) == calendar.DateReading(day, converted=False)


@pytest.mark.parametrize(
    ("text", "day"), [("平成31年5月1日", date(2019, 5, 1)), ("H35.3.31", date(2023, 3, 31)), ("4380930", date(2026, 9, 30))]
)
def test_heisei_after_its_end_is_accepted_and_told(text: str, day: date) -> None:
    assert read_date(text, today=TODAY) == calendar.DateReading(day, converted=True)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "入力してください"),
        ("　", "入力してください"),
        ("S64.1.8", "昭和は"),
        ("S元.12.24", "昭和は"),
        ("T15.12.26", "大正は"),
        ("M45.7.31", "明治は"),
        ("H1.1.7", "平成は"),
        ("R1.4.30", "令和は"),
        ("S0.1.1", "1年"),
        ("S45.2.29", "暦にない"),
        ("S45.13.1", "暦にない"),
        ("19700230", "暦にない"),
        ("1970-00-00", "暦にない"),
        ("0000-1-1", "暦にない"),
        ("450312", "年号がありません"),
        ("46.3.12", "年号がありません"),
        ("M5.12.2", "明治6年"),
        ("18720101", "明治6年"),
        ("R99.1.1", "先の日付"),
        ("20470101", "先の日付"),
        ("令和8年", "読めません"),
        ("S45312", "読めません"),
        ("6450312", "読めません"),
        ("あした", "読めません"),
        ("٣٤٥٠٣١٢", "読めません"),
        ("令和8年11月1日(月)", "かっこ"),
        ("昭和45年3月12日(1970-03-13)", "かっこ"),
    ],
)
def test_what_is_wrong_is_said_without_the_value(text: str, part: str) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_date(text, today=TODAY)
    assert part in caught.value.message
    assert caught.value.message.endswith("。")
    assert isinstance(caught.value, ValueError)
    if len(text.strip()) > 4:
        assert text not in caught.value.message


@given(paper_days)
def test_what_is_printed_is_read_back(day: date) -> None:
    forms = [calendar.wareki(day), calendar.wareki_iso(day), calendar.wareki_weekday(day), calendar.birth_form(day, TODAY)]
    forms += [day.isoformat(), f"{day:%Y%m%d}"]
    assert [read_date(form, today=TODAY) for form in forms] == [calendar.DateReading(day)] * len(forms)


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_a_date_problem(text: str) -> None:
    try:
        day = parse_date(text, today=TODAY)
    except DateProblem:
        return
    assert calendar.GREGORIAN_FIRST <= day <= date(TODAY.year + calendar.HORIZON_YEARS, 12, 31)


def test_printed_forms() -> None:
    assert calendar.wareki(date(2026, 11, 24)) == "令和8年11月24日"
    assert calendar.wareki(date(2019, 5, 1)) == "令和元年5月1日"
    assert calendar.wareki(date(1912, 7, 30)) == "大正元年7月30日"
    assert calendar.wareki(date(1926, 12, 25)) == "昭和元年12月25日"
    assert calendar.wareki(date(1989, 1, 7)) == "昭和64年1月7日"
    assert calendar.wareki_iso(date(2026, 11, 24)) == "令和8年11月24日(2026-11-24)"
    assert calendar.wareki_weekday(date(2026, 11, 1)) == "令和8年11月1日(日)"
    assert calendar.birth_form(SHOWA, TODAY) == "昭和45年3月12日(1970-03-12、56歳)"
    assert calendar.birth_form(date(2026, 11, 25), TODAY) == "令和8年11月25日(2026-11-25)"
    with pytest.raises(DateProblem):
        calendar.wareki(date(1872, 12, 31))


def test_age_cases_of_the_office() -> None:
    assert calendar.elderly_start(date(1956, 12, 1)) == date(2026, 12, 1)
    assert calendar.elderly_start(date(1956, 12, 2)) == date(2027, 1, 1)
    assert calendar.elderly_start(date(1956, 12, 31)) == date(2027, 1, 1)
    assert calendar.elderly_start(date(1957, 1, 1)) == date(2027, 1, 1)
    assert calendar.last_nhi_day(date(1951, 11, 24)) == date(2026, 11, 23)
    assert calendar.birthday75(date(1951, 11, 24)) == TODAY
    assert calendar.attained_on(date(1952, 2, 29), 75) == date(2027, 2, 28)
    assert calendar.birthday75(date(1952, 2, 29)) == date(2027, 3, 1)
    assert calendar.attained_on(date(1952, 2, 29), 76) == date(2028, 2, 28)
    assert calendar.birthday(date(1952, 2, 29), 76) == date(2028, 2, 29)


def test_legal_age_is_one_day_ahead() -> None:
    birth = date(1956, 12, 1)
    assert (calendar.legal_age(birth, date(2026, 11, 29)), calendar.legal_age(birth, date(2026, 11, 30))) == (69, 70)
    assert (calendar.everyday_age(birth, date(2026, 11, 30)), calendar.everyday_age(birth, date(2026, 12, 1))) == (69, 70)
    assert calendar.everyday_age(date(2000, 2, 29), date(2001, 2, 28)) == 0
    assert calendar.legal_age(date(2000, 2, 29), date(2001, 2, 28)) == 1
    assert calendar.everyday_age(birth, birth) == 0
    for age in (calendar.everyday_age, calendar.legal_age):
        with pytest.raises(ValueError, match="before birth"):
            age(birth, date(1956, 11, 30))


@given(st.dates(date(1900, 1, 1), date(2000, 1, 1)), st.integers(0, 45000))
def test_legal_age_counts_the_ages_attained(birth: date, days: int) -> None:
    on = birth + timedelta(days=days)
    age = calendar.legal_age(birth, on)
    assert calendar.attained_on(birth, age) <= on < calendar.attained_on(birth, age + 1)
    assert calendar.everyday_age(birth, on) in (age, age - 1)


def test_preschool_ends_with_the_school_year() -> None:
    assert calendar.preschool_last_day(date(2020, 4, 1)) == date(2026, 3, 31)
    assert calendar.preschool_last_day(date(2020, 4, 2)) == date(2027, 3, 31)
    assert calendar.preschool_last_day(date(2021, 1, 15)) == date(2027, 3, 31)


def test_month_borders() -> None:
    assert calendar.month_start(TODAY) == date(2026, 11, 1)
    assert calendar.month_end(date(2028, 2, 3)) == date(2028, 2, 29)
    assert calendar.next_month_start(date(2026, 12, 31)) == date(2027, 1, 1)
    assert calendar.previous_day(date(2026, 3, 1)) == date(2026, 2, 28)


@pytest.fixture(scope="module")
def closed() -> ClosedDays:
    return ClosedDays.from_table(resources.read_toml("calendar/holidays.toml"))


@pytest.mark.parametrize(
    ("fact", "due"),
    [
        (date(2026, 11, 2), date(2026, 11, 16)),
        (date(2026, 11, 7), date(2026, 11, 24)),  # +14 is Saturday, then Sunday, then 勤労感謝の日
        (date(2026, 12, 15), date(2027, 1, 4)),  # +14 is 29 December
        (date(2026, 4, 20), date(2026, 5, 7)),  # the May holidays with a substitute day
        (date(2026, 9, 7), date(2026, 9, 24)),  # 敬老の日, the day between, 秋分の日
    ],
)
def test_filing_is_due_on_an_open_day(closed: ClosedDays, fact: date, due: date) -> None:
    assert calendar.filing_due(fact, closed) == due


@given(fact=st.dates(date(2019, 1, 1), date(2031, 12, 1)))
def test_a_due_day_is_the_first_open_one(closed: ClosedDays, fact: date) -> None:
    due = calendar.filing_due(fact, closed)
    nominal = fact + timedelta(days=14)
    assert not closed.is_closed(due)
    assert all(closed.is_closed(nominal + timedelta(days=n)) for n in range((due - nominal).days))


def test_holiday_table_is_whole(closed: ClosedDays) -> None:
    table = resources.read_toml("calendar/holidays.toml")
    years = {day.year for day in closed.named}
    assert years == set(range(2019, 2032))
    assert table["covered_from"] == date(2019, 1, 1)
    assert closed.covered_until == date(2031, 12, 31)
    assert len(closed.named) == len(table["holidays"])
    for year in years:
        assert closed.named[date(year, 1, 1)] == "元日"
        assert 16 <= sum(day.year == year for day in closed.named) <= 22
    # The year of the accession and the two years of the moved Olympic holidays.
    assert {
        date(2019, 4, 30),
        date(2019, 5, 1),
        date(2019, 5, 2),
        date(2019, 10, 22),
        date(2020, 7, 24),
        date(2021, 7, 23),
    } <= set(closed.named)
    assert date(2020, 10, 12) not in closed.named


def test_the_wards_own_closed_days_are_added() -> None:
    table = {"holidays": [], "covered_until": date(2026, 12, 31)}
    closed = ClosedDays.from_table(table, {date(2026, 11, 24): "庁舎点検"})
    assert closed.next_open(date(2026, 11, 24)) == date(2026, 11, 25)
    assert ClosedDays.of([date(2026, 11, 25)], date(2026, 12, 31)).is_closed(date(2026, 11, 25))
