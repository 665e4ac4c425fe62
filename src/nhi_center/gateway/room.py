"""The room as the gateway sees it: how far each terminal has come, and the terminals' month keys."""

from __future__ import annotations

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.link import wire

_MET = """
INSERT INTO contact (terminal, cursor, contact_at) VALUES (%s, %s, clock_timestamp())
ON CONFLICT (insurer, terminal) DO UPDATE SET cursor = excluded.cursor, contact_at = excluded.contact_at
"""
_CONTACTS = """
SELECT t.terminal, coalesce(c.cursor, 0),
       coalesce(to_char(c.contact_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), '')
  FROM terminal t LEFT JOIN contact c USING (terminal) WHERE t.revoked_at IS NULL ORDER BY t.terminal LIMIT %s
"""
_KEEP = "INSERT INTO month_key (terminal, month, key) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_KEPT = "SELECT key FROM month_key WHERE terminal = %s AND month = %s"
_DESTROYED = "SELECT 1 FROM month_key_event WHERE terminal = %s AND month = %s AND event = 'destroyed'"


class Refused(Exception):
    """A month key that cannot be kept; ``reason`` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def met(connection: AsyncConnection[TupleRow], terminal: str, after: int) -> None:
    """The terminal asks for what comes after ``after``: everything up to there it has kept."""
    await connection.execute(_MET, (terminal, after))


async def contacts(connection: AsyncConnection[TupleRow]) -> tuple[wire.Contact, ...]:
    """The terminals in use; one that was shut out belongs to the room no more."""
    rows = await (await connection.execute(_CONTACTS, (wire.MAX_TERMINALS,))).fetchall()
    return tuple(wire.Contact(terminal, int(cursor), at) for terminal, cursor, at in rows)


async def keep_month_key(connection: AsyncConnection[TupleRow], terminal: str, month: str, key: bytes) -> None:
    """Keep a terminal's key of a month; again is harmless. The caller has locked the terminal's row.

    Raises Refused for another key, and after the month's key was destroyed: who still has it must not bring it back.
    """
    if await (await connection.execute(_DESTROYED, (terminal, month))).fetchone():
        raise Refused("この月の鍵は、区がすでに消去しました。")
    await connection.execute(_KEEP, (terminal, month, key))
    row = await (await connection.execute(_KEPT, (terminal, month))).fetchone()
    if row is None or bytes(row[0]) != key:
        raise Refused("この月の鍵は、別の値ですでに預かっています。")
