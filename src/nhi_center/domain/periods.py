"""The first and the last day that a book or a count is asked for, and the 年度 that a day belongs to."""

from __future__ import annotations

from datetime import date

from nhi_center.domain.calendar import wareki
from nhi_center.errors import OperatorError

LONGEST = 366
"""Days of one period."""


def check_period(first: date, last: date) -> None:
    """Raise OperatorError at ``last`` unless the days are in order and not too many."""
    if last < first or (last - first).days >= LONGEST:
        raise OperatorError(f"{LONGEST}日までの期間を、早い日から入れてください。", field="last", code="period")


def fiscal_year_number(day: date) -> int:
    """年度: the year of the April it begins with."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_words(year: int) -> str:
    """令和8年度."""
    return f"{wareki(date(year, 4, 1)).partition('年')[0]}年度"
