"""The account records this terminal has believed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical


def keep(connection: Connection, person: str, revision: int, body: Mapping[str, Any]) -> None:
    """From now on this record counts, unless a later one does."""
    connection.execute(
        text(
            "INSERT INTO known_account (person, revision, body) VALUES (:person, :revision, :body)"
            " ON CONFLICT (person) DO UPDATE SET revision = excluded.revision, body = excluded.body"
            " WHERE excluded.revision > known_account.revision"
        ),
        {"person": person, "revision": revision, "body": canonical.encode(body).decode()},
    )


def find(connection: Connection, person: str) -> dict[str, Any] | None:
    row = connection.execute(text("SELECT body FROM known_account WHERE person = :person"), {"person": person}).one_or_none()
    return dict(json.loads(row.body)) if row else None


def every(connection: Connection) -> tuple[dict[str, Any], ...]:
    """By person."""
    rows = connection.execute(text("SELECT body FROM known_account ORDER BY person"))
    return tuple(dict(json.loads(row.body)) for row in rows)
