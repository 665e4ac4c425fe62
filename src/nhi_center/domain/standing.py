"""室内の手元: one ledger for the room, of which each terminal keeps the part for the paper it has taken in.

A sheet is in exactly one terminal's ledger, from the handover that brought it to the handover that takes it away. Each terminal
tells the others what stands in its part whenever that has changed; the room's paper is the sum. A terminal that has not been
heard of is named, and what lies at it is counted by hand (受託者の運用 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from nhi_center.domain.custody import Pieces, Place

HEARD_WITHIN = timedelta(minutes=10)
"""Terminals speak with the segment every quarter of a minute: who has not for so long may have moved paper since."""
MOST_SLIPS = 900
"""The slips a record can name (wire.MAX_ROOM_BODY_BYTES). Of more, the newest."""


PRINTING = "printing"
"""The kind of ``Named`` that says what of a terminal's prints has not ended."""


@dataclass(frozen=True, slots=True)
class Named:
    """A line of the day close: ``kind`` and ``words`` as in ``day_close.OpenItem``."""

    kind: str
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in one terminal's part of the ledger.

    ``places``: on hand and not locked up; ``cabinets``: by 保管庫, once counted today; ``work``: other open work in words;
    ``open``: how much of it; ``slips``: (day, number, id) of every 管理票 whose paper is there; ``received``: on hand and
    ``returned`` together. ``named``: what stands by itself in the room's day close. ``counted_on``: the day of the counts of
    ``cabinets`` (ISO), ``counted_by`` who made them; None in the record of an older terminal, which tells neither.

    An older record is read: its loose paper and its work are as true as ever. Only its counts are not believed (``uncounted``),
    for whoever signs the day may have made them.
    """

    places: Mapping[Place, Pieces]
    cabinets: Mapping[str, Pieces]
    open: int
    work: tuple[str, ...]
    slips: tuple[tuple[str, str, str], ...]
    received: int
    returned: int
    named: tuple[Named, ...] = ()
    counted_on: str = ""
    counted_by: tuple[str, ...] | None = ()

    @property
    def loose(self) -> Pieces:
        """On hand and not locked up."""
        return add(self.places.values())

    @property
    def on_hand(self) -> Pieces:
        return add((*self.places.values(), *self.cabinets.values()))

    def counted(self, day: str) -> bool:
        """Whether the paper in the 保管庫 was counted on this day (ISO), by persons who are named."""
        return bool(self.counted_by) and self.counted_on == day

    def uncounted(self, day: str) -> Pieces:
        """What no second person is known to have counted on this day: loose, and in a 保管庫 that is not counted."""
        return self.loose if self.counted(day) else self.on_hand

    @property
    def balanced(self) -> bool:
        return self.received == self.on_hand.total + self.returned

    def holds(self, id_: str, day: str, number: str) -> bool:
        """Whether the paper of this 管理票 is there: by its id, else by day and number."""
        return any(one == id_ if id_ else (on, at) == (day, number) for on, at, one in self.slips)


def add(parts: Any) -> Pieces:
    """The sum, each unit by itself."""
    found = tuple(parts)
    return Pieces(sum(p.sheets for p in found), sum(p.items for p in found), sum(p.letters for p in found))


def to_json(standing: Standing) -> dict[str, Any]:
    return {
        "places": {place.value: asdict(pieces) for place, pieces in standing.places.items()},
        "cabinets": {number: asdict(pieces) for number, pieces in standing.cabinets.items()},
        "open": standing.open,
        "work": list(standing.work),
        "slips": [list(slip) for slip in standing.slips],
        "received": standing.received,
        "returned": standing.returned,
        "named": [[one.kind, one.count, one.words] for one in standing.named],
        "counted_on": standing.counted_on,
        "counted_by": None if standing.counted_by is None else list(standing.counted_by),
    }


def from_json(body: Mapping[str, Any]) -> Standing:
    """Raises ValueError, KeyError or TypeError for what is no standing, also for one that does not balance."""
    made = Standing(
        {Place(place): _pieces(pieces) for place, pieces in body["places"].items()},
        {str(number): _pieces(pieces) for number, pieces in body["cabinets"].items()},
        _number(body["open"]),
        tuple(str(line) for line in body["work"]),
        tuple((str(day), str(number), str(id_)) for day, number, id_ in body["slips"]),
        _number(body["received"]),
        _number(body["returned"]),
        tuple(Named(str(kind), _number(count), str(words)) for kind, count, words in body.get("named", ())),
        str(body.get("counted_on", "")),
        None if (by := body.get("counted_by")) is None else tuple(str(person) for person in by),
    )
    if not made.balanced:
        raise ValueError("standing does not balance")
    return made


def _pieces(body: Mapping[str, Any]) -> Pieces:
    return Pieces(**{unit: _number(count) for unit, count in body.items()})


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a count")
    return value


@dataclass(frozen=True, slots=True)
class TerminalPaper:
    """One other terminal of the room. ``standing``: what it last told, None when nothing. ``heard_at``: when the segment last
    heard of it (UTC, ISO; "" when never). ``reached``: what it told holds, see ``in_touch``; never while what it told last was
    ``unread``, because it did not balance or was no standing. ``failed``: the room has given it up; ``gone``: so many of its
    sheets have been counted into other ledgers since."""

    terminal: str
    standing: Standing | None
    heard_at: str
    reached: bool
    unread: bool = False
    failed: bool = False
    gone: int = 0

    def since_words(self, zone: tzinfo | None) -> str:
        """Since when nothing has been heard that could be read, on the office's clock."""
        if self.unread:
            return "届いた記録を読めません"
        if not self.heard_at:
            return "まだ一度も連絡がありません"
        at = datetime.fromisoformat(self.heard_at).astimezone(zone)
        return f"{at.month}月{at.day}日 {at:%H:%M} から連絡がありません"


def in_touch(theirs: str, ours: str, since: timedelta | None) -> bool:
    """Whether what another terminal told still holds.

    ``theirs`` and ``ours``: when the segment heard of it and of us, both by the segment's clock, at our last exchange, which was
    ``since`` ago (None: never). A wrong clock of a terminal makes nobody silent.
    """
    if since is None or since > HEARD_WITHIN or not theirs or not ours:
        return False
    return datetime.fromisoformat(ours) - datetime.fromisoformat(theirs) <= HEARD_WITHIN


def words(papers: Sequence[TerminalPaper]) -> str:
    """端末 T05 12枚 1点 ; for who has not been heard of, that alone."""
    return " ".join(
        f"端末 {one.terminal} {one.standing.on_hand.words}"
        if one.standing is not None and one.reached
        else f"端末 {one.terminal} 連絡なし"
        for one in papers
    )
