"""保留・照会: questions, the 取扱責任者's wording and number, answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain.entry import State
from nhi_center.domain.holds import Hold

_HOLD = (
    "SELECT id, application, question, asked_by, asked_at, held_from, place, answer, answered_by, answered_at, wording, query,"
    " sent_by, sent_at FROM hold"
)


def add(connection: Connection, hold: Hold) -> None:
    connection.execute(
        text(
            "INSERT INTO hold (id, application, question, asked_by, asked_at, held_from, place)"
            " VALUES (:id, :application, :question, :by, :at, :held_from, :place)"
        ),
        {
            "id": hold.id,
            "application": hold.application,
            "question": hold.question,
            "by": hold.asked_by,
            "at": hold.asked_at,
            "held_from": hold.held_from.value,
            "place": hold.place,
        },
    )


def send(connection: Connection, id_: str, wording: str, query: str, by: str, at: str) -> None:
    """It goes to the ward. The caller has checked that it waits for this."""
    connection.execute(
        text("UPDATE hold SET wording = :wording, query = :query, sent_by = :by, sent_at = :at WHERE id = :id"),
        {"id": id_, "wording": wording, "query": query, "by": by, "at": at},
    )


def answer(connection: Connection, id_: str, words: str, by: str, at: str) -> bool:
    """Write the answer; False when it has one already."""
    changed = connection.execute(
        text("UPDATE hold SET answer = :answer, answered_by = :by, answered_at = :at WHERE id = :id AND answered_at = ''"),
        {"answer": words, "by": by, "at": at, "id": id_},
    )
    return bool(changed.rowcount)


def find(connection: Connection, id_: str) -> Hold | None:
    found = _holds(connection, "WHERE id = :id", {"id": id_})
    return found[0] if found else None


def of_application(connection: Connection, application: str) -> tuple[Hold, ...]:
    """All holds of one application, in order; the last one may still be open."""
    return _holds(connection, "WHERE application = :application ORDER BY asked_at, id", {"application": application})


def open_ones(connection: Connection) -> tuple[Hold, ...]:
    """What has no answer yet, with the 取扱責任者 or with the ward, oldest first."""
    return _holds(connection, "WHERE answered_at = '' ORDER BY asked_at, id", {})


def answered_since(connection: Connection, day: date) -> tuple[Hold, ...]:
    """Answered on this day or later, newest first."""
    return _holds(connection, "WHERE answered_at >= :day ORDER BY answered_at DESC, id", {"day": day.isoformat()})


def _holds(connection: Connection, where: str, values: dict[str, Any]) -> tuple[Hold, ...]:
    return tuple(
        Hold(
            id=row.id,
            application=row.application,
            question=row.question,
            asked_by=row.asked_by,
            asked_at=row.asked_at,
            held_from=State(row.held_from),
            place=row.place,
            answer=row.answer,
            answered_by=row.answered_by,
            answered_at=row.answered_at,
            wording=row.wording,
            query=row.query,
            sent_by=row.sent_by,
            sent_at=row.sent_at,
        )
        for row in connection.execute(text(f"{_HOLD} {where}"), values)
    )
