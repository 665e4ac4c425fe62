"""証の台帳: every certificate that went through a printer, by day, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, text

from nhi_center.domain.certificate_life import Life, LifeEvent

_LIFE = "SELECT job, what, day, reason, words, tracking, cabinet, due, at, by FROM certificate_life"


@dataclass(frozen=True, slots=True)
class Printing:
    """One time a sheet went through a printer: which job, when (wall clock, ISO), by whom."""

    job: str
    at: str
    by: str


def add(connection: Connection, event: LifeEvent) -> None:
    connection.execute(
        text(
            "INSERT INTO certificate_life (job, what, day, reason, words, tracking, cabinet, due, at, by)"
            " VALUES (:job, :what, :day, :reason, :words, :tracking, :cabinet, :due, :at, :by)"
        ),
        {
            "job": event.job,
            "what": event.what.value,
            "day": event.day.isoformat(),
            "reason": event.reason,
            "words": event.words,
            "tracking": event.tracking,
            "cabinet": event.cabinet,
            "due": event.due.isoformat() if event.due else "",
            "at": event.at,
            "by": event.by,
        },
    )


def of_job(connection: Connection, job: str) -> tuple[LifeEvent, ...]:
    """All steps of one certificate, in order."""
    return _events(connection, "WHERE job = :job ORDER BY seq", {"job": job})


def in_letter(connection: Connection, tracking: str, day: date) -> tuple[LifeEvent, ...]:
    """What came back in one letter: the same 追跡番号 on the same day."""
    where = "WHERE what = 'mail_returned' AND tracking = :tracking AND day = :day ORDER BY seq"
    return _events(connection, where, {"tracking": tracking, "day": day.isoformat()})


def newest(connection: Connection) -> Mapping[str, LifeEvent]:
    """The step that stands, by job."""
    return {event.job: event for event in _events(connection, "ORDER BY seq", {})}


def printed(connection: Connection, first: date, last: date) -> tuple[Printing, ...]:
    """Every sheet that went through a printer on these days, in the order of the numbers."""
    rows = connection.execute(
        text(
            "SELECT e.job, e.at, e.by FROM certificate_event e JOIN certificate_job j ON j.id = e.job"
            " WHERE e.dst = 'needs_check' AND e.frm = 'printing' AND e.at >= :first AND e.at < :next"
            " ORDER BY substr(e.at, 1, 10), j.kind, j.serial, e.seq"
        ),
        {"first": first.isoformat(), "next": (last + timedelta(days=1)).isoformat()},
    )
    return tuple(Printing(row.job, row.at, row.by) for row in rows)


_STANDS = "l.seq IN (SELECT max(seq) FROM certificate_life GROUP BY job)"
_WITH_WARD = (
    "SELECT e.job, e.at, e.by FROM certificate_event e JOIN certificate_job j ON j.id = e.job"
    " WHERE e.dst = 'needs_check' AND e.frm = 'printing' AND (EXISTS (SELECT 1 FROM certificate_life l WHERE l.job = j.id)"
    " OR (j.spoiled = 0 AND j.state IN ('submitted', 'received')))"
)


def with_ward(connection: Connection, most: int, number: str = "") -> tuple[Printing, ...]:
    """The ward's certificates printed last, at most so many; or those whose paper number begins so, in its order."""
    if number:
        query = f"{_WITH_WARD} AND j.serial >= :number AND j.serial < :number || char(1114111) ORDER BY j.serial LIMIT :most"
    else:
        query = f"{_WITH_WARD} ORDER BY e.at DESC, e.seq DESC LIMIT :most"
    rows = connection.execute(text(query), {"most": most, "number": number})
    return tuple(Printing(row.job, row.at, row.by) for row in rows)


def open_with_ward(connection: Connection) -> tuple[Printing, ...]:
    """Those that wait for the ward: letters that came back, void ones that are still out."""
    rows = connection.execute(
        text(
            f"{_WITH_WARD} AND e.job IN (SELECT l.job FROM certificate_life l WHERE {_STANDS}"
            " AND (l.what = 'mail_returned' OR (l.what = 'void' AND l.due <> ''))) ORDER BY e.at DESC, e.seq DESC"
        )
    )
    return tuple(Printing(row.job, row.at, row.by) for row in rows)


def waiting_with_ward(connection: Connection) -> int:
    """Certificates the ward has received and said nothing of yet (交付前)."""
    query = (
        "SELECT count(*) FROM certificate_job j WHERE j.spoiled = 0 AND j.state IN ('submitted', 'received')"
        " AND NOT EXISTS (SELECT 1 FROM certificate_life l WHERE l.job = j.id)"
    )
    return int(connection.execute(text(query)).scalar_one())


def newest_of(connection: Connection, jobs: Iterable[str]) -> Mapping[str, LifeEvent]:
    """The step that stands, of these jobs."""
    return {event.job: event for job in jobs for event in of_job(connection, job)[-1:]}


def printed_by_kind(connection: Connection, month: str) -> dict[str, tuple[int, int]]:
    """Sheets of a month (YYYY-MM) that bore the ward's seal, by kind: all, and how many of them were spoiled."""
    rows = connection.execute(
        text(
            "SELECT j.kind, count(*) AS printed, sum(j.spoiled) AS spoiled FROM certificate_job j"
            " WHERE j.id IN (SELECT e.job FROM certificate_event e WHERE e.dst = 'needs_check' AND e.frm = 'printing'"
            " AND e.at >= :month AND e.at < :month || '-99') GROUP BY j.kind ORDER BY j.kind"
        ),
        {"month": month},
    )
    return {row.kind: (int(row.printed), int(row.spoiled or 0)) for row in rows}


def _events(connection: Connection, where: str, values: dict[str, str]) -> tuple[LifeEvent, ...]:
    return tuple(
        LifeEvent(
            job=row.job,
            what=Life(row.what),
            day=date.fromisoformat(row.day),
            reason=row.reason,
            words=row.words,
            tracking=row.tracking,
            cabinet=row.cabinet,
            due=date.fromisoformat(row.due) if row.due else None,
            at=row.at,
            by=row.by,
        )
        for row in connection.execute(text(f"{_LIFE} {where}"), values)
    )
