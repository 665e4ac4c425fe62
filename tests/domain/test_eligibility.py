from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import eligibility
from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.eligibility import acquisition_date, check_new_period, loss_date
from nhi_center.domain.people import ACQUIRED_CODES, LOST_CODES, Period

FACT = date(2026, 11, 24)
NEXT = date(2026, 11, 25)
CLOSED = ClosedDays({}, date(2031, 12, 31))


def test_the_table_holds_every_code_of_the_register() -> None:
    assert set(eligibility.REASONS) == {*ACQUIRED_CODES, *LOST_CODES}
    assert all(entry.online_code in {"01", "02", "03", "99"} for entry in eligibility.REASONS.values() if not entry.acquires)
    assert {code for code, entry in eligibility.REASONS.items() if entry.acquires} == set(ACQUIRED_CODES)


@pytest.mark.parametrize("code", ACQUIRED_CODES)
def test_acquisition_days(code: str) -> None:
    assert acquisition_date(code, FACT) == (NEXT if code == "A6" else FACT)


@pytest.mark.parametrize("code", LOST_CODES)
def test_loss_days(code: str) -> None:
    assert loss_date(code, FACT) == (FACT if code in {"L4", "L5", "L6"} else NEXT)


def test_moving_elsewhere_on_the_same_day() -> None:
    assert loss_date("L1", FACT, same_day_move=True) == FACT
    with pytest.raises(ValueError, match="same-day"):
        loss_date("L2", FACT, same_day_move=True)


def test_the_ward_sets_only_what_the_law_leaves_open() -> None:
    shifts = {"L6": 1, "L7": 0}
    assert loss_date("L6", FACT, shifts=shifts) == NEXT
    assert loss_date("L7", FACT, shifts=shifts) == FACT
    assert loss_date("L8", FACT, shifts=shifts) == NEXT
    for wrong in ({"L2": 0}, {"L6": 2}, {"A6": 0}):
        with pytest.raises(ValueError, match="ward"):
            loss_date("L6", FACT, shifts=wrong)


def test_wrong_codes() -> None:
    for call in (
        lambda: acquisition_date("L1", FACT),
        lambda: loss_date("A1", FACT),
        lambda: loss_date("L10", FACT),
        lambda: acquisition_date("", FACT),
    ):
        with pytest.raises(ValueError, match="reason"):
            call()


def test_v07_entered_day() -> None:
    assert eligibility.check_entered_date("L2", FACT, NEXT) is None
    assert eligibility.check_entered_date("L1", FACT, FACT, same_day_move=True) is None
    assert eligibility.check_entered_date("L6", FACT, NEXT, shifts={"L6": 1}) is None
    wrong = eligibility.check_entered_date("L2", FACT, FACT)
    assert wrong is not None
    assert (wrong.rule, wrong.severity, wrong.field) == ("V07", "E", "lost")
    assert wrong.message == "社保加入の喪失日は、社保取得日の翌日です。日付を確認してください。"
    wrong = eligibility.check_entered_date("A2", FACT, NEXT)
    assert wrong is not None
    assert wrong.field == "acquired"
    assert wrong.message == "社保離脱の取得日は、社保喪失日と同じ日です。日付を確認してください。"


@pytest.mark.parametrize(
    ("lost", "code", "severity"),
    [
        (NEXT, "L2", None),
        (FACT, "L1", "W"),
        (FACT, "L4", "W"),
        (FACT, "L5", "W"),
        (FACT, "L2", "E"),
        (FACT, "L3", "E"),
        (FACT - timedelta(days=1), "L1", "E"),
    ],
)
def test_v08_order_of_days(lost: date, code: str, severity: str | None) -> None:
    finding = eligibility.check_period(Period(FACT, "A1", lost, code))
    assert (finding.severity if finding else None) == severity
    assert eligibility.check_period(Period(FACT, "A1")) is None


def rules(known: list[Period], new: Period) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in check_new_period(known, new)]


def test_v09_overlap_and_gap() -> None:
    old = Period(date(2020, 4, 1), "A2", date(2026, 11, 1), "L2")
    assert rules([], Period(FACT, "A2")) == []
    assert rules([old], Period(date(2026, 11, 1), "A2")) == []
    assert rules([old], Period(date(2026, 11, 2), "A2")) == [("V09", "W")]
    assert "1日の空白" in check_new_period([old], Period(date(2026, 11, 2), "A2"))[0].message
    assert rules([old], Period(date(2026, 10, 31), "A2")) == [("V09", "E")]
    assert rules([Period(date(2020, 4, 1), "A2")], Period(FACT, "A2")) == [("V09", "E")]
    assert rules([old], Period(date(2019, 1, 1), "A1", date(2020, 4, 1), "L2")) == []
    assert rules([old], Period(date(2019, 1, 1), "A1")) == [("V09", "E")]
    assert rules([old], Period(date(2026, 11, 1), "A1", date(2026, 11, 1), "L4")) == [("V08", "W")]


spans = st.builds(
    lambda start, length: Period(
        date(2026, 1, 1) + timedelta(days=start),
        "A1",
        *((date(2026, 1, 1) + timedelta(days=start + length), "L1") if length < 9 else ()),
    ),
    st.integers(0, 20),
    st.integers(0, 9),
)


@given(spans, spans)
def test_overlap_is_a_day_that_both_cover(first: Period, second: Period) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(60)]
    assert eligibility.overlaps(first, second) == any(first.covers(day) and second.covers(day) for day in days)
    assert eligibility.overlaps(first, second) == eligibility.overlaps(second, first)


@given(st.lists(spans, max_size=4), spans)
def test_gap_counts_the_uncovered_days_before(known: list[Period], new: Period) -> None:
    ended = [period.lost for period in known if period.lost and period.lost <= new.acquired]
    gap = eligibility.gap_days(known, new)
    assert gap >= 0
    assert gap == 0 or new.acquired - timedelta(days=gap) in ended


def test_a_loss_needs_an_open_period() -> None:
    open_period = Period(date(2020, 4, 1), "A2")
    assert eligibility.check_loss([open_period], NEXT, "L2") == ()
    assert eligibility.check_loss([open_period], date(2020, 3, 31), "L2")[0].rule == "V08"
    closed = Period(date(2020, 4, 1), "A2", date(2021, 4, 1), "L2")
    for known in ([], [closed]):
        finding = eligibility.check_loss(known, NEXT, "L2")[0]
        assert (finding.rule, finding.severity) == ("V09", "E")


def test_v10_age_75() -> None:
    birth = date(1951, 11, 24)
    assert eligibility.check_age(birth, date(2026, 11, 23)) is None
    finding = eligibility.check_age(birth, FACT)
    assert finding is not None
    assert (finding.rule, finding.severity) == ("V10", "E")
    assert eligibility.check_age(date(1952, 2, 29), date(2027, 2, 28)) is None
    assert eligibility.check_age(date(1952, 2, 29), date(2027, 3, 1)) is not None


def test_filing_delay() -> None:
    fact = date(2026, 11, 2)
    in_time = eligibility.filing_delay(fact, date(2026, 11, 16), CLOSED)
    assert (in_time.due, in_time.days_late, in_time.findings()) == (date(2026, 11, 16), 0, ())
    late = eligibility.filing_delay(fact, date(2026, 11, 17), CLOSED)
    assert late.days_late == 1
    assert [(finding.rule, finding.severity) for finding in late.findings()] == [("V05", "W")]
    assert eligibility.filing_delay(date(2026, 11, 7), date(2026, 11, 23), CLOSED).days_late == 0  # due Saturday moves to Monday
    assert not eligibility.filing_delay(date(2024, 11, 24), FACT, CLOSED).beyond_limitation
    old = eligibility.filing_delay(date(2024, 11, 23), FACT, CLOSED)
    assert [finding.rule for finding in old.findings()] == ["V05", "V12"]
    assert eligibility.filing_delay(date(2024, 2, 29), date(2026, 3, 2), CLOSED).beyond_limitation
