"""プリンター: what was entered, adjusted, accepted and retired, append-only."""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from nhi_center.domain.printers import PrinterEvent


def add(connection: Connection, event: PrinterEvent) -> None:
    connection.execute(
        text("INSERT INTO printer_event (printer, what, body, at, by) VALUES (:printer, :what, :body, :at, :by)"),
        {
            "printer": event.printer,
            "what": event.what,
            "body": json.dumps(dict(event.body), ensure_ascii=False, sort_keys=True),
            "at": event.at,
            "by": event.by,
        },
    )


def events(connection: Connection) -> tuple[PrinterEvent, ...]:
    rows = connection.execute(text("SELECT printer, what, body, at, by FROM printer_event ORDER BY seq"))
    return tuple(PrinterEvent(row.printer, row.what, json.loads(row.body), row.at, row.by) for row in rows)
