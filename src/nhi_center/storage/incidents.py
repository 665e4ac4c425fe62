"""事故・差異の記録 and what was added to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain.incidents import Entry, Incident, Kind, Step

_INCIDENT = "SELECT id, day, kind, handover, opened_at, opened_by FROM incident"
_CLOSED = "EXISTS (SELECT 1 FROM incident_entry e WHERE e.incident = incident.id AND e.step = 'closed')"


def find(connection: Connection, id_: str) -> Incident | None:
    found = _incidents(connection, "WHERE id = :id", {"id": id_})
    return found[0] if found else None


def open_ones(connection: Connection) -> tuple[Incident, ...]:
    """What the ward has not closed, oldest first."""
    return _incidents(connection, f"WHERE NOT {_CLOSED} ORDER BY opened_at, id", {})


def closed_ones(connection: Connection, most: int) -> tuple[Incident, ...]:
    """The latest that are closed."""
    return _incidents(connection, f"WHERE {_CLOSED} ORDER BY opened_at DESC, id LIMIT :most", {"most": most})


def of_handover(connection: Connection, handover: str) -> Incident | None:
    found = _incidents(connection, "WHERE handover = :handover ORDER BY opened_at", {"handover": handover})
    return found[0] if found else None


def marked(connection: Connection) -> frozenset[str]:
    """What bears the mark of a standing difference: every 管理票 and print job (by id) that came or went with such a 便."""
    rows = connection.execute(
        text(
            "SELECT s.id FROM slip s JOIN incident i ON i.handover = s.batch"
            " UNION SELECT p.slip FROM handover_piece p JOIN incident i ON i.handover = p.handover WHERE p.slip <> ''"
            " UNION SELECT b.slip FROM handover_back b JOIN incident i ON i.handover = b.handover WHERE b.sheets > 0"
            " AND b.seq = (SELECT max(q.seq) FROM handover_back q WHERE q.handover = b.handover AND q.slip = b.slip)"
        )
    )
    return frozenset(row.id for row in rows)


def add(connection: Connection, incident: str, entry: Entry) -> None:
    connection.execute(
        text(
            "INSERT INTO incident_entry (incident, step, words, told_to, told_at, at, by)"
            " VALUES (:incident, :step, :words, :told_to, :told_at, :at, :by)"
        ),
        entry.values(incident),
    )


def _incidents(connection: Connection, where: str, values: dict[str, Any]) -> tuple[Incident, ...]:
    rows = connection.execute(text(f"{_INCIDENT} {where}"), values).all()
    return tuple(
        Incident(row.id, row.day, Kind(row.kind), row.handover, row.opened_at, row.opened_by, _entries(connection, row.id))
        for row in rows
    )


def _entries(connection: Connection, incident: str) -> tuple[Entry, ...]:
    rows = connection.execute(
        text("SELECT step, words, told_to, told_at, at, by FROM incident_entry WHERE incident = :id ORDER BY seq"),
        {"id": incident},
    )
    return tuple(Entry(Step(row.step), row.words, row.told_to, row.told_at, row.at, row.by) for row in rows)
