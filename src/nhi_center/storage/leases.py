"""Shared work in the store: what the room last told of it, what was asked for, what moved, and one paper's rows for the way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical

Row = dict[str, Any]

_OF_APPLICATION = {
    "application_line": "application",
    "hold": "application",
    "second_keying": "application",
    "application_version": "application",
    "ward_error": "application",
    "review": "application",
}
_OF_KEYING = ("mismatch", "mismatch_signature")
_EVENT = ("at", "by", "frm", "dst", "note")


# -- what the room knows --


def put(connection: Connection, slip: str, version: int, state: str, holder: str, body: Mapping[str, Any]) -> bool:
    """Keep what the segment says of one paper; False for what is older than what is known."""
    found = connection.execute(
        text(
            "INSERT INTO lease (slip, version, state, holder, body) VALUES (:slip, :version, :state, :holder, :body)"
            " ON CONFLICT (slip) DO UPDATE SET version = excluded.version, state = excluded.state, holder = excluded.holder,"
            " body = excluded.body WHERE excluded.version >= lease.version"
        ),
        {"slip": slip, "version": version, "state": state, "holder": holder, "body": canonical.encode(body).decode()},
    )
    return bool(found.rowcount)


def find(connection: Connection, slip: str) -> Row | None:
    body = connection.execute(text("SELECT body FROM lease WHERE slip = :slip"), {"slip": slip}).scalar()
    return None if body is None else json.loads(body)


def every(connection: Connection) -> tuple[Row, ...]:
    return tuple(json.loads(row.body) for row in connection.execute(text("SELECT body FROM lease ORDER BY slip")))


# -- what was asked for --


def ask(connection: Connection, slip: str, id_: str, version: int, how: str, body: Mapping[str, Any]) -> None:
    connection.execute(
        text("INSERT OR REPLACE INTO taking (slip, id, version, how, body) VALUES (:slip, :id, :version, :how, :body)"),
        {"slip": slip, "id": id_, "version": version, "how": how, "body": canonical.encode(body).decode()},
    )


def asked(connection: Connection, slip: str) -> Row | None:
    """The body of what was asked for, None when nothing was."""
    body = connection.execute(text("SELECT body FROM taking WHERE slip = :slip"), {"slip": slip}).scalar()
    return None if body is None else json.loads(body)


def all_asked(connection: Connection) -> tuple[Row, ...]:
    return tuple(json.loads(row.body) for row in connection.execute(text("SELECT body FROM taking ORDER BY slip")))


def answered(connection: Connection, slip: str) -> None:
    connection.execute(text("DELETE FROM taking WHERE slip = :slip"), {"slip": slip})


# -- what moved --


def keep_transfer(connection: Connection, values: Mapping[str, Any]) -> None:
    """``values``: the columns of ``transfer``. The same movement goes out of a ledger once, and into one once."""
    connection.execute(
        text(
            "INSERT INTO transfer (movement, way, slip, sheets, terminal, person, other_person, came_at, at)"
            " VALUES (:movement, :way, :slip, :sheets, :terminal, :person, :other_person, :came_at, :at)"
        ),
        dict(values),
    )


def arrived(connection: Connection, slip: str, terminal: str, person: str) -> None:
    """Who has taken what went out of this ledger last."""
    connection.execute(
        text(
            "UPDATE transfer SET terminal = :terminal, other_person = :person"
            " WHERE slip = :slip AND way = 'out' AND terminal = ''"
        ),
        {"slip": slip, "terminal": terminal, "person": person},
    )


def transfers(connection: Connection, slip: str) -> tuple[Row, ...]:
    """Every time this paper left or came, in order."""
    rows = connection.execute(text("SELECT * FROM transfer WHERE slip = :slip ORDER BY at, movement"), {"slip": slip})
    return tuple(dict(row._mapping) for row in rows)


def came_at(connection: Connection, slip: str) -> str:
    """When this paper came from the ward, at whichever terminal (wall clock, ISO)."""
    found = connection.execute(
        text(
            "SELECT coalesce((SELECT min(m.at) FROM movement m JOIN slip s ON s.kind = m.kind AND s.batch = m.batch"
            " WHERE s.id = :slip AND m.frm = 'ward'), (SELECT min(came_at) FROM transfer WHERE slip = :slip AND way = 'in'), '')"
        ),
        {"slip": slip},
    )
    return str(found.scalar_one())


# -- one paper's rows --


def pack(connection: Connection, application: str) -> dict[str, list[Row]]:
    """All rows of one application, by table."""
    packed = {table: _rows(connection, table, column, application) for table, column in _OF_APPLICATION.items()}
    packed["application"] = _rows(connection, "application", "id", application)
    events = _rows(connection, "application_event", "application", application, "seq")
    packed["application_event"] = [{name: event[name] for name in _EVENT} for event in events]
    for table in _OF_KEYING:
        packed[table] = [
            row for keying in packed["second_keying"] for row in _rows(connection, table, "second_keying", keying["id"])
        ]
    return packed


def _rows(connection: Connection, table: str, column: str, id_: str, order: str = "1") -> list[Row]:
    rows = connection.execute(text(f"SELECT * FROM {table} WHERE {column} = :id ORDER BY {order}"), {"id": id_})
    return [dict(row._mapping) for row in rows]


def unpack(connection: Connection, application: str, packed: Mapping[str, list[Row]]) -> None:
    """Put the rows of one application here; where it was before, it becomes what it has become.

    Raises ValueError for rows of another application or of another version of the store, and where it is at work here.
    """
    tables = {"application", "application_event", *_OF_APPLICATION, *_OF_KEYING}
    if set(packed) != tables or [row.get("id") for row in packed["application"]] != [application]:
        raise ValueError("packed work")
    here = connection.execute(text("SELECT state FROM application WHERE id = :id"), {"id": application}).scalar()
    if here is not None and here != "elsewhere":
        raise ValueError("work is here")
    keyings = {row.get("id") for row in packed["second_keying"]}
    for table, column in _OF_APPLICATION.items():
        if any(row.get(column) != application for row in packed[table]):
            raise ValueError("packed work")
    if any(row.get("second_keying") not in keyings for table in _OF_KEYING for row in packed[table]):
        raise ValueError("packed work")
    _write(connection, "application", packed["application"], replace="id")
    connection.execute(text("DELETE FROM application_line WHERE application = :id"), {"id": application})
    for table in (*_OF_APPLICATION, *_OF_KEYING):
        _write(connection, table, packed[table])
    _append_events(connection, application, packed["application_event"])


def _write(connection: Connection, table: str, rows: list[Row], replace: str = "") -> None:
    columns = [str(row.name) for row in connection.execute(text(f"PRAGMA table_info({table})"))]
    for row in rows:
        if set(row) != set(columns):
            raise ValueError("packed work: another version")
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name != replace)
        otherwise = f"ON CONFLICT ({replace}) DO UPDATE SET {changed}" if replace else "ON CONFLICT DO NOTHING"
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values}) {otherwise}"), row)


def _append_events(connection: Connection, application: str, events: list[Row]) -> None:
    """Events are never changed: what is known here is the beginning of what came."""
    known = _rows(connection, "application_event", "application", application, "seq")
    if [{name: event[name] for name in _EVENT} for event in known] != events[: len(known)]:
        raise ValueError("packed work: another past")
    for event in events[len(known) :]:
        connection.execute(
            text(
                "INSERT INTO application_event (application, at, by, frm, dst, note)"
                " VALUES (:application, :at, :by, :frm, :dst, :note)"
            ),
            {"application": application, **{name: event[name] for name in _EVENT}},
        )
