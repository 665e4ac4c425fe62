"""Who was shut out of the room, as this terminal knows it (閉鎖)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """``closed_at`` UTC, ISO; ``record`` the id of the room record that tells it."""

    person: str
    closed_by: str
    closed_at: str
    suspicion: bool
    rekeyed: bool
    record: str


def keep(connection: Connection, person: str, by: str, at: str, suspicion: bool, record: str) -> None:
    """Told again it changes nothing; told by a second person, his suspicion counts too."""
    connection.execute(
        text(
            "INSERT INTO closure (person, closed_by, closed_at, suspicion, record)"
            " VALUES (:person, :by, :at, :suspicion, :record)"
            " ON CONFLICT (person) DO UPDATE SET suspicion = max(suspicion, excluded.suspicion)"
        ),
        {"person": person, "by": by, "at": at, "suspicion": int(suspicion), "record": record},
    )


def every(connection: Connection) -> tuple[ClosureRow, ...]:
    """Newest first."""
    rows = connection.execute(text("SELECT * FROM closure ORDER BY closed_at DESC, person"))
    return tuple(ClosureRow(r.person, r.closed_by, r.closed_at, bool(r.suspicion), bool(r.rekeyed), r.record) for r in rows)


def rekey_due(connection: Connection) -> bool:
    """Whether somebody left under suspicion since this store's key was made."""
    return connection.execute(text("SELECT 1 FROM closure WHERE suspicion = 1 AND rekeyed = 0 LIMIT 1")).first() is not None


def mark_rekeyed(connection: Connection) -> None:
    connection.execute(text("UPDATE closure SET rekeyed = 1 WHERE suspicion = 1"))
