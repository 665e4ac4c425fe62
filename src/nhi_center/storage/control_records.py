"""監督の記録: the history of every record."""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from nhi_center.domain.control_records import Act, ControlRecord, Event, fold


def add(connection: Connection, event: Event, terminal: str) -> None:
    """Keep one event. The same event again, from whichever terminal it comes back, is one."""
    connection.execute(
        text(
            "INSERT INTO control_record_event (id, record, act, body, at, by, terminal)"
            " VALUES (:id, :record, :act, :body, :at, :by, :terminal) ON CONFLICT (id) DO NOTHING"
        ),
        {
            "id": event.id,
            "record": event.record,
            "act": event.act.value,
            "body": json.dumps(dict(event.body), ensure_ascii=False, sort_keys=True),
            "at": event.at,
            "by": event.by,
            "terminal": terminal,
        },
    )


def every(connection: Connection) -> tuple[ControlRecord, ...]:
    """All records as they stand, the newest first."""
    rows = connection.execute(text("SELECT id, record, act, body, at, by FROM control_record_event ORDER BY at, id"))
    return fold(Event(row.id, row.record, Act(row.act), json.loads(row.body), row.at, row.by) for row in rows)


def find(connection: Connection, id_: str) -> ControlRecord | None:
    return next((one for one in every(connection) if one.id == id_), None)
