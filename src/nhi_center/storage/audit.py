"""The log of acts in the store: appended in the transaction of the act it tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import audit

_LAST = text("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
_INSERT = text("INSERT INTO audit (seq, entry, hash) VALUES (:seq, :entry, :hash)")
_RANGE = text("SELECT seq, entry, hash FROM audit WHERE seq >= :first ORDER BY seq LIMIT :limit")
_ANCHOR = text(
    "INSERT INTO audit_anchor (seq, hash, countersigned_at, signature)"
    " VALUES (:seq, :hash, :at, :signature) ON CONFLICT (seq) DO NOTHING"
)


def append(
    connection: Connection, *, at: str, terminal: str, actor: str, action: str, subject: str, facts: Mapping[str, Any]
) -> tuple[int, bytes]:
    """Append one entry; gives its number and bytes."""
    seq, previous = last(connection, terminal)
    entry = audit.entry_bytes(seq + 1, at, terminal, actor, action, subject, facts)
    connection.execute(_INSERT, {"seq": seq + 1, "entry": entry, "hash": audit.link(previous, entry)})
    return seq + 1, entry


def last(connection: Connection, terminal: str) -> tuple[int, bytes]:
    """Number and hash of the last entry; (0, genesis) while there is none."""
    row = connection.execute(_LAST).one_or_none()
    return (int(row.seq), bytes(row.hash)) if row else (0, audit.genesis(terminal))


def entries(connection: Connection, first: int, limit: int) -> tuple[tuple[int, bytes, bytes], ...]:
    """Up to ``limit`` entries from number ``first`` on: (number, bytes, hash)."""
    rows = connection.execute(_RANGE, {"first": first, "limit": limit})
    return tuple((int(row.seq), bytes(row.entry), bytes(row.hash)) for row in rows)


def every(connection: Connection) -> Iterator[tuple[bytes, bytes]]:
    """All (bytes, hash), in order, without holding them at once."""
    for row in connection.execute(text("SELECT entry, hash FROM audit ORDER BY seq")).yield_per(5000):
        yield bytes(row.entry), bytes(row.hash)


def keep_anchor(connection: Connection, countersign: audit.Countersign) -> None:
    """Keep a head the gateway has countersigned."""
    connection.execute(
        _ANCHOR,
        {
            "seq": countersign.seq,
            "hash": countersign.hash,
            "at": countersign.countersigned_at,
            "signature": countersign.signature,
        },
    )


def newest_anchor(connection: Connection, terminal: str) -> audit.Countersign | None:
    """The newest countersigned head."""
    row = connection.execute(text("SELECT * FROM audit_anchor ORDER BY seq DESC LIMIT 1")).one_or_none()
    return audit.Countersign(terminal, int(row.seq), row.hash, row.countersigned_at, row.signature) if row else None
