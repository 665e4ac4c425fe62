"""Shared work: one row for each 管理票, one holder at every moment, and every change of it told to the room.

All of it goes one by one under the lock of ``change`` (migration 0001), taken before a row is read: of two who take at once
the second finds what the first has made of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.domain.leases import Lease, LeaseState
from nhi_center.link import wire, wire_lease
from nhi_center.link.wire_lease import REASON_FAILED, REASON_MOVED, Answered, Asked

_Connection = AsyncConnection[TupleRow]
_IN_TURN = "SELECT pg_advisory_xact_lock(current_setting('nhi.insurer')::int, 1)"
_FACTS = ("number", "day", "kind", "step", "sheets", "generation")
_ROW = """
SELECT slip::text, application, version, state, holder, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
       person, movement, facts, sealed, taken::text FROM lease WHERE slip = %s
"""
_PUT = """
INSERT INTO lease (slip, application, version, state, holder, since, person, movement, facts, sealed, taken)
VALUES (%(slip)s, %(application)s, %(version)s, %(state)s, %(holder)s, clock_timestamp(), %(person)s, %(movement)s, %(facts)s,
        %(sealed)s, %(taken)s)
ON CONFLICT (insurer, slip) DO UPDATE
   SET application = excluded.application, version = excluded.version, state = excluded.state, holder = excluded.holder,
       since = excluded.since, person = excluded.person, movement = excluded.movement, facts = excluded.facts,
       sealed = excluded.sealed, taken = excluded.taken
"""
_TELL = "INSERT INTO change (kind, id, body) VALUES ('lease', %s, %s)"
_FAILED = "SELECT 1 FROM terminal_failure WHERE terminal = %s"
_FAIL = """
INSERT INTO terminal_failure (terminal, at, declared_by)
SELECT terminal, clock_timestamp(), %s FROM terminal WHERE terminal = %s ON CONFLICT DO NOTHING
"""
_LAST_ENTRY = """
SELECT body FROM record WHERE kind = 'application' AND body ->> 'application' = %s ORDER BY received_at DESC, seq DESC LIMIT 1
"""
_RETURN = "DELETE FROM terminal_failure WHERE terminal = %s"
_OF_HOLDER = "SELECT slip::text FROM lease WHERE holder = %s AND state = %s ORDER BY slip"
_ELSEWHERE = "SELECT application FROM lease WHERE application = ANY(%s) AND holder <> %s"
_STORED = "SELECT id::text FROM record WHERE id = ANY(%s::uuid[]) AND terminal = %s"


async def lay(connection: _Connection, terminal: str, body: Mapping[str, Any]) -> str:
    """Put down what this terminal holds in the version it says; gives why not, or ""."""
    try:
        laid = wire_lease.laid_from_json(body, terminal)
    except wire.WireError:
        return "引渡しの記録の形が正しくありません。"
    await connection.execute(_IN_TURN)
    held, _sealed, _taken = await _row(connection, laid.lease.slip)
    stands = (held.version, held.state, held.holder) if held else (0, LeaseState.HELD, terminal)
    if stands != (laid.lease.version, LeaseState.HELD, terminal):
        return REASON_MOVED
    await _put(connection, laid.lease, LeaseState.LAID, terminal, laid.sealed, None)
    return ""


async def take(connection: _Connection, terminal: str, asked: Asked) -> Answered | str:
    """Give the work to the terminal that asks, if the version it has seen stands; the same question again, the same answer."""
    await connection.execute(_IN_TURN)
    if asked.how != "look" and await has_failed(connection, terminal):
        return REASON_FAILED
    held, sealed, taken = await _row(connection, asked.slip)
    if asked.how == "look":
        return Answered(False, held, entry=await _entry(connection, held))
    if held is not None and taken == asked.take:
        return Answered(True, held, sealed)
    made = await _granted(connection, asked, held)
    if made is None:
        return Answered(False, held)
    sealed = sealed if asked.how == "laid" else ""
    await _put(connection, made, LeaseState.HELD, terminal, sealed, asked.take)
    held, sealed, _taken = await _row(connection, asked.slip)
    return Answered(True, held, sealed)


async def _granted(connection: _Connection, asked: Asked, held: Lease | None) -> Lease | None:
    """What the work will be, with the version it follows; None when it is not to be had so."""
    if held is not None and held.version != asked.version:
        return None
    if asked.how == "laid":
        if held is None or held.state is not LeaseState.LAID:
            return None
        return replace(held, person=asked.person)
    own = Lease(
        slip=asked.slip, application=asked.application, version=asked.version, state=LeaseState.HELD, holder="", since="",
        person=asked.person, movement=asked.movement, number=asked.number, day=asked.day, kind=asked.kind,
        step=f"{asked.how} {asked.frm}".strip(), sheets=asked.sheets, generation=0,
    )  # fmt: skip
    if asked.how == "again":
        lost = held.state is LeaseState.LOST if held else await has_failed(connection, asked.frm)
        return own if lost else None
    return own if held is not None else None


async def _entry(connection: _Connection, held: Lease | None) -> Mapping[str, Any]:
    row = await (await connection.execute(_LAST_ENTRY, (held.application if held else "",))).fetchone()
    return dict(row[0]) if row else {}


async def has_failed(connection: _Connection, terminal: str) -> bool:
    return await (await connection.execute(_FAILED, (terminal,))).fetchone() is not None


async def stale(connection: _Connection, terminal: str, records: Sequence[wire.Record]) -> dict[int, str]:
    """Of records not stored yet: those of work that is another terminal's by now, or from a failed terminal; seq and why."""
    own = [record for record in records if record.kind not in wire.ROOM_KINDS]
    named = [str(record.body["application"]) for record in own if "application" in record.body]
    if not named:
        return {}
    gone = {row[0] for row in await (await connection.execute(_ELSEWHERE, (named, terminal))).fetchall()}
    found = {record.seq: REASON_MOVED for record in own if record.kind != "lease" and str(record.body.get("application")) in gone}
    if await has_failed(connection, terminal):
        back = min((record.seq for record in records if _is_back(terminal, record)), default=wire.MAX_SEQ)
        found = {record.seq: REASON_FAILED for record in own if "application" in record.body and record.seq < back} | {
            seq: reason for seq, reason in found.items() if seq > back
        }
    if not found:
        return {}
    ids = [record.id for record in own if record.seq in found]
    stored = {row[0] for row in await (await connection.execute(_STORED, (ids, terminal))).fetchall()}
    return {record.seq: found[record.seq] for record in own if record.seq in found and record.id not in stored}


def _is_back(terminal: str, record: wire.Record) -> bool:
    return record.kind == "failure" and (record.body.get("what"), record.body.get("terminal")) == ("returned", terminal)


async def failure(connection: _Connection, terminal: str, body: Mapping[str, Any]) -> None:
    """A terminal is given up, or taken back. What it held is lost, or its own again; what it had laid down waits on as it was.

    Who may say so is for the terminals to judge: they know the persons' signatures.
    """
    named, what = str(body.get("terminal", "")), body.get("what")
    if what == "failed" and named != terminal:
        await connection.execute(_FAIL, (terminal, named))
        await _turn(connection, named, LeaseState.HELD, LeaseState.LOST)
    elif what == "returned" and named == terminal:  # itself, behind everything else that it had to send
        await connection.execute(_RETURN, (named,))
        await _turn(connection, named, LeaseState.LOST, LeaseState.HELD)


async def _turn(connection: _Connection, terminal: str, frm: LeaseState, to: LeaseState) -> None:
    rows = await (await connection.execute(_OF_HOLDER, (terminal, frm.value))).fetchall()
    for (slip,) in rows:
        held, _sealed, _taken = await _row(connection, slip)
        if held is not None:
            await _put(connection, held, to, terminal, "", None)


async def _row(connection: _Connection, slip: str) -> tuple[Lease | None, str, str | None]:
    row = await (await connection.execute(_ROW, (slip,))).fetchone()
    if row is None:
        return None, "", None
    slip_, application, version, state, holder, since, person, movement, facts, sealed, taken = row
    lease = Lease(
        slip=slip_, application=application, version=version, state=LeaseState(state), holder=holder, since=since, person=person,
        movement=movement, **facts,
    )  # fmt: skip
    return lease, sealed, taken


async def _put(connection: _Connection, lease: Lease, state: LeaseState, holder: str, sealed: str, taken: str | None) -> None:
    """``lease`` with the version it follows; tells the room what it has become."""
    values = {
        "slip": lease.slip,
        "application": lease.application,
        "version": lease.version + 1,
        "state": state.value,
        "holder": holder,
        "person": lease.person,
        "movement": lease.movement,
        "facts": json.dumps({name: getattr(lease, name) for name in _FACTS}),
        "sealed": sealed,
        "taken": taken,
    }
    await connection.execute(_PUT, values)
    told, _sealed, _taken = await _row(connection, lease.slip)
    assert told is not None
    await connection.execute(_TELL, (lease.slip, json.dumps(wire_lease.lease_json(told), ensure_ascii=False)))
