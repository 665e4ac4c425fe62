"""保管庫: what was recorded of the room's cabinets, and what was counted in them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.cabinets import Cabinet, CabinetEvent, Count, standing
from nhi_center.domain.custody import MORNING, NIGHT, Pieces
from nhi_center.domain.operators import Signature

_COLUMNS = ", ".join(field.name for field in fields(CabinetEvent))
_LAST = (
    f"SELECT {_COLUMNS} FROM (SELECT *, row_number() OVER (PARTITION BY cabinet, subject ORDER BY turn DESC, at DESC, id DESC)"
    " AS place FROM cabinet_event) WHERE place = 1"
)


def every(connection: Connection) -> tuple[Cabinet, ...]:
    """The cabinets in use, by number."""
    return standing(CabinetEvent(**_without(row)) for row in connection.execute(text(_LAST)))


def find(connection: Connection, number: str) -> Cabinet | None:
    return next((cabinet for cabinet in every(connection) if cabinet.number == number), None)


def _without(row: Any) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(CabinetEvent)}


def next_turn(connection: Connection, cabinet: str, subject: str) -> int:
    """How many events of this subject there have been."""
    found = connection.execute(
        text("SELECT coalesce(max(turn) + 1, 0) FROM cabinet_event WHERE cabinet = :cabinet AND subject = :subject"),
        {"cabinet": cabinet, "subject": subject},
    )
    return int(found.scalar_one())


def keep(connection: Connection, event: CabinetEvent, terminal: str) -> None:
    """Told again, it changes nothing."""
    connection.execute(
        text(
            f"INSERT INTO cabinet_event ({_COLUMNS}, terminal) VALUES (:id, :cabinet, :subject, :turn, :what, :at, :by, :name,"
            " :keys, :holder, :terminal) ON CONFLICT (id) DO NOTHING"
        ),
        {**asdict(event), "terminal": terminal},
    )


def history(connection: Connection, cabinet: str, limit: int = 50) -> tuple[CabinetEvent, ...]:
    """What was recorded of one cabinet, newest first."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM cabinet_event WHERE cabinet = :cabinet ORDER BY at DESC, turn DESC, id LIMIT :limit"),
        {"cabinet": cabinet, "limit": limit},
    )
    return tuple(CabinetEvent(**_without(row)) for row in rows)


def events_between(connection: Connection, first: date, last: date) -> tuple[CabinetEvent, ...]:
    """What was recorded of all cabinets on these days, oldest first."""
    rows = connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM cabinet_event WHERE substr(at, 1, 10) BETWEEN :first AND :last"
            " ORDER BY at, cabinet, subject, turn"
        ),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple(CabinetEvent(**_without(row)) for row in rows)


def keep_count(connection: Connection, day: date, purpose: str, count: Count, signature: Signature) -> None:
    connection.execute(
        text(
            "INSERT INTO cabinet_count (day, cabinet, purpose, expected, counted, reason, person, name, role, signed_at,"
            " statement, value) VALUES (:day, :cabinet, :purpose, :expected, :counted, :reason, :person, :name, :role,"
            " :signed_at, :statement, :value)"
        ),
        {
            "day": day.isoformat(),
            "cabinet": count.cabinet,
            "purpose": purpose,
            "expected": _pieces(count.expected),
            "counted": _pieces(count.counted),
            "reason": count.reason,
            **asdict(signature),
        },
    )


def differences(connection: Connection, day: date, purpose: str, cabinet: str, expected: Pieces) -> int:
    """How often the day's count of this cabinet, with this in it, has not agreed."""
    found = connection.execute(
        text(
            "SELECT count(*) FROM cabinet_count WHERE day = :day AND purpose = :purpose AND cabinet = :cabinet"
            " AND expected = :expected AND counted <> expected"
        ),
        {"day": day.isoformat(), "purpose": purpose, "cabinet": cabinet, "expected": _pieces(expected)},
    )
    return int(found.scalar_one())


def last_counts(connection: Connection, day: date) -> dict[str, Count]:
    """The day's last count of each cabinet for the night, also one that did not agree."""
    rows = connection.execute(
        text(
            "SELECT cabinet, expected, counted, reason, person, name, signed_at FROM cabinet_count"
            " WHERE day = :day AND purpose = :purpose ORDER BY seq"
        ),
        {"day": day.isoformat(), "purpose": NIGHT},
    )
    return {
        row.cabinet: Count(
            row.cabinet,
            Pieces(**json.loads(row.expected)),
            Pieces(**json.loads(row.counted)),
            row.reason,
            row.person,
            row.name,
            row.signed_at,
        )
        for row in rows
    }


def notes(connection: Connection, day: date, items: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """By cabinet: why paper was put away on this day, and by whom; ``items`` are the places of the day close."""
    wanted, found = set(items), dict[str, list[tuple[str, str]]]()
    rows = connection.execute(
        text("SELECT item, cabinet, note, written_by FROM day_exception WHERE day = :day AND cabinet <> '' ORDER BY seq"),
        {"day": day.isoformat()},
    )
    for row in rows:
        if row.item in wanted:
            found.setdefault(row.cabinet, []).append((row.note, row.written_by))
    return {cabinet: tuple(lines) for cabinet, lines in found.items()}


def _pieces(pieces: Pieces) -> str:
    return canonical.encode(asdict(pieces)).decode()


def standing_differences(connection: Connection, day: date) -> int:
    """Cabinets whose paper was taken out on this day although its count did not agree."""
    found = connection.execute(
        text(
            "SELECT count(*) FROM cabinet_count WHERE day = :day AND purpose = :purpose AND counted <> expected AND reason <> ''"
        ),
        {"day": day.isoformat(), "purpose": MORNING},
    )
    return int(found.scalar_one())
