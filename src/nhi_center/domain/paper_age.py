"""How long a paper has been on hand, in the office's hours (受託 運用6: 作業終了後速やかに区に返却)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from nhi_center.domain.calendar import ClosedDays, next_day
from nhi_center.domain.custody import Pieces


def office_hours(since: datetime, now: datetime, opens: time, closes: time, closed: ClosedDays) -> int:
    """Whole hours the office was open between the two moments; closed days and nights count nothing."""
    seconds, day = 0.0, closed.next_open(since.date())
    while day <= now.date():
        begins = max(since, datetime.combine(day, opens, since.tzinfo))
        ends = min(now, datetime.combine(day, closes, since.tzinfo))
        seconds += max(0.0, (ends - begins).total_seconds())
        day = closed.next_open(next_day(day))
    return int(seconds // 3600)


@dataclass(frozen=True, slots=True)
class PaperAges:
    """Hours on hand by (kind, batch), and the ward's limit. ``over``: how much paper is past it."""

    limit: int
    hours: Mapping[tuple[str, str], int]
    over: Pieces

    def overdue(self, kind: str, batch: str) -> int:
        """The hours of a paper past the limit; 0 while it is within."""
        hours = self.hours.get((kind, batch), 0)
        return hours if hours > self.limit else 0

    def longest_of(self, kind: str) -> int:
        """The most hours past the limit of any batch of a kind; 0 while all are within."""
        return max((self.overdue(*key) for key in self.hours if key[0] == kind), default=0)

    @property
    def longest(self) -> int:
        return max((hours for hours in self.hours.values() if hours > self.limit), default=0)


def overdue_words(hours: int) -> str:
    """期限超過 31時間; "" for 0."""
    return f"期限超過 {hours}時間" if hours else ""
