"""People of the register (台帳の人), their periods of eligibility and their household (世帯), as every layer carries them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from nhi_center.domain import canonical

RELATIONS = ("世帯主", "妻", "夫", "子", "父", "母", "祖父", "祖母", "孫", "兄弟姉妹", "同居人")
SEXES = {"1": "男", "2": "女"}
CARD_STATES = ("有", "無", "未確認")
INCOME_CLASSES = ("ア", "イ", "ウ", "エ", "オ", "B01", "B02", "B03", "B04", "B05", "B06")
ACQUIRED_CODES = ("A1", "A2", "A3", "A4", "A5", "A6", "A7")
LOST_CODES = ("L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9")


@dataclass(frozen=True, slots=True)
class Period:
    """資格期間: insured from ``acquired`` to the day before ``lost`` (喪失日 is the first day without cover)."""

    acquired: date
    acquired_code: str
    lost: date | None = None
    lost_code: str = ""

    def covers(self, day: date) -> bool:
        return self.acquired <= day and (self.lost is None or day < self.lost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person of the register. ``name`` is as recorded and never normalised; ``periods`` are in order of 取得日."""

    atena: str
    household: str
    is_head: bool
    relation: str
    name: str
    kana: str
    roman: str = ""
    alias: str = ""
    birth: date
    sex: str
    postal: str
    address: str
    phone: str = ""
    symbol: str = ""
    number: str = ""
    branch: str = ""
    periods: tuple[Period, ...] = ()
    card: str
    income_class: str = ""
    arrears: bool = False
    undeclared: bool = False
    protected: bool = False
    nationality: str = ""
    residence_status: str = ""
    stay_until: date | None = None
    head_atena: str = ""
    head_name: str = ""

    def current_period(self, day: date) -> Period | None:
        """The period that covers ``day``."""
        return next((period for period in self.periods if period.covers(day)), None)

    def insured_on(self, day: date) -> bool:
        return self.current_period(day) is not None


@dataclass(frozen=True, slots=True)
class Household:
    """世帯: the unit of NHI. The head (世帯主) files and is addressed even when he is not insured himself."""

    number: str
    members: tuple[Person, ...]

    @classmethod
    def gather(cls, number: str, people: Iterable[Person]) -> Household:
        """The people of household ``number``, the head first, then by birth."""
        own = [person for person in people if person.household == number]
        return cls(number, tuple(sorted(own, key=lambda person: (not person.is_head, person.birth, person.atena))))

    @property
    def head(self) -> Person | None:
        """The only head; None when the register shows none or more than one (both are errors to report, V13)."""
        heads = [person for person in self.members if person.is_head]
        return heads[0] if len(heads) == 1 else None

    def insured(self, day: date) -> tuple[Person, ...]:
        return tuple(person for person in self.members if person.insured_on(day))

    def has_nominal_head(self, day: date) -> bool:
        """擬制世帯主: somebody here is insured on ``day``, the head is not."""
        return self.head is not None and not self.head.insured_on(day) and bool(self.insured(day))

    def head_problem(self) -> str:
        """V13: a sentence when there is not exactly one head or a relation contradicts it, else empty."""
        heads = sum(person.is_head for person in self.members)
        if heads != 1:
            return "世帯主が2人以上います。続柄を確認してください。" if heads else "世帯主がいません。続柄を確認してください。"
        if any(person.is_head != (person.relation == "世帯主") for person in self.members):
            return "世帯主と続柄が合いません。続柄を確認してください。"
        return ""


# -- JSON shape: every field by its name, ISO dates --

_NAMES = tuple(field.name for field in fields(Person))


def person_to_json(person: Person) -> dict[str, Any]:
    """All fields, empty ones too. ``person_from_json`` gives back an equal person."""
    return {name: _plain(getattr(person, name)) for name in _NAMES}


def fingerprint(person: Person) -> str:
    """SHA-256 (hex) of everything the register says of him: two copies that are equal have the same."""
    return hashlib.sha256(canonical.encode(person_to_json(person))).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [{name: _plain(getattr(period, name)) for name in Period.__dataclass_fields__} for period in value]
    return value


def person_from_json(data: Mapping[str, Any]) -> Person:
    """Read the shape of ``person_to_json``; optional fields may be missing. Raises ValueError naming the field, never a value."""
    if not isinstance(data, Mapping):
        raise ValueError("person: not an object")
    if not data.keys() <= _READERS.keys():
        raise ValueError("person: unknown field")
    values: dict[str, Any] = {}
    for name in _NAMES:
        if name in data:
            values[name] = _read(name, _READERS[name], data[name])
        elif name in _REQUIRED:
            raise ValueError(f"{name}: missing")
    return Person(**values)


def _read(name: str, reader: Callable[[Any], Any], value: Any) -> Any:
    try:
        return reader(value)
    except (TypeError, ValueError, KeyError, AttributeError):
        raise ValueError(f"{name}: not readable") from None


def _require(good: bool) -> None:
    if not good:
        raise ValueError


def _text(value: Any) -> str:
    _require(isinstance(value, str))
    return str(value)


def _filled(value: Any) -> str:
    _require(bool(_text(value).strip()))
    return str(value)


def _flag(value: Any) -> bool:
    _require(isinstance(value, bool))
    return bool(value)


def _day(value: Any) -> date:
    day = date.fromisoformat(value)
    _require(day.isoformat() == value)  # Python 3.11 reads 20260101 and 2026-W01-4 too: one form only
    return day


def _day_or_none(value: Any) -> date | None:
    return None if value is None else _day(value)


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        _require(value in choices)
        return str(value)

    return read


def _digits(*lengths: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = _text(value)
        _require(len(text) in lengths and (not text or (text.isascii() and text.isdigit())))
        return text

    return read


def _period(value: Any) -> Period:
    _require(isinstance(value, Mapping) and set(value) <= {"acquired", "acquired_code", "lost", "lost_code"})
    lost = _day_or_none(value.get("lost"))
    lost_code = _one_of("", *LOST_CODES)(value.get("lost_code", ""))
    _require((lost is None) == (lost_code == ""))
    return Period(_day(value["acquired"]), _one_of(*ACQUIRED_CODES)(value["acquired_code"]), lost, lost_code)


def _periods(value: Any) -> tuple[Period, ...]:
    _require(isinstance(value, (list, tuple)))
    return tuple(sorted((_period(item) for item in value), key=lambda period: period.acquired))


_REQUIRED = {"atena", "household", "is_head", "relation", "name", "kana", "birth", "sex", "postal", "address", "card"}
_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("roman", "alias", "symbol", "number", "nationality", "residence_status", "head_name"), _text),
    **dict.fromkeys(("household", "name", "address"), _filled),
    **dict.fromkeys(("is_head", "arrears", "undeclared", "protected"), _flag),
    "kana": _text,
    "atena": _digits(8),
    "head_atena": _digits(0, 8),
    "postal": _digits(0, 7),
    "phone": _digits(0, 10, 11),
    "branch": _digits(0, 2),
    "relation": _one_of(*RELATIONS),
    "sex": _one_of(*SEXES),
    "card": _one_of(*CARD_STATES),
    "income_class": _one_of("", *INCOME_CLASSES),
    "birth": _day,
    "stay_until": _day_or_none,
    "periods": _periods,
}
