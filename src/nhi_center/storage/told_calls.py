"""Calls that another terminal of the room took, sealed until somebody may read them, then among this terminal's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

_CALL = (
    "id", "day", "seq", "started_at", "ended_at", "clerk", "state", "draft", "told_at", "returns", "atena", "level",
    "hold_seconds", "done_at", "phone",
)  # fmt: skip
_BACK = ("id", "call", "number", "due", "owner", "registered", "booked_by", "booked_at")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A call as it came; ``done_at`` and ``done_by`` of its call-back when that was kept before the call could be read."""

    id: str
    terminal: str
    sealed: bytes
    done_at: str
    done_by: str


def pack(connection: Connection, call: str) -> dict[str, Any]:
    """A recorded call and what was promised in it, column by column."""
    row = connection.execute(text(f"SELECT {', '.join(_CALL)} FROM call WHERE id = :id"), {"id": call}).one()
    back = connection.execute(text(f"SELECT {', '.join(_BACK)} FROM call_back WHERE call = :id"), {"id": call}).one_or_none()
    return {"call": dict(row._mapping), "back": dict(back._mapping) if back else None}


def unpack(connection: Connection, terminal: str, packed: Mapping[str, Any]) -> None:
    """Put it among this terminal's own; ``terminal`` "" for one of its own that it lost. Raises ValueError for other columns."""
    call, back = packed["call"], packed["back"]
    _insert(connection, "call", _CALL, call, {"terminal": terminal})
    if back is not None:
        _insert(connection, "call_back", _BACK, back, {})


def _insert(
    connection: Connection, table: str, columns: tuple[str, ...], row: Mapping[str, Any], more: Mapping[str, str]
) -> None:
    if row.keys() != set(columns):
        raise ValueError("columns")
    names = (*columns, *more)
    places = ", ".join(f":{name}" for name in names)
    connection.execute(text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"), {**row, **more})


def is_there(connection: Connection, call: str) -> bool:
    return connection.execute(text("SELECT 1 FROM call WHERE id = :id"), {"id": call}).one_or_none() is not None


def keep(connection: Connection, call: str, terminal: str, day: str, sealed: bytes) -> None:
    """Told again, it stays as it is."""
    connection.execute(
        text("INSERT OR IGNORE INTO told_call (id, terminal, day, sealed) VALUES (:id, :terminal, :day, :sealed)"),
        {"id": call, "terminal": terminal, "day": day, "sealed": sealed},
    )


def keep_done(connection: Connection, call: str, at: str, by: str) -> None:
    """The call-back promised in a call that is still sealed was kept; the first word stands."""
    connection.execute(
        text("UPDATE told_call SET done_at = :at, done_by = :by WHERE id = :id AND done_at = ''"),
        {"id": call, "at": at, "by": by},
    )


def waiting(connection: Connection) -> tuple[Sealed, ...]:
    """Everything that is still sealed, the oldest day first."""
    rows = connection.execute(text("SELECT id, terminal, sealed, done_at, done_by FROM told_call ORDER BY day, id"))
    return tuple(Sealed(row.id, row.terminal, bytes(row.sealed), row.done_at, row.done_by) for row in rows)


def forget(connection: Connection, call: str) -> None:
    """It is open now."""
    connection.execute(text("DELETE FROM told_call WHERE id = :id"), {"id": call})


def forget_before(connection: Connection, last_day: str) -> None:
    """What nobody here could open, and whose days are over (区の設定 ``keep_days``)."""
    connection.execute(text("DELETE FROM told_call WHERE day <= :day"), {"day": last_day})
