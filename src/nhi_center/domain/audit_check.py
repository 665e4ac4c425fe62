"""Proving copies of the log (操作記録の写し) against the ward's list of keys, without the store.

Bytes are hashed and nothing is parsed but the last lines of a file: its last seal stands for everything before it. The chain is
computed over every entry, the tree where the gateway has not confirmed its root: it has computed what it confirms. Only where
something does not hold, every line is looked at (domain.audit_fault), to name the first entry that is not what it was.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from nhi_center.domain import audit, audit_file
from nhi_center.domain.audit import Countersign
from nhi_center.domain.audit_fault import first_fault, tail_fault
from nhi_center.domain.audit_file import HASH_DIGITS, AuditFault, Block, Header, State
from nhi_center.domain.audit_lines import Lines
from nhi_center.domain.merkle import leaf_hash
from nhi_center.domain.trust import Trust

_NAME = re.compile(r"(.+)-(\d{8})\.seg")


@dataclass(frozen=True, slots=True)
class Checked:
    """What is proven of one terminal: entries ``first`` to ``last``; confirmed by the gateway up to ``anchored``.

    ``torn``: behind ``last`` there is the beginning of a write that was cut off. It proves nothing and is no tampering.
    """

    terminal: str
    first: int
    last: int
    anchored: int
    countersigned_at: str
    torn: bool


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a block: the chain's hash, and the block's last line ("" where an earlier file ended)."""

    hash: bytes
    line: bytes


@dataclass(slots=True)
class _Walk:
    """One terminal's log as far as it has been proven."""

    terminal: str
    seq: int
    hash: bytes
    root: bytes
    first: int
    ends: dict[int, _End] = field(default_factory=dict)
    countersign: Countersign | None = None
    torn: bool = False

    @classmethod
    def start(cls, terminal: str, state: State) -> _Walk:
        return cls(terminal, state.seq, state.hash, state.tree.root(), state.seq + 1, {state.seq: _End(state.hash, b"")})

    @property
    def anchored(self) -> int:
        return self.countersign.seq if self.countersign else 0


def check_file(data: bytes, trust: Trust, countersigned: Countersign | None = None) -> Checked:
    """Prove one file by itself. Raises AuditFault at the first entry that does not hold."""
    lines = Lines.split(data)
    header = lines.parsed_header()
    walk = _Walk.start(header.terminal, header.before)
    _take(walk, header, lines, trust)
    return _ended(walk, trust, countersigned)


def check_files(
    files: Iterable[tuple[str, bytes]], trust: Trust, countersigned: Countersign | None = None
) -> tuple[Checked, ...]:
    """Prove all files (name, bytes) of one or more terminals, given in the order of their names: none may be missing.

    ``countersigned`` is a head the ward has from the gateway: the log of its terminal must reach it. Raises AuditFault at the
    first entry that does not hold.
    """
    checked = []
    for terminal, group in groupby(files, key=lambda file: _terminal(file[0])):
        walk = _Walk.start(terminal, State.start(terminal))
        for name, data in group:
            _follow(walk, name, Lines.split(data), trust)
        same = countersigned if countersigned is not None and countersigned.terminal == terminal else None
        checked.append(_ended(walk, trust, same))
    if countersigned is not None and countersigned.terminal not in {one.terminal for one in checked}:
        raise AuditFault(1, f"端末 {countersigned.terminal} の操作記録がありません。")
    return tuple(checked)


def _terminal(name: str) -> str:
    found = _NAME.fullmatch(name)
    if found is None:
        raise AuditFault(0, f"{name}: 操作記録の写しの名前ではありません。")
    return found[1]


def _follow(walk: _Walk, name: str, lines: Lines, trust: Trust) -> None:
    """The next file of a terminal must be what its name says and go on where the last one ended."""
    expected = walk.seq + 1
    if lines.header is None:  # cut off before its first line was whole
        walk.torn = True
        return
    header = lines.parsed_header(expected)
    if audit_file.file_name(header.terminal, header.day) != name:
        raise AuditFault(expected, f"{expected}番からあるはずのファイルが、別の端末か別の日のものと入れ替わっています({name})。")
    before = header.before
    if before.seq > walk.seq:
        raise AuditFault(expected, f"{expected}番から{before.seq}番までがありません。切り取られたか、古い写しに替わっています。")
    if (before.seq, before.hash, before.tree.root()) != (walk.seq, walk.hash, walk.root):
        raise AuditFault(expected, f"{expected}番からが、前のファイルの続きではありません({name})。")
    _take(walk, header, lines, trust)


def _take(walk: _Walk, header: Header, lines: Lines, trust: Trust) -> None:
    """Prove one file that begins at the walk's state."""
    if not _holds(walk, header, lines, trust):
        earlier = {seq: end.hash for seq, end in walk.ends.items() if seq <= header.before.seq}
        raise first_fault(lines, trust, walk.terminal, walk.anchored, earlier)
    fault = tail_fault(lines, walk.seq, walk.hash)
    if fault is not None:
        raise fault
    walk.torn = lines.torn


def _holds(walk: _Walk, header: Header, lines: Lines, trust: Trust) -> bool:
    """Whether every byte up to the last seal is what the terminal sealed, and the gateway's lines are the gateway's."""
    if not lines.blocks:
        return True
    state = _chained(walk, lines)
    if state is None:
        return False
    walk.seq, walk.hash, frame = state
    last = _sealed(walk, lines.blocks[-1].head, frame, trust)
    if last is None or not _countersigned(walk, lines, trust):
        return False
    walk.root = bytes.fromhex(last.head.root)
    return walk.anchored == walk.seq or _root(header, lines) == walk.root


def _chained(walk: _Walk, lines: Lines) -> tuple[int, bytes, bytes] | None:
    """Number and hash after the last entry, and the frame before the last block's line; None where a stored hash is another, or
    a block ends elsewhere than its head says."""
    sha256, width = hashlib.sha256, HASH_DIGITS + 1
    seq, hash_ = walk.seq, walk.hash
    frame = before_last = audit_file.framed(b"", (lines.header or b"") + b"\n")
    for block in lines.blocks:
        rows = block.entries()
        hashes = []
        for row in rows:
            hash_ = sha256(hash_ + row[width:]).digest()
            hashes.append(hash_)
        if rows:
            if b"".join([row[:width] for row in rows]) != b"".join(hashes).hex(" ", 32).encode() + b" ":
                return None
            if not (_numbered(rows[0], seq + 1) and _numbered(rows[-1], seq + len(rows))):
                return None
        seq += len(rows)
        if b'"seq":%d,"signature":"' % seq not in block.head:  # the frame tells the lines' order, not between which entries
            return None
        walk.ends[seq] = _End(hash_, block.head)
        before_last = frame
        for line in block.frame_lines():
            frame = audit_file.framed(frame, line)
    return seq, hash_, before_last


def _numbered(row: bytes, seq: int) -> bool:
    return b',"seq":%d,"subject":"' % seq in row


def _root(header: Header, lines: Lines) -> bytes:
    tree = header.before.tree
    for block in lines.blocks:
        tree = tree.extended([leaf_hash(row[HASH_DIGITS + 1 :]) for row in block.entries()])
    return tree.root()


def _sealed(walk: _Walk, line: bytes, frame: bytes, trust: Trust) -> Block | None:
    """The last block's line, when head and seal are the terminal's and tell of exactly what stands before it."""
    try:
        block = audit_file.parse_block(line)
    except ValueError:
        return None
    head = block.head
    holds = (
        (head.terminal, head.seq, head.hash, block.frame) == (walk.terminal, walk.seq, walk.hash.hex(), frame.hex())
        and trust.terminal_signed(walk.terminal, audit_file.seal_bytes(block), block.seal)
        and trust.terminal_signed(walk.terminal, audit.head_bytes(head), head.signature)
    )
    return block if holds else None


def _countersigned(walk: _Walk, lines: Lines, trust: Trust) -> bool:
    """Whether the newest of the gateway's lines, and every one behind the last seal, agrees with the log."""
    held = [line for block in lines.blocks[:-1] for line in block.countersigned]
    try:
        for line in (*held[-1:], *lines.blocks[-1].countersigned):
            countersign = audit_file.parse_countersign(line)
            if not _agrees(walk, countersign, trust):
                return False
            if countersign.seq in walk.ends and countersign.seq > walk.anchored:
                walk.countersign = countersign
    except ValueError:
        return False
    return True


def _agrees(walk: _Walk, countersign: Countersign, trust: Trust) -> bool:
    """A head of before the first file looked at is only the gateway's word; any other must be one of this log's."""
    if countersign.terminal != walk.terminal:
        return False
    if not trust.gateway_signed(audit.countersign_bytes(countersign), countersign.signature):
        return False
    end = walk.ends.get(countersign.seq)
    if end is None:
        return countersign.seq < walk.first
    if end.line and audit_file.parse_block(end.line).head.root != countersign.root:
        return False
    return end.hash.hex() == countersign.hash


def _ended(walk: _Walk, trust: Trust, countersigned: Countersign | None) -> Checked:
    if countersigned is not None:
        _reach(walk, trust, countersigned)
    at = walk.countersign.countersigned_at if walk.countersign else ""
    return Checked(walk.terminal, walk.first, walk.seq, walk.anchored, at, walk.torn)


def _reach(walk: _Walk, trust: Trust, countersigned: Countersign) -> None:
    """The head the ward holds must be one of this log's."""
    seq, last = countersigned.seq, walk.seq
    if not trust.gateway_signed(audit.countersign_bytes(countersigned), countersigned.signature):
        raise AuditFault(0, "渡された控えの署名が、区のサーバのものではありません。")
    if countersigned.terminal != walk.terminal:
        raise AuditFault(walk.first, f"端末 {countersigned.terminal} の記録ではありません。別の端末のファイルです。")
    if seq > last:
        raise AuditFault(last + 1, f"{last + 1}番から後が切り取られています。区のサーバの控えは{seq}番まであります。")
    if not _agrees(walk, countersigned, trust):
        after = max(walk.first, walk.anchored + 1 if walk.anchored < seq else walk.first)
        raise AuditFault(
            after, f"区のサーバの控え({seq}番)と合いません。{after}番から{seq}番の間で書き換えられ、つなぎ直されています。"
        )
    if seq > walk.anchored and seq in walk.ends:
        walk.countersign = countersigned
