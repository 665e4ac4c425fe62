"""室内の件数: what each terminal told of its days, and this terminal's own counted from its ledgers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.room_figures import TITLES, DayFigures
from nhi_center.storage import figures
from nhi_center.storage.figures import Span


def own(connection: Connection, span: Span) -> dict[str, int]:
    """This terminal's numbers of these days (``room_figures.TITLES``); each day's steps count for themselves."""
    prints = _by_how(figures.prints(connection, span).items())
    found = {
        **{name: number for name, number in figures.steps_by_day(connection, span).items() if name in TITLES},
        **{name: number for name, number in prints.items() if name in TITLES},
        "received": sum(figures.received(connection, span).values()),
        "sent_back": sum(figures.sent_back(connection, span).values()),
        "pending": sum(figures.pending(connection, span).values()),
    }
    return {name: found.get(name, 0) for name in TITLES}


def _by_how(counts: Iterable[tuple[tuple[str, str], int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (_what, how), number in counts:
        found[how] = found.get(how, 0) + number
    return found


def keep(connection: Connection, terminal: str, cursor: int, told: DayFigures) -> None:
    """The newest of a day stands: a record that comes again after a newer one changes nothing."""
    connection.execute(
        text(
            "INSERT INTO room_figures (terminal, day, cursor, at, numbers) VALUES (:terminal, :day, :cursor, :at, :numbers)"
            " ON CONFLICT (terminal, day) DO UPDATE SET cursor = excluded.cursor, at = excluded.at, numbers = excluded.numbers"
            " WHERE excluded.cursor >= room_figures.cursor"
        ),
        {
            "terminal": terminal,
            "day": told.day.isoformat(),
            "cursor": cursor,
            "at": told.at,
            "numbers": canonical.encode(dict(told.numbers)).decode(),
        },
    )


def last_of(connection: Connection, terminal: str) -> DayFigures | None:
    """The last day that a terminal ("" this one) has told of."""
    return last_before(connection, terminal, date.max)


def last_before(connection: Connection, terminal: str, day: date) -> DayFigures | None:
    """The last day before ``day`` that a terminal has told of."""
    row = connection.execute(
        text("SELECT day, at, numbers FROM room_figures WHERE terminal = :terminal AND day < :day ORDER BY day DESC LIMIT 1"),
        {"terminal": terminal, "day": day.isoformat()},
    ).one_or_none()
    return None if row is None else _figures(row)


def _figures(row: Any) -> DayFigures:
    return DayFigures(date.fromisoformat(row.day), json.loads(row.numbers), row.at)


def of_days(connection: Connection, first: date, last: date) -> dict[str, tuple[DayFigures, ...]]:
    """By terminal ("" this one) what was told of these days, in order of time."""
    rows = connection.execute(
        text("SELECT terminal, day, at, numbers FROM room_figures WHERE day BETWEEN :first AND :last ORDER BY terminal, day"),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    found: dict[str, list[DayFigures]] = {}
    for row in rows:
        found.setdefault(row.terminal, []).append(_figures(row))
    return {terminal: tuple(days) for terminal, days in found.items()}


def terminals(connection: Connection, last: date) -> tuple[str, ...]:
    """Every other terminal that has told of a day up to ``last``."""
    rows = connection.execute(
        text("SELECT DISTINCT terminal FROM room_figures WHERE terminal <> '' AND day <= :last ORDER BY 1"),
        {"last": last.isoformat()},
    )
    return tuple(rows.scalars())
