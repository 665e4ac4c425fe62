"""Reports that were written and signed. ``month`` is the key of the period each is about."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.operators import Signature
from nhi_center.domain.reports import Written


def keep(
    connection: Connection, month: str, file: str, sha256: str, contents: Mapping[str, Any], signature: Signature, at: str
) -> str:
    """Keep what was written and signed; gives its id."""
    id_ = str(uuid.uuid4())
    connection.execute(
        text(
            "INSERT INTO report (id, month, file, sha256, contents, made_at, person, name, role, signed_at, statement, value)"
            " VALUES (:id, :month, :file, :sha256, :contents, :at, :person, :name, :role, :signed_at, :statement, :value)"
        ),
        {
            "id": id_,
            "month": month,
            "file": file,
            "sha256": sha256,
            "contents": canonical.encode(contents).decode(),
            "at": at,
            **asdict(signature),
        },
    )
    return id_


def written(connection: Connection) -> tuple[Written, ...]:
    """Every report, the newest first."""
    rows = connection.execute(
        text(
            "SELECT r.month, r.file, r.sha256, r.made_at, r.name, coalesce(p.sheets, 0) AS sheets,"
            " CASE WHEN p.id IS NULL THEN coalesce(s.outcome, '') WHEN p.state = 'good' AND EXISTS"
            " (SELECT 1 FROM balance b WHERE b.slip = p.id AND b.place = 'returned' AND b.sheets > 0) THEN 'handed'"
            " ELSE p.state END AS sent"
            " FROM report r LEFT JOIN export_sent s ON s.file = r.file LEFT JOIN paper_export p ON p.name = r.file"
            " ORDER BY r.made_at DESC, length(r.file) DESC, r.file DESC"
        )
    )
    return tuple(Written(**row._mapping) for row in rows)


def frozen(connection: Connection, month: str, after: str) -> dict[str, Any] | None:
    """What was signed first about a period as it stood after its end (``after``: its last day), None while nothing was. Figures
    that were read before the end and signed behind it leave the period open."""
    found = connection.execute(
        text(
            "SELECT contents FROM report WHERE month = :month AND substr(json_extract(contents, '$.read_at'), 1, 10) > :after"
            " ORDER BY made_at, file LIMIT 1"
        ),
        {"month": month, "after": after},
    ).scalar()
    return json.loads(found) if found else None


def whole_months(connection: Connection) -> dict[str, str]:
    """The months of which a report stands as after their end, and when the first one was signed."""
    query = (
        "SELECT month, min(made_at) AS at FROM report WHERE month GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'"
        " AND substr(json_extract(contents, '$.read_at'), 1, 7) > month GROUP BY month"
    )
    return {row.month: row.at for row in connection.execute(text(query))}
