"""Calls and call-backs in the store, and what the other tables know about the person a call is about (電話)."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from nhi_center.domain.call_facts import Filed, Issued
from nhi_center.domain.call_figures import CallFact
from nhi_center.domain.calls import Call, CallBack, CallDraft, CallState
from nhi_center.domain.day_close import OpenItem
from nhi_center.storage import certificate_book, certificates, entry

_CALL = (
    "id, day, seq, started_at, ended_at, clerk, state, draft, told_at, returns, level, held_at, hold_seconds, done_at, phone,"
    " terminal"
)
_BACK = "id, call, number, due, owner, registered, booked_by, booked_at, done_at, done_by"


def start(
    connection: Connection, day: date, number: int, at: str, clerk: str, draft: CallDraft, returns: str = "", phone: str = ""
) -> Call:
    """A new call with its ``number`` within the day; ``phone``: the number it rings."""
    id_ = str(uuid.uuid4())
    connection.execute(
        text(
            "INSERT INTO call (id, day, seq, started_at, clerk, state, draft, returns, atena, phone) VALUES (:id, :day,"
            " :seq, :at, :clerk, 'talking', :draft, :returns, :atena,"
            " :phone)"
        ),
        {
            "id": id_,
            "day": day.isoformat(),
            "seq": number,
            "at": at,
            "clerk": clerk,
            "draft": _dump(draft),
            "returns": returns,
            "atena": draft.atena,
            "phone": phone,
        },
    )
    call = find(connection, id_)
    assert call is not None
    return call


def find(connection: Connection, id_: str) -> Call | None:
    row = connection.execute(text(f"SELECT {_CALL} FROM call WHERE id = :id"), {"id": id_}).one_or_none()
    return _call(row) if row else None


def save(connection: Connection, call: Call) -> None:
    """Write what may change of an open call."""
    connection.execute(
        text(
            "UPDATE call SET ended_at = :ended_at, state = :state, draft = :draft, told_at = :told_at, atena = :atena,"
            " level = :level, held_at = :held_at, hold_seconds = :hold_seconds, done_at = :done_at, phone = :phone WHERE id = :id"
        ),
        {
            "id": call.id,
            "ended_at": call.ended_at,
            "state": call.state.value,
            "draft": _dump(call.draft),
            "told_at": call.told_at,
            "atena": call.draft.atena,
            "level": call.level,
            "held_at": call.held_at,
            "hold_seconds": call.hold_seconds,
            "done_at": call.done_at,
            "phone": call.phone,
        },
    )


def of_day(connection: Connection, day: date) -> tuple[Call, ...]:
    """The day's calls and every open one of earlier days, the newest first; those begun by mistake are left out."""
    rows = connection.execute(
        text(
            f"SELECT {_CALL} FROM call WHERE (day = :day AND state <> 'dropped') OR state IN ('talking', 'wrap_up')"
            " ORDER BY day DESC, seq DESC"
        ),
        {"day": day.isoformat()},
    )
    return tuple(_call(row) for row in rows)


def open_calls(connection: Connection) -> tuple[Call, ...]:
    """Every call not written up yet, the oldest first."""
    rows = connection.execute(text(f"SELECT {_CALL} FROM call WHERE state IN ('talking', 'wrap_up') ORDER BY day, seq"))
    return tuple(_call(row) for row in rows)


def calls_of(connection: Connection, atena: str) -> tuple[Call, ...]:
    """Every call about a person, the newest first; those begun by mistake are left out."""
    rows = connection.execute(
        text(f"SELECT {_CALL} FROM call WHERE atena = :atena AND atena <> '' AND state <> 'dropped' ORDER BY day DESC, seq DESC"),
        {"atena": atena},
    )
    return tuple(_call(row) for row in rows)


def previous(connection: Connection, atena: str, call: str) -> Call | None:
    """The last recorded call about a person, other than this one."""
    return next((one for one in calls_of(connection, atena) if one.state is CallState.DONE and one.id != call), None)


def of_number(connection: Connection, phone: str, call: str) -> tuple[Call, ...]:
    """Recorded calls of a telephone number other than this one, the newest first: it called, was rung, or was promised a call."""
    rows = connection.execute(
        text(
            f"SELECT {_CALL} FROM call WHERE state = 'done' AND id <> :call"
            " AND (phone = :phone OR id IN (SELECT call FROM call_back WHERE number = :phone)) ORDER BY day DESC, seq DESC"
        ),
        {"phone": phone, "call": call},
    )
    return tuple(_call(row) for row in rows)


# -- call-backs --


def book(connection: Connection, back: CallBack) -> None:
    connection.execute(
        text(f"INSERT INTO call_back ({_BACK}) VALUES ({', '.join(f':{name}' for name in _BACK.split(', '))})"),
        {name: getattr(back, name) for name in _BACK.split(", ")} | {"registered": int(back.registered)},
    )


def find_back(connection: Connection, id_: str) -> CallBack | None:
    row = connection.execute(text(f"SELECT {_BACK} FROM call_back WHERE id = :id"), {"id": id_}).one_or_none()
    return _back(row) if row else None


def back_of(connection: Connection, call: str) -> CallBack | None:
    """The call-back promised in a call."""
    row = connection.execute(text(f"SELECT {_BACK} FROM call_back WHERE call = :call"), {"call": call}).one_or_none()
    return _back(row) if row else None


def open_backs(connection: Connection) -> tuple[CallBack, ...]:
    """Promises not kept yet, the most urgent first."""
    rows = connection.execute(text(f"SELECT {_BACK} FROM call_back WHERE done_at = '' ORDER BY due, id"))
    return tuple(_back(row) for row in rows)


def keep_back(connection: Connection, id_: str, at: str, by: str) -> bool:
    """Mark a promise kept; False when it was kept already."""
    done = connection.execute(
        text("UPDATE call_back SET done_at = :at, done_by = :by WHERE id = :id AND done_at = ''"), {"id": id_, "at": at, "by": by}
    )
    return done.rowcount == 1


def facts_between(connection: Connection, first: date, last: date) -> tuple[CallFact, ...]:
    """Recorded calls of these days."""
    rows = connection.execute(
        text(
            "SELECT json_extract(draft, '$.category') AS category, json_extract(draft, '$.outcome') AS outcome, started_at,"
            " ended_at FROM call WHERE state = 'done' AND day BETWEEN :first AND :last ORDER BY day, seq"
        ),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple(CallFact(row.category or "", row.outcome or "", row.started_at, row.ended_at) for row in rows)


def backs_between(connection: Connection, first: date, last: date) -> tuple[CallBack, ...]:
    """Call-backs promised on these days, kept or not."""
    rows = connection.execute(
        text(f"SELECT {_BACK} FROM call_back WHERE substr(booked_at, 1, 10) BETWEEN :first AND :last ORDER BY booked_at, id"),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple(_back(row) for row in rows)


def open_items(connection: Connection) -> tuple[OpenItem, ...]:
    """For the day close: promises not kept, calls not written up; what another terminal took is open there."""
    own = "SELECT count(*) FROM call_back b JOIN call c ON c.id = b.call WHERE b.done_at = '' AND c.terminal = ''"
    backs, waiting = int(connection.execute(text(own)).scalar_one()), len(open_calls(connection))
    return (
        OpenItem("callbacks", backs, f"折返しの約束 {backs}件", "calls"),
        OpenItem("calls", waiting, f"あとで記入の電話 {waiting}件", "calls"),
    )


# -- what the other tables know --


def filed(connection: Connection, atena: str, most: int) -> tuple[Filed, ...]:
    """The person's applications, the newest first."""
    found = entry.applications_of(connection, atena)[:most]
    return tuple(Filed(one.form, one.form_day, date.fromisoformat(one.day), one.state) for one in found)


def issued(connection: Connection, atena: str) -> Issued | None:
    """The person's newest certificate that is not a spoiled sheet."""
    job, at = next(((job, at) for job, at in certificates.jobs_of(connection, atena) if not job.spoiled), (None, ""))
    if job is None:
        return None
    until = job.snapshot.get("valid_until", "")
    steps = certificate_book.of_job(connection, job.id)
    day = steps[-1].day if steps else datetime.fromisoformat(at).date()
    last = date.fromisoformat(until) if until else None
    return Issued(job.kind.short_title, job.state, day, last, steps[-1].what if steps else None)


def _dump(draft: CallDraft) -> str:
    return json.dumps(draft.to_json(), ensure_ascii=False, sort_keys=True)


def _call(row: Row[Any]) -> Call:
    day = date.fromisoformat(row.day)
    return Call(
        id=row.id,
        number=f"{day:%m%d}-{int(row.seq):03}",
        day=day,
        started_at=row.started_at,
        clerk=row.clerk,
        state=CallState(row.state),
        draft=CallDraft.from_json(json.loads(row.draft)),
        ended_at=row.ended_at,
        told_at=row.told_at,
        returns=row.returns,
        level=row.level,
        held_at=row.held_at,
        hold_seconds=row.hold_seconds,
        done_at=row.done_at,
        phone=row.phone,
        terminal=row.terminal,
    )


def _back(row: Row[Any]) -> CallBack:
    return CallBack(**{**row._mapping, "registered": bool(row.registered)})
