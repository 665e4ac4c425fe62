"""Print jobs (証等の出力), their steps, and the approvals of spoiled sheets."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import Job, Step
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.entry import State
from nhi_center.domain.operators import Signature
from nhi_center.domain.print_jobs import JobState

_JOB = (
    "SELECT j.id, j.application, j.renewal, j.kind, j.atena, j.snapshot, j.state, j.reason, j.detail, j.serial, j.printer,"
    " j.error, j.spooler, j.spooler_reasons, j.attempts, j.spoiled, j.spoil_reason, j.reported_by, j.replaces, j.void, j.made_at"
    " FROM certificate_job j"
)
_CHANGING = (
    "kind, snapshot, state, reason, detail, serial, printer, error, spooler, spooler_reasons, attempts, spoiled, spoil_reason,"
    " reported_by"
)
_GONE = (JobState.SUBMITTED, JobState.RECEIVED)


def add(connection: Connection, job: Job, by: str) -> None:
    """A new job and its first step."""
    names = f"id, application, renewal, atena, replaces, made_at, {_CHANGING}"
    marks = ", ".join(f":{name.strip()}" for name in names.split(","))
    connection.execute(
        text(f"INSERT INTO certificate_job ({names}) VALUES ({marks})"),
        {
            **_changing(job),
            "id": job.id,
            "application": job.application or None,
            "renewal": job.renewal,
            "atena": job.atena,
            "replaces": job.replaces,
            "made_at": job.made_at,
        },
    )
    _step(connection, job, "", job.made_at, by, "", job.error)


def update(connection: Connection, before: Job, after: Job, at: str, by: str, note: str = "") -> None:
    """Write what has changed, and the step with what went wrong in it. The caller has checked that ``after.state`` may follow."""
    changes = ", ".join(f"{name} = :{name}" for name in _CHANGING.split(", "))
    connection.execute(text(f"UPDATE certificate_job SET {changes} WHERE id = :id"), {**_changing(after), "id": after.id})
    error = after.error if after.error != before.error else ""
    _step(connection, after, before.state.value, at, by, note, error)


def _step(connection: Connection, job: Job, frm: str, at: str, by: str, note: str, error: str) -> None:
    connection.execute(
        text(
            "INSERT INTO certificate_event (job, at, by, frm, dst, serial, note, error)"
            " VALUES (:job, :at, :by, :frm, :dst, :serial, :note, :error)"
        ),
        {
            **{"job": job.id, "at": at, "by": by, "frm": frm, "dst": job.state.value, "serial": job.serial},
            **{"note": note, "error": error},
        },
    )


def find(connection: Connection, id_: str) -> Job | None:
    found = _jobs(connection, "WHERE j.id = :id", {"id": id_})
    return found[0] if found else None


def live(connection: Connection, application: str) -> Job | None:
    """The one job of an application that is neither a spoiled sheet nor a void certificate."""
    where = "WHERE j.application = :application AND j.spoiled = 0 AND j.void = 0"
    found = _jobs(connection, where, {"application": application})
    return found[0] if found else None


def mark_void(connection: Connection, id_: str) -> None:
    """無効: for ever, whatever becomes of the paper."""
    connection.execute(text("UPDATE certificate_job SET void = 1 WHERE id = :id"), {"id": id_})


def void_before(connection: Connection, job: Job) -> Job | None:
    """The void certificate in whose place this one is made (再交付), also through reprints of spoiled sheets."""
    before = find(connection, job.replaces) if job.replaces else None
    return before if before is None or before.void else void_before(connection, before)


def reissue_of(connection: Connection, id_: str) -> Job | None:
    """What was made in the place of this one, the sheet that was not spoiled; None: no 再交付 was ordered."""
    after = next(iter(_jobs(connection, "WHERE j.replaces = :id", {"id": id_})), None)
    return after if after is None or not after.spoiled else reissue_of(connection, after.id)


def jobs_of(connection: Connection, atena: str) -> tuple[tuple[Job, str], ...]:
    """Every sheet made for one person with the time of its last step, the newest first; spoiled ones too."""
    jobs = _jobs(connection, "WHERE j.atena = :atena AND j.atena <> '' ORDER BY j.made_at DESC, j.id", {"atena": atena})
    return tuple((job, steps(connection, job.id)[-1].at) for job in jobs)


def in_state(connection: Connection, *states: JobState) -> tuple[Job, ...]:
    wanted = ", ".join(f"'{state.value}'" for state in states)
    return _jobs(connection, f"WHERE j.state IN ({wanted}) ORDER BY j.made_at, j.id", {})


def to_judge(connection: Connection, *states: JobState) -> tuple[Job, ...]:
    """As ``in_state``, but for what the ward took back unprocessed: in a year there are hundreds of them, and none is printed."""
    wanted = ", ".join(f"'{state.value}'" for state in states)
    return _jobs(
        connection,
        f"LEFT JOIN application a ON a.id = j.application WHERE j.state IN ({wanted}) AND NOT {_TAKEN_BACK}"
        " ORDER BY j.made_at, j.id",
        {},
    )


_TAKEN_BACK = f"(j.state = 'blocked' AND coalesce(a.state, '') = '{State.RETURNED.value}')"


def in_room(connection: Connection) -> tuple[Job, ...]:
    """Every job that is not with the ward: 至急 first, by slip, then those of 一斉更新 in the order of the post.

    What the ward took back unprocessed is gone too.
    """
    here = ", ".join(f"'{state.value}'" for state in JobState if state not in _GONE)  # by index, unlike NOT IN
    return _jobs(
        connection,
        "LEFT JOIN application a ON a.id = j.application LEFT JOIN slip s ON s.id = a.slip"
        " LEFT JOIN renewal_person r ON r.renewal = j.renewal AND r.atena = j.atena"
        f" WHERE j.state IN ({here}) AND NOT {_TAKEN_BACK}"
        " ORDER BY coalesce(a.urgent_until, '') = '', a.urgent_until, s.day IS NULL, s.day, s.number, r.lot, r.place, j.made_at",
        {},
    )


def count_by_state(connection: Connection) -> dict[JobState, int]:
    """How many of the jobs in the room stand where."""
    counts: dict[JobState, int] = {}
    for job in in_room(connection):
        counts[job.state] = counts.get(job.state, 0) + 1
    return counts


def steps(connection: Connection, id_: str) -> tuple[Step, ...]:
    rows = connection.execute(
        text("SELECT at, by, dst, serial, note, error FROM certificate_event WHERE job = :job ORDER BY seq"), {"job": id_}
    )
    return tuple(Step(row.at, row.by, JobState(row.dst), row.serial, row.note, row.error) for row in rows)


def printed_by(connection: Connection, job: str) -> str:
    """Who sent the sheet to the printer the last time; "" for one that never was."""
    found = connection.execute(
        text("SELECT by FROM certificate_event WHERE job = :job AND dst = 'printing' ORDER BY seq DESC LIMIT 1"), {"job": job}
    ).scalar()
    return str(found or "")


def keep_lot(connection: Connection, id_: str, contents: dict[str, Any], signature: Signature) -> None:
    """A second person's signature over a lot."""
    connection.execute(
        text(
            "INSERT INTO certificate_lot (id, contents, person, name, role, signed_at, statement, value)"
            " VALUES (:id, :contents, :person, :name, :role, :signed_at, :statement, :value)"
        ),
        {"id": id_, "contents": canonical.encode(contents).decode(), **asdict(signature)},
    )


def keep_signature(connection: Connection, job: str, contents: dict[str, str], signature: Signature) -> None:
    connection.execute(
        text(
            "INSERT INTO certificate_signature (job, contents, person, name, role, signed_at, statement, value)"
            " VALUES (:job, :contents, :person, :name, :role, :signed_at, :statement, :value)"
        ),
        {
            "job": job,
            "contents": canonical.encode(contents).decode(),
            **asdict(signature),
        },
    )


def _changing(job: Job) -> dict[str, Any]:
    return {
        "kind": job.kind.value,
        "snapshot": json.dumps(dict(job.snapshot), ensure_ascii=False, sort_keys=True),
        "state": job.state.value,
        "reason": " ".join(job.blocks),
        "detail": job.detail,
        "serial": job.serial,
        "printer": job.printer,
        "error": job.error,
        "spooler": job.spooler,
        "spooler_reasons": job.spooler_reasons,
        "attempts": job.attempts,
        "spoiled": int(job.spoiled),
        "spoil_reason": job.spoil_reason,
        "reported_by": job.reported_by,
    }


def _jobs(connection: Connection, where: str, values: dict[str, Any]) -> tuple[Job, ...]:
    return tuple(
        Job(
            id=row.id,
            application=row.application or "",
            renewal=row.renewal,
            kind=Kind(row.kind),
            atena=row.atena,
            state=JobState(row.state),
            snapshot=json.loads(row.snapshot),
            blocks=tuple(Block(code) for code in row.reason.split()),
            detail=row.detail,
            serial=row.serial,
            printer=row.printer,
            error=row.error,
            spooler=row.spooler,
            spooler_reasons=row.spooler_reasons,
            attempts=int(row.attempts),
            spoiled=bool(row.spoiled),
            spoil_reason=row.spoil_reason,
            reported_by=row.reported_by,
            replaces=row.replaces,
            void=bool(row.void),
            made_at=row.made_at,
        )
        for row in connection.execute(text(f"{_JOB} {where}"), values)
    )
