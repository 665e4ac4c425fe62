"""The room in the store: what other terminals told by the segment, and how far each of them had come at our last exchange."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

_CONTACT = "contact"
"""The name in sync_state: when we last had everything from the segment, UTC, ISO."""


@dataclass(frozen=True, slots=True)
class TerminalSeen:
    """A terminal of the room: it has kept every change up to ``cursor``. ``contact_at``: UTC, ISO; "" when never."""

    terminal: str
    cursor: int
    contact_at: str


def keep_record(connection: Connection, id_: str, cursor: int, kind: str, terminal: str, skipped: str) -> None:
    """Remember where a record came by. Its first cursor stays: what is told twice was known from then on."""
    connection.execute(
        text(
            "INSERT INTO room_record (id, cursor, kind, terminal, skipped) VALUES (:id, :cursor, :kind, :terminal, :skipped)"
            " ON CONFLICT (id) DO NOTHING"
        ),
        {"id": id_, "cursor": cursor, "kind": kind, "terminal": terminal, "skipped": skipped},
    )


def cursor_of(connection: Connection, id_: str) -> int | None:
    """The cursor of a record; None while it has not come back from the segment."""
    found = connection.execute(text("SELECT cursor FROM room_record WHERE id = :id"), {"id": id_}).scalar()
    return None if found is None else int(found)


def last_cursor(connection: Connection, kind: str) -> int:
    """The cursor of the newest record of a kind that was taken; 0 when there is none."""
    found = connection.execute(text("SELECT max(cursor) FROM room_record WHERE kind = :kind AND skipped = ''"), {"kind": kind})
    return int(found.scalar() or 0)


def on_its_way(connection: Connection, kind: str) -> bool:
    """Whether a record of our own of this kind has not come back from the segment yet: nobody else has it."""
    found = connection.execute(
        text(
            "SELECT 1 FROM outbox WHERE kind = :kind AND state <> 'refused'"
            " AND NOT EXISTS (SELECT 1 FROM room_record WHERE room_record.id = outbox.id) LIMIT 1"
        ),
        {"kind": kind},
    )
    return found.first() is not None


def skipped_count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM room_record WHERE skipped <> ''")).scalar_one())


def keep_terminals(connection: Connection, terminals: Iterable[TerminalSeen]) -> None:
    """Replace the list by the segment's present one: a terminal that was shut out is on it no more."""
    connection.execute(text("DELETE FROM terminal_seen"))
    rows = [{"terminal": t.terminal, "cursor": t.cursor, "at": t.contact_at} for t in terminals]
    if rows:
        connection.execute(
            text("INSERT INTO terminal_seen (terminal, cursor, contact_at) VALUES (:terminal, :cursor, :at)"), rows
        )


def terminals(connection: Connection) -> tuple[TerminalSeen, ...]:
    rows = connection.execute(text("SELECT terminal, cursor, contact_at FROM terminal_seen ORDER BY terminal"))
    return tuple(TerminalSeen(row.terminal, int(row.cursor), row.contact_at) for row in rows)


def keep_contact(connection: Connection, at: str) -> None:
    connection.execute(
        text("INSERT INTO sync_state VALUES (:name, :at) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
        {"name": _CONTACT, "at": at},
    )


def contact(connection: Connection) -> str:
    """When we last had everything from the segment; "" when never."""
    return str(connection.execute(text("SELECT value FROM sync_state WHERE name = :name"), {"name": _CONTACT}).scalar() or "")
