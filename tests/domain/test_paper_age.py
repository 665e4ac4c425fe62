from __future__ import annotations

from datetime import date, datetime, time

import pytest

from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.custody import Pieces
from nhi_center.domain.paper_age import PaperAges, office_hours, overdue_words
from nhi_center.services.clock import JST

CLOSED = ClosedDays.of([date(2026, 11, 23)], date(2027, 3, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("since", "now", "hours"),
    [
        ("2026-11-24T09:00", "2026-11-24T09:59", 0),
        ("2026-11-24T09:00", "2026-11-24T17:00", 8),
        ("2026-11-24T09:00", "2026-11-24T23:00", 11),
        ("2026-11-24T19:30", "2026-11-25T08:30", 1),
        ("2026-11-20T19:00", "2026-11-24T09:00", 2),
        ("2026-11-21T10:00", "2026-11-24T09:00", 1),
        ("2026-11-24T09:00", "2026-11-24T08:00", 0),
    ],
)
def test_nights_weekends_and_holidays_do_not_count(since: str, now: str, hours: int) -> None:
    assert office_hours(at(since), at(now), time(8), time(20), CLOSED) == hours


def test_past_the_limit_and_not_before() -> None:
    ages = PaperAges(24, {("F02", "1"): 24, ("F02", "2"): 25}, Pieces(3))
    assert [ages.overdue("F02", batch) for batch in ("1", "2", "3")] == [0, 25, 0]
    assert ages.longest == 25
    assert (overdue_words(25), overdue_words(0)) == ("期限超過 25時間", "")
