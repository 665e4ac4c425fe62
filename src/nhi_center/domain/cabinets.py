"""保管庫: the room's cabinets with their numbers, who has which key, and who saw them locked (特記事項 8: 施錠できる保管庫).

What is recorded at one terminal reaches the others as events. Of each thing (the cabinet itself, its lock, one of its keys) the
last event counts, so any order in which they arrive leaves the same list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from nhi_center.domain.custody import Pieces
from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.errors import OperatorError

STATEMENT = "cabinet_count"
"""The kind under which a second person signs what he counted in a 保管庫."""
LONGEST_NUMBER, LONGEST_NAME, MOST_KEYS, LONGEST_REASON = 3, 30, 9, 60
_LONGEST_ID = 64


class What(StrEnum):
    """What happened to a cabinet, its lock or one of its keys."""

    REGISTERED = "registered"
    RETIRED = "retired"
    OPENED = "opened"
    LOCKED = "locked"
    KEY_OUT = "key_out"
    KEY_BACK = "key_back"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    What.REGISTERED: "登録",
    What.RETIRED: "廃止",
    What.OPENED: "開けた",
    What.LOCKED: "施錠を確認",
    What.KEY_OUT: "鍵を渡した",
    What.KEY_BACK: "鍵が返った",
}
REGISTER, LOCK = "register", "lock"
_SUBJECTS = {
    What.REGISTERED: REGISTER,
    What.RETIRED: REGISTER,
    What.OPENED: LOCK,
    What.LOCKED: LOCK,
}


def key_subject(key: int) -> str:
    return f"key-{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetEvent:
    """One thing recorded of a cabinet. ``subject`` is what it is about, ``turn`` how many of that there were before it.

    ``name`` and ``keys`` are the register's, ``holder`` the ID of who took the key. ``at``: the office's wall clock, ISO.
    """

    id: str
    cabinet: str
    subject: str
    turn: int
    what: str
    at: str
    by: str
    name: str = ""
    keys: int = 0
    holder: str = ""


def event_to_json(event: CabinetEvent) -> dict[str, Any]:
    return asdict(event)


def event_from_json(body: Mapping[str, Any]) -> CabinetEvent:
    """Raises ValueError, KeyError or TypeError when it is none: it came from another terminal."""
    event = CabinetEvent(**body)
    if any(type(getattr(event, one.name)) is not (int if one.name in ("turn", "keys") else str) for one in fields(event)):
        raise ValueError("cabinet event")
    what, texts = What(event.what), (event.subject, event.by, event.holder, event.name)
    subject = _SUBJECTS.get(what) or (event.subject if _is_key(event.subject) else "")
    if str(UUID(event.id)) != event.id or datetime.fromisoformat(event.at).utcoffset() is None or event.subject != subject:
        raise ValueError("cabinet event")
    if not is_number(event.cabinet) or event.turn < 0 or not 0 <= event.keys <= MOST_KEYS or not event.by:
        raise ValueError("cabinet event")
    if any(len(text) > _LONGEST_ID for text in texts):
        raise ValueError("cabinet event")
    return event


def _is_key(subject: str) -> bool:
    head, _, number = subject.partition("-")
    return head == "key" and number.isascii() and number.isdecimal() and subject == key_subject(int(number)) and number != "0"


@dataclass(frozen=True, slots=True)
class KeyOut:
    """A key that somebody has."""

    cabinet: str
    key: int
    holder: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Cabinet:
    """One cabinet as it stands: its place in the room, its keys, those that are out, and who looked at its lock last."""

    number: str
    name: str
    keys: int
    out: tuple[KeyOut, ...] = ()
    locked: bool = False
    looked_at: str = ""
    looked_by: str = ""

    def locked_on(self, day: str) -> bool:
        """Whether somebody saw it locked on this day (ISO), and nobody has opened it since."""
        return self.locked and self.looked_at[:10] == day

    @property
    def free_keys(self) -> tuple[int, ...]:
        taken = {key.key for key in self.out}
        return tuple(key for key in range(1, self.keys + 1) if key not in taken)


def standing(last: Iterable[CabinetEvent]) -> tuple[Cabinet, ...]:
    """The cabinets in use, by number, from the last event of each subject."""
    by_cabinet: dict[str, dict[str, CabinetEvent]] = {}
    for event in last:
        by_cabinet.setdefault(event.cabinet, {})[event.subject] = event
    found = []
    for number, events in by_cabinet.items():
        register, lock = events.get(REGISTER), events.get(LOCK)
        if register is None or register.what != What.REGISTERED:
            continue
        out = tuple(
            KeyOut(number, int(subject.removeprefix("key-")), event.holder, event.at, event.by)
            for subject, event in sorted(events.items())
            if event.what == What.KEY_OUT
        )
        looked = (lock.what == What.LOCKED, lock.at, lock.by) if lock else (False, "", "")
        found.append(Cabinet(number, register.name, register.keys, out, *looked))
    return tuple(sorted(found, key=lambda cabinet: int(cabinet.number)))


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER and not text.startswith("0")


def read_number(text: str) -> str:
    """The number of a cabinet as it was typed. Raises OperatorError at ``cabinet``."""
    number = text.strip()
    if not is_number(number):
        raise OperatorError(
            f"保管庫の番号を{LONGEST_NUMBER}桁までの数字(0で始まらない)で入れてください。", field="cabinet", code="no-number"
        )
    return number


def check_register(name: str, keys: str) -> tuple[str, int]:
    """Where it stands and how many keys it has. Raises OperatorError at ``place`` or ``keys``."""
    words = name.strip()
    if not words:
        raise OperatorError("保管庫のある場所を入れてください(窓側の棚の下など)。", field="place")
    if len(words) > LONGEST_NAME:
        raise OperatorError(f"場所は{LONGEST_NAME}文字までにしてください。", field="place")
    refuse_individual_number(words, "place")
    if not (keys.isascii() and keys.isdecimal() and 1 <= int(keys) <= MOST_KEYS):
        raise OperatorError(f"鍵の本数を1から{MOST_KEYS}までの数字で入れてください。", field="keys")
    return words, int(keys)


@dataclass(frozen=True, slots=True)
class Count:
    """What somebody counted in a cabinet. ``reason``: why a difference stands; "" when it agrees, or is to be counted again."""

    cabinet: str
    expected: Pieces
    counted: Pieces
    reason: str
    person: str
    name: str
    at: str

    @property
    def agrees(self) -> bool:
        return self.expected == self.counted

    @property
    def stands(self) -> bool:
        return self.agrees or bool(self.reason)


def counted_contents(day: str, cabinet: str, counted: Pieces, reason: str) -> dict[str, Any]:
    """What the second person signs: which cabinet, and what he counted. Nobody has told him what it should be."""
    return {"day": day, "cabinet": cabinet, "counted": asdict(counted), "reason": reason}


def check_reason(reason: str, again: bool) -> str:
    """Why a difference stands. Raises OperatorError at ``reason``: it is taken from the second count on, never at the first."""
    words = reason.strip()
    if words and not again:
        return ""
    if len(words) > LONGEST_REASON:
        raise OperatorError(f"理由は{LONGEST_REASON}文字までにしてください。", field="reason")
    refuse_individual_number(words, "reason")
    return words


def difference_words(count: Count, *, told: bool) -> str:
    """What is not the same; with the numbers only when it has been counted again (``told``)."""
    units = "・".join(count.expected.differing(count.counted))
    if not told:
        return f"{units}の数が手元の書類の記録と合いません。もう一度数えて、入れ直してください。"
    return (
        f"{units}の数が合いません(記録 {count.expected.words}、数えた数 {count.counted.words})。"
        "もう一度数え、それでも合わないときは、差異のまま残す理由も入れてください。"
    )
