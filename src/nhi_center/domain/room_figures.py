"""室内の件数: what one terminal did on one day, in numbers alone, as it is told to the room's other terminals.

Each day's numbers add up, so that any period of the room is the sum of its days: an application that comes to the same state on
two days counts twice (延べ).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

TITLES = {
    "received": "受付",
    "entered": "入力済",
    "verified": "照合済",
    "reviewed": "区審査済",
    "sent_back": "差戻し",
    "returned": "返却",
    "pending": "残",
    "printed": "出力",
    "again": "再出力",
    "spoiled": "書損",
}
"""Each number of a day and its heading in a report."""
PENDING = "pending"
"""What is left at the end of the day: of a period the last day's, not a sum."""
APPLICATIONS = ("received", "entered", "verified", "reviewed", "sent_back", "returned", PENDING)
CERTIFICATES = ("printed", "again", "spoiled")
FLOWS = tuple(name for name in TITLES if name != PENDING)
MOST = 1_000_000
"""More than any terminal does in a day."""
EVERY = timedelta(hours=1)
"""A running day is told so often; a day that is over, or closed, as soon as its numbers have changed."""
MOST_DAYS = 40
"""So many days back a change is still told; what is older is frozen in a signed report."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """``numbers`` by the names of TITLES. ``at``: when they were counted (wall clock, ISO)."""

    day: date
    numbers: Mapping[str, int]
    at: str

    @property
    def is_empty(self) -> bool:
        """Nothing was done that day; what is left is what was left before."""
        return not any(self.numbers[name] for name in FLOWS)


def to_json(found: DayFigures) -> dict[str, Any]:
    return {"day": found.day.isoformat(), "numbers": dict(found.numbers), "at": found.at}


def from_json(body: Mapping[str, Any]) -> DayFigures:
    """Raises ValueError, TypeError or KeyError for what is none."""
    numbers = {name: body["numbers"][name] for name in TITLES}
    if len(numbers) != len(body["numbers"]) or any(type(one) is not int or not 0 <= one <= MOST for one in numbers.values()):
        raise ValueError("numbers")
    day, at = date.fromisoformat(str(body["day"])), datetime.fromisoformat(str(body["at"]))
    return DayFigures(day, numbers, at.isoformat(timespec="seconds"))


def is_due(last: DayFigures | None, today: date, now: datetime, *, closed: bool) -> bool:
    """Whether it is time to count again. ``last``: what was told last."""
    return last is None or last.day < today or closed or now - datetime.fromisoformat(last.at) >= EVERY


def summed(days: Iterable[DayFigures]) -> dict[str, int]:
    """A terminal's days of a period, in order of time, as one line."""
    total = dict.fromkeys(TITLES, 0)
    for one in days:
        for name in FLOWS:
            total[name] += one.numbers[name]
        total[PENDING] = one.numbers[PENDING]
    return total
