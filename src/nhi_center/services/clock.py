"""The only clocks of the product. The business date is the office's day in Japan; the log and TLS use the system's time."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The moment, in UTC: for the log, signatures and the exchange."""
        return datetime.now(UTC)

    def local(self) -> datetime:
        """The office's wall clock: what screens show and records of the day carry."""
        return datetime.now(JST)

    def today(self) -> date:
        """The business date."""
        return self.local().date()


class TrainingClock(SystemClock):
    """A training day: starts at ``opening`` (aware, JST) and runs on at the computer's pace."""

    def __init__(self, opening: datetime) -> None:
        self._opening = opening
        self._started = time.monotonic()

    def local(self) -> datetime:
        return self._opening + timedelta(seconds=time.monotonic() - self._started)
