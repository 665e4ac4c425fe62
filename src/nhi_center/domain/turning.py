"""期限・年齢: who turns 70 or 75, and whose document has run out, on the days that have gone by since somebody last looked.

Nothing is printed by it. A new document needs the ward's review like any other; what is to be called in is called in by the ward.
Sources: 国民健康保険法 42条1項 (負担割合 from 70), 高齢者の医療の確保に関する法律 52条 (75).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from nhi_center.domain.calendar import (
    ONE_DAY,
    anniversary,
    birthday75,
    elderly_start,
    month_end,
    month_start,
    next_month_start,
    previous_day,
)
from nhi_center.errors import OperatorError

LOOK_BACK = timedelta(days=31)
"""How far before the last look a day is looked at again: the register may have brought a person late."""


class Turn(StrEnum):
    SEVENTY = "seventy"
    SEVENTY_FIVE = "seventy_five"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def advice(self) -> str:
        """What to do, for the contractor."""
        return _ADVICE[self]

    @property
    def ward_advice(self) -> str:
        """What to do, for the ward: it sees to those under 支援措置 itself."""
        return _WARD_ADVICE[self]


_LABELS = {Turn.SEVENTY: "70歳 負担割合", Turn.SEVENTY_FIVE: "75歳 後期高齢者", Turn.EXPIRED: "有効期限切れ"}
_ADVICE = {
    Turn.SEVENTY: "負担割合の入る証が要ります。区に知らせ、区の審査が済んでから出力します。",
    Turn.SEVENTY_FIVE: "国民健康保険の証は使えません。区に知らせ、手元にある証の回収を確かめます。",
    Turn.EXPIRED: "新しい証が出ているかを確かめ、出ていなければ区に知らせます。古い証は回収します。",
}
_WARD_ADVICE = {
    Turn.SEVENTY: "負担割合の入る証が要ります。区で審査し、証を作ります。",
    Turn.SEVENTY_FIVE: "国民健康保険の証は使えません。手元にある証を回収します。",
    Turn.EXPIRED: "新しい証が出ているかを確かめ、古い証を回収します。",
}
SETTLED: Mapping[str, str] = {"1": "区に知らせた", "2": "新しい証が出ている", "3": "回収した", "4": "区の指示で不要"}
"""What was done about it, typed by number."""
WARD_SETTLED: Mapping[str, str] = {code: label for code, label in SETTLED.items() if code != "1"}
"""The same numbers for the ward, which need not tell itself."""


@dataclass(frozen=True, slots=True)
class Item:
    """One person or document on the day it turns. ``job`` "" for an age; ``settled`` is a code of ``SETTLED``, "" while open."""

    id: str
    turn: Turn
    day: date
    atena: str
    job: str = ""
    settled: str = ""
    settled_by: str = ""
    settled_at: str = ""


def notice_day(birth: date) -> date:
    """When the document for 高齢 is due to be prepared: the first of the month before 高齢適用開始."""
    return previous_day(elderly_start(birth)).replace(day=1)


def turns(birth: date, first: date, last: date) -> Iterator[tuple[Turn, date]]:
    """What falls due for one person from ``first`` to ``last``, with the day it takes effect."""
    if first <= notice_day(birth) <= last:
        yield Turn.SEVENTY, elderly_start(birth)
    if first <= birthday75(birth) <= last:
        yield Turn.SEVENTY_FIVE, birthday75(birth)


def birth_ranges(first: date, last: date) -> tuple[tuple[date, date], ...]:
    """Between which days everybody is born for whom ``turns`` may give something; some more than those."""
    seventy = (anniversary(month_start(first), -70), anniversary(month_end(next_month_start(last)), -70))
    return seventy, (anniversary(first, -75) - ONE_DAY, anniversary(last, -75) + ONE_DAY)


def span(began: date | None, looked: date | None, today: date) -> tuple[date, date] | None:
    """From where to where to look: all closed days up to today. None when it was done, or the clock has gone back.

    ``began``: the first day this was ever done. What turned before is not this room's (``is_ours``), but who turns 70 next month
    was due for notice from the first of this one.
    """
    if began is None or looked is None:
        return today.replace(day=1), today
    return None if looked >= today else (max(began, looked - LOOK_BACK), today)


def is_ours(item: Item, began: date | None, today: date) -> bool:
    """On the first look ever: only what takes effect today or later."""
    return began is not None or item.day >= today


def check_settled(code: str, choices: Mapping[str, str] = SETTLED) -> None:
    """Raise OperatorError at ``settled`` for what is not on the list."""
    if code not in choices:
        raise OperatorError("したことを番号で選んでください。", field="settled", code="no-reason")
