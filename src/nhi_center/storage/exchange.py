"""How the exchange stands: single values by name, and what the two acts that put it right change (sync_state)."""

from __future__ import annotations

from sqlalchemy import Connection, text

ANEW = "reading_anew"
"""There while the whole list is read again; at its end who was not in it is gone."""


def value(connection: Connection, name: str) -> str:
    """ "" when there is none."""
    return str(connection.execute(text("SELECT value FROM sync_state WHERE name = :name"), {"name": name}).scalar() or "")


def number(connection: Connection, name: str) -> int:
    return int(value(connection, name) or 0)


def keep(connection: Connection, name: str, value_: str | int) -> None:
    connection.execute(
        text("INSERT INTO sync_state VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
        {"name": name, "value": str(value_)},
    )


def read_anew(connection: Connection) -> None:
    """The gateway counts its changes on from an earlier one: everything it has is read again, and every word of it is newer than
    what is here."""
    keep(connection, "changes", 0)
    keep(connection, ANEW, 1)
    connection.execute(text("UPDATE person SET cursor = 0"))
    connection.execute(text("UPDATE ward_setting SET cursor = 0"))
    connection.execute(text("DELETE FROM room_record"))
