"""The table of shares (照合の割合): append-only."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.sampling import Rate, to_json


def add(connection: Connection, rate: Rate) -> None:
    """A rate that is there already (told again by the segment) stays as it is."""
    connection.execute(
        text(
            "INSERT INTO verification_rate (id, form, person, percent, from_day, reason, set_by, set_at)"
            " VALUES (:id, :form, :person, :percent, :from_day, :reason, :set_by, :set_at) ON CONFLICT (id) DO NOTHING"
        ),
        to_json(rate),
    )


def every(connection: Connection) -> tuple[Rate, ...]:
    """All rates ever set, the last one set first."""
    rows = connection.execute(
        text(
            "SELECT id, form, person, percent, from_day, reason, set_by, set_at FROM verification_rate"
            " ORDER BY set_at DESC, from_day DESC, id"
        )
    )
    return tuple(
        Rate(row.id, row.form, row.person, int(row.percent), date.fromisoformat(row.from_day), row.reason, row.set_by, row.set_at)
        for row in rows
    )


def papers_entered(connection: Connection, person: str) -> int:
    """How many papers this person has keyed to the end here, the one in hand too if it is at its end."""
    found = connection.execute(
        text(
            "SELECT count(DISTINCT application) FROM application_event"
            " WHERE by = :person AND dst = 'entered' AND frm = 'drafting'"
        ),
        {"person": person},
    )
    return int(found.scalar_one())
