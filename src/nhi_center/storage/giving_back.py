"""返す: why an application went back unkeyed."""

from __future__ import annotations

from sqlalchemy import Connection, text


def add(connection: Connection, application: str, reason: str, words: str, at: str, by: str) -> None:
    connection.execute(
        text("INSERT INTO giving_back (application, reason, words, at, by) VALUES (:application, :reason, :words, :at, :by)"),
        {"application": application, "reason": reason, "words": words, "at": at, "by": by},
    )


def of_handover(connection: Connection, handover: str) -> dict[str, tuple[str, str]]:
    """Reason (a code) and words of each application that goes back unkeyed with this 便, by the number of its 管理票."""
    rows = connection.execute(
        text(
            "SELECT s.number, g.reason, g.words FROM handover_piece p JOIN slip s ON s.id = p.slip"
            " JOIN application a ON a.slip = s.id AND a.envelope = '' JOIN giving_back g ON g.application = a.id"
            " WHERE p.handover = :handover ORDER BY p.position"
        ),
        {"handover": handover},
    )
    return {row.number: (row.reason, row.words) for row in rows}
