"""従事者名簿: the history of its entries."""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from nhi_center.domain.roster import Act, Event, RosterEntry, fold


def add(connection: Connection, event: Event, terminal: str) -> None:
    """Keep one event. The same event again, from whichever terminal it comes back, is one."""
    connection.execute(
        text(
            "INSERT INTO roster_event (id, person, revision, act, at, by, terminal, body)"
            " VALUES (:id, :person, :revision, :act, :at, :by, :terminal, :body) ON CONFLICT (id) DO NOTHING"
        ),
        {
            "id": event.id,
            "person": event.person,
            "revision": event.revision,
            "act": event.act.value,
            "at": event.at,
            "by": event.by,
            "terminal": terminal,
            "body": json.dumps(event.body, ensure_ascii=False, sort_keys=True),
        },
    )


def next_revision(connection: Connection, person: str) -> int:
    found = connection.execute(
        text("SELECT coalesce(max(revision), 0) + 1 FROM roster_event WHERE person = :person"), {"person": person}
    )
    return int(found.scalar_one())


def events(connection: Connection, person: str = "") -> tuple[Event, ...]:
    """The history of one person, or of everybody, oldest first."""
    rows = connection.execute(
        text(
            "SELECT id, person, revision, act, at, by, body FROM roster_event"
            " WHERE :person = '' OR person = :person ORDER BY at, revision, id"
        ),
        {"person": person},
    )
    return tuple(Event(row.id, row.person, int(row.revision), Act(row.act), row.at, row.by, json.loads(row.body)) for row in rows)


def entry(connection: Connection, person: str) -> RosterEntry | None:
    return fold(events(connection, person)).get(person)


def entries(connection: Connection) -> tuple[RosterEntry, ...]:
    """Everybody, also who has left, by ID."""
    found = fold(events(connection))
    return tuple(found[person] for person in sorted(found))
