"""返す: why an application went back unkeyed."""

from __future__ import annotations

from sqlalchemy import Connection, text


def add(connection: Connection, application: str, reason: str, words: str, at: str, by: str) -> None:
    connection.execute(
        text("INSERT INTO giving_back (application, reason, words, at, by) VALUES (:application, :reason, :words, :at, :by)"),
        {"application": application, "reason": reason, "words": words, "at": at, "by": by},
    )


def of_slip(connection: Connection, slip: str) -> tuple[str, str] | None:
    """Reason (a code) and words of the application under this 管理票; None when it did not go back so."""
    row = connection.execute(
        text("SELECT g.reason, g.words FROM giving_back g JOIN application a ON a.id = g.application WHERE a.slip = :slip"),
        {"slip": slip},
    ).one_or_none()
    return (row.reason, row.words) if row else None
