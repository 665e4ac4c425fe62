"""室内の手元: what each terminal last told, and days that another terminal has closed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.day_close import Closed


def last_told(connection: Connection, terminal: str) -> Mapping[str, Any] | None:
    """The body of the newest standing of one terminal."""
    found = connection.execute(text("SELECT body FROM standing WHERE terminal = :terminal"), {"terminal": terminal}).scalar()
    return None if found is None else json.loads(found)


def disbelieved_since(connection: Connection, terminal: str) -> bool:
    """Whether a standing of this terminal that came after the kept one was not believed."""
    found = connection.execute(text(_DISBELIEVED), {"terminal": terminal})
    return found.first() is not None


_DISBELIEVED = (
    "SELECT 1 FROM room_record WHERE kind = 'standing' AND terminal = :terminal AND skipped <> '' AND cursor >"
    " coalesce((SELECT cursor FROM standing WHERE terminal = :terminal), -1) LIMIT 1"
)


def keep(connection: Connection, terminal: str, cursor: int, body: Mapping[str, Any]) -> None:
    """The newest stands: a record that comes again after a newer one changes nothing."""
    connection.execute(
        text(
            "INSERT INTO standing (terminal, cursor, body) VALUES (:terminal, :cursor, :body) ON CONFLICT (terminal) DO UPDATE"
            " SET cursor = excluded.cursor, body = excluded.body WHERE excluded.cursor >= standing.cursor"
        ),
        {"terminal": terminal, "cursor": cursor, "body": canonical.encode(body).decode()},
    )


def keep_closed(connection: Connection, day: str, terminal: str, closed: Closed) -> None:
    """Another terminal has closed this day. The first record of a day stands."""
    connection.execute(
        text(
            "INSERT INTO closed_elsewhere (day, terminal, name, signed_at, contents)"
            " VALUES (:day, :terminal, :name, :signed_at, :contents) ON CONFLICT (day) DO NOTHING"
        ),
        {
            "day": day,
            "terminal": terminal,
            "name": closed.name,
            "signed_at": closed.signed_at,
            "contents": canonical.encode(closed.contents).decode(),
        },
    )


def closed_elsewhere(connection: Connection, day: date) -> Closed | None:
    row = connection.execute(
        text("SELECT terminal, name, signed_at, contents FROM closed_elsewhere WHERE day = :day"), {"day": day.isoformat()}
    ).first()
    return None if row is None else Closed(row.name, row.signed_at, json.loads(row.contents), row.terminal)
