"""Proving copies of the log (操作記録の写し) against the ward's list of keys, without the store.

Bytes are hashed and nothing is parsed but the last lines of a file: its last seal stands for everything before it. Only where
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
from nhi_center.domain.audit_file import HASH_DIGITS, AuditFault, State
from nhi_center.domain.audit_lines import Lines
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


@dataclass(slots=True)
class _Walk:
    """One terminal's log as far as it has been proven."""

    terminal: str
    state: State
    first: int
    ends: dict[int, bytes] = field(default_factory=dict)
    """The chain's hash at the end of every block."""
    countersign: Countersign | None = None
    torn: bool = False


def check_file(data: bytes, trust: Trust, countersigned: Countersign | None = None) -> Checked:
    """Prove one file by itself. Raises AuditFault at the first entry that does not hold."""
    lines = Lines.split(data)
    header = lines.parsed_header()
    walk = _Walk(header.terminal, header.before, header.before.seq + 1)
    _take(walk, lines, trust)
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
        walk = _Walk(terminal, State.start(terminal), 1)
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
    expected = walk.state.seq + 1
    if lines.header is None:  # cut off before its first line was whole
        walk.torn = True
        return
    header = lines.parsed_header(expected)
    if audit_file.file_name(header.terminal, header.day) != name:
        raise AuditFault(expected, f"{expected}番からあるはずのファイルが、別の端末か別の日のものと入れ替わっています({name})。")
    before = header.before
    if before.seq > walk.state.seq:
        raise AuditFault(expected, f"{expected}番から{before.seq}番までがありません。切り取られたか、古い写しに替わっています。")
    if before != walk.state:
        raise AuditFault(expected, f"{expected}番からが、前のファイルの続きではありません({name})。")
    _take(walk, lines, trust)


def _take(walk: _Walk, lines: Lines, trust: Trust) -> None:
    """Prove one file that begins at the walk's state."""
    walk.ends[walk.state.seq] = walk.state.hash
    if not _holds(walk, lines, trust):
        anchored = walk.countersign.seq if walk.countersign else 0
        raise first_fault(lines, trust, walk.terminal, anchored, walk.ends)
    fault = tail_fault(lines, walk.state.seq, walk.state.hash)
    if fault is not None:
        raise fault
    walk.torn = lines.torn


def _holds(walk: _Walk, lines: Lines, trust: Trust) -> bool:
    """Whether every byte up to the last seal is what the terminal sealed, and the gateway's lines are the gateway's."""
    sha256 = hashlib.sha256
    hash_, seq = walk.state.hash, walk.state.seq
    leaves: list[bytes] = []
    frame = audit_file.framed(b"", (lines.header or b"") + b"\n")
    before_last = frame
    for block in lines.blocks:
        rows = block.entries()
        entries = [line[HASH_DIGITS + 1 :] for line in rows]
        hashes = []
        for entry in entries:
            hash_ = sha256(hash_ + entry).digest()
            hashes.append(hash_)
        stored = b"".join([line[: HASH_DIGITS + 1] for line in rows])
        if entries and stored != b"".join(hashes).hex(" ", 32).encode() + b" ":
            return False
        if entries and not (_numbered(entries[0], seq + 1) and _numbered(entries[-1], seq + len(entries))):
            return False
        seq += len(entries)
        leaves += [sha256(b"\x00" + entry).digest() for entry in entries]
        walk.ends[seq] = hash_
        before_last = frame
        for line in block.frame_lines():
            frame = audit_file.framed(frame, line)
    if not lines.blocks:
        return True
    tree = walk.state.tree.extended(leaves)
    if not _sealed(walk.terminal, State(seq, hash_, tree), lines.blocks[-1].head, before_last, trust):
        return False
    if not _countersigned(walk, lines, leaves, trust):
        return False
    walk.state = State(seq, hash_, tree)
    return True


def _numbered(entry: bytes, seq: int) -> bool:
    return b',"seq":%d,"subject":"' % seq in entry


def _sealed(terminal: str, state: State, line: bytes, frame: bytes, trust: Trust) -> bool:
    try:
        block = audit_file.parse_block(line)
    except ValueError:
        return False
    head = block.head
    return (
        (head.terminal, head.seq, head.hash, head.root) == (terminal, state.seq, state.hash.hex(), state.tree.root().hex())
        and block.frame == frame.hex()
        and trust.terminal_signed(terminal, audit_file.seal_bytes(block), block.seal)
        and trust.terminal_signed(terminal, audit.head_bytes(head), head.signature)
    )


def _countersigned(walk: _Walk, lines: Lines, leaves: list[bytes], trust: Trust) -> bool:
    """Whether the newest of the gateway's lines, and every one behind the last seal, agrees with the log."""
    held = [line for block in lines.blocks[:-1] for line in block.countersigned]
    newest = walk.countersign
    try:
        for line in (*held[-1:], *lines.blocks[-1].countersigned):
            countersign = audit_file.parse_countersign(line)
            if not _agrees(walk, countersign, leaves, trust):
                return False
            if countersign.seq in walk.ends and (newest is None or countersign.seq > newest.seq):
                newest = countersign
    except ValueError:
        return False
    walk.countersign = newest
    return True


def _agrees(walk: _Walk, countersign: Countersign, leaves: list[bytes], trust: Trust) -> bool:
    """A head of before the first file proven here is only the gateway's word; any other must be one of ours."""
    if countersign.terminal != walk.terminal:
        return False
    if not trust.gateway_signed(audit.countersign_bytes(countersign), countersign.signature):
        return False
    inside = countersign.seq - walk.state.seq
    if inside >= 0 and walk.state.tree.extended(leaves[:inside]).root().hex() != countersign.root:
        return False
    known = walk.ends.get(countersign.seq)
    return known.hex() == countersign.hash if known is not None else countersign.seq < walk.first


def _ended(walk: _Walk, trust: Trust, countersigned: Countersign | None) -> Checked:
    if countersigned is not None:
        _reaches(walk, trust, countersigned)
    newest = walk.countersign
    anchored, at = (newest.seq, newest.countersigned_at) if newest else (0, "")
    return Checked(walk.terminal, walk.first, walk.state.seq, anchored, at, walk.torn)


def _reaches(walk: _Walk, trust: Trust, countersigned: Countersign) -> None:
    """The head the ward holds must be one of this log's."""
    if not trust.gateway_signed(audit.countersign_bytes(countersigned), countersigned.signature):
        raise AuditFault(0, "渡された控えの署名が、区のサーバのものではありません。")
    seq, last = countersigned.seq, walk.state.seq
    if countersigned.terminal != walk.terminal:
        raise AuditFault(walk.first, f"端末 {countersigned.terminal} の記録ではありません。別の端末のファイルです。")
    if seq > last:
        raise AuditFault(last + 1, f"{last + 1}番から後が切り取られています。区のサーバの控えは{seq}番まであります。")
    known = walk.ends.get(seq)
    if seq >= walk.first and (known is None or known.hex() != countersigned.hash):
        anchored = walk.countersign.seq if walk.countersign and walk.countersign.seq < seq else walk.first - 1
        raise AuditFault(
            anchored + 1,
            f"区のサーバの控え({seq}番)と合いません。{anchored + 1}番から{seq}番の間で書き換えられ、つなぎ直されています。",
        )
    if walk.countersign is None or walk.countersign.seq < seq:
        walk.countersign = countersigned
