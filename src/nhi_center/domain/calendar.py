"""Eras, dates as people write them, age in law and in daily life, the open days of the office.

Sources: 元号法 and the imperial edicts for the days of change; 年齢計算ニ関スル法律 and 民法 143条 for age; 民法 140条 and
142条 with 地方自治法 4条の2 (closed days of a local office) for deadlines.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

ONE_DAY = timedelta(days=1)
FILING_DAYS = 14
HORIZON_YEARS = 20
"""How far after today a date may lie: longer than any stay, study or validity period, shorter than a slip of the finger."""


class DateProblem(ValueError):
    """A date that cannot be accepted. ``message`` is a Japanese sentence without the value that was typed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Era:
    """One era (元号). ``first`` is the first day it is printed, ``last`` the last day it is legally right on paper."""

    name: str
    letter: str
    digit: str
    first: date
    last: date

    @property
    def year_zero(self) -> int:
        """Western year = year_zero + year of the era."""
        return self.first.year - 1


# The Gregorian calendar begins in Japan with 明治6年1月1日; an earlier date on paper names another day.
GREGORIAN_FIRST = date(1873, 1, 1)
# 1912-07-30 and 1926-12-25 belong to both eras: the new one is printed, both are read.
ERAS = (
    Era("明治", "M", "1", date(1868, 1, 25), date(1912, 7, 30)),
    Era("大正", "T", "2", date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", "3", date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", "4", date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", "5", date(2019, 5, 1), date.max),
)
_ERA_OF = {key: era for era in ERAS for key in (era.name, era.name[0], era.letter, era.digit)}
_WEEKDAYS = "月火水木金土日"

_ERA = "(明治|大正|昭和|平成|令和|[明大昭平令MTSHR])"
_ERA_PARTS = re.compile(rf"{_ERA}-?([0-9]{{1,2}}|元)-([0-9]{{1,2}})-([0-9]{{1,2}})")
_ERA_COMPACT = re.compile(rf"{_ERA}-?([0-9]{{2}}|元)([0-9]{{2}})([0-9]{{2}})")
_DIGIT_PARTS = re.compile(r"([1-5])-([0-9]{1,2}|元)-([0-9]{1,2})-([0-9]{1,2})")
_DIGIT_COMPACT = re.compile(r"([1-5])([0-9]{2})([0-9]{2})([0-9]{2})")
_WESTERN = re.compile(r"(?:西暦-?)?([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|([0-9]{2})([0-9]{2}))")
_NO_ERA = re.compile(r"(?:[0-9]{1,2}|元)-[0-9]{1,2}-[0-9]{1,2}|[0-9]{6}")
_SEPARATORS = re.compile(r"[年月./,・。、\s\-‐‑‒–—―−ー]+")
_TAIL = re.compile(r"(.+?)\(.*\)")
_ALL_UNKNOWN = frozenset({"不詳", "生年月日不詳", "生年月日は不詳", "0000-00-00"})
_UNKNOWN = re.compile(r"(.+?)(?:月日|日)?は?\s*不詳")
_SHOWN = re.compile(r"([0-9]{4})年(?:\([^)]*\))?(?:([0-9]{1,2})月 日| 月日)は不詳(?:[、,].*)?")
_YEAR_ALONE = re.compile(rf"(?:{_ERA}-?)?(?:[0-9]{{1,4}}|元)")
_PARTIAL = (
    re.compile(rf"(?:{_ERA}-?)?([0-9]{{1,4}}|元)-([0-9]{{1,2}})-00?"),
    re.compile(r"([1-5])-([0-9]{1,2}|元)-([0-9]{1,2})-00?"),
    re.compile(rf"{_ERA}-?([0-9]{{2}}|元)([0-9]{{2}})00"),
    re.compile(r"([1-5])([0-9]{2})([0-9]{2})00"),
    re.compile(r"()([0-9]{4})([0-9]{2})00"),
)


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date read from text. ``converted``: 平成31年5月 or later was written and means a day of 令和 (show it, warn)."""

    value: date
    converted: bool = False


def read_date(text: str, *, today: date) -> DateReading:
    """Read a date in any of the office's shorthands: S45.3.12, s450312, 昭45.3.12, 3450312, R8/11/23, 19700312, 元年.

    What ``wareki``, ``wareki_iso``, ``wareki_weekday`` and ``birth_form`` write is read as well; a note in brackets that
    does not belong to the date is refused. Raises DateProblem.
    """
    folded = unicodedata.normalize("NFKC", text).strip().upper()
    if not folded:
        raise DateProblem("日付を入力してください。")
    tail = _TAIL.fullmatch(folded)
    reading = _read_plain(tail[1].strip() if tail else folded, today)
    if tail and _close(folded) not in {_close(form.upper()) for form in _forms_with_note(reading.value, today)}:
        raise DateProblem("かっこの中が日付と合いません。日付だけを入力してください。")
    return reading


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A birth date of which the residence records do not know the day, the month, or anything (不詳): the unknown part is 0."""

    year: int = 0
    month: int = 0

    def iso(self) -> str:
        """How it is kept: 1970-03-00, 1970-00-00, 0000-00-00. No date, so ``date.fromisoformat`` refuses it."""
        return f"{self.year:04d}-{self.month:02d}-00"

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day it may be."""
        first = date(self.year, self.month or 1, 1)
        return first, month_end(first) if self.month else date(self.year, 12, 31)

    def shown(self, today: date) -> str:
        """1970年(昭和45年)3月 日は不詳、56歳. The Western year first: that is how the paper of a foreign resident has it."""
        if not self.year:
            return "生年月日は不詳"
        first, last = self.span
        era = era_of(first)
        wareki_year = f"({_plain(era, first).partition('年')[0]}年)" if era is era_of(last) else ""
        ages = sorted({everyday_age(born, today) for born in (first, last) if born <= today}, reverse=True)
        age = f"、{'か'.join(map(str, ages))}歳" if ages else ""
        return f"{self.year}年{wareki_year}{f'{self.month}月 日' if self.month else ' 月日'}は不詳{age}"


def read_partial(text: str, *, today: date) -> PartialDate | None:
    """A birth date with unknown parts: 1970.0.0, S45.3.0, 19700300, 昭和45年3月不詳, 不詳; None for any other text.

    What ``PartialDate`` writes is read as well. Raises DateProblem where the known part cannot be.
    """
    folded = unicodedata.normalize("NFKC", text).strip().upper()
    if folded in _ALL_UNKNOWN:
        return PartialDate()
    said = _UNKNOWN.fullmatch(folded)
    plain = _SEPARATORS.sub("-", said[1] if said else folded).strip("-")
    if said:
        plain += "-0-0" if _YEAR_ALONE.fullmatch(plain) else "-0"
    match = next((match for pattern in _PARTIAL if (match := pattern.fullmatch(plain))), None)
    if match is None or (not match[1] and len(match[2]) != 4):
        return _as_shown(folded, today)
    return _partial(match[1], 1 if match[2] == "元" else int(match[2]), int(match[3]), today)


def _as_shown(folded: str, today: date) -> PartialDate | None:
    match = _SHOWN.fullmatch(folded)
    if match is None:
        return None
    found = _partial("", int(match[1]), int(match[2] or 0), today)
    if _close(folded) != _close(unicodedata.normalize("NFKC", found.shown(today))):
        raise DateProblem("年号や年齢が年と合いません。日付だけを入力してください。")
    return found


def _partial(era_key: str, year: int, month: int, today: date) -> PartialDate:
    era = _ERA_OF[era_key] if era_key else None
    found = PartialDate(era.year_zero + year if era else year, month)
    if month > 12 or year == 0:
        raise DateProblem("暦にない日付です。確認してください。")
    first, last = found.span
    if era and not (last >= era.first and first <= era.last):
        raise DateProblem(f"{era.name}の年と月が合いません。年号か年を確認してください。")
    _within_horizon(first, today)
    return found


def parse_date(text: str, *, today: date) -> date:
    """``read_date`` for callers that show no conversion note. Raises DateProblem."""
    return read_date(text, today=today).value


def _forms_with_note(value: date, today: date) -> tuple[str, ...]:
    forms = (wareki_iso(value), wareki_weekday(value), birth_form(value, today))
    return tuple(unicodedata.normalize("NFKC", form) for form in forms)


def _close(text: str) -> str:
    """Without the spaces and commas that people put differently."""
    return re.sub(r"[\s、,]", "", text)


def _read_plain(folded: str, today: date) -> DateReading:
    text = _SEPARATORS.sub("-", folded.removesuffix("日")).strip("-")
    for pattern in (_ERA_PARTS, _ERA_COMPACT, _DIGIT_PARTS, _DIGIT_COMPACT):
        if match := pattern.fullmatch(text):
            era, year, month, day = match.groups()
            return _in_era(_ERA_OF[era], 1 if year == "元" else int(year), int(month), int(day), today)
    if match := _WESTERN.fullmatch(text):
        year, month, day = match[1], match[2] or match[4], match[3] or match[5]
        return DateReading(_within_horizon(_day(int(year), int(month), int(day)), today))
    if _NO_ERA.fullmatch(text):
        raise DateProblem("年号がありません。S45.3.12 のように年号をつけるか、西暦を4桁で入力してください。")
    raise DateProblem("日付として読めません。S45.3.12、3450312、19700312 のように入力してください。")


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateProblem("暦にない日付です。確認してください。") from None


def _in_era(era: Era, year: int, month: int, day: int, today: date) -> DateReading:
    if year == 0:
        raise DateProblem("年号の年は1年(元年)からです。年を確認してください。")
    value = _day(era.year_zero + year, month, day)
    if value < era.first:
        raise DateProblem(f"{era.name}は{_plain(era, era.first)}からです。年号か年を確認してください。")
    if value <= era.last:
        return DateReading(_within_horizon(value, today))
    if era.name == "平成":  # papers printed before 2019-05-01 still carry 平成 dates after it, and they hold
        return DateReading(_within_horizon(value, today), converted=True)
    raise DateProblem(f"{era.name}は{_plain(era, era.last)}までです。年号か年を確認してください。")


def _within_horizon(value: date, today: date) -> date:
    if value < GREGORIAN_FIRST:
        raise DateProblem("明治6年(1873年)より前の日付は入力できません。年を確認してください。")
    if value.year > today.year + HORIZON_YEARS:
        raise DateProblem(f"今日から{HORIZON_YEARS}年より先の日付は入力できません。年を確認してください。")
    return value


def era_of(value: date) -> Era:
    """The era printed for this day (the new one on the day of change). Raises DateProblem before 1873."""
    if value < GREGORIAN_FIRST:
        raise DateProblem("明治6年(1873年)より前の日付は和暦で表せません。")
    return next(era for era in reversed(ERAS) if value >= era.first)


def _plain(era: Era, value: date) -> str:
    year = value.year - era.year_zero
    return f"{era.name}{'元' if year == 1 else year}年{value.month}月{value.day}日"


def wareki(value: date) -> str:
    """令和8年11月24日; the first year of an era is 元年."""
    return _plain(era_of(value), value)


def short(value: date) -> str:
    """R8.11.24: as it is typed, and as narrow as a column of a list."""
    era = era_of(value)
    return f"{era.letter}{value.year - era.year_zero}.{value.month}.{value.day}"


def wareki_iso(value: date) -> str:
    """令和8年11月24日(2026-11-24)."""
    return f"{wareki(value)}({value.isoformat()})"


def wareki_weekday(value: date) -> str:
    """令和8年11月1日(日)."""
    return f"{wareki(value)}({_WEEKDAYS[value.weekday()]})"


def birth_form(birth: date, today: date) -> str:
    """昭和45年3月12日(1970-03-12、56歳): the everyday age. Without an age while the date lies after today."""
    if birth > today:
        return wareki_iso(birth)
    return f"{wareki(birth)}({birth.isoformat()}、{everyday_age(birth, today)}歳)"


def next_day(value: date) -> date:
    return value + ONE_DAY


def previous_day(value: date) -> date:
    return value - ONE_DAY


def month_start(value: date) -> date:
    return value.replace(day=1)


def month_end(value: date) -> date:
    return value.replace(day=monthrange(value.year, value.month)[1])


def next_month_start(value: date) -> date:
    return next_day(month_end(value))


def anniversary(day: date, years: int) -> date:
    """The same day ``years`` later, or earlier where they are negative (応当日); 29 February: 1 March in a common year, so that
    the term of years before it ends with the last day of February (民法 143条2項)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def birthday(birth: date, age: int) -> date:
    """The day on which people turn ``age``."""
    return anniversary(birth, age)


def attained_on(birth: date, age: int) -> date:
    """年齢到達日: an age is attained at the end of the day before the birthday (年齢計算ニ関スル法律)."""
    return previous_day(birthday(birth, age))


def everyday_age(birth: date, on: date) -> int:
    """Age as people count it, from the birthday itself. Raises ValueError for a day before birth."""
    if on < birth:
        raise ValueError("the day is before birth")
    years = on.year - birth.year
    return years if birthday(birth, years) <= on else years - 1


def legal_age(birth: date, on: date) -> int:
    """Age for laws that say 達した日: one day earlier than ``everyday_age``. Raises ValueError for a day before birth."""
    if on < birth:
        raise ValueError("the day is before birth")
    return everyday_age(birth, next_day(on))


def elderly_start(birth: date) -> date:
    """高齢適用開始: the first of the month after the month in which 70 is attained in law (国民健康保険法 42条1項)."""
    return next_month_start(attained_on(birth, 70))


def birthday75(birth: date) -> date:
    """The first day under 後期高齢者医療 (高齢者の医療の確保に関する法律 52条)."""
    return birthday(birth, 75)


def last_nhi_day(birth: date) -> date:
    """The last day under 国民健康保険 by age: the day before the 75th birthday."""
    return previous_day(birthday75(birth))


def preschool_last_day(birth: date) -> date:
    """未就学: the 31 March on or after the day on which 6 is attained."""
    attained = attained_on(birth, 6)
    end = date(attained.year, 3, 31)
    return end if attained <= end else end.replace(year=end.year + 1)


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """閉庁日: Saturdays, Sundays, 29 December to 3 January, and the named days (holidays, the ward's own closed days).

    ``covered_until``: the last day for which the holiday table is known; later days follow the fixed rules alone.
    """

    named: Mapping[date, str]
    covered_until: date

    @classmethod
    def from_table(cls, table: Mapping[str, Any], extra: Mapping[date, str] | None = None) -> ClosedDays:
        """From the parsed ``calendar/holidays.toml`` and the ward's own closed days. Raises KeyError for another shape."""
        named = {row["date"]: row["name"] for row in table["holidays"]}
        return cls({**named, **(extra or {})}, table["covered_until"])

    @classmethod
    def of(cls, days: Iterable[date], covered_until: date) -> ClosedDays:
        return cls(dict.fromkeys(days, "休日"), covered_until)

    def is_closed(self, day: date) -> bool:
        year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
        return day.weekday() >= 5 or year_end or day in self.named

    def next_open(self, day: date) -> date:
        """``day`` itself when the office is open, else the first open day after it."""
        while self.is_closed(day):
            day = next_day(day)
        return day


def filing_due(fact: date, closed: ClosedDays, days: int = FILING_DAYS) -> date:
    """届出期限: 14 days, the day of the fact not counted (民法 140条); a closed last day moves to the next open one (142条)."""
    return closed.next_open(fact + timedelta(days=days))
