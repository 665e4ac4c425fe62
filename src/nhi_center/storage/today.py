"""What came in and what was keyed, hour by hour (本日の流れ). Originals are counted in 点 and left out."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, text

from nhi_center.domain.custody import ORIGINAL


def received(connection: Connection, day: date) -> dict[int, int]:
    """Sheets from the ward by hour; what a correction gave back is taken off the hour of the correction."""
    rows = connection.execute(
        text(
            "SELECT substr(at, 12, 2) AS hour, sum(CASE WHEN frm = 'ward' THEN sheets ELSE -sheets END) AS n FROM movement"
            " WHERE (frm = 'ward' OR dst = 'ward') AND kind <> :original AND at >= :day AND at < :next GROUP BY 1"
        ),
        {**_limits(day), "original": ORIGINAL.id},
    )
    return {int(row.hour): max(0, int(row.n)) for row in rows}


def keyed(connection: Connection, day: date) -> dict[int, int]:
    """Sheets of the applications finished in each hour."""
    rows = connection.execute(
        text(
            "SELECT substr(a.entered_at, 12, 2) AS hour, sum(s.sheets) AS n FROM application a JOIN slip s ON s.id = a.slip"
            " WHERE a.entered_at <> '' AND a.entered_at >= :day AND a.entered_at < :next GROUP BY 1"
        ),
        _limits(day),
    )
    return {int(row.hour): int(row.n) for row in rows}


def _limits(day: date) -> dict[str, str]:
    """The day as the beginning and the end of times, which an index finds."""
    return {"day": day.isoformat(), "next": (day + timedelta(days=1)).isoformat()}
