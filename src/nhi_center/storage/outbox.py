"""Rows on their way to the segment, written in the transaction of the change they tell of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

REFUSED_AFTER = 3
"""A row the gateway has refused this often is set aside for a person, so that it never blocks the rows behind it."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    seq: int
    id: str
    kind: str
    body: dict[str, Any]


def add(connection: Connection, id_: str, kind: str, body: Mapping[str, Any], made_at: str) -> None:
    connection.execute(
        text("INSERT INTO outbox (id, kind, body, made_at) VALUES (:id, :kind, :body, :made_at)"),
        {"id": id_, "kind": kind, "body": json.dumps(body, ensure_ascii=False, sort_keys=True), "made_at": made_at},
    )


def waiting(connection: Connection, limit: int) -> tuple[OutboxRow, ...]:
    rows = connection.execute(
        text("SELECT seq, id, kind, body FROM outbox WHERE state = 'waiting' ORDER BY seq LIMIT :limit"), {"limit": limit}
    )
    return tuple(OutboxRow(int(row.seq), row.id, row.kind, json.loads(row.body)) for row in rows)


def acknowledge(connection: Connection, seqs: tuple[int, ...]) -> None:
    """Mark rows the gateway keeps."""
    connection.execute(text("UPDATE outbox SET state = 'sent' WHERE seq = :seq"), [{"seq": seq} for seq in seqs])


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


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row the gateway has refused REFUSED_AFTER times, without its contents."""

    seq: int
    kind: str
    made_at: str
    reason: str


def refused(connection: Connection) -> tuple[RefusedRow, ...]:
    """送信エラー(要確認), oldest first."""
    rows = connection.execute(text("SELECT seq, kind, made_at, reason FROM outbox WHERE state = 'refused' ORDER BY seq"))
    return tuple(RefusedRow(int(row.seq), row.kind, row.made_at, row.reason) for row in rows)
