"""Of what time a report is: 日報, 処理状況報告書 of a month (特記事項 14), 年度実績報告書, and the state up to now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from nhi_center.domain.calendar import month_end, wareki
from nhi_center.domain.periods import fiscal_year_number, fiscal_year_words


class Kind(StrEnum):
    """What it is called, by the number that is typed."""

    MONTH = "1"
    DAY = "2"
    YEAR = "3"
    NOW = "4"

    @property
    def paper(self) -> str:
        return {"1": "処理状況報告書(月次)", "2": "日報", "3": "年度実績報告書", "4": "現況報告書"}[self.value]

    @property
    def label(self) -> str:
        return {"1": "月次", "2": "日報", "3": "年度実績", "4": "現況"}[self.value]


_BACK = {Kind.MONTH: 12, Kind.DAY: 31, Kind.YEAR: 3, Kind.NOW: 1}
"""How many can be looked at."""


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both within. ``key`` is its name in files and in the store."""

    kind: Kind
    first: date
    last: date

    @property
    def key(self) -> str:
        match self.kind:
            case Kind.MONTH:
                return f"{self.first:%Y-%m}"
            case Kind.DAY:
                return self.first.isoformat()
            case Kind.YEAR:
                return f"FY{self.first.year}"
            case Kind.NOW:
                return f"{self.first.isoformat()}_{self.last.isoformat()}"

    @property
    def title(self) -> str:
        """令和8年11月分."""
        match self.kind:
            case Kind.MONTH:
                return f"{wareki(self.first).rpartition('月')[0]}月分"
            case Kind.DAY:
                return wareki(self.first)
            case Kind.YEAR:
                return f"{fiscal_year_words(self.first.year)}分"
            case Kind.NOW:
                return f"{wareki(self.first)}から{wareki(self.last)}まで"

    @property
    def previous(self) -> Period:
        """The month before a month."""
        return month(self.first - timedelta(days=1))

    def is_over(self, today: date) -> bool:
        return today > self.last


def month(day: date) -> Period:
    """The month a day lies in."""
    return Period(Kind.MONTH, day.replace(day=1), month_end(day))


def year(day: date) -> Period:
    """The fiscal year (年度) a day lies in: from April on."""
    number = fiscal_year_number(day)
    return Period(Kind.YEAR, date(number, 4, 1), date(number + 1, 3, 31))


def of_kind(kind: Kind, today: date) -> tuple[Period, ...]:
    """Those of a kind that can be looked at, the newest first."""
    found: list[Period] = []
    day = today
    while len(found) < _BACK[kind]:
        match kind:
            case Kind.MONTH:
                found.append(month(day))
            case Kind.DAY:
                found.append(Period(kind, day, day))
            case Kind.YEAR:
                found.append(year(day))
            case Kind.NOW:
                found.append(Period(kind, year(day).first, today))
        day = found[-1].first - timedelta(days=1)
    return tuple(found)


def parse(key: str) -> Period:
    """The period of a key. Raises ValueError for what is none."""
    if found := re.fullmatch(r"([0-9]{4}-[0-9]{2})", key):
        return month(date.fromisoformat(f"{found[1]}-01"))
    if found := re.fullmatch(r"FY([0-9]{4})", key):
        return year(date(int(found[1]), 4, 1))
    days = [date.fromisoformat(part) for part in key.split("_")]
    if len(days) == 1:
        return Period(Kind.DAY, days[0], days[0])
    first, last = days
    return Period(Kind.NOW, first, last)


def month_words(key: str) -> str:
    """2026-11 -> 令和8年11月分."""
    return parse(key).title
