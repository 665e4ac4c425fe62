"""照合の割合: which papers are keyed twice. A dated table of form and keyer gives a percentage; nobody can foresee the draw.

Everything is keyed twice until the 取扱責任者 sets less, and a new keyer's first papers always are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from nhi_center.errors import OperatorError

ALL = 100
LEAST = 10
NEW_KEYER_PAPERS = 200
"""So many papers of a new keyer are all keyed twice."""

NOT_DRAWN = "not_drawn"
"""The note of the step ENTERED → VERIFIED of a paper that was not drawn (抽出外)."""


class Always(StrEnum):
    """Why a paper is keyed twice whatever the table says."""

    NEW_KEYER = "new_keyer"
    WARNING = "warning"
    CARRIED = "carried"
    URGENT = "urgent"
    CORRECTION = "correction"
    CAME_BACK = "came_back"


@dataclass(frozen=True, slots=True)
class Rate:
    """From ``from_day`` on, ``percent`` of the papers of ``form`` ("" every form) by ``person`` ("" everybody)."""

    id: str
    form: str
    person: str
    percent: int
    from_day: date
    reason: str
    set_by: str
    set_at: str

    @property
    def rank(self) -> int:
        """What names the person goes before what names the form, and that before what names neither."""
        return 2 * bool(self.person) + bool(self.form)


def in_force(rates: Iterable[Rate], form: str, person: str, day: date) -> Rate | None:
    """The rate that stands for this form and keyer on this day; None: everything is keyed twice.

    The closest one stands, of equals the one of the latest day, of these the one set last. Nobody's own papers go by what he
    has set himself.
    """
    fitting = [
        rate
        for rate in rates
        if rate.form in ("", form) and rate.person in ("", person) and rate.from_day <= day and rate.set_by != person
    ]
    return max(fitting, key=lambda rate: (rate.rank, rate.from_day, rate.set_at, rate.id), default=None)


def percent(rates: Iterable[Rate], forms: Iterable[str], person: str, day: date) -> int:
    """How many of 100 such papers are keyed twice; for an envelope of several forms the highest of them."""
    known = tuple(rates)
    found = (in_force(known, form, person, day) for form in forms)
    return max((rate.percent if rate else ALL for rate in found), default=ALL)


def drawn(share: int, number: int) -> bool:
    """Whether a paper is keyed twice at ``share`` percent. ``number``: 0 to 99, from the operating system's random source."""
    return number < share


def check(rate: Rate, today: date) -> None:
    """Raise OperatorError at the field that keeps a rate from being set. What has been drawn is not drawn again."""
    if not LEAST <= rate.percent <= ALL:
        raise OperatorError(f"割合は{LEAST}から{ALL}の間で入れてください。", field="percent", code="out-of-range")
    if rate.from_day < today:
        raise OperatorError("始まりは今日かこれからの日にしてください。", field="from_day", code="past")
    if not rate.reason.strip():
        raise OperatorError("割合を決めた理由を書いてください。記録に残ります。", field="reason", code="no-reason")
    if rate.person == rate.set_by:
        words = "自分の入力の割合は、自分では決められません。ほかの取扱責任者に頼んでください。"
        raise OperatorError(words, field="person", code="own")


def to_json(rate: Rate) -> dict[str, Any]:
    """As the other terminals of the room are told."""
    return {**asdict(rate), "from_day": rate.from_day.isoformat()}


def from_json(body: Mapping[str, Any]) -> Rate:
    """Raises ValueError, KeyError or TypeError for what is no rate."""
    texts = {name: body[name] for name in ("id", "form", "person", "reason", "set_by", "set_at")}
    share = body["percent"]
    if not all(isinstance(value, str) for value in texts.values()) or type(share) is not int or not LEAST <= share <= ALL:
        raise ValueError("rate")
    return Rate(percent=share, from_day=date.fromisoformat(body["from_day"]), **texts)
