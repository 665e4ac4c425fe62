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
    """Every 便 with a standing difference (by id): its papers bear the mark."""
    return frozenset(row.handover for row in connection.execute(text("SELECT handover FROM incident")))


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
