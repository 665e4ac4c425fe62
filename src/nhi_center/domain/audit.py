"""The append-only log of acts (操作記録): entries chained by SHA-256, heads signed by the terminal, countersigned by the gateway.

h_0 = SHA-256(MAGIC + terminal), h_n = SHA-256(h_{n-1} + entry_n). A head carries the chain's hash and the root of the tree over
the same entries (domain.merkle): the chain for those who hold the whole log, the root for short proofs about parts of it. A
shortened chain still verifies by itself; only the countersigned head, kept by the gateway, shows what was cut (RFC 9162,
section 2.1, gives the same reason for signed heads).

No citizen is named inside: ``pseudonym`` stands for one person during one month and is nobody's once that month's key is gone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nhi_center.domain import canonical

MAGIC = b"nhi-center audit 1\n"
HEAD_PREFIX = b"nhi-center head 2\n"
COUNTERSIGN_PREFIX = b"nhi-center countersign 2\n"


@dataclass(frozen=True, slots=True)
class Head:
    """The state of one terminal's log: ``seq`` entries; the chain's hash and the tree's root as lower-case hex."""

    terminal: str
    seq: int
    hash: str
    root: str
    signed_at: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Countersign:
    """The gateway's word that it keeps this head (ISO time in UTC, Ed25519 signature in hex)."""

    terminal: str
    seq: int
    hash: str
    root: str
    countersigned_at: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a log does not hold: entry number and what is wrong with it."""

    seq: int
    reason: str


def entry_bytes(seq: int, at: str, terminal: str, actor: str, action: str, subject: str, facts: Mapping[str, Any]) -> bytes:
    """One entry. ``subject`` is an opaque id or a pseudonym, ``facts`` are counts, codes and ids: never a personal value."""
    return canonical.encode(
        {"seq": seq, "at": at, "terminal": terminal, "actor": actor, "action": action, "subject": subject, "facts": facts}
    )


def pseudonym(month_key: bytes, atena: str) -> str:
    """What stands in the log for the person of this 宛名番号 in the month of ``month_key``."""
    return f"p:{hmac.new(month_key, atena.encode(), hashlib.sha256).hexdigest()[:32]}"


def search_terms(month_key: bytes, typed: str) -> str:
    """What stands in the log for the words of a search: equal words give equal codes within the month, and no way back."""
    return hmac.new(month_key, b"search\n" + typed.encode(), hashlib.sha256).hexdigest()[:32]


def genesis(terminal: str) -> bytes:
    return hashlib.sha256(MAGIC + terminal.encode()).digest()


def link(previous: bytes, entry: bytes) -> bytes:
    return hashlib.sha256(previous + entry).digest()


def head_bytes(head: Head) -> bytes:
    """What the terminal signs."""
    body = {"terminal": head.terminal, "seq": head.seq, "hash": head.hash, "root": head.root, "signed_at": head.signed_at}
    return HEAD_PREFIX + canonical.encode(body)


def countersign_bytes(countersign: Countersign) -> bytes:
    """What the gateway signs."""
    body = {
        "terminal": countersign.terminal,
        "seq": countersign.seq,
        "hash": countersign.hash,
        "root": countersign.root,
        "countersigned_at": countersign.countersigned_at,
    }
    return COUNTERSIGN_PREFIX + canonical.encode(body)


def check_chain(terminal: str, entries: Iterable[tuple[bytes, bytes]]) -> tuple[int, bytes] | Broken:
    """Recompute a whole log of (entry, stored hash). Gives (count, last hash), or the first broken place."""
    hash_ = genesis(terminal)
    seq = 0
    for entry, stored in entries:
        seq += 1
        hash_ = link(hash_, entry)
        if hash_ != stored:
            return Broken(seq, "記録の内容かつながりが変わっています。")
        if b'"seq":%d,' % seq not in entry:
            return Broken(seq, "記録の番号が続いていません。")
    return seq, hash_
