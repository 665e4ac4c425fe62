"""期限・年齢: the looks, what they found, what was done; and whom and what to look at."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.people import Person, person_from_json
from nhi_center.domain.turning import Item, Turn

_ITEM = (
    "SELECT i.id, i.turn, i.day, i.atena, i.job, s.what, s.at, s.by FROM turning_item i"
    " LEFT JOIN turning_settled s ON s.item = i.id"
)


def looks(connection: Connection) -> tuple[date | None, date | None]:
    """The first day and the last one up to which somebody has looked."""
    row = connection.execute(text("SELECT min(day) AS first, max(day) AS last FROM turning_look")).one()
    return (date.fromisoformat(row.first), date.fromisoformat(row.last)) if row.first else (None, None)


def keep_look(connection: Connection, day: date, found: int, at: str, by: str) -> None:
    connection.execute(
        text("INSERT INTO turning_look (day, found, at, by) VALUES (:day, :found, :at, :by)"),
        {"day": day.isoformat(), "found": found, "at": at, "by": by},
    )


def add(connection: Connection, items: Iterable[Item], at: str) -> int:
    """Gives how many were not there yet."""
    made = 0
    for item in items:
        made += connection.execute(
            text(
                "INSERT OR IGNORE INTO turning_item (id, turn, day, atena, job, at) VALUES (:id, :turn, :day, :atena, :job, :at)"
            ),
            {
                "id": item.id,
                "turn": item.turn.value,
                "day": item.day.isoformat(),
                "atena": item.atena,
                "job": item.job,
                "at": at,
            },
        ).rowcount
    return made


def items(connection: Connection, *, settled_since: str) -> tuple[Item, ...]:
    """What is open, and what was settled since (wall clock, ISO), the earliest day first."""
    rows = connection.execute(
        text(f"{_ITEM} WHERE s.item IS NULL OR s.at >= :since ORDER BY i.day, i.turn, i.atena, i.id"), {"since": settled_since}
    )
    return tuple(
        Item(row.id, Turn(row.turn), date.fromisoformat(row.day), row.atena, row.job, row.what or "", row.by or "", row.at or "")
        for row in rows
    )


def settle(connection: Connection, item: str, what: str, at: str, by: str, *, protected: bool) -> bool:
    """False when somebody else was faster, or there is no such item of one who is, or is not, under 支援措置."""
    done = connection.execute(
        text(
            "INSERT OR IGNORE INTO turning_settled (item, what, at, by)"
            " SELECT i.id, :what, :at, :by FROM turning_item i JOIN person p ON p.atena = i.atena AND p.protected = :protected"
            " WHERE i.id = :item"
        ),
        {"item": item, "what": what, "at": at, "by": by, "protected": int(protected)},
    )
    return done.rowcount == 1


def born_between(connection: Connection, first: date, last: date) -> tuple[Person, ...]:
    rows = connection.execute(
        text("SELECT body FROM person WHERE birth BETWEEN :first AND :last"),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple(person_from_json(json.loads(row.body)) for row in rows)


def run_out(connection: Connection, first: date, last: date) -> tuple[tuple[str, str, date], ...]:
    """Documents with the ward or with their person whose last day lies in this time: (job, 宛名番号, last day).

    Not the void ones, nor those that have come back.
    """
    rows = connection.execute(
        text(
            "SELECT j.id, j.atena, json_extract(j.snapshot, '$.valid_until') AS until FROM certificate_job j"
            " WHERE j.state IN ('submitted', 'received') AND j.spoiled = 0 AND j.void = 0"
            " AND json_extract(j.snapshot, '$.valid_until') BETWEEN :first AND :last AND coalesce((SELECT l.what FROM"
            " certificate_life l WHERE l.job = j.id ORDER BY l.seq DESC LIMIT 1), '') NOT IN ('given_back', 'collected', 'void')"
        ),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple((row.id, row.atena, date.fromisoformat(row.until)) for row in rows)


def open_count(connection: Connection, *, protected: bool) -> int:
    """Of people under 支援措置, or of the others, whom the contractor may see."""
    return int(
        connection.execute(
            text(
                "SELECT count(*) FROM turning_item i JOIN person p ON p.atena = i.atena AND p.protected = :protected"
                " WHERE NOT EXISTS (SELECT 1 FROM turning_settled s WHERE s.item = i.id)"
            ),
            {"protected": int(protected)},
        ).scalar_one()
    )
