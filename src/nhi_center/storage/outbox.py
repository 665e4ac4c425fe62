"""Rows on their way to the segment, written in the transaction of the change they tell of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical

_CASE = ("application", "job", "call", "incident", "handover")
"""What a record is about, by the first of these in its body: its case."""
_IN_TURN = (
    "state = 'waiting' AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.case_key = outbox.case_key AND e.case_key <> ''"
    " AND e.seq < outbox.seq AND e.state <> 'sent')"
)
REFUSED_AFTER = 3
"""A row the gateway has refused this often is set aside for a person, so that it never blocks the rows behind it."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """``data`` is ``body`` as the row is kept and sent: canonical, but for spaces in rows of versions before."""

    seq: int
    id: str
    kind: str
    body: dict[str, Any]
    data: bytes


def add(connection: Connection, id_: str, kind: str, body: Mapping[str, Any], made_at: str) -> None:
    connection.execute(
        text("INSERT INTO outbox (id, kind, body, made_at, case_key) VALUES (:id, :kind, :body, :made_at, :case)"),
        {
            "id": id_,
            "kind": kind,
            "body": canonical.encode(body).decode(),
            "made_at": made_at,
            "case": _case_of(body),
        },
    )


def _case_of(body: Mapping[str, Any]) -> str:
    return next((f"{name}:{body[name]}" for name in _CASE if isinstance(body.get(name), str) and body[name]), "")


def waiting(connection: Connection, limit: int) -> tuple[OutboxRow, ...]:
    """What may go now: of each case its oldest row alone, so that a later one never passes one that is refused."""
    rows = connection.execute(
        text(f"SELECT seq, id, kind, body FROM outbox WHERE {_IN_TURN} ORDER BY seq LIMIT :limit"), {"limit": limit}
    )
    return tuple(OutboxRow(int(row.seq), row.id, row.kind, json.loads(row.body), row.body.encode()) for row in rows)


def acknowledge(connection: Connection, seqs: tuple[int, ...]) -> None:
    """Mark rows the gateway keeps."""
    marked = text("UPDATE outbox SET state = 'sent' WHERE seq IN (SELECT value FROM json_each(:seqs))")
    connection.execute(marked, {"seqs": json.dumps(seqs)})


def refuse(connection: Connection, seq: int, reason: str) -> None:
    """Count a refusal; after REFUSED_AFTER the row waits for a person (送信エラー(要確認))."""
    connection.execute(
        text(
            "UPDATE outbox SET attempts = attempts + 1, reason = :reason,"
            " state = CASE WHEN attempts + 1 >= :limit THEN 'refused' ELSE 'waiting' END WHERE seq = :seq"
        ),
        {"seq": seq, "reason": reason, "limit": REFUSED_AFTER},
    )


def counts(connection: Connection) -> dict[str, int]:
    """How many rows stand in each state: waiting, sent, refused."""
    found = {row.state: int(row.n) for row in connection.execute(text("SELECT state, count(*) AS n FROM outbox GROUP BY state"))}
    return {state: found.get(state, 0) for state in ("waiting", "sent", "refused")}


def oldest_waiting(connection: Connection) -> str:
    """When the oldest row that waits was made (UTC, ISO); "" when none waits."""
    return str(connection.execute(text("SELECT min(made_at) FROM outbox WHERE state = 'waiting'")).scalar() or "")


def send_again(connection: Connection, seq: int) -> bool:
    """A row that was set aside waits again, with all its tries; False when it was not set aside."""
    done = connection.execute(
        text("UPDATE outbox SET state = 'waiting', attempts = 0 WHERE seq = :seq AND state = 'refused'"), {"seq": seq}
    )
    return done.rowcount == 1


def last_made(connection: Connection) -> int:
    """The number of the newest row there ever was."""
    return int(connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")).scalar() or 0)


def last_sent(connection: Connection, after: int = 0) -> int:
    """The number of the newest row the gateway keeps, of those behind ``after``; 0 when there is none."""
    found = connection.execute(text("SELECT max(seq) FROM outbox WHERE state = 'sent' AND seq > :after"), {"after": after})
    return int(found.scalar() or 0)


def id_at(connection: Connection, seq: int) -> str:
    """The id of the row with this number; "" when there is none."""
    return str(connection.execute(text("SELECT id FROM outbox WHERE seq = :seq"), {"seq": seq}).scalar() or "")


def sent_rows(connection: Connection, after: int, upto: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(seq, id, body) of the rows the gateway keeps, in order."""
    rows = connection.execute(
        text("SELECT seq, id, body FROM outbox WHERE state = 'sent' AND seq > :after AND seq <= :upto ORDER BY seq"),
        {"after": after, "upto": upto},
    )
    for row in rows:
        yield int(row.seq), row.id, json.loads(row.body)


def forget_sent(connection: Connection, before: str, upto: int, room_kinds: Iterable[str]) -> int:
    """Rows the gateway keeps, made before this moment (UTC, ISO) and numbered up to ``upto``, go: no repeat needs them any more.

    A record of ``room_kinds`` stays until it has come back, and so does the newest row. Gives how many went.
    """
    done = connection.execute(
        text(
            "DELETE FROM outbox WHERE state = 'sent' AND made_at < :before AND seq <= :upto"
            " AND seq < (SELECT max(seq) FROM outbox WHERE state = 'sent')"
            " AND (kind NOT IN (SELECT value FROM json_each(:room)) OR id IN (SELECT id FROM room_record))"
        ),
        {"before": before, "upto": upto, "room": json.dumps(sorted(room_kinds))},
    )
    return done.rowcount


def send_all_behind(connection: Connection, seq: int) -> int:
    """The gateway has lost what came behind ``seq``: those rows wait again. Gives how many."""
    done = connection.execute(text("UPDATE outbox SET state = 'waiting' WHERE state = 'sent' AND seq > :seq"), {"seq": seq})
    return done.rowcount


def number_above(connection: Connection, seq: int) -> int:
    """What is not at the gateway yet goes on above ``seq``, in its order, and so does what is made from now on.

    The gateway holds other rows under the numbers up to there. Gives the newest number.
    """
    rows = connection.execute(text("SELECT seq FROM outbox WHERE state <> 'sent' ORDER BY seq")).scalars().all()
    newest = max(seq, last_made(connection))
    for row in rows:
        newest += 1
        connection.execute(text("UPDATE outbox SET seq = :new WHERE seq = :old"), {"new": newest, "old": row})
    changed = connection.execute(text("UPDATE sqlite_sequence SET seq = :seq WHERE name = 'outbox'"), {"seq": newest})
    if not changed.rowcount:
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', :seq)"), {"seq": newest})
    return newest


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row the gateway has refused REFUSED_AFTER times, without its contents. ``behind``: rows of its case that wait for it."""

    seq: int
    kind: str
    made_at: str
    reason: str
    behind: int


def refused(connection: Connection) -> tuple[RefusedRow, ...]:
    """送信エラー(要確認), oldest first."""
    rows = connection.execute(
        text(
            "SELECT seq, kind, made_at, reason, (SELECT count(*) FROM outbox l WHERE l.case_key = outbox.case_key"
            " AND l.case_key <> '' AND l.seq > outbox.seq AND l.state = 'waiting') AS behind"
            " FROM outbox WHERE state = 'refused' ORDER BY seq"
        )
    )
    return tuple(RefusedRow(int(row.seq), row.kind, row.made_at, row.reason, int(row.behind)) for row in rows)
