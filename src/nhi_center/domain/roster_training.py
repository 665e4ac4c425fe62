"""研修: which trainings a role needs, how long one counts, and what is missing or runs out.

A lapsed record stays in the list. Of several for one kind the one that counts longest is looked at: a person is never barred
by an old record beside a new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from nhi_center.domain.operators import Role

WARN_DAYS = 30
"""Warned so many days before: time for a lesson to be held."""


class Expiry(StrEnum):
    """Never, so many months after the lesson, or on the next fixed day of the year (年度末)."""

    NEVER = "never"
    DURATION = "duration"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class TrainingKind:
    """One kind of lesson. ``pass_mark`` 0: no test is held. ``months`` or ``month`` and ``day`` as ``expiry`` needs them."""

    id: str
    title: str
    covers: str
    expiry: Expiry
    roles: frozenset[Role]
    pass_mark: int = 0
    months: int = 0
    month: int = 0
    day: int = 0

    def last_day(self, held: date) -> date | None:
        """The last day on which a lesson held on ``held`` counts; None for ever."""
        if self.expiry is Expiry.NEVER:
            return None
        if self.expiry is Expiry.DURATION:
            return _months_later(held, self.months) - timedelta(days=1)
        this_year = date(held.year, self.month, self.day)
        return this_year if held <= this_year else this_year.replace(year=held.year + 1)

    @property
    def term(self) -> str:
        """期限, in words."""
        if self.expiry is Expiry.NEVER:
            return "期限なし"
        return f"{self.months}か月" if self.expiry is Expiry.DURATION else f"毎年{self.month}月{self.day}日まで"


def _months_later(day: date, months: int) -> date:
    """The same day of a later month; what that month does not have is the first of the next."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)


def kinds_from_table(table: Mapping[str, Any]) -> tuple[TrainingKind, ...]:
    """The kinds of resources/roster/training.toml. Raises ValueError or KeyError where an entry is wrong."""
    kinds = tuple(_kind(entry) for entry in table["kinds"])
    if len({kind.id for kind in kinds}) != len(kinds):
        raise ValueError("training kinds: an id stands twice")
    return kinds


def _kind(entry: Mapping[str, Any]) -> TrainingKind:
    kind = TrainingKind(**{**entry, "expiry": Expiry(entry["expiry"]), "roles": frozenset(Role(role) for role in entry["roles"])})
    if kind.expiry is Expiry.FIXED:
        date(2001, kind.month, kind.day)  # a day that every year has
    if (kind.expiry is Expiry.DURATION) != (kind.months > 0) or not kind.roles or not 0 <= kind.pass_mark <= 100:
        raise ValueError(f"training kind {kind.id}")
    return kind


@dataclass(frozen=True, slots=True)
class Training:
    """One lesson one person took part in. ``score`` None: no test. ``last_day`` None: it counts for ever."""

    kind: str
    held: date
    content: str
    score: int | None
    passed: bool
    last_day: date | None
    recorded_by: str


class Standing(StrEnum):
    """How a required training stands today."""

    VALID = "valid"
    RUNS_OUT = "runs_out"
    EXPIRED = "expired"
    MISSING = "missing"

    @property
    def blocks(self) -> bool:
        return self in (Standing.EXPIRED, Standing.MISSING)


@dataclass(frozen=True, slots=True)
class Required:
    """One training a person needs. ``last_day`` of the record that counts longest; None when there is none or no end."""

    kind: TrainingKind
    standing: Standing
    last_day: date | None


def required(kinds: Sequence[TrainingKind], role: Role, records: Sequence[Training], today: date) -> tuple[Required, ...]:
    """Every training the role needs, in the order of the kinds."""
    return tuple(_standing(kind, records, today) for kind in kinds if role in kind.roles)


def _standing(kind: TrainingKind, records: Sequence[Training], today: date) -> Required:
    counting = [one for one in records if one.kind == kind.id and one.passed]
    if not counting:
        return Required(kind, Standing.MISSING, None)
    if any(one.last_day is None for one in counting):
        return Required(kind, Standing.VALID, None)
    last = max(one.last_day for one in counting if one.last_day is not None)
    if last < today:
        return Required(kind, Standing.EXPIRED, last)
    return Required(kind, Standing.RUNS_OUT if last - today <= timedelta(days=WARN_DAYS) else Standing.VALID, last)
