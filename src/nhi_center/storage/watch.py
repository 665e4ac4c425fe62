"""What was already seen of the operating system, and what the self-checks found (動作点検)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical

KEPT = 100


def state(connection: Connection, name: str) -> Any | None:
    """What was put under ``name``; None while nothing was."""
    value = connection.execute(text("SELECT value FROM watch_state WHERE name = :name"), {"name": name}).scalar_one_or_none()
    return None if value is None else canonical.decode(value.encode())


def put_state(connection: Connection, name: str, value: Any) -> None:
    connection.execute(
        text("INSERT INTO watch_state (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value"),
        {"name": name, "value": canonical.encode(value).decode()},
    )


def keep_check(connection: Connection, at: str, person: str, findings: Any) -> None:
    """Keep one result; the oldest beyond KEPT go."""
    connection.execute(
        text("INSERT INTO self_check (at, person, findings) VALUES (:at, :person, :findings)"),
        {"at": at, "person": person, "findings": canonical.encode(findings).decode()},
    )
    connection.execute(
        text("DELETE FROM self_check WHERE id <= (SELECT max(id) FROM self_check) - :kept"),
        {"kept": KEPT},
    )


def newest_check(connection: Connection) -> tuple[str, str, Any] | None:
    """(at, person, findings) of the last one."""
    row = connection.execute(text("SELECT at, person, findings FROM self_check ORDER BY id DESC LIMIT 1")).one_or_none()
    return (row.at, row.person, canonical.decode(row.findings.encode())) if row else None
