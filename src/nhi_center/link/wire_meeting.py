"""Wire format of the meeting at the start of each exchange: both sides say how far they have come, before a row moves.

And of the comparison at the day close: how many records both sides hold, and a digest of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nhi_center.domain import canonical
from nhi_center.link import strict
from nhi_center.link.strict import WireError

PATH_MEET = "/v1/meet"
PATH_COMPARE = "/v1/compare"
MAX_BODY_BYTES = 4 * 1024
REASON_ANEW = "この端末が休んでいるあいだに整理した変更があります。台帳を初めから受け取ってください。"
"""To who asks for changes from a point before what is pruned: he reads the whole list again."""
_KNOWN = ("seq", "id", "cursor", "anchored", "now", "line")


@dataclass(frozen=True, slots=True)
class Told:
    """How far the terminal is: its newest record, the change it has kept, the log entry it holds a countersignature for, its
    clock (ISO, UTC)."""

    seq: int
    cursor: int
    anchored: int
    now: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the gateway holds of the terminal: the newest record (its number and id; 0 and "" for none), the newest change, the
    last entry of its log; its own clock (ISO, UTC); and ``line``, another one after each time it was put back from a backup."""

    seq: int
    id: str
    cursor: int
    anchored: int
    now: str
    line: str


@dataclass(frozen=True, slots=True)
class Extent:
    """The terminal's records behind number ``after`` up to ``upto``."""

    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class Holding:
    """How many records, and the digest of them (``digest``)."""

    count: int
    digest: str


def digest(records: Iterable[tuple[int, str, bytes]]) -> Holding:
    """Of (seq, id, fingerprint) in rising order: equal on both sides when both hold the same records with the same contents."""
    hasher, count = hashlib.sha256(), 0
    for seq, id_, print_ in records:
        hasher.update(f"{seq} {id_} {print_.hex()}\n".encode())
        count += 1
    return Holding(count, hasher.hexdigest())


def digest_of_bodies(records: Iterable[tuple[int, str, Mapping[str, Any]]]) -> Holding:
    """As ``digest``, of (seq, id, body): the fingerprint is that of ``wire.fingerprint``."""
    return digest((seq, id_, hashlib.sha256(canonical.encode(body)).digest()) for seq, id_, body in records)


def encode_told(told: Told) -> bytes:
    return canonical.encode({"seq": told.seq, "cursor": told.cursor, "anchored": told.anchored, "now": told.now})


def parse_told(data: bytes) -> Told:
    """Raises WireError."""
    seq, cursor, anchored, now = strict.fields(strict.decode(data), ("seq", "cursor", "anchored", "now"), "meet")
    return Told(strict.number(seq, "meet.seq"), strict.number(cursor, "meet.cursor"), strict.number(anchored, "meet"), _now(now))


def _now(value: Any) -> str:
    found = strict.moment(value, "meet.now")
    if not found:
        raise WireError("meet.now")
    return found


def encode_known(known: Known) -> bytes:
    return canonical.encode({name: getattr(known, name) for name in _KNOWN})


def parse_known(data: bytes) -> Known:
    """Raises WireError."""
    seq, id_, cursor, anchored, now, line = strict.fields(strict.decode(data), _KNOWN, "met")
    return Known(
        strict.number(seq, "met.seq"),
        strict.text(id_, "met.id"),
        strict.number(cursor, "met.cursor"),
        strict.number(anchored, "met.anchored"),
        _now(now),
        strict.text(line, "met.line"),
    )


def encode_extent(extent: Extent) -> bytes:
    return canonical.encode({"after": extent.after, "upto": extent.upto})


def parse_extent(data: bytes) -> Extent:
    """Raises WireError."""
    after, upto = strict.fields(strict.decode(data), ("after", "upto"), "compare")
    return Extent(strict.number(after, "compare.after"), strict.number(upto, "compare.upto"))


def encode_holding(holding: Holding) -> bytes:
    return canonical.encode({"count": holding.count, "digest": holding.digest})


def parse_holding(data: bytes) -> Holding:
    """Raises WireError."""
    count, found = strict.fields(strict.decode(data), ("count", "digest"), "holding")
    return Holding(strict.number(count, "holding.count"), strict.hexadecimal(found, 32, "holding.digest"))
