"""Papers of a period with the people they are about, for 受付一覧(氏名入り)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.people import Person
from nhi_center.storage import register

_SLIPS = "SELECT id, number, kind, day, sheets FROM slip WHERE origin = '' AND day BETWEEN :first AND :last"
_PEOPLE = (
    "SELECT atena FROM application WHERE slip = :slip AND atena <> ''"
    " UNION SELECT l.atena FROM application_line l JOIN application a ON a.id = l.application"
    " WHERE a.slip = :slip AND l.atena <> ''"
)


def count(connection: Connection, first: date, last: date) -> int:
    """How many papers came in here."""
    query = text(f"SELECT count(*) FROM ({_SLIPS})")
    return int(connection.execute(query, {"first": first.isoformat(), "last": last.isoformat()}).scalar_one())


def papers(connection: Connection, first: date, last: date) -> list[tuple[str, str, str, int, tuple[Person, ...]]]:
    """(管理票, kind, day, sheets, people) of each, by day and number; people who are in the register no more are left out."""
    slips = connection.execute(
        text(f"{_SLIPS} ORDER BY day, length(number), number"), {"first": first.isoformat(), "last": last.isoformat()}
    ).fetchall()
    return [(row.number, row.kind, row.day, row.sheets, _people(connection, row.id)) for row in slips]


def _people(connection: Connection, slip: str) -> tuple[Person, ...]:
    found = (register.find(connection, row.atena) for row in connection.execute(text(_PEOPLE), {"slip": slip}))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.atena))
