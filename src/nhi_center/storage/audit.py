"""The log of acts in the store: appended in the transaction of the act it tells of; heads, and the keys of its pseudonyms."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import audit
from nhi_center.domain.audit import Head
from nhi_center.domain.audit_file import State
from nhi_center.domain.merkle import Range

_LAST = text("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
_INSERT = text("INSERT INTO audit (seq, entry, hash) VALUES (:seq, :entry, :hash)")
_RANGE = text("SELECT seq, entry, hash FROM audit WHERE seq >= :first ORDER BY seq LIMIT :limit")
_HEAD = text(
    "INSERT INTO audit_head (seq, hash, root, peaks, day, signed_at, signature)"
    " VALUES (:seq, :hash, :root, :peaks, :day, :at, :signature)"
)
_ANCHOR = text(
    "INSERT INTO audit_anchor (seq, hash, root, countersigned_at, signature)"
    " SELECT :seq, :hash, :root, :at, :signature WHERE NOT EXISTS (SELECT 1 FROM audit_anchor WHERE seq >= :seq)"
)
_MONTH_KEY = text("SELECT key FROM pseudonym_key WHERE month = :month")
_NEW_MONTH_KEY = text("INSERT INTO pseudonym_key (month, key) VALUES (:month, :key)")


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


# -- heads --


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A signed head with the tree after its last entry, and the business day (YYYYMMDD) whose file holds its block."""

    head: Head
    tree: Range
    day: str

    @property
    def state(self) -> State:
        return State(self.head.seq, bytes.fromhex(self.head.hash), self.tree)


def keep_head(connection: Connection, kept: KeptHead) -> None:
    head = kept.head
    values = {"seq": head.seq, "hash": head.hash, "root": head.root, "peaks": kept.tree.encode(), "day": kept.day}
    connection.execute(_HEAD, {**values, "at": head.signed_at, "signature": head.signature})


def newest_head(connection: Connection, terminal: str, up_to: int | None = None) -> KeptHead | None:
    """The newest signed head (of those up to entry ``up_to``)."""
    query = text("SELECT * FROM audit_head WHERE seq <= :most ORDER BY seq DESC LIMIT 1")
    row = connection.execute(query, {"most": 2**62 if up_to is None else up_to}).one_or_none()
    return _kept(row, terminal) if row else None


def heads(connection: Connection, terminal: str, day: str = "") -> tuple[KeptHead, ...]:
    """The heads whose blocks are in the file of ``day`` ("": all there are), oldest first."""
    of = "WHERE day = :day" if day else ""
    query = text(f"SELECT * FROM audit_head {of} ORDER BY seq")
    return tuple(_kept(row, terminal) for row in connection.execute(query, {"day": day}))


def days(connection: Connection) -> tuple[str, ...]:
    """Every day with a block, oldest first."""
    return tuple(row.day for row in connection.execute(text("SELECT DISTINCT day FROM audit_head ORDER BY day")))


def _kept(row: Any, terminal: str) -> KeptHead:
    head = Head(terminal, int(row.seq), row.hash, row.root, row.signed_at, row.signature)
    return KeptHead(head, Range.decode(head.seq, bytes(row.peaks)), row.day)


# -- what the gateway has confirmed --


_AGAIN = "anchored_again"
"""The name in sync_state: up to where a gateway that was put back to an earlier day has the entries again."""


def keep_anchor(connection: Connection, countersign: audit.Countersign) -> None:
    """Keep a head the gateway has countersigned; one that is not newer than those kept changes nothing."""
    values = {"seq": countersign.seq, "hash": countersign.hash, "root": countersign.root}
    connection.execute(_ANCHOR, {**values, "at": countersign.countersigned_at, "signature": countersign.signature})
    connection.execute(
        text("UPDATE sync_state SET value = :seq WHERE name = :name AND CAST(value AS INTEGER) < :number"),
        {"name": _AGAIN, "seq": str(countersign.seq), "number": countersign.seq},
    )


def head_after(connection: Connection, terminal: str, seq: int, most: int) -> KeptHead | None:
    """The last head among the ``most`` entries behind ``seq``."""
    kept = newest_head(connection, terminal, seq + most)
    return kept if kept is not None and kept.head.seq > seq else None


def newest_anchor(connection: Connection, terminal: str) -> audit.Countersign | None:
    """The newest countersigned head."""
    row = connection.execute(text("SELECT * FROM audit_anchor WHERE root <> '' ORDER BY seq DESC LIMIT 1")).one_or_none()
    return _countersign(row, terminal) if row else None


def anchors(connection: Connection, terminal: str, first: int, last: int) -> dict[int, audit.Countersign]:
    """The countersigned heads at entries ``first`` to ``last``, by their number."""
    query = text("SELECT * FROM audit_anchor WHERE root <> '' AND seq BETWEEN :first AND :last")
    return {int(row.seq): _countersign(row, terminal) for row in connection.execute(query, {"first": first, "last": last})}


def sent_up_to(connection: Connection) -> int:
    """The last entry the gateway holds as far as we know, also from before there was a tree."""
    newest = int(connection.execute(text("SELECT coalesce(max(seq), 0) FROM audit_anchor")).scalar_one())
    again = connection.execute(text("SELECT value FROM sync_state WHERE name = :name"), {"name": _AGAIN}).scalar()
    return newest if again is None else min(newest, int(again))


def send_again_behind(connection: Connection, seq: int) -> None:
    """The gateway has lost what came behind ``seq``: those entries go out again under the heads they had."""
    connection.execute(
        text("INSERT INTO sync_state VALUES (:name, :seq) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
        {"name": _AGAIN, "seq": str(seq)},
    )


def _countersign(row: Any, terminal: str) -> audit.Countersign:
    return audit.Countersign(terminal, int(row.seq), row.hash, row.root, row.countersigned_at, row.signature)


# -- pseudonyms --


def month_key(connection: Connection, month: str) -> bytes:
    """The key of a month ("2026-11"), made at its first use."""
    key = connection.execute(_MONTH_KEY, {"month": month}).scalar_one_or_none()
    if key is None:
        key = secrets.token_bytes(32)
        connection.execute(_NEW_MONTH_KEY, {"month": month, "key": key})
    return bytes(key)


def pseudonyms(connection: Connection, atena: str) -> set[str]:
    """What stands in the log for one person, under every month key still there: for the history of who opened his file."""
    keys = connection.execute(text("SELECT key FROM pseudonym_key"))
    return {audit.pseudonym(bytes(row.key), atena) for row in keys}


def months(connection: Connection) -> tuple[str, ...]:
    """The months whose pseudonyms can still be led back to a person, oldest first."""
    return tuple(row.month for row in connection.execute(text("SELECT month FROM pseudonym_key ORDER BY month")))


def destroy_month_key(connection: Connection, month: str) -> bool:
    """Remove a month's key for good: its bytes in the file are overwritten. False when there is none."""
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    try:
        return connection.execute(text("DELETE FROM pseudonym_key WHERE month = :month"), {"month": month}).rowcount > 0
    finally:
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")
