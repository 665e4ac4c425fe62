"""One terminal's log of one business day as a file the ward can check alone (操作記録の写し). README, "Formats", has every byte.

    #{header}                  terminal, day, and what stood before: number, chain hash, peaks of the tree
    HASH ENTRY                 one line per entry: the stored chain hash in hex, a space, the entry's bytes as they were hashed
    ={head}                    ends a block: the terminal's signed head, a mark of every entry, the seal over all frame lines
    +{countersigned head}      what the gateway has confirmed of this or an earlier block

Header, head and countersigned lines are the frame; a running SHA-256 goes over them, and each seal signs it. So the last seal of
a file stands for every byte before it: the entries by the head's hash, the rest by the frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from nhi_center.domain import audit, canonical
from nhi_center.domain.audit import Countersign, Head
from nhi_center.domain.merkle import Range, leaf_hash

KIND = "nhi-center audit segment 2"
SUFFIX = ".seg"
SEAL_PREFIX = b"nhi-center segment 2\n"
HASH_DIGITS = 64
MARK_DIGITS = 8
"""The first digits of an entry's leaf hash: enough to say which entry is not the one that was sealed."""


class AuditFault(ValueError):
    """The log does not hold from entry ``seq`` on (0: no entry can be named). The sentence is for people."""

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(reason)
        self.seq = seq


@dataclass(frozen=True, slots=True)
class State:
    """What stands after entry ``seq``: the chain's hash and the tree."""

    seq: int
    hash: bytes
    tree: Range

    @classmethod
    def start(cls, terminal: str) -> State:
        return cls(0, audit.genesis(terminal), Range())


@dataclass(frozen=True, slots=True)
class Header:
    """The first line. ``day`` is the business day as YYYYMMDD."""

    terminal: str
    day: str
    before: State


@dataclass(frozen=True, slots=True)
class Block:
    """The line that ends a block. ``frame`` is the hash over the frame lines before it, ``seal`` the terminal's signature."""

    head: Head
    marks: str
    frame: str
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """How far a file is whole: up to ``end``, behind its last frame line. ``hash`` is the frame's there, ``head`` the last one
    (None: none yet), ``countersigned`` the number of the newest countersigned head (0: none)."""

    end: int
    hash: bytes
    head: Head | None
    countersigned: int


def file_name(terminal: str, day: str) -> str:
    return f"{terminal}-{day}{SUFFIX}"


def header_line(header: Header) -> bytes:
    before = header.before
    body = {
        "kind": KIND,
        "terminal": header.terminal,
        "day": header.day,
        "first": before.seq + 1,
        "previous": before.hash.hex(),
        "peaks": before.tree.encode().hex(),
    }
    return b"#" + canonical.encode(body) + b"\n"


def parse_header(line: bytes) -> Header:
    """Raises ValueError when the line is not exactly what ``header_line`` writes."""
    try:
        body = canonical.decode(line[1:])
        seq = body["first"] - 1
        before = State(seq, bytes.fromhex(body["previous"]), Range.decode(seq, bytes.fromhex(body["peaks"])))
        header = Header(str(body["terminal"]), str(body["day"]), before)
    except (KeyError, TypeError, AttributeError):
        raise ValueError("header") from None
    if header_line(header) != line + b"\n":
        raise ValueError("header")
    return header


def entry_line(hash_: bytes, entry: bytes) -> bytes:
    return hash_.hex().encode() + b" " + entry + b"\n"


def marks(leaves: Sequence[bytes]) -> str:
    """The marks of a block, one after the other."""
    return "".join(leaf.hex()[:MARK_DIGITS] for leaf in leaves)


def seal_bytes(block: Block) -> bytes:
    """What the terminal signs at the end of a block."""
    return SEAL_PREFIX + canonical.encode({"head": asdict(block.head), "marks": block.marks, "frame": block.frame})


def block_line(block: Block) -> bytes:
    return b"=" + canonical.encode(asdict(block)) + b"\n"


def parse_block(line: bytes) -> Block:
    """Raises ValueError when the line is not exactly what ``block_line`` writes."""
    body = _body(line)
    try:
        block = Block(**{**body, "head": Head(**body["head"])})
    except (KeyError, TypeError):
        raise ValueError("block") from None
    if block_line(block) != line + b"\n" or type(block.head.seq) is not int:
        raise ValueError("block")
    return block


def sealed_block(
    frame: bytes, rows: Iterable[tuple[bytes, bytes]], head: Head, sign: Callable[[bytes], str]
) -> tuple[bytes, bytes]:
    """The bytes of a block of (stored hash, entry) under its head, and the frame's hash behind it.

    ``sign`` is the terminal's signature in hex.
    """
    held = tuple(rows)
    block = Block(head, marks([leaf_hash(entry) for _hash, entry in held]), frame.hex())
    line = block_line(replace(block, seal=sign(seal_bytes(block))))
    return b"".join(entry_line(*row) for row in held) + line, framed(frame, line)


def countersign_line(countersign: Countersign) -> bytes:
    return b"+" + canonical.encode(asdict(countersign)) + b"\n"


def parse_countersign(line: bytes) -> Countersign:
    """Raises ValueError when the line is not exactly what ``countersign_line`` writes."""
    try:
        countersign = Countersign(**_body(line))
    except TypeError:
        raise ValueError("countersign") from None
    if countersign_line(countersign) != line + b"\n" or type(countersign.seq) is not int:
        raise ValueError("countersign")
    return countersign


def _body(line: bytes) -> dict[str, Any]:
    body = canonical.decode(line[1:])
    if not isinstance(body, dict):
        raise ValueError("line")
    return body


def framed(frame: bytes, line: bytes) -> bytes:
    """The frame's hash after one more line (with its line feed)."""
    return hashlib.sha256(frame + line).digest()


def read_frame(data: bytes) -> Frame:
    """How far ``data`` is whole. What stands behind ``end`` is a write that was cut off. Raises ValueError without a header."""
    if b"\n" not in data:
        raise ValueError("header")
    at = data.index(b"\n") + 1
    parse_header(data[: at - 1])
    frame, end, head, countersigned = framed(b"", data[:at]), at, None, 0
    while at < len(data) and (stop := data.find(b"\n", at)) >= 0:
        line = data[at : stop + 1]
        at = stop + 1
        if line[:1] not in b"=+":
            continue
        if line[:1] == b"=":
            head = parse_block(line[:-1]).head
        else:
            countersigned = max(countersigned, parse_countersign(line[:-1]).seq)
        frame, end = framed(frame, line), at
    return Frame(end, frame, head, countersigned)
