"""Who is in the room (入退室)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.presence import Stay

_COLUMNS = "id, person, day, entered_at, entered_by, locker, left_at, left_by"


def is_inside(connection: Connection, person: str, day: date) -> bool:
    found = connection.execute(
        text("SELECT 1 FROM presence WHERE person = :person AND day = :day AND left_at = ''"),
        {"person": person, "day": day.isoformat()},
    )
    return found.first() is not None


def stays(connection: Connection, day: date) -> tuple[Stay, ...]:
    """The day's stays, oldest first."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM presence WHERE day = :day ORDER BY entered_at, id"), {"day": day.isoformat()}
    )
    return tuple(Stay(**row._mapping) for row in rows)


def enter(connection: Connection, person: str, day: date, at: str, by: str, locker: str) -> str:
    """Open a stay and give its id. A stay left open on an earlier day is closed by it, marked as such."""
    connection.execute(
        text("UPDATE presence SET left_at = :at, left_by = 'forgotten' WHERE person = :person AND left_at = '' AND day < :day"),
        {"person": person, "day": day.isoformat(), "at": at},
    )
    id_ = str(uuid.uuid4())
    connection.execute(
        text(
            "INSERT INTO presence (id, person, day, entered_at, entered_by, locker)"
            " VALUES (:id, :person, :day, :at, :by, :locker)"
        ),
        {"id": id_, "person": person, "day": day.isoformat(), "at": at, "by": by, "locker": locker},
    )
    return id_


def leave(connection: Connection, id_: str, at: str, by: str) -> bool:
    """Close a stay; False when it was closed already."""
    done = connection.execute(
        text("UPDATE presence SET left_at = :at, left_by = :by WHERE id = :id AND left_at = ''"), {"id": id_, "at": at, "by": by}
    )
    return done.rowcount == 1
