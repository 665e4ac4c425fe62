"""立入り調査: the history of every one, and the lines written at this terminal while one goes on."""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from nhi_center.domain.on_site_inspection import Act, Event, Inspection, Line, fold, line_from_json, line_to_json


def add(connection: Connection, event: Event, terminal: str) -> None:
    """Keep one event. The same event again, from whichever terminal it comes back, is one."""
    connection.execute(
        text(
            "INSERT INTO on_site_event (id, inspection, act, body, at, by, terminal)"
            " VALUES (:id, :inspection, :act, :body, :at, :by, :terminal) ON CONFLICT (id) DO NOTHING"
        ),
        {
            "id": event.id,
            "inspection": event.inspection,
            "act": event.act.value,
            "body": json.dumps(dict(event.body), ensure_ascii=False, sort_keys=True),
            "at": event.at,
            "by": event.by,
            "terminal": terminal,
        },
    )


def every(connection: Connection) -> tuple[Inspection, ...]:
    """All inspections as they stand, the newest first."""
    rows = connection.execute(text("SELECT id, inspection, act, body, at, by FROM on_site_event ORDER BY at, id"))
    return fold(Event(row.id, row.inspection, Act(row.act), json.loads(row.body), row.at, row.by) for row in rows)


def find(connection: Connection, id_: str) -> Inspection | None:
    return next((one for one in every(connection) if one.id == id_), None)


def put_line(connection: Connection, inspection: str, line: Line) -> None:
    """Write a line, or write it anew: until all have signed it may change."""
    connection.execute(
        text(
            "INSERT INTO on_site_line (inspection, measure, verdict, words, due, shown)"
            " VALUES (:inspection, :measure, :verdict, :words, :due, :shown)"
            " ON CONFLICT (inspection, measure) DO UPDATE SET"
            " verdict = excluded.verdict, words = excluded.words, due = excluded.due, shown = excluded.shown"
        ),
        {"inspection": inspection, **line_to_json(line)},
    )


def lines(connection: Connection, inspection: str) -> dict[str, Line]:
    """What is written so far, by measure."""
    rows = connection.execute(
        text("SELECT measure, verdict, words, due, shown FROM on_site_line WHERE inspection = :inspection"),
        {"inspection": inspection},
    )
    return {row.measure: line_from_json(dict(row._mapping)) for row in rows}


def drop_lines(connection: Connection, inspection: str) -> None:
    """They stand in the signed contents now, or the inspection was given up."""
    connection.execute(text("DELETE FROM on_site_line WHERE inspection = :inspection"), {"inspection": inspection})
