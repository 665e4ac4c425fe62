"""What a year of the office brings, day by day: papers by form and calls, with the peaks of 異動 (March, April) and 更新 (July to
September). Pure: the same seed gives the same year.

The sums are of the order of 新宿区's own: 5,747 hours a year (FY2019, the council paper) are three people all day, who can see to
about 12,500 applications and 10,000 calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from nhi_center.domain.calendar import ClosedDays

PAPERS, CALLS = 12_500, 10_000
"""A year at scale 1."""
_YEAR_DAYS = 243

_PAPER_WEIGHTS: Mapping[int, float] = {
    1: 0.8, 2: 0.85, 3: 1.5, 4: 1.7, 5: 0.9, 6: 0.75, 7: 1.05, 8: 1.1, 9: 1.05, 10: 0.85, 11: 0.75, 12: 0.7,
}  # fmt: skip
_CALL_WEIGHTS: Mapping[int, float] = {
    1: 0.7, 2: 0.75, 3: 1.2, 4: 1.3, 5: 0.8, 6: 0.9, 7: 1.4, 8: 1.5, 9: 1.35, 10: 0.85, 11: 0.65, 12: 0.6,
}  # fmt: skip
_AFTER_WEEKEND = 1.25
_USUAL: Mapping[str, float] = {
    "F01": 14, "F02": 26, "F03": 3, "F04": 2, "F05": 12, "F06": 15, "F07": 1, "F08": 2, "F09": 6, "F10": 1.5, "F11": 0.4,
    "F12": 0.4, "F13": 3, "F14": 6, "F15": 5, "F16": 1.5, "F17": 0.4, "F18": 0.4, "F19": 0.4, "F20": 1, "F21": 0.6, "F22": 0.3,
    "F23": 0.6,
}  # fmt: skip
_MOVING = frozenset({"F01", "F03", "F04", "F05", "F09", "F11"})
_RENEWING = frozenset({"F13", "F14", "F15", "F16", "F18"})


@dataclass(frozen=True, slots=True)
class Workday:
    """One day the office is open: the forms of the papers the ward brings, and how often the telephone rings."""

    day: date
    forms: tuple[str, ...]
    calls: int


def workdays(last: date, months: int, scale: float, seed: int, closed: ClosedDays) -> tuple[Workday, ...]:
    """The office's days of so many months up to ``last``."""
    first = begins(last, months)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    return tuple(_workday(day, scale, seed, closed) for day in days if not closed.is_closed(day))


def begins(last: date, months: int) -> date:
    """The day so many months before ``last``, less one: twelve months end on the eve of their anniversary."""
    year, month = divmod(last.year * 12 + last.month - 1 - months, 12)
    try:
        same = date(year, month + 1, last.day)
    except ValueError:  # the 31st of a month that has none
        same = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
    return same + timedelta(days=1)


def _workday(day: date, scale: float, seed: int, closed: ClosedDays) -> Workday:
    rng = Random(f"nhi-center history {seed} {day.isoformat()}")
    more = _AFTER_WEEKEND if closed.is_closed(day - timedelta(days=1)) else 1.0
    papers = _about(rng, scale * more * _PAPER_WEIGHTS[day.month] * PAPERS / _YEAR_DAYS)
    calls = _about(rng, scale * more * _CALL_WEIGHTS[day.month] * CALLS / _YEAR_DAYS)
    ids = tuple(_USUAL)
    return Workday(day, tuple(rng.choices(ids, [_weight(form, day.month) for form in ids], k=papers)), calls)


def _weight(form: str, month: int) -> float:
    season = 2.0 if (month in (3, 4) and form in _MOVING) or (month in (7, 8, 9) and form in _RENEWING) else 1.0
    return _USUAL[form] * season


def _about(rng: Random, mean: float) -> int:
    """A whole number near ``mean``, a sixth more or less."""
    return max(0, round(rng.gauss(mean, mean / 6) + rng.random() - 0.5))
