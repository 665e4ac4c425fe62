"""A log written down by hand, for the rules of its review."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from nhi_center.domain import audit
from nhi_center.domain.log_review import JST, Entry

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=JST)


class Log:
    """Entries one after the other, as the log keeps them; ``at`` is minutes after nine on an ordinary Tuesday."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, at: float | datetime, action: str, subject: str = "", actor: str = "k-ichiro", **facts: Any) -> Log:
        when = at if isinstance(at, datetime) else TUESDAY + timedelta(minutes=at)
        seq = len(self.entries) + 1
        utc = (when - timedelta(hours=9)).replace(tzinfo=None).isoformat(timespec="milliseconds") + "+00:00"
        self.entries.append(Entry.parse(audit.entry_bytes(seq, utc, "T04", actor, action, subject, facts)))
        return self

    def views(self, count: int, *, every: float = 1, start: float = 0, actor: str = "k-ichiro") -> Log:
        for number in range(count):
            self.add(start + number * every, "view_person", f"p:{number:032x}", actor, purpose="search")
        return self
