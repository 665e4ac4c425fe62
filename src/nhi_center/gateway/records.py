"""What terminals send and fetch: records stored exactly once, changes given out in cursor order without a gap."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence

import psycopg
from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation
from psycopg.rows import TupleRow

from nhi_center.domain import canonical
from nhi_center.domain.people import fingerprint, person_from_json
from nhi_center.gateway import leases, room, terminal_list
from nhi_center.gateway.standard_system import NotPlayable, play
from nhi_center.link import wire, wire_meeting

_PAGE_BYTES = wire.MAX_BODY_BYTES // 2
_REASON_OTHER_BODY = "同じ識別子で内容の違う記録がすでにあります。"
_REASON_SEQ_USED = "同じ番号の記録がすでにあります。"

# In columns, not row by row: PostgreSQL takes them apart three times as fast as a list of JSON objects, and COPY knows no row
# security (migration 0011). parse_records has left nothing in the values that would have to be quoted; JSON has no bare line end.
_STORE = r"""
INSERT INTO record (terminal, id, seq, kind, body, fingerprint)
SELECT %s, x.id, x.seq, x.kind, x.body::jsonb, decode(x.fingerprint, 'hex')
  FROM unnest(string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::bigint[], string_to_array(%s, ','),
              string_to_array(%s, E'\n'), string_to_array(%s, ',')) AS x(id, seq, kind, body, fingerprint)
"""
_PRUNED = "SELECT cursor FROM change_pruned"
_STORE_NEW = f"{_STORE} ON CONFLICT DO NOTHING RETURNING seq"
_MANY = 200
"""From so many on they are first tried as all new: only a batch whose answer was lost comes twice."""
_HELD = "SELECT id::text, fingerprint, terminal FROM record WHERE id = ANY(%s::uuid[])"
_RELAY = """
INSERT INTO change (kind, id, body)
SELECT 'room', id::text, jsonb_build_object('kind', kind, 'terminal', terminal, 'body', body)
  FROM record WHERE terminal = %s AND seq = ANY(%s) ORDER BY seq
"""
# A row without a kind is not for terminals; it is read all the same, so that the cursor passes it. Of a person they are given
# what he was while nothing withheld him, and of one they may still have, that he is gone.
_CHANGES = """
SELECT c.cursor, k.kind, c.id, CASE k.kind
           WHEN 'person' THEN (c.body - %(withheld)s::text[])::text
           WHEN 'person_gone' THEN coalesce((
               SELECT jsonb_build_object('version', p.cursor, 'body', p.body - %(withheld)s::text[]) FROM change p
                WHERE p.kind = 'person' AND p.id = c.id AND p.cursor < c.cursor AND p.body -> 'protected' IS DISTINCT FROM 'true'
                ORDER BY p.cursor DESC LIMIT 1)::text, '{}')
           ELSE c.body::text END
  FROM (SELECT * FROM change WHERE cursor > %(after)s ORDER BY cursor LIMIT %(limit)s) c
  LEFT JOIN person_now n ON n.atena = c.id AND c.kind IN ('person', 'person_gone')
 CROSS JOIN LATERAL (SELECT CASE
           WHEN n.atena IS NULL THEN c.kind
           WHEN n.held AND c.body -> 'protected' IS DISTINCT FROM 'true' THEN c.kind
           WHEN n.told AND c.cursor = n.cursor THEN 'person_gone' END AS kind) k
 ORDER BY c.cursor
"""


async def store(
    connection: AsyncConnection[TupleRow],
    terminal: str,
    records: Sequence[wire.Record],
    refused: Sequence[wire.Refusal],
    *,
    training: bool,
) -> wire.PushAnswer:
    """Store a batch in the caller's transaction; repeats count as duplicates, the rest of ``refused`` stays refused.

    The caller has locked the terminal's row, so two batches of one terminal never interleave.
    """
    refusals = list(refused)
    settled = [record.seq for record in records] + [refusal.seq for refusal in refused]
    stale = await leases.stale(connection, terminal, records)
    refusals += [wire.Refusal(seq, reason) for seq, reason in stale.items()]
    good = [record for record in records if record.seq not in stale]
    played = [record for record in good if training and record.kind == "review"]
    plain = [record for record in good if record.kind != "lease" and record not in played]
    new = await _insert(connection, terminal, plain)
    for record in good:
        if record.kind == "lease" and (reason := await _lay(connection, terminal, record, new)):
            refusals.append(wire.Refusal(record.seq, reason))
    for record in played:
        try:
            async with connection.transaction():
                if await _insert(connection, terminal, [record]):
                    await play(connection, record.body)
                    new.add(record.seq)
        except NotPlayable as problem:
            refusals.append(wire.Refusal(record.seq, problem.reason))
    await _relay(connection, terminal, [record.seq for record in plain if record.seq in new and record.kind in wire.ROOM_KINDS])
    for record in plain:
        if record.kind == "failure" and record.seq in new:
            await leases.failure(connection, terminal, record.body)
    named = {refusal.seq for refusal in refusals}
    rest = [record for record in records if record.seq not in new and record.seq not in named]
    clashes = await _clashes(connection, terminal, rest)
    refusals += clashes
    refusals.sort(key=lambda refusal: refusal.seq)
    return wire.PushAnswer(len(new), len(rest) - len(clashes), tuple(refusals), max(settled, default=0))


async def _lay(connection: AsyncConnection[TupleRow], terminal: str, record: wire.Record, new: set[int]) -> str:
    """Store a record of work laid down, with what it changes or not at all; gives why not, or ""."""
    reason = ""
    async with connection.transaction() as whole:
        if await _insert(connection, terminal, [record]):
            reason = await leases.lay(connection, terminal, record.body)
            if reason:
                raise psycopg.Rollback(whole)
            new.add(record.seq)
    return reason


async def _insert(connection: AsyncConnection[TupleRow], terminal: str, records: Sequence[wire.Record]) -> set[int]:
    """The numbers of those that were new."""
    if not records:
        return set()
    columns = _columns(terminal, records)
    if len(records) >= _MANY:
        with contextlib.suppress(UniqueViolation):
            async with connection.transaction():
                await connection.execute(_STORE, columns)
            return {record.seq for record in records}
    cursor = await connection.execute(_STORE_NEW.encode(), columns)
    return {int(row[0]) for row in await cursor.fetchall()}


def _columns(terminal: str, records: Sequence[wire.Record]) -> tuple[str, ...]:
    return (
        terminal,
        ",".join(record.id for record in records),
        ",".join(str(record.seq) for record in records),
        ",".join(record.kind for record in records),
        b"\n".join(record.data for record in records).decode(),
        ",".join(wire.fingerprint(record).hex() for record in records),
    )


async def _relay(connection: AsyncConnection[TupleRow], terminal: str, seqs: Sequence[int]) -> None:
    """Pass records just stored on to every terminal: with the record or not at all, and once, because it is stored once."""
    if seqs:
        await connection.execute(_RELAY, (terminal, list(seqs)))


async def _clashes(connection: AsyncConnection[TupleRow], terminal: str, records: Sequence[wire.Record]) -> list[wire.Refusal]:
    """Of records that were not inserted: those that are not plain repeats of what is stored."""
    if not records:
        return []
    cursor = await connection.execute(_HELD, ([record.id for record in records],))
    held = {row[0]: (bytes(row[1]), row[2]) for row in await cursor.fetchall()}
    clashes = []
    for record in records:
        if record.id not in held:
            clashes.append(wire.Refusal(record.seq, _REASON_SEQ_USED))
        elif held[record.id] != (wire.fingerprint(record), terminal):
            clashes.append(wire.Refusal(record.seq, _REASON_OTHER_BODY))
    return clashes


async def changes(connection: AsyncConnection[TupleRow], after: int, limit: int) -> bytes:
    """The next page of what terminals are given (``terminal_list``), cut where it would grow beyond what one reads at once.

    Writers take turns (migration 0001), so a number that can be seen has no unseen number below it. Raises room.Refused for who
    stopped before tombstones that are pruned (gateway/pruning.py).
    """
    pruned = await (await connection.execute(_PRUNED)).fetchone()
    if pruned and 0 < after < pruned[0]:
        raise room.Refused(wire_meeting.REASON_ANEW)
    listed = await (await connection.execute(terminal_list.NEWEST)).fetchone()
    withheld = (terminal_list.parse(listed[0]) if listed else terminal_list.of_program()).withheld
    while True:
        cursor = await connection.execute(_CHANGES, {"withheld": withheld, "after": after, "limit": limit + 1})
        rows: list[tuple[int, str, str, str]] = [_tombstone(row) for row in await cursor.fetchall()]
        given = [row for row in rows[:limit] if row[1]]
        page = given[: _fitting(given)]
        cut = len(page) < len(given)
        if cut:
            after = page[-1][0]
        elif rows:
            after = rows[:limit][-1][0]
        more = cut or len(rows) > limit
        if page or not more:
            return wire.encode_changes(page, after, more)


def _tombstone(row: tuple[int, str, str, str]) -> tuple[int, str, str, str]:
    """What takes a person away says what it takes: the version he was told in, and its fingerprint; not himself."""
    cursor, kind, id_, text = row
    if kind != "person_gone" or text == "{}":
        return row
    last = json.loads(text)
    told = {"version": last["version"], "fingerprint": fingerprint(person_from_json(last["body"]))}
    return cursor, kind, id_, canonical.encode(told).decode()


def _fitting(rows: Sequence[tuple[int, str, str, str]]) -> int:
    """How many of the rows make a page; one always does."""
    room = _PAGE_BYTES
    for number, row in enumerate(rows):
        room -= 4 * len(row[3])  # no character of a body takes more
        if room < 0 and number:
            return number
    return len(rows)
