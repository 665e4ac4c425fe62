"""訂正・取下げ: what the ward finds wrong later is keyed anew as a case of its own beside the first; nothing is overwritten.

The ward says which kind of error it was. What is not ours (区の都合, 届出人の訂正) is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from nhi_center.domain.entry import State
from nhi_center.domain.forms.definition import EffectKind
from nhi_center.domain.people import Person
from nhi_center.errors import OperatorError

ERROR_KINDS: Mapping[str, str] = {
    "1": "入力誤り",
    "2": "字形",
    "3": "人違い",
    "4": "様式違い",
    "5": "添付・枚数",
    "6": "出力誤り(印字)",
    "7": "その他(区の都合・届出人の訂正)",
}
"""誤りの種類, typed by number."""

NOT_OURS = frozenset({"7"})
"""Kinds that are no error of the company: they never count in its rate."""

REOPENED = (State.REVIEWED, State.DONE)
"""After these the ward's 差戻し makes a 訂正 case; before them the application itself goes back to the draft."""


@dataclass(frozen=True, slots=True)
class WardError:
    """One 差戻し of the ward. ``stage``: where the application stood when the error was found."""

    application: str
    form: str
    kind: str
    reason: str
    stage: State
    at: str

    @property
    def words(self) -> str:
        return f"{ERROR_KINDS[self.kind]}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Link:
    """訂正: the returned application and the case that corrects it. ``correction`` "" while the paper has not come back."""

    original: str
    original_number: str
    form: str
    correction: str
    correction_number: str
    error: WardError


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """取下げ of one application by the ward."""

    application: str
    reason: str
    stage: State
    at: str


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """One month's 差戻し of one form and kind. ``found_at`` splits them: before 区審査済, or after it."""

    form: str
    kind: str
    before_review: int
    after_review: int

    @property
    def number(self) -> int:
        return self.before_review + self.after_review

    @property
    def ours(self) -> bool:
        return self.kind not in NOT_OURS


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """区が見つけた誤り of one month: by form and kind, and over how many reviewed applications by form."""

    month: str
    counts: tuple[ErrorCount, ...]
    reviewed: Mapping[str, int]

    @property
    def ours(self) -> int:
        return sum(one.number for one in self.counts if one.ours)

    @property
    def others(self) -> int:
        """区の都合・届出人の訂正, not in the rate."""
        return sum(one.number for one in self.counts if not one.ours)

    @property
    def decided(self) -> int:
        """Applications the ward has judged: reviewed, or returned before it came to that."""
        return sum(self.reviewed.values()) + sum(one.before_review for one in self.counts if one.ours)

    @property
    def per_ten_thousand(self) -> int:
        """Our errors in 10,000 judged applications, rounded; 0 while nothing was judged."""
        return round(10_000 * self.ours / self.decided) if self.decided else 0


def check_error(kind: str, reason: str) -> None:
    """Raise OperatorError at ``kind`` or ``reason``: the ward says in a number and a sentence what is wrong."""
    if kind not in ERROR_KINDS:
        raise OperatorError("誤りの種類を番号で選んでください。", field="kind", code="no-kind")
    if not reason.strip():
        raise OperatorError("差戻しの理由を入力してください。", field="reason", code="no-reason")


def check_may_hang(form: str, kind: str, state: State | None) -> None:
    """Raise OperatorError unless the 管理票 (``kind`` of paper, ``state`` of its application) may become this correction's."""
    if kind != form:
        raise OperatorError("訂正する届出と様式が違います。同じ様式の管理票を選んでください。", code="other-form")
    if state not in (None, State.RECEIVED):
        raise OperatorError("この管理票は入力を始めています。まだ開いていない管理票を選んでください。", code="not-this-step")


def without_effect(person: Person, effect: Mapping[str, Any]) -> Person:
    """The person as if this effect (``summary.effect_to_json``) had not been settled: what its correction is judged against.

    Where the register does not show the effect any more, or not yet, the person stays as he is.
    """
    if not person.periods:
        return person
    last, kind = person.periods[-1], effect.get("kind")
    day = _day(effect.get("date"))
    if kind == EffectKind.ACQUIRE and last.lost is None and last.acquired == day:
        return replace(person, periods=person.periods[:-1])
    if kind == EffectKind.LOSE and last.lost is not None and last.lost == day:
        return replace(person, periods=(*person.periods[:-1], replace(last, lost=None, lost_code="")))
    return person


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def counted(rows: Iterable[tuple[str, str, str]]) -> tuple[ErrorCount, ...]:
    """(form, kind, stage) of each 差戻し, added up by form and kind, in their order."""
    found: dict[tuple[str, str], list[int]] = {}
    for form, kind, stage in rows:
        sums = found.setdefault((form, kind), [0, 0])
        sums[State(stage) in REOPENED] += 1
    return tuple(ErrorCount(form, kind, *sums) for (form, kind), sums in sorted(found.items()))
