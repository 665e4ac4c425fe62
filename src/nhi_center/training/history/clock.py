"""The clock of a history: it stands where it is put, so that a year of work carries the times of a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from nhi_center.services.clock import JST, SystemClock


class HistoryClock(SystemClock):
    """Both the log's time and the office's; never goes back."""

    def __init__(self, begins: date) -> None:
        self._moment = datetime.combine(begins, datetime.min.time(), JST)

    def now(self) -> datetime:
        return self._moment.astimezone(UTC)

    def local(self) -> datetime:
        return self._moment

    def put(self, moment: datetime) -> None:
        """On to ``moment``; where it is past that already it stays."""
        self._moment = max(self._moment, moment)

    def advance(self, seconds: float) -> None:
        self._moment += timedelta(seconds=seconds)
