"""A log made by hand and its copies, for tests that change them: two keys, every byte known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import audit, audit_file
from nhi_center.domain.audit import Countersign, Head
from nhi_center.domain.audit_file import Header, State, file_name, framed, header_line
from nhi_center.domain.merkle import leaf_hash
from nhi_center.domain.trust import Trust

TERMINAL = Ed25519PrivateKey.generate()
OTHER = Ed25519PrivateKey.generate()
GATEWAY = Ed25519PrivateKey.generate()
STRANGER = Ed25519PrivateKey.generate()


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


TRUST = Trust(public(GATEWAY), {"T04": public(TERMINAL), "T05": public(OTHER)}, {})


def entry(seq: int, action: str = "enter", terminal: str = "T04") -> bytes:
    return audit.entry_bytes(seq, "2026-11-24T00:00:00.000+00:00", terminal, "k-ichiro", action, "a-1", {"page": seq})


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a log: ``blocks`` are the entries under each head, ``anchored`` the blocks the gateway has confirmed."""

    day: str
    blocks: tuple[tuple[bytes, ...], ...]
    anchored: int = 0


def state_after(state: State, entries: tuple[bytes, ...]) -> State:
    hash_ = state.hash
    for one in entries:
        hash_ = audit.link(hash_, one)
    return State(state.seq + len(entries), hash_, state.tree.extended(leaf_hash(one) for one in entries))


def head_of(state: State, key: Ed25519PrivateKey, terminal: str = "T04") -> Head:
    head = Head(terminal, state.seq, state.hash.hex(), state.tree.root().hex(), "2026-11-24T09:00:00+00:00")
    return replace(head, signature=key.sign(audit.head_bytes(head)).hex())


def countersign_of(state: State, key: Ed25519PrivateKey = GATEWAY, terminal: str = "T04") -> Countersign:
    one = Countersign(terminal, state.seq, state.hash.hex(), state.tree.root().hex(), "2026-11-24T09:00:01+00:00")
    return replace(one, signature=key.sign(audit.countersign_bytes(one)).hex())


def copy(day: Day, state: State, key: Ed25519PrivateKey = TERMINAL, terminal: str = "T04") -> tuple[bytes, State]:
    """The file of one day that begins at ``state``, and where it ends."""
    data = header_line(Header(terminal, day.day, state))
    frame = framed(b"", data)
    for number, entries in enumerate(day.blocks, start=1):
        rows, hash_ = [], state.hash
        for one in entries:
            hash_ = audit.link(hash_, one)
            rows.append((hash_, one))
        state = state_after(state, entries)
        head = head_of(state, key, terminal)
        block, frame = audit_file.sealed_block(frame, rows, head, lambda payload: key.sign(payload).hex())
        data += block
        if number <= day.anchored:
            line = audit_file.countersign_line(countersign_of(state, terminal=terminal))
            data, frame = data + line, framed(frame, line)
    return data, state


def entries(first: int, last: int, terminal: str = "T04") -> tuple[bytes, ...]:
    return tuple(entry(seq, terminal=terminal) for seq in range(first, last + 1))


DAYS = (
    Day("20261124", (entries(1, 5), entries(6, 9)), anchored=1),
    Day("20261125", (entries(10, 14), entries(15, 18), entries(19, 20)), anchored=2),
    Day("20261126", (entries(21, 26),)),
)
"""Confirmed up to 5, 18; twenty-six entries in three files."""


def copies(
    days: tuple[Day, ...] = DAYS, key: Ed25519PrivateKey = TERMINAL, terminal: str = "T04"
) -> tuple[dict[str, bytes], State]:
    """All files by name, and where the log ends."""
    state, files = State.start(terminal), {}
    for day in days:
        files[file_name(terminal, day.day)], state = copy(day, state, key, terminal)
    return files, state
