"""The audit logs of the terminals, held append-only: each head is checked and countersigned, another history is refused.

The gateway recomputes chain and tree from the state it holds itself, so it vouches only for entries it has seen, and a new root
continues the old one by construction. What a terminal cuts off or rewrites afterwards no longer fits and is refused (the measure
against RFC 9162's split view).
"""

from __future__ import annotations

import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.domain import audit
from nhi_center.domain.merkle import Range, leaf_hash
from nhi_center.gateway.database import Connection
from nhi_center.link import wire

# Not COPY: it knows no row security (migration 0011).
_ADD = """
INSERT INTO audit_entry (terminal, seq, entry, hash)
SELECT %s, * FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[])
"""


class Refused(Exception):
    """The segment does not continue what the gateway holds. ``reason`` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def anchor(
    connection: AsyncConnection[TupleRow], terminal: str, audit_key: bytes, segment: wire.Segment, signing_key: Ed25519PrivateKey
) -> audit.Countersign:
    """Check, keep and countersign in the caller's transaction (terminal row locked). A repeat gives the same countersignature.

    Raises Refused on a wrong terminal, signature, gap, fork, shortened log or broken chain; then nothing is kept.
    """
    head = segment.head
    _check_signature(terminal, audit_key, head)
    held_seq, held_hash = await _held(connection, terminal)
    if segment.first > held_seq + 1:
        raise Refused("操作記録の途中が届いていません。")
    if head.seq < held_seq:
        raise Refused("操作記録が、すでに預かった記録より短くなっています。")
    overlap = held_seq + 1 - segment.first
    await _check_overlap(connection, terminal, segment, overlap)
    new = segment.entries[overlap:]
    hash_ = held_hash
    rows = []
    for seq, entry in enumerate(new, held_seq + 1):
        _check_entry(terminal, seq, entry)
        hash_ = audit.link(hash_, entry)
        rows.append((seq, entry, hash_))
    if hash_.hex() != head.hash:
        raise Refused("操作記録のつながりが、署名された値と合いません。")
    tree = (await _held_tree(connection, terminal, held_seq)).extended(leaf_hash(entry) for entry in new)
    if tree.root().hex() != head.root:
        raise Refused("操作記録の木の値が、署名された値と合いません。")
    if rows:
        seqs, entries, hashes = (list(column) for column in zip(*rows, strict=True))
        await connection.execute(_ADD, (terminal, seqs, entries, hashes))
    return await _countersign(connection, head, tree, signing_key)


def newest(connection: Connection, terminal: str) -> audit.Countersign | None:
    """The newest head countersigned for a terminal: what the ward's verifier compares its copies with."""
    row = connection.execute(
        "SELECT seq, hash, root, countersigned_at, countersignature FROM audit_anchor"
        " WHERE terminal = %s AND root IS NOT NULL ORDER BY seq DESC LIMIT 1",
        (terminal,),
    ).fetchone()
    if row is None:
        return None
    return audit.Countersign(terminal, int(row[0]), bytes(row[1]).hex(), bytes(row[2]).hex(), row[3], bytes(row[4]).hex())


def _check_signature(terminal: str, audit_key: bytes, head: audit.Head) -> None:
    if head.terminal != terminal:
        raise Refused("別の端末の操作記録です。")
    try:
        Ed25519PublicKey.from_public_bytes(audit_key).verify(bytes.fromhex(head.signature), audit.head_bytes(head))
    except InvalidSignature:
        raise Refused("操作記録の署名を確認できません。") from None


async def _held(connection: AsyncConnection[TupleRow], terminal: str) -> tuple[int, bytes]:
    cursor = await connection.execute(
        "SELECT seq, hash FROM audit_entry WHERE terminal = %s ORDER BY seq DESC LIMIT 1", (terminal,)
    )
    row = await cursor.fetchone()
    return (int(row[0]), bytes(row[1])) if row else (0, audit.genesis(terminal))


async def _held_tree(connection: AsyncConnection[TupleRow], terminal: str, held: int) -> Range:
    """The tree over the entries held. Computed from them all only where the newest head is from before there were trees."""
    cursor = await connection.execute(
        "SELECT peaks FROM audit_anchor WHERE terminal = %s AND seq = %s AND peaks IS NOT NULL", (terminal, held)
    )
    row = await cursor.fetchone()
    if row is not None:
        return Range.decode(held, bytes(row[0]))
    cursor = await connection.execute("SELECT entry FROM audit_entry WHERE terminal = %s ORDER BY seq", (terminal,))
    return Range().extended([leaf_hash(bytes(entry)) async for (entry,) in cursor])


async def _check_overlap(connection: AsyncConnection[TupleRow], terminal: str, segment: wire.Segment, overlap: int) -> None:
    """Entries sent again (their answer was lost) must be the ones held."""
    if overlap <= 0:
        return
    cursor = await connection.execute(
        "SELECT entry FROM audit_entry WHERE terminal = %s AND seq >= %s ORDER BY seq", (terminal, segment.first)
    )
    if [bytes(row[0]) for row in await cursor.fetchall()] != list(segment.entries[:overlap]):
        raise Refused("操作記録が、すでに預かった記録と違います。")


def _check_entry(terminal: str, seq: int, entry: bytes) -> None:
    try:
        fields = json.loads(entry)
        fits = fields["seq"] == seq and fields["terminal"] == terminal
    except (ValueError, KeyError, TypeError, RecursionError):
        fits = False
    if not fits:
        raise Refused("操作記録の番号か端末が続いていません。")


async def _countersign(
    connection: AsyncConnection[TupleRow], head: audit.Head, tree: Range, signing_key: Ed25519PrivateKey
) -> audit.Countersign:
    cursor = await connection.execute(
        "SELECT countersigned_at, countersignature FROM audit_anchor WHERE terminal = %s AND seq = %s AND root IS NOT NULL",
        (head.terminal, head.seq),
    )
    row = await cursor.fetchone()
    if row is not None:
        return audit.Countersign(head.terminal, head.seq, head.hash, head.root, row[0], bytes(row[1]).hex())
    cursor = await connection.execute("""SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')""")
    time = await cursor.fetchone()
    unsigned = audit.Countersign(head.terminal, head.seq, head.hash, head.root, time[0] if time else "")
    signature = signing_key.sign(audit.countersign_bytes(unsigned))
    await connection.execute(
        "INSERT INTO audit_anchor (terminal, seq, hash, signed_at, signature, countersigned_at, countersignature, root, peaks)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            head.terminal,
            head.seq,
            bytes.fromhex(head.hash),
            head.signed_at,
            bytes.fromhex(head.signature),
            unsigned.countersigned_at,
            signature,
            bytes.fromhex(head.root),
            tree.encode(),
        ),
    )
    return audit.Countersign(head.terminal, head.seq, head.hash, head.root, unsigned.countersigned_at, signature.hex())
