"""業務の時間 in the store: what was taken over from the log, corrections, the plan, and how far the log was taken over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.working_hours import Corrected, Job, Plan, Stretch, Worked

# -- how far --


def upto(connection: Connection) -> int:
    """The last entry of the log that was taken over."""
    return int(connection.execute(text("SELECT seq FROM working_time_upto")).scalar_one())


def set_upto(connection: Connection, seq: int) -> None:
    connection.execute(text("UPDATE working_time_upto SET seq = :seq WHERE seq < :seq"), {"seq": seq})


# -- time --


def is_there(connection: Connection, record: str) -> bool:
    query = "SELECT 1 FROM working_time WHERE record = :record UNION SELECT 1 FROM working_plan WHERE record = :record"
    return connection.execute(text(query), {"record": record}).first() is not None


def keep(
    connection: Connection,
    record: str,
    rows: Iterable[Stretch],
    *,
    at: str,
    by: str,
    terminal: str,
    corrected: bool = False,
    reason: str = "",
) -> None:
    query = text(
        "INSERT INTO working_time (record, day, person, job, seconds, corrected, reason, at, by, terminal)"
        " VALUES (:record, :day, :person, :job, :seconds, :corrected, :reason, :at, :by, :terminal)"
    )
    same = {"record": record, "corrected": int(corrected), "reason": reason, "at": at, "by": by, "terminal": terminal}
    for row in rows:
        values = {"day": row.day.isoformat(), "person": row.person, "job": row.job.value, "seconds": row.seconds}
        connection.execute(query, {**same, **values})


def of_person(connection: Connection, person: str, day: date, job: Job) -> int:
    """Seconds that stand of one person, day and job."""
    query = "SELECT coalesce(sum(seconds), 0) FROM working_time WHERE day = :day AND person = :person AND job = :job"
    values = {"day": day.isoformat(), "person": person, "job": job.value}
    return int(connection.execute(text(query), values).scalar_one())


def by_job(connection: Connection, first: date, last: date) -> dict[Job, Worked]:
    """What the room worked on these days."""
    return {job: worked for (_month, job), worked in _summed(connection, "''", first, last).items()}


def by_month(connection: Connection, first: date, last: date) -> dict[tuple[str, Job], Worked]:
    """By month ("2026-11") and job."""
    return {(month, job): worked for (month, job), worked in _summed(connection, "substr(day, 1, 7)", first, last).items()}


def by_person(connection: Connection, first: date, last: date) -> dict[tuple[str, Job], Worked]:
    """Of this terminal's people; "" for the other terminals."""
    return {(person, job): worked for (person, job), worked in _summed(connection, "person", first, last).items()}


def _summed(connection: Connection, what: str, first: date, last: date) -> dict[tuple[str, Job], Worked]:
    rows = connection.execute(
        text(
            f"SELECT {what} AS what, job, sum(seconds) AS seconds, sum(seconds * corrected) AS corrected FROM working_time"
            " WHERE day BETWEEN :first AND :last GROUP BY 1, 2"
        ),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return {(row.what, Job(row.job)): Worked(int(row.seconds), int(row.corrected)) for row in rows}


def corrections(connection: Connection, first: date, last: date) -> tuple[Corrected, ...]:
    """Those written at this terminal about these days, the newest first."""
    rows = connection.execute(
        text(
            "SELECT day, person, job, seconds, reason, at FROM working_time"
            " WHERE corrected = 1 AND person <> '' AND day BETWEEN :first AND :last ORDER BY at DESC, record DESC"
        ),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple(
        Corrected(date.fromisoformat(row.day), row.person, Job(row.job), int(row.seconds), row.reason, row.at) for row in rows
    )


def first_day(connection: Connection) -> date | None:
    """The oldest day anything is known of."""
    found = connection.execute(text("SELECT min(day) FROM working_time")).scalar()
    return date.fromisoformat(found) if found else None


# -- the plan --


def keep_plan(connection: Connection, record: str, months: Iterable[str], hours: Mapping[Job, int], *, at: str, by: str) -> None:
    query = text("INSERT INTO working_plan (record, month, job, hours, at, by) VALUES (:record, :month, :job, :hours, :at, :by)")
    for month in months:
        for job, number in hours.items():
            values = {"record": record, "month": month, "job": job.value, "hours": number, "at": at, "by": by}
            connection.execute(query, values)


def plan(connection: Connection, first: str, last: str) -> Plan:
    """The last word on every month from ``first`` to ``last`` ("2026-11")."""
    rows = connection.execute(
        text("SELECT month, job, hours FROM working_plan WHERE month BETWEEN :first AND :last ORDER BY at, record"),
        {"first": first, "last": last},
    )
    found: dict[str, dict[Job, int]] = {}
    for row in rows:
        found.setdefault(row.month, {})[Job(row.job)] = int(row.hours)
    return Plan(found)
