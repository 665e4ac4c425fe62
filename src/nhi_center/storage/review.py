"""The ward's reviews (区の審査): append-only, an application that was sent back may have several."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical


@dataclass(frozen=True, slots=True)
class Review:
    """One decision of ward staff; ``reason`` only where it was sent back."""

    decision: str
    reason: str
    at: str
    by: str


def add(
    connection: Connection,
    application: str,
    decision: str,
    at: str,
    by: str,
    *,
    reason: str = "",
    effect: Mapping[str, Any] | None = None,
) -> None:
    """``decision``: reviewed or sent_back."""
    connection.execute(
        text(
            "INSERT INTO review (id, application, decision, reason, effect, at, by)"
            " VALUES (:id, :application, :decision, :reason, :effect, :at, :by)"
        ),
        {
            "id": str(uuid.uuid4()),
            "application": application,
            "decision": decision,
            "reason": reason,
            "effect": canonical.encode(effect).decode() if effect is not None else "",
            "at": at,
            "by": by,
        },
    )


def of_application(connection: Connection, application: str) -> tuple[Review, ...]:
    """All reviews of one application, oldest first."""
    rows = connection.execute(
        text("SELECT decision, reason, at, by FROM review WHERE application = :application ORDER BY at, id"),
        {"application": application},
    )
    return tuple(Review(row.decision, row.reason, row.at, row.by) for row in rows)
