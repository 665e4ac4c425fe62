"""印刷の束 and the jobs in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, text

from nhi_center.domain.print_batches import Batch, BatchState

_BATCH = "SELECT id, title, prefix, printer, place, state, error, reason, made_at, by FROM print_batch"
_OPEN = "state NOT IN ('done', 'cancelled')"


def add(connection: Connection, batch: Batch, jobs: Sequence[str]) -> None:
    connection.execute(
        text(
            "INSERT INTO print_batch (id, title, prefix, printer, place, state, error, reason, made_at, by)"
            " VALUES (:id, :title, :prefix, :printer, :place, :state, :error, :reason, :made_at, :by)"
        ),
        {**asdict(batch), "state": batch.state.value},
    )
    for place, job in enumerate(jobs, start=1):
        connection.execute(
            text("INSERT INTO print_batch_job (batch, place, job) VALUES (:batch, :place, :job)"),
            {"batch": batch.id, "place": place, "job": job},
        )


def put(connection: Connection, batch: Batch) -> None:
    """Keep what may change: where, when, how far, why."""
    connection.execute(
        text(
            "UPDATE print_batch SET printer = :printer, place = :place, state = :state, error = :error, reason = :reason"
            " WHERE id = :id"
        ),
        {**asdict(batch), "state": batch.state.value},
    )


def next_place(connection: Connection) -> int:
    return int(connection.execute(text("SELECT coalesce(max(place), 0) + 1 FROM print_batch")).scalar_one())


def find(connection: Connection, id_: str) -> Batch | None:
    found = _batches(connection, "WHERE id = :id", {"id": id_})
    return found[0] if found else None


def in_state(connection: Connection, state: BatchState) -> tuple[Batch, ...]:
    return _batches(connection, "WHERE state = :state ORDER BY place", {"state": state.value})


def open_ones(connection: Connection) -> tuple[Batch, ...]:
    """In their turn."""
    return _batches(connection, f"WHERE {_OPEN} ORDER BY place", {})


def since(connection: Connection, day: str) -> tuple[Batch, ...]:
    """The open ones, and those of that day (ISO) that have ended."""
    return _batches(connection, f"WHERE {_OPEN} OR made_at >= :day ORDER BY place", {"day": day})


def jobs_of(connection: Connection, batch: str) -> tuple[str, ...]:
    rows = connection.execute(text("SELECT job FROM print_batch_job WHERE batch = :batch ORDER BY place"), {"batch": batch})
    return tuple(row.job for row in rows)


def of_job(connection: Connection, job: str) -> Batch | None:
    """The open batch a job is in."""
    inside = "WHERE id IN (SELECT batch FROM print_batch_job WHERE job = :job)"
    found = _batches(connection, f"{inside} AND {_OPEN} ORDER BY place DESC LIMIT 1", {"job": job})
    return found[0] if found else None


def printer_of(connection: Connection, job: str) -> str:
    """Where the open batch of a job goes; "" when it is in none."""
    found = of_job(connection, job)
    return found.printer if found else ""


def waiting_of(connection: Connection, batch: str) -> tuple[str, ...]:
    """Those of a batch that still wait in the queue."""
    waits = (
        "SELECT b.job FROM print_batch_job b JOIN certificate_job j ON j.id = b.job WHERE b.batch = :batch AND j.state = 'queued'"
    )
    return tuple(row.job for row in connection.execute(text(f"{waits} ORDER BY b.place"), {"batch": batch}))


def batched(connection: Connection) -> dict[str, str]:
    """The open batch of every job that is in one."""
    rows = connection.execute(text(f"SELECT job, batch FROM print_batch_job JOIN print_batch ON id = batch WHERE {_OPEN}"))
    return {row.job: row.batch for row in rows}


def _batches(connection: Connection, where: str, values: Mapping[str, str]) -> tuple[Batch, ...]:
    return tuple(
        Batch(
            row.id,
            row.title,
            row.prefix,
            row.printer,
            int(row.place),
            BatchState(row.state),
            row.error,
            row.reason,
            row.made_at,
            row.by,
        )
        for row in connection.execute(text(f"{_BATCH} {where}"), values)
    )
