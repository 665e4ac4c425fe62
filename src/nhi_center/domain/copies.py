"""情報管理台帳: every second copy of personal data, and the ward's 承諾番号 for it (特記 9: no copy without consent)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from nhi_center.errors import OperatorError

LONGEST_NUMBER = 30
LONGEST_PLACE = 60


class Kind(StrEnum):
    """What second copies there are."""

    REGISTER = "register"
    BACKUP = "backup"
    RECOVERY = "recovery"
    EXPORT = "export"
    LIST = "list"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.REGISTER: "被保険者台帳の写し",
    Kind.BACKUP: "バックアップ",
    Kind.RECOVERY: "バックアップから戻した写し",
    Kind.EXPORT: "個人の行を含む書き出し",
    Kind.LIST: "氏名の入った一覧",
}
ITEMS = {
    Kind.REGISTER: "氏名・生年月日・住所・電話・記号番号・資格",
    Kind.BACKUP: "台帳・届出・電話・証(暗号化)",
    Kind.RECOVERY: "台帳・届出・電話・証(暗号化)",
    Kind.EXPORT: "書き出した項目",
    Kind.LIST: "氏名・記号番号・証の番号",
}
ACCESS = {
    Kind.REGISTER: "この端末に登録された取扱者・取扱責任者・区職員",
    Kind.BACKUP: "区(復旧の鍵)だけ",
    Kind.RECOVERY: "この端末に登録された取扱者・取扱責任者・区職員",
    Kind.EXPORT: "取扱責任者・区職員",
    Kind.LIST: "取扱者・取扱責任者・区職員",
}
"""Who may read each: アクセスできる人."""


@dataclass(frozen=True, slots=True)
class Approval:
    """The ward's consent. ``standing``: for every copy of these kinds in the period; else for one copy."""

    number: str
    kinds: tuple[Kind, ...]
    standing: bool
    first: date
    last: date

    def covers(self, kind: Kind, day: date) -> bool:
        return kind in self.kinds and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Copy:
    """One line. Days are ISO, "" for not yet; ``approval`` "" while there is none: shown in red."""

    id: str
    kind: Kind
    items: str
    count: int
    medium: str
    place: str
    approval: str
    received: str
    returned: str
    erased: str

    @property
    def missing(self) -> bool:
        return not self.approval


def approval_to_json(approval: Approval) -> dict[str, Any]:
    """As the room is told of it."""
    days = {"first": approval.first.isoformat(), "last": approval.last.isoformat()}
    return {"number": approval.number, "kinds": list(approval.kinds), "standing": approval.standing, **days}


def approval_from_json(body: Mapping[str, Any]) -> Approval:
    """Raises KeyError, TypeError or ValueError for what ``approval_to_json`` does not write."""
    if not isinstance(body["standing"], bool) or not isinstance(body["number"], str):
        raise TypeError("approval")
    first, last = (date.fromisoformat(body[name]) for name in ("first", "last"))
    return Approval(body["number"], tuple(Kind(kind) for kind in body["kinds"]), body["standing"], first, last)


def standing_for(approvals: Iterable[Approval], kind: Kind, day: date) -> str:
    """The number of a standing consent that covers such a copy on this day; "" for none. The one that began last, of several."""
    fitting = [one for one in approvals if one.standing and one.covers(kind, day)]
    return max(fitting, key=lambda one: (one.first, one.number)).number if fitting else ""


def single_for(unused: Iterable[Approval], kind: Kind, day: date) -> str:
    """The number of a consent to one copy of this kind that nothing stands under yet; "" for none. The first one to end, of
    several."""
    fitting = [one for one in unused if not one.standing and one.covers(kind, day)]
    return min(fitting, key=lambda one: (one.last, one.number)).number if fitting else ""


def check_approval(number: str, kinds: tuple[Kind, ...], first: date, last: date) -> None:
    """Raises OperatorError at ``number``, ``kind`` or ``last``."""
    if not 0 < len(number.strip()) <= LONGEST_NUMBER:
        raise OperatorError(f"承諾番号を{LONGEST_NUMBER}字までで入れてください。", field="number", code="no-number")
    if not kinds:
        raise OperatorError("承諾する写しの種類を選んでください。", field="kind", code="no-kind")
    if last < first:
        raise OperatorError("終わりの日を始めの日以後にしてください。", field="last", code="period")
