"""便 of the room's other terminals, as their 受渡簿 has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical


def keep(connection: Connection, handover: str, terminal: str, settled: str, body: Mapping[str, Any]) -> None:
    """Told again, it stays as it is."""
    connection.execute(
        text("INSERT OR IGNORE INTO told_handover (id, terminal, settled, body) VALUES (:id, :terminal, :settled, :body)"),
        {"id": handover, "terminal": terminal, "settled": settled, "body": canonical.encode(body).decode()},
    )


def between(connection: Connection, first: date, last: date) -> tuple[tuple[str, dict[str, Any]], ...]:
    """(terminal, body) of those settled on these days."""
    rows = connection.execute(
        text("SELECT terminal, body FROM told_handover WHERE settled BETWEEN :first AND :last ORDER BY settled, id"),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple((row.terminal, json.loads(row.body)) for row in rows)
