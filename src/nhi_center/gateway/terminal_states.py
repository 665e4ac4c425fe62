"""How each terminal stands (端末の状態): what it last said of itself, how far it is behind, and what is red."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center import __version__
from nhi_center.domain.self_check import PATCHED_DAYS, SIGNATURE_DAYS
from nhi_center.gateway.database import Connection
from nhi_center.link.wire_state import TerminalState

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
       s.program, s.system, s.patched_on, s.signatures_on, s.waiting, s.refused, s.devices
  FROM terminal t LEFT JOIN contact c USING (terminal) LEFT JOIN terminal_state s USING (terminal) ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """After how long something is red. ``signature_days`` counts where the terminal tells a day at all."""

    contact_hours: int = 24
    patched_days: int = PATCHED_DAYS
    signature_days: int = SIGNATURE_DAYS


USUAL = Limits()


async def keep(connection: AsyncConnection[TupleRow], terminal: str, state: TerminalState) -> None:
    days = (state.patched_on, state.signatures_on)
    await connection.execute(_KEEP, (terminal, state.program, state.system, *days, state.waiting, state.refused, state.devices))


def every(connection: Connection, today: date, limits: Limits) -> list[dict[str, Any]]:
    """All terminals by name. ``red``: why, in words; nothing is red of one that was shut out."""
    return [_told(row, today, limits) for row in connection.execute(_ALL).fetchall()]


def _told(row: TupleRow, today: date, limits: Limits) -> dict[str, Any]:
    name, in_use, cursor, contact_at, hours, records, anchored, behind, *said = row
    program, system, patched, signatures, waiting, refused, devices = said
    red = []
    if hours is None or hours > limits.contact_hours:
        red.append("連絡がない")
    if program is not None and program != __version__:
        red.append("プログラムの版が違う")
    if program is not None and (patched is None or (today - patched).days > limits.patched_days):
        red.append("OSの更新が古い")
    if signatures is not None and (today - signatures).days > limits.signature_days:
        red.append("ウイルス定義が古い")
    if refused:
        red.append("送信エラーがある")
    if devices:
        red.append("許可していない装置がつながった")
    return {
        **{"terminal": name, "in_use": in_use, "cursor": cursor, "contact_at": contact_at, "records": records},
        **{
            "anchored": anchored,
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
