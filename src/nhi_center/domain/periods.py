"""The first and the last day that a book or a count is asked for."""

from __future__ import annotations

from datetime import date

from nhi_center.errors import OperatorError

LONGEST = 366
"""Days of one period."""


def check_period(first: date, last: date) -> None:
    """Raise OperatorError at ``last`` unless the days are in order and not too many."""
    if last < first or (last - first).days >= LONGEST:
        raise OperatorError(f"{LONGEST}日までの期間を、早い日から入れてください。", field="last", code="period")
