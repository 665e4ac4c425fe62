"""Counts of one month for the report, and the reports that were written. ``month`` is YYYY-MM throughout."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.operators import Signature
from nhi_center.domain.reports import Written

Counts = dict[tuple[str, str], int]
"""(what, how) -> number."""


def slips(connection: Connection, month: str) -> dict[str, int]:
    """Applications received, by form."""
    return _by_one(connection, "SELECT kind AS what, count(*) AS n FROM slip WHERE substr(day, 1, 7) = :month GROUP BY 1", month)


def steps(connection: Connection, month: str) -> Counts:
    """Applications that reached a state, by form and state; each once."""
    return _by_two(
        connection,
        "SELECT a.form AS what, e.dst AS how, count(DISTINCT a.id) AS n FROM application_event e"
        " JOIN application a ON a.id = e.application AND a.envelope = '' WHERE substr(e.at, 1, 7) = :month GROUP BY 1, 2",
        month,
    )


def sent_back(connection: Connection, month: str) -> dict[str, int]:
    """差戻し of the ward, by form."""
    return _by_one(
        connection,
        "SELECT a.form AS what, count(*) AS n FROM review r JOIN application a ON a.id = r.application"
        " WHERE r.decision = 'sent_back' AND substr(r.at, 1, 7) = :month GROUP BY 1",
        month,
    )


def pending(connection: Connection) -> dict[str, int]:
    """Applications not finished now, by form."""
    return _by_one(
        connection,
        "SELECT s.kind AS what, count(*) AS n FROM slip s LEFT JOIN application a ON a.slip = s.id AND a.envelope = ''"
        " WHERE a.state IS NULL OR a.state NOT IN ('done', 'returned') GROUP BY 1",
    )


def waits(connection: Connection, month: str) -> tuple[tuple[str, str], ...]:
    """(came in, 区審査済) of every application reviewed first in this month; wall clock, ISO."""
    rows = connection.execute(
        text(
            "SELECT h.ended_at AS arrived, min(e.at) AS reviewed FROM application_event e"
            " JOIN application a ON a.id = e.application AND a.envelope = ''"
            " JOIN slip s ON s.id = a.slip JOIN handover h ON h.id = s.batch"
            " WHERE e.dst = 'reviewed' GROUP BY a.id HAVING substr(min(e.at), 1, 7) = :month"
        ),
        {"month": month},
    )
    return tuple((row.arrived, row.reviewed) for row in rows)


def moved(connection: Connection, month: str) -> Counts:
    """Sheets through the doors of the ledger, by kind and door (ward, made, returned); corrections taken off."""
    return _by_two(
        connection,
        "SELECT kind AS what, door AS how, sum(n) AS n FROM ("
        "SELECT kind, frm AS door, sheets AS n FROM movement WHERE frm IN ('ward', 'made') AND substr(at, 1, 7) = :month"
        " UNION ALL SELECT kind, dst, -sheets FROM movement WHERE dst IN ('ward', 'made') AND substr(at, 1, 7) = :month"
        " UNION ALL SELECT kind, dst, sheets FROM movement WHERE dst = 'returned' AND substr(at, 1, 7) = :month"
        " UNION ALL SELECT kind, frm, -sheets FROM movement WHERE frm = 'returned' AND substr(at, 1, 7) = :month"
        ") GROUP BY 1, 2",
        month,
    )


def prints(connection: Connection, month: str) -> Counts:
    """Sheets by certificate and by what became of them in this month: printed, again, spoiled, submitted."""
    return _by_two(
        connection,
        "SELECT j.kind AS what, CASE e.dst WHEN 'needs_check' THEN CASE j.replaces WHEN '' THEN 'printed' ELSE 'again' END"
        " ELSE e.dst END AS how, count(DISTINCT j.id) AS n FROM certificate_event e JOIN certificate_job j ON j.id = e.job"
        " WHERE e.dst IN ('needs_check', 'spoiled', 'submitted') AND NOT (e.dst = 'submitted' AND j.spoiled = 1)"
        " AND (e.dst <> 'needs_check' OR e.frm = 'printing') AND e.frm <> e.dst AND substr(e.at, 1, 7) = :month GROUP BY 1, 2",
        month,
    )


def incidents(connection: Connection, month: str) -> dict[str, int]:
    """事故・差異の記録, by kind."""
    return _by_one(
        connection, "SELECT kind AS what, count(*) AS n FROM incident WHERE substr(day, 1, 7) = :month GROUP BY 1", month
    )


_SOURCES = {
    "slip": "day",
    "application_event": "at",
    "movement": "at",
    "handover": "day",
    "review": "at",
    "second_keying": "started_at",
    "certificate_event": "at",
    "call": "day",
    "incident": "day",
    "day_close": "day",
    "presence": "day",
}


def sources(connection: Connection, month: str) -> dict[str, int]:
    """How many rows each table holds for the month: what the report was counted from."""
    return {
        table: int(
            connection.execute(
                text(f"SELECT count(*) FROM {table} WHERE substr({column}, 1, 7) = :month"), {"month": month}
            ).scalar_one()
        )
        for table, column in _SOURCES.items()
    }


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
        text("SELECT month, file, sha256, made_at, name FROM report ORDER BY made_at DESC, length(file) DESC, file DESC")
    )
    return tuple(Written(**row._mapping) for row in rows)


def _by_one(connection: Connection, query: str, month: str = "") -> dict[str, int]:
    rows = connection.execute(text(query), {"month": month} if month else {})
    return {row.what: int(row.n) for row in rows}


def _by_two(connection: Connection, query: str, month: str) -> Counts:
    rows = connection.execute(text(query), {"month": month})
    return {(row.what, row.how): int(row.n) for row in rows}
