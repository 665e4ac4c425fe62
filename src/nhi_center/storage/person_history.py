"""What the register said of a person on an earlier day, and who was in a household then (storage of その日の台帳).

A version counts from when it came to this terminal until a newer one came: the register's knowledge, not the day of the fact.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Row, text

from nhi_center.domain.people import Person, person_from_json

_VERSIONS = (
    "SELECT body, since, until, seq FROM person_version WHERE {of} UNION ALL SELECT body, since, '9999', 0 FROM person WHERE {of}"
)


@dataclass(frozen=True, slots=True)
class Version:
    """``since``: when it came, wall clock ("": before times were kept)."""

    person: Person
    since: str


def version_on(connection: Connection, atena: str, day: date) -> Version | None:
    """What stood in the register at the end of ``day``; the earliest there is when it did not know the person yet."""
    end = _end(day)
    rows = connection.execute(text(f"{_VERSIONS.format(of='atena = :atena')} ORDER BY until"), {"atena": atena}).all()
    row = next((one for one in rows if one.until > end), None)
    return _version(row) if row is not None else None


def household_on(connection: Connection, number: str, day: date) -> tuple[Person, ...]:
    """Everybody whose household was this one at the end of ``day``."""
    of = "household = :number AND since <= :end"
    rows = connection.execute(text(f"{_VERSIONS.format(of=of)}"), {"number": number, "end": _end(day)})
    return tuple(_version(row).person for row in rows if row.until > _end(day))


def _end(day: date) -> str:
    """Times are ISO in the office's zone: as text, everything of a day comes before the next one's date."""
    return (day + timedelta(days=1)).isoformat()


def _version(row: Row[tuple[str, str, str, int]]) -> Version:
    return Version(person_from_json(json.loads(row.body)), row.since)
