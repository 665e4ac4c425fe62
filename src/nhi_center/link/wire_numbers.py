"""Wire format of 番号の枠: a terminal asks for blocks of numbers, each under an id of its own, and is given them once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from nhi_center.domain import canonical
from nhi_center.domain.numbers import LAST_SHARED, Kind
from nhi_center.link import strict
from nhi_center.link.strict import WireError

PATH_BLOCKS = "/v1/blocks"
MAX_ASKS = 100
MAX_COUNT = 100
MAX_BODY_BYTES = 32 * 1024
_PERIOD = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Z][0-9]{1,3}")
_ASK = ("id", "kind", "period", "count", "above")
_BLOCK = ("id", "first", "count")


@dataclass(frozen=True, slots=True)
class Ask:
    """``id`` (UUID) makes a repeat harmless. ``above``: the last number of the period that the terminal knows to be given."""

    id: str
    kind: str
    period: str
    count: int
    above: int


@dataclass(frozen=True, slots=True)
class Block:
    """The answer to the ask ``id``: ``count`` numbers from ``first`` on; 0 when there are none left."""

    id: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Given:
    """``place``: the terminal's place in the room, from 1, always the same."""

    place: int
    blocks: tuple[Block, ...]


def encode_asks(asks: Iterable[Ask]) -> bytes:
    return canonical.encode({"asks": [{name: getattr(ask, name) for name in _ASK} for ask in asks]})


def parse_asks(data: bytes) -> tuple[Ask, ...]:
    """Raises WireError."""
    (rows,) = strict.fields(strict.decode(data), ("asks",), "blocks")
    return tuple(_ask(row) for row in strict.items(rows, "blocks.asks", MAX_ASKS))


def _ask(row: Any) -> Ask:
    id_, kind, period, count, above = strict.fields(row, _ASK, "ask")
    if strict.text(kind, "ask.kind") not in {one.value for one in Kind}:
        raise WireError("ask.kind")
    if not _PERIOD.fullmatch(strict.text(period, "ask.period")):
        raise WireError("ask.period")
    if not 1 <= strict.number(count, "ask.count") <= MAX_COUNT:
        raise WireError("ask.count")
    if strict.number(above, "ask.above") > LAST_SHARED:
        raise WireError("ask.above")
    return Ask(_id(id_), kind, period, count, above)


def _id(value: Any) -> str:
    text = strict.text(value, "blocks.id")
    try:
        known = str(UUID(text)) == text
    except ValueError:
        known = False
    if not known:
        raise WireError("blocks.id")
    return text


def encode_given(given: Given) -> bytes:
    blocks = [{name: getattr(block, name) for name in _BLOCK} for block in given.blocks]
    return canonical.encode({"place": given.place, "blocks": blocks})


def parse_given(data: bytes) -> Given:
    """Raises WireError."""
    place, rows = strict.fields(strict.decode(data), ("place", "blocks"), "blocks")
    blocks = []
    for row in strict.items(rows, "blocks.blocks", MAX_ASKS):
        id_, first, count = strict.fields(row, _BLOCK, "block")
        blocks.append(Block(_id(id_), strict.number(first, "block.first"), strict.number(count, "block.count")))
    return Given(strict.number(place, "blocks.place"), tuple(blocks))
