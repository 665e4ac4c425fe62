"""How each terminal stands (端末の状態): what it last said of itself, how far it is behind, and what is red."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center import __version__
from nhi_center.domain import room_rules
from nhi_center.domain.room_rules import RoomRules
from nhi_center.gateway import rules
from nhi_center.gateway.database import Connection
from nhi_center.link import wire_state
from nhi_center.link.wire_state import Standing, TerminalState

CLOCK_SECONDS = 60
"""A terminal whose clock is further apart than this from the gateway's is red."""
_KEEP = """
INSERT INTO terminal_state (terminal, program, system, patched_on, signatures_on, waiting, refused, devices, told_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp())
ON CONFLICT (insurer, terminal) DO UPDATE
   SET program = excluded.program, system = excluded.system, patched_on = excluded.patched_on,
       signatures_on = excluded.signatures_on, waiting = excluded.waiting, refused = excluded.refused, devices = excluded.devices,
       told_at = excluded.told_at
"""
_ALL = """
SELECT t.terminal, t.revoked_at IS NULL, coalesce(c.cursor, 0),
       to_char(c.contact_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
       extract(epoch FROM clock_timestamp() - c.contact_at) / 3600,
       (SELECT count(*) FROM record r WHERE r.terminal = t.terminal),
       (SELECT coalesce(max(seq), 0) FROM audit_anchor a WHERE a.terminal = t.terminal),
       greatest(0, (SELECT coalesce(max(cursor), 0) FROM change) - coalesce(c.cursor, 0)),
       m.ahead_seconds, s.program, s.system, s.patched_on, s.signatures_on, s.waiting, s.refused, s.devices
  FROM terminal t LEFT JOIN contact c USING (terminal) LEFT JOIN terminal_state s USING (terminal)
       LEFT JOIN terminal_meeting m USING (terminal) ORDER BY 1
"""


async def keep(connection: AsyncConnection[TupleRow], terminal: str, state: TerminalState) -> None:
    days = (state.patched_on, state.signatures_on)
    await connection.execute(_KEEP, (terminal, state.program, state.system, *days, state.waiting, state.refused, state.devices))


def every(connection: Connection, today: date, limits: RoomRules) -> list[dict[str, Any]]:
    """All terminals by name. ``red``: why, in words; nothing is red of one that was shut out."""
    return [_told(row, today, limits) for row in connection.execute(_ALL).fetchall()]


async def in_use(connection: AsyncConnection[TupleRow]) -> tuple[Standing, ...]:
    """The terminals that may connect, as the ward's people see them at one, held against the rules in force."""
    row = await (await connection.execute("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date")).fetchone()
    assert row is not None
    settings = await (await connection.execute(rules.ROWS, (room_rules.NAME,))).fetchall()
    limits = room_rules.parse(rules.begun([body for (body,) in settings], row[0]))
    cursor = await connection.execute(_ALL)
    told = [_told(one, row[0], limits) for one in await cursor.fetchall()]
    return tuple(_standing(one) for one in told if one["in_use"])


def _standing(one: dict[str, Any]) -> Standing:
    told = {name: one[name] for name in Standing.__dataclass_fields__}
    for name in ("program", "system", "patched_on", "signatures_on", "contact_at"):
        told[name] = told[name] or ""
    for name in ("waiting", "refused", "devices"):
        told[name] = told[name] or 0
    return Standing(**told | {"red": tuple(one["red"])})


def _told(row: TupleRow, today: date, limits: RoomRules) -> dict[str, Any]:
    name, in_use, cursor, contact_at, hours, records, anchored, behind, ahead, *said = row
    program, system, patched, signatures, waiting, refused, devices = said
    red = []
    if hours is None or hours > limits.contact_hours:
        red.append(wire_state.SILENT)
    if program is not None and program != __version__:
        red.append(wire_state.OTHER_VERSION)
    if program is not None and (patched is None or (today - patched).days > limits.patched_days):
        red.append(wire_state.OLD_SYSTEM)
    if signatures is not None and (today - signatures).days > limits.signature_days:
        red.append(wire_state.OLD_SIGNATURES)
    if ahead is not None and abs(ahead) > CLOCK_SECONDS:
        red.append(wire_state.CLOCKS)
    if refused:
        red.append(wire_state.REFUSED_ROWS)
    if devices:
        red.append(wire_state.STRANGE_DEVICES)
    return {
        **{"terminal": name, "in_use": in_use, "cursor": cursor, "contact_at": contact_at, "records": records},
        **{
            "anchored": anchored,
            "clock_ahead_seconds": ahead,
            "behind": behind,
            "waiting": waiting,
            "refused": refused,
            "devices": devices,
            "program": program,
            "system": system,
        },
        **{"patched_on": _iso(patched), "signatures_on": _iso(signatures), "red": red if in_use else []},
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
