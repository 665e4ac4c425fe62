"""番号の枠: blocks of numbers for terminals. A number is given to one terminal, once; what nobody uses stays a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.domain.numbers import LAST_SHARED, Kind, periods_ahead
from nhi_center.gateway.database import Connection
from nhi_center.link.wire_numbers import Ask, Block, Given

_IN_TURN = "SELECT pg_advisory_xact_lock(current_setting('nhi.insurer')::int, 3)"
_PLACE = """
INSERT INTO number_place (terminal, place) SELECT %s, coalesce(max(place), 0) + 1 FROM number_place
ON CONFLICT (insurer, terminal) DO UPDATE SET place = number_place.place RETURNING place
"""
_GIVEN = "SELECT terminal, kind, period, first, count FROM number_block WHERE id = %s"
_NEXT = """
INSERT INTO number_next (kind, period, next) VALUES (%s, %s, %s)
ON CONFLICT (insurer, kind, period) DO UPDATE SET next = greatest(number_next.next, excluded.next) RETURNING next
"""
_MOVE_ON = "UPDATE number_next SET next = %s WHERE kind = %s AND period = %s"
_KEEP = "INSERT INTO number_block (id, terminal, kind, period, first, count) VALUES (%s, %s, %s, %s, %s, %s)"


_SKIP = """
INSERT INTO number_next (kind, period, next) VALUES (%s, %s, %s)
ON CONFLICT (insurer, kind, period) DO UPDATE SET next = least(number_next.next + %s, %s)
"""
SKIPPED = 400
"""More than the terminals of a room take in a day of one kind: ten blocks of forty."""
_DAYS_BACK = 7


class Refused(Exception):
    """An ask that cannot be answered; ``reason`` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def give(connection: AsyncConnection[TupleRow], terminal: str, asks: Sequence[Ask]) -> Given:
    """Answer every ask in the caller's transaction: an ask seen before by what it was given then.

    Raises Refused for an id that was another ask's.
    """
    await connection.execute(_IN_TURN)
    row = await (await connection.execute(_PLACE, (terminal,))).fetchone()
    assert row is not None
    return Given(int(row[0]), tuple([await _block(connection, terminal, ask) for ask in asks]))


def pass_over(connection: Connection, today: date) -> None:
    """Numbers given since a backup are not in it: in every period for which a terminal may hold some, SKIPPED are passed over."""
    for kind in Kind:
        periods = {period for days in range(_DAYS_BACK + 1) for period in periods_ahead(kind, today - timedelta(days))}
        for period in sorted(periods):
            connection.execute(_SKIP, (kind.value, period, SKIPPED + 1, SKIPPED, LAST_SHARED + 1))


async def _block(connection: AsyncConnection[TupleRow], terminal: str, ask: Ask) -> Block:
    known = await (await connection.execute(_GIVEN, (ask.id,))).fetchone()
    if known is not None:
        if tuple(known[:3]) != (terminal, ask.kind, ask.period):
            raise Refused("同じ識別子で、別の番号の枠がすでに出ています。")
        return Block(ask.id, int(known[3]), int(known[4]))
    row = await (await connection.execute(_NEXT, (ask.kind, ask.period, ask.above + 1))).fetchone()
    assert row is not None
    first = int(row[0])
    count = min(ask.count, LAST_SHARED + 1 - first)
    if count < 1:
        return Block(ask.id, first, 0)
    await connection.execute(_MOVE_ON, (first + count, ask.kind, ask.period))
    await connection.execute(_KEEP, (ask.id, terminal, ask.kind, ask.period, first, count))
    return Block(ask.id, first, count)
