"""A clock that stands where a test puts it."""

from __future__ import annotations

from datetime import UTC, date, datetime


class SetClock:
    """The log's clock and the office's wall clock agree, as they do at a real terminal."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def local(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()
