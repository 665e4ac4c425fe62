"""番号の枠: numbers on paper that two terminals of a room never both give.

The gateway gives blocks out of 1-4999, which only rise and are never given twice. A terminal whose block is used up while the
segment is away goes on from a range of its own above them, which follows from its place in the room (given once, for ever).
The form on paper stays as it is: 1124-001 out of a block, 1124-5000 out of the range of the first place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from nhi_center.domain.holds import fiscal_year

LAST_SHARED = 4999
"""The last number the gateway gives out. Four figures fit the bars of a 管理票 and a typed number."""
OWN_COUNT = 50
MOST_PLACES = 100
"""Places with a range of their own: 5000-9999, fifty each."""
AHEAD_DAYS = 3
"""Blocks are taken for today and so many days on: a Friday's exchange is enough until Monday."""


class Kind(StrEnum):
    """What bears a number: 管理票, 便, 照会, 電話, 連絡票."""

    SLIP = "slip"
    HANDOVER = "handover"
    QUERY = "query"
    CALL = "call"
    WARD_REQUEST = "ward_request"


@dataclass(frozen=True, slots=True)
class Supply:
    """``block``: how many numbers a terminal takes at once; a fresh block is asked for when fewer than half of them are left.

    One 便 takes its 管理票 numbers in one act, and on the busiest mornings of April brings up to a hundred papers: what is left
    at the least (half a block and the own range) must do for one.
    """

    title: str
    block: int


SUPPLIES = {
    Kind.SLIP: Supply("管理票", 100),
    Kind.HANDOVER: Supply("便", 6),
    Kind.QUERY: Supply("照会", 20),
    Kind.CALL: Supply("電話", 40),
    Kind.WARD_REQUEST: Supply("連絡票", 10),
}


def period_of(kind: Kind, day: date) -> str:
    """Within what the number is unique: the day (ISO), for 照会 the fiscal year (R8)."""
    return fiscal_year(day) if kind is Kind.QUERY else day.isoformat()


def periods_ahead(kind: Kind, today: date) -> tuple[str, ...]:
    """The periods for which a terminal keeps numbers ready, today's first."""
    return tuple(dict.fromkeys(period_of(kind, today + timedelta(days)) for days in range(AHEAD_DAYS + 1)))


def own_range(place: int) -> range:
    """The numbers of a place in the room (from 1), which no other terminal gives; empty beyond MOST_PLACES."""
    first = LAST_SHARED + 1 + (place - 1) * OWN_COUNT
    return range(first, first + OWN_COUNT) if 1 <= place <= MOST_PLACES else range(0)


def is_own(number: int) -> bool:
    """Whether a number came out of a terminal's own range."""
    return number > LAST_SHARED
