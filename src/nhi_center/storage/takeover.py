"""What is open at the end of a contract, for 引継ぎ: numbers, days and states, and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One application that has not ended. ``form`` and ``state`` as codes, ``day`` of its 管理票."""

    day: str
    number: str
    form: str
    form_day: str
    state: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A call-back or a 連絡票 that waits: number of the call or request of its day, and until when ("" for no time)."""

    day: str
    number: int
    what: str
    due: str


@dataclass(frozen=True, slots=True)
class MonthKey:
    month: str
    fingerprint: str
    at_segment: bool
    destroyed: bool


def cases(connection: Connection) -> tuple[OpenCase, ...]:
    rows = connection.execute(
        text(
            "SELECT s.day, s.number, a.form, a.form_day, a.state FROM application a JOIN slip s ON s.id = a.slip"
            " WHERE a.state NOT IN ('done', 'returned') ORDER BY s.day, s.number"
        )
    )
    return tuple(OpenCase(row.day, row.number, row.form, row.form_day, row.state) for row in rows)


def promises(connection: Connection) -> tuple[Promise, ...]:
    rows = connection.execute(
        text(
            "SELECT c.day, c.seq, 'callback' AS what, b.due FROM call_back b JOIN call c ON c.id = b.call WHERE b.done_at = ''"
            " UNION ALL SELECT day, seq, 'request', '' FROM ward_request WHERE settled_at = '' ORDER BY 1, 2"
        )
    )
    return tuple(Promise(row.day, int(row.seq), row.what, row.due) for row in rows)


def month_keys(connection: Connection) -> tuple[MonthKey, ...]:
    rows = connection.execute(text("SELECT month, fingerprint, sent_at, destroyed_at FROM month_key ORDER BY month"))
    return tuple(MonthKey(row.month, row.fingerprint[:16], bool(row.sent_at), bool(row.destroyed_at)) for row in rows)


def settings(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Name and first day of every setting of the ward that has come here."""
    rows = connection.execute(text("SELECT name, effective_from FROM ward_setting ORDER BY name, effective_from"))
    return tuple((row.name, row.effective_from) for row in rows)
