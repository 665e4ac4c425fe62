"""食い違い in the store, and the terminals the room has given up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical

Row = dict[str, Any]
_JSON = ("mine", "theirs", "records")


def add(connection: Connection, id_: str, slip: str, application: str, mine: Mapping[str, Any], at: str) -> None:
    connection.execute(
        text(
            "INSERT INTO conflict (id, slip, application, mine, theirs, records, found_at)"
            " VALUES (:id, :slip, :application, :mine, '{}', '[]', :at)"
        ),
        {"id": id_, "slip": slip, "application": application, "mine": _dump(mine), "at": at},
    )


def open_of(connection: Connection, application: str) -> Row | None:
    return _one(connection, "application = :value AND settled_at = ''", application)


def find(connection: Connection, id_: str) -> Row | None:
    return _one(connection, "id = :value", id_)


def every(connection: Connection) -> tuple[Row, ...]:
    """Open ones first, then the newest."""
    rows = connection.execute(text("SELECT * FROM conflict ORDER BY settled_at <> '', found_at DESC, id"))
    return tuple(_read(row) for row in rows)


def open_count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM conflict WHERE settled_at = ''")).scalar_one())


def add_record(connection: Connection, id_: str, records: list[Any]) -> None:
    connection.execute(text("UPDATE conflict SET records = :records WHERE id = :id"), {"id": id_, "records": _dump(records)})


def put_theirs(connection: Connection, id_: str, theirs: Mapping[str, Any]) -> None:
    connection.execute(text("UPDATE conflict SET theirs = :theirs WHERE id = :id"), {"id": id_, "theirs": _dump(theirs)})


def settle(connection: Connection, id_: str, stands: str, reason: str, by: str, at: str) -> None:
    connection.execute(
        text("UPDATE conflict SET stands = :stands, reason = :reason, settled_by = :by, settled_at = :at WHERE id = :id"),
        {"id": id_, "stands": stands, "reason": reason, "by": by, "at": at},
    )


def take_out_of_outbox(connection: Connection, seq: int) -> None:
    """A refused row is one side of a conflict from now on, and goes out again only when it is the side that stands."""
    connection.execute(text("DELETE FROM outbox WHERE seq = :seq"), {"seq": seq})


# -- terminals given up --


def keep_failure(connection: Connection, id_: str, seq: int, body: Mapping[str, Any]) -> None:
    """``seq`` 0: said here, not come back from the segment."""
    connection.execute(
        text(
            "INSERT INTO terminal_failure (id, seq, terminal, what, body) VALUES (:id, :seq, :terminal, :what, :body)"
            " ON CONFLICT (id) DO UPDATE SET seq = excluded.seq WHERE terminal_failure.seq = 0"
        ),
        {"id": id_, "seq": seq, "terminal": body["terminal"], "what": body["what"], "body": _dump(body)},
    )


def failures(connection: Connection) -> dict[str, Row]:
    """Terminals that are given up now, and how."""
    rows = connection.execute(text("SELECT terminal, what, body FROM terminal_failure ORDER BY seq = 0, seq"))
    last = {row.terminal: (row.what, row.body) for row in rows}
    return {terminal: json.loads(body) for terminal, (what, body) in last.items() if what == "failed"}


def _one(connection: Connection, where: str, value: str) -> Row | None:
    row = connection.execute(text(f"SELECT * FROM conflict WHERE {where}"), {"value": value}).one_or_none()
    return None if row is None else _read(row)


def _read(row: Any) -> Row:
    found = dict(row._mapping)
    return found | {name: json.loads(found[name]) for name in _JSON}


def _dump(value: Any) -> str:
    return canonical.encode(value).decode()
