"""終業点検: nothing on hand and nothing open at the end of the day, or each exception written down with where it is locked up.

(受託者の運用 5 and 6; 特記事項 8: 施錠保管.) Each task's storage says what is open with ``open_items(connection)``; the
supervisor writes down what stays and signs the whole list. Paper is locked up in a 保管庫 and counted there by a second person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.errors import OperatorError

STATEMENT = "day_close"
"""The kind under which a day is signed and recorded."""

LONGEST_NOTE = 60


class Way(StrEnum):
    """How what is open is settled: written down with its reason; paper put into a 保管庫; a 保管庫 counted by a second person; a
    lock looked at; ended at the terminal where it is. The last four cannot be written away."""

    CARRY = "carry"
    PUT_AWAY = "put_away"
    COUNT = "count"
    LOCK = "lock"
    THERE = "there"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One kind of thing that is not finished. ``words`` is a whole line (受付トレイの書類 4枚), ``screen`` where it is worked on.

    ``paper``: it must be locked up over night, so a cabinet number is needed. ``told``: which they are, where closing the day
    itself settles them; then there is nothing to write down. ``page``: of the screen. ``terminal``: another of the room, where
    ``counted_by`` have counted the 保管庫 today.
    """

    kind: str
    count: int
    words: str
    screen: str
    paper: bool = False
    told: str = ""
    way: Way = Way.CARRY
    page: str = ""
    terminal: str = ""
    counted_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """翌日への引継ぎ: what stays, why, and in which 保管庫. It answers an item only while the item's count is the same.

    ``counted``: what the second person found in the 保管庫; ``differs``: why that stands although the ledger says otherwise.
    """

    item: str
    count: int
    note: str
    cabinet: str
    written_at: str
    written_by: str
    counted: str = ""
    differs: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """Who closed the day, when (wall clock, ISO), and exactly what he signed. ``terminal``: another of the room, "" for ours."""

    name: str
    signed_at: str
    contents: Mapping[str, Any]
    terminal: str = ""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the check: what was looked at, what is open, and what was written down for it."""

    item: OpenItem
    carried: Carried | None

    @property
    def open(self) -> bool:
        """It stays over night, and needs an entry."""
        return self.item.count > 0 and not self.item.told

    @property
    def settled(self) -> bool:
        if self.open and self.item.way in (Way.PUT_AWAY, Way.LOCK, Way.THERE):
            return False
        return not self.open or (self.carried is not None and self.carried.count == self.item.count)


@dataclass(frozen=True, slots=True)
class Checklist:
    """終業点検 of one day."""

    day: str
    lines: tuple[CheckLine, ...]
    closed: Closed | None

    @property
    def unsettled(self) -> tuple[CheckLine, ...]:
        return tuple(line for line in self.lines if not line.settled)


def checklist(day: str, items: Sequence[OpenItem], carried: Sequence[Carried], closed: Closed | None) -> Checklist:
    """Match what is open with what was written down last for it. A closed day shows what was signed, not what came after."""
    if closed is not None:
        return Checklist(day, tuple(_signed_line(found) for found in closed.contents["lines"]), closed)
    latest = {entry.item: entry for entry in carried}
    return Checklist(day, tuple(CheckLine(item, latest.get(item.kind)) for item in items), closed)


def check_entry(item: OpenItem, note: str, cabinet: str) -> None:
    """Raise OperatorError at ``note`` or ``cabinet`` unless the exception is written down completely."""
    if not note.strip():
        raise OperatorError("残す理由を入れてください。", field="note")
    if len(note.strip()) > LONGEST_NOTE:
        raise OperatorError(f"理由は{LONGEST_NOTE}文字までにしてください。", field="note")
    refuse_individual_number(note, "note")
    if item.paper and not cabinet.strip():
        raise OperatorError("書類をしまった保管庫の番号を入れてください。", field="cabinet")
    if cabinet.strip() and not (cabinet.strip().isdecimal() and len(cabinet.strip()) <= 3):
        raise OperatorError("保管庫の番号を3桁までの数字で入れてください。", field="cabinet")


def check_closable(check: Checklist) -> None:
    """Raise OperatorError when the day is closed already or something open has no entry."""
    if check.closed is not None:
        raise OperatorError("この日の終業点検は終わっています。", code="closed-already")
    if check.unsettled:
        left = "、".join(line.item.words for line in check.unsettled)
        raise OperatorError(f"まだ済んでいないものがあります: {left}。", code="not-settled")


def check_signer(check: Checklist, supervisor: str) -> None:
    """Raise OperatorError when the supervisor counted a 保管庫 herself, at any terminal: a second person's count needs two."""
    if any(line.item.way is Way.COUNT and line.carried and line.carried.written_by == supervisor for line in check.lines):
        raise OperatorError(
            "保管庫の枚数を数えた人は、この日の終業点検に署名できません。ほかの人が数え直してください。",
            field="id",
            code="same-person",
        )
    there = next((line.item.terminal for line in check.lines if supervisor in line.item.counted_by), "")
    if there:
        raise OperatorError(
            f"今日、端末 {there} で保管庫の枚数を数えた人は、この日の終業点検に署名できません。"
            "ほかの取扱責任者が署名するか、その端末でほかの人が数え直してください。",
            field="id",
            code="same-person",
        )


def contents(check: Checklist, supervisor: str) -> dict[str, Any]:
    """What the supervisor signs: every line looked at, and what was written down for what stays."""
    return {"day": check.day, "supervisor": supervisor, "lines": [_line(line) for line in check.lines]}


def _line(line: CheckLine) -> dict[str, Any]:
    found: dict[str, Any] = {"item": line.item.kind, "count": line.item.count, "words": line.item.words}
    if line.item.told:
        found["told"] = line.item.told
    if line.item.counted_by:
        found |= {"terminal": line.item.terminal, "counted_by": list(line.item.counted_by)}
    if line.item.count and line.carried is not None:
        found |= {name: getattr(line.carried, name) for name in _CARRIED}
        found |= {name: value for name in _COUNTED if (value := getattr(line.carried, name))}
    return found


_CARRIED = ("note", "cabinet", "written_at", "written_by")
_COUNTED = ("counted", "differs")


def _signed_line(found: Mapping[str, Any]) -> CheckLine:
    item = OpenItem(
        found["item"],
        found["count"],
        found["words"],
        "",
        told=found.get("told", ""),
        terminal=found.get("terminal", ""),
        counted_by=tuple(found.get("counted_by", ())),
    )
    told = (*(found.get(name, "") for name in (*_CARRIED, *_COUNTED)),)
    carried = Carried(item.kind, item.count, *told) if "note" in found else None
    return CheckLine(item, carried)
