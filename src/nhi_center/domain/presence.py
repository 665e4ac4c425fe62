"""入退室: who was in the room, recorded by ward staff together with the locker of his telephone and camera (運用上の対策 4).

What is recorded at one terminal reaches the others as events. Any order in which they arrive leaves the same list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.operators import Role
from nhi_center.domain.room_rules import RoomRules
from nhi_center.errors import OperatorError

FORGOTTEN = "forgotten"
"""Who closed a stay that nobody closed: the next day's entry did."""

LONGEST_LOCKER = 8
LONGEST_REASON = 60
_LONGEST_ID = 64


class Flag(StrEnum):
    """What the ward should look at in a stay, gravest first."""

    TWO_PLACES = "two_places"
    OVERLAP = "overlap"
    LEFT_TWICE = "left_twice"
    FORGOTTEN = "forgotten"
    LATE = "late"

    @property
    def label(self) -> str:
        return _FLAG_LABELS[self]


_FLAG_LABELS = {
    Flag.TWO_PLACES: "二重の在室",
    Flag.OVERLAP: "時間の重なり",
    Flag.LEFT_TWICE: "退室が二つ",
    Flag.FORGOTTEN: "退室の記録なし",
    Flag.LATE: "後から記録",
}
UNEXPLAINED = (Flag.TWO_PLACES, Flag.OVERLAP, Flag.LEFT_TWICE)
"""Flags that the day close asks about: two terminals did not know of each other."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in the room. ``left_at`` is empty while the person is inside, ``key_back_at`` while the locker's key is out.

    Times are the office's wall clock, ISO. ``terminal`` is where he came in; ``reason`` stands where something was recorded late;
    ``flag`` is a word of Flag or empty.
    """

    id: str
    person: str
    day: str
    entered_at: str
    entered_by: str
    locker: str
    left_at: str
    left_by: str
    terminal: str = ""
    left_twice: int = 0
    key_back_at: str = ""
    key_back_by: str = ""
    reason: str = ""
    flag: str = ""

    @property
    def inside(self) -> bool:
        return not self.left_at

    @property
    def forgotten(self) -> bool:
        return self.left_by == FORGOTTEN

    @property
    def key_out(self) -> bool:
        return bool(self.locker) and not self.key_back_at

    @property
    def flag_label(self) -> str:
        return Flag(self.flag).label if self.flag else ""


def must_be_inside(rules: RoomRules, role: Role) -> bool:
    """Whether somebody of this role may work only while checked in. Ward staff come and go with the papers."""
    return rules.require_presence and role.is_contractor


def flag_of(stay: Stay, others: Sequence[Stay]) -> Flag | None:
    """The gravest thing to look at in a stay, beside the same person's other stays."""
    crossing = [other for other in others if other.id != stay.id and _overlap(stay, other)]
    if any(stay.inside and other.inside for other in crossing):
        return Flag.TWO_PLACES
    if crossing:
        return Flag.OVERLAP
    if stay.left_twice:
        return Flag.LEFT_TWICE
    if stay.forgotten:
        return Flag.FORGOTTEN
    return Flag.LATE if stay.reason else None


def _overlap(one: Stay, other: Stay) -> bool:
    return (one.inside or other.entered_at < one.left_at) and (other.inside or one.entered_at < other.left_at)


@dataclass(frozen=True, slots=True)
class Entered:
    """A person came in. ``reason``: why it was recorded afterwards, or empty."""

    stay: str
    person: str
    at: str
    by: str
    locker: str
    reason: str = ""

    @property
    def day(self) -> str:
        return self.at[:10]


@dataclass(frozen=True, slots=True)
class Left:
    """He left, with or without giving the locker's key back."""

    stay: str
    person: str
    at: str
    by: str
    key_back: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KeyBack:
    """The key came back later."""

    stay: str
    person: str
    at: str
    by: str


Event = Entered | Left | KeyBack
_KINDS: dict[str, type[Event]] = {"entered": Entered, "left": Left, "key_back": KeyBack}


def event_to_json(event: Event) -> dict[str, Any]:
    word = next(word for word, kind in _KINDS.items() if kind is type(event))
    return {"event": word, **{name: getattr(event, name) for name in event.__slots__}}


def event_from_json(body: Mapping[str, Any]) -> Event:
    """Raises ValueError, KeyError or TypeError when it is none: it came from another terminal."""
    values = dict(body)
    event = _KINDS[values.pop("event")](**values)
    key_back = event.key_back if isinstance(event, Left) else False
    texts = [event.person, event.by, *(getattr(event, name, "") for name in ("locker", "reason"))]
    if str(UUID(event.stay)) != event.stay or datetime.fromisoformat(event.at).utcoffset() is None or type(key_back) is not bool:
        raise ValueError("presence event")
    if any(not isinstance(text, str) or len(text) > _LONGEST_ID for text in texts) or not (event.person and event.by):
        raise ValueError("presence event")
    return event


def check_late(at: datetime, reason: str, not_before: datetime | None, now: datetime, *, field: str = "at") -> str:
    """The reason of a record made afterwards. Raises OperatorError at ``field`` (its time) or ``reason``."""
    if at > now:
        raise OperatorError("これからの時刻は記録できません。", field=field)
    if not_before is not None and at < not_before:
        raise OperatorError("入室より前の時刻です。", field=field)
    words = reason.strip()
    if not words:
        raise OperatorError("後から記録する理由を入れてください。", field="reason")
    if len(words) > LONGEST_REASON:
        raise OperatorError(f"理由は{LONGEST_REASON}文字までにしてください。", field="reason")
    refuse_individual_number(words, "reason")
    return words
