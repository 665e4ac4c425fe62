"""Rows about backups: how far the month keys have come, and every try. The keys themselves are never here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

_DAYS = ("presence", "handover", "call", "day_close")
"""Tables that have a ``day`` on which somebody worked."""


@dataclass(frozen=True, slots=True)
class MonthMark:
    """One month's key: ``sealed`` in everybody's slot once, so that copies may have been made with it."""

    month: str
    fingerprint: str
    sealed: bool
    seal_again: bool
    sent: bool
    refused: str
    destroyed: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """One try at a copy: ``code`` "" when it was good. ``at`` in UTC, ISO."""

    day: str
    at: str
    file: str
    code: str


def month_marks(connection: Connection) -> dict[str, MonthMark]:
    rows = connection.execute(text("SELECT * FROM month_key ORDER BY month"))
    return {
        row.month: MonthMark(
            row.month,
            row.fingerprint,
            bool(row.sealed_at),
            bool(row.seal_again),
            bool(row.sent_at),
            row.refused,
            bool(row.destroyed_at),
        )
        for row in rows
    }


def begin_month(connection: Connection, month: str, fingerprint: str) -> None:
    """A key that is about to be sealed; it takes the place of one that never was."""
    connection.execute(
        text(
            "INSERT INTO month_key (month, fingerprint) VALUES (:month, :fingerprint)"
            " ON CONFLICT (month) DO UPDATE SET fingerprint = excluded.fingerprint WHERE sealed_at = ''"
        ),
        {"month": month, "fingerprint": fingerprint},
    )


def month_sealed(connection: Connection, month: str, at: str) -> None:
    connection.execute(
        text("UPDATE month_key SET sealed_at = :at, seal_again = 0 WHERE month = :month"), {"month": month, "at": at}
    )


def seal_again(connection: Connection, month: str) -> None:
    connection.execute(text("UPDATE month_key SET seal_again = 1 WHERE month = :month"), {"month": month})


def month_destroyed(connection: Connection, month: str, at: str) -> None:
    """No key of this month is made, sealed or sent again; also of a month that never had one."""
    connection.execute(
        text(
            "INSERT INTO month_key (month, fingerprint, destroyed_at) VALUES (:month, '', :at)"
            " ON CONFLICT (month) DO UPDATE SET destroyed_at = excluded.destroyed_at WHERE destroyed_at = ''"
        ),
        {"month": month, "at": at},
    )


def month_sent(connection: Connection, month: str, at: str, refused: str) -> None:
    """The segment has it, or has said why it does not take it."""
    connection.execute(
        text("UPDATE month_key SET sent_at = :at, refused = :refused WHERE month = :month"),
        {"month": month, "at": "" if refused else at, "refused": refused},
    )


def keep_try(connection: Connection, one: Try) -> None:
    connection.execute(
        text("INSERT INTO backup_try (day, at, file, code) VALUES (:day, :at, :file, :code)"),
        {"day": one.day, "at": one.at, "file": one.file, "code": one.code},
    )


def last_try(connection: Connection) -> Try | None:
    row = connection.execute(text("SELECT day, at, file, code FROM backup_try ORDER BY seq DESC LIMIT 1")).one_or_none()
    return Try(row.day, row.at, row.file, row.code) if row else None


def last_good(connection: Connection) -> Try | None:
    row = connection.execute(
        text("SELECT day, at, file, code FROM backup_try WHERE code = '' ORDER BY seq DESC LIMIT 1")
    ).one_or_none()
    return Try(row.day, row.at, row.file, row.code) if row else None


def last_day_of_work(connection: Connection, before: date) -> str:
    """The last day before this one on which somebody worked here (ISO); "" when there was none."""
    days = [
        connection.execute(text(f"SELECT max(day) FROM {table} WHERE day < :day"), {"day": before.isoformat()}).scalar()
        for table in _DAYS
    ]
    return max((str(day) for day in days if day), default="")
