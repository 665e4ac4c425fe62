"""A copy of a log as the ward gets it, with as many entries as wanted: for measuring how fast it is proven."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import audit, audit_file
from nhi_center.domain.audit import Countersign, Head
from nhi_center.domain.audit_file import Header, State, file_name, framed, header_line
from nhi_center.domain.merkle import leaf_hash
from nhi_center.domain.trust import Trust

_DAY, _AT = "20261124", "2026-11-24T09:00:00+00:00"
_BLOCK = 1000
"""Entries under one signed head: an exchange in a busy hour."""


@dataclass(frozen=True, slots=True)
class AuditCopy:
    """One file, the keys to prove it with, and its entries alone."""

    name: str
    data: bytes
    trust: Trust
    entries: tuple[bytes, ...]

    def only_hash(self) -> None:
        """What nobody can do without: every entry through SHA-256 once."""
        for entry in self.entries:
            hashlib.sha256(entry).digest()


def make_copy(terminal: str, count: int) -> AuditCopy:
    """``count`` entries as a clerk makes them, in one day, the last head confirmed by the gateway."""
    key, gateway = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    state = State.start(terminal)
    data = header_line(Header(terminal, _DAY, state))
    parts, frame, entries = [data], framed(b"", data), []
    for first in range(1, count + 1, _BLOCK):
        rows, hash_ = [], state.hash
        for seq in range(first, min(first + _BLOCK, count + 1)):
            facts = {"step": "draft", "fields": seq % 9}
            entry = audit.entry_bytes(seq, "2026-11-24T00:00:00.000+00:00", terminal, "k-ichiro", "enter", f"{seq:08}", facts)
            hash_ = audit.link(hash_, entry)
            rows.append((hash_, entry))
        entries += [entry for _hash, entry in rows]
        state = State(first + len(rows) - 1, hash_, state.tree.extended(leaf_hash(entry) for _hash, entry in rows))
        head = Head(terminal, state.seq, state.hash.hex(), state.tree.root().hex(), _AT)
        head = replace(head, signature=key.sign(audit.head_bytes(head)).hex())
        block, frame = audit_file.sealed_block(frame, rows, head, lambda payload: key.sign(payload).hex())
        parts.append(block)
    said = Countersign(terminal, state.seq, state.hash.hex(), state.tree.root().hex(), _AT)
    said = replace(said, signature=gateway.sign(audit.countersign_bytes(said)).hex())
    parts.append(audit_file.countersign_line(said))
    trust = Trust(_public(gateway), {terminal: _public(key)}, {})
    return AuditCopy(file_name(terminal, _DAY), b"".join(parts), trust, tuple(entries))


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()
