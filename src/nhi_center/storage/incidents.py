"""事故・差異の記録 and what was added to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical, incident_report
from nhi_center.domain.incident_report import Kind
from nhi_center.domain.incidents import Entry, Incident, Step

_INCIDENT = "SELECT id, day, kind, handover, facts, opened_at, opened_by, terminal FROM incident"
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
            "SELECT s.id FROM incident i CROSS JOIN slip s ON s.batch = i.handover"
            " UNION SELECT p.slip FROM incident i CROSS JOIN handover_piece p ON p.handover = i.handover WHERE p.slip <> ''"
            " UNION SELECT b.slip FROM incident i CROSS JOIN handover_back b ON b.handover = i.handover WHERE b.sheets > 0"
            " AND b.seq = (SELECT max(q.seq) FROM handover_back q WHERE q.handover = b.handover AND q.slip = b.slip)"
        )
    )
    return frozenset(row.id for row in rows)


def within(connection: Connection, first: date, last: date) -> tuple[Incident, ...]:
    """What began on these days, or was reported in writing on one of them; oldest first."""
    return _incidents(
        connection,
        "WHERE day BETWEEN :first AND :last OR id IN (SELECT incident FROM incident_entry WHERE step = 'reported'"
        " AND substr(at, 1, 10) BETWEEN :first AND :last) ORDER BY opened_at, id",
        {"first": first.isoformat(), "last": last.isoformat()},
    )


def keep_paper(connection: Connection, incident: str, file: str, sha256: str, made_at: str, made_by: str) -> None:
    """A written report that was made here."""
    connection.execute(
        text(
            "INSERT INTO incident_paper (file, incident, sha256, made_at, made_by)"
            " VALUES (:file, :incident, :sha256, :made_at, :made_by)"
        ),
        {"file": file, "incident": incident, "sha256": sha256, "made_at": made_at, "made_by": made_by},
    )


def papers(connection: Connection, incident: str) -> dict[tuple[str, str], str]:
    """The fingerprint of each of its written reports that was made here, by file and time."""
    rows = connection.execute(text("SELECT file, made_at, sha256 FROM incident_paper WHERE incident = :id"), {"id": incident})
    return {(row.file, row.made_at): row.sha256 for row in rows}


def open_one(connection: Connection, incident: Incident, *, counts: Mapping[str, Any] | None = None, source: str = "") -> bool:
    """Keep a new one, with its report, or with the ``counts`` by line of its 便. False, and nothing kept, when there is one with
    this id, or from this ``source``."""
    facts = incident_report.to_json(incident.report) if incident.report else dict(counts or {})
    kept = connection.execute(
        text(
            "INSERT OR IGNORE INTO incident (id, day, kind, handover, facts, opened_at, opened_by, source, terminal)"
            " VALUES (:id, :day, :kind, :handover, :facts, :opened_at, :opened_by, :source, :terminal)"
        ),
        {
            "id": incident.id,
            "day": incident.day,
            "kind": incident.kind.value,
            "handover": incident.handover or None,
            "facts": canonical.encode(facts).decode(),
            "opened_at": incident.opened_at,
            "opened_by": incident.opened_by,
            "source": source,
            "terminal": incident.terminal,
        },
    )
    return bool(kept.rowcount)


def add(connection: Connection, incident: str, entry: Entry, id_: str = "") -> None:
    """``id_``: the room's record; kept once, and a second 区への通知 or 終結 that another terminal tells changes nothing."""
    connection.execute(
        text(
            f"INSERT {'OR IGNORE ' if id_ else ''}INTO incident_entry (id, incident, step, words, told_to, told_at, at, by)"
            " VALUES (:id, :incident, :step, :words, :told_to, :told_at, :at, :by)"
        ),
        entry.values(incident) | {"id": id_},
    )


def _incidents(connection: Connection, where: str, values: dict[str, Any]) -> tuple[Incident, ...]:
    rows = connection.execute(text(f"{_INCIDENT} {where}"), values).all()
    return tuple(_incident(connection, row) for row in rows)


def _incident(connection: Connection, row: Any) -> Incident:
    report = None if row.handover else incident_report.from_json(json.loads(row.facts))
    return Incident(
        id=row.id,
        day=row.day,
        kind=Kind(row.kind),
        handover=row.handover or "",
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        entries=_entries(connection, row.id),
        report=report,
        terminal=row.terminal,
    )


def _entries(connection: Connection, incident: str) -> tuple[Entry, ...]:
    rows = connection.execute(
        text("SELECT step, words, told_to, told_at, at, by FROM incident_entry WHERE incident = :id ORDER BY seq"),
        {"id": incident},
    )
    return tuple(Entry(Step(row.step), row.words, row.told_to, row.told_at, row.at, row.by) for row in rows)
