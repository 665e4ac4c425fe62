"""The numbers the rules hold against: days, ages, kinds of residence, each for its time, read from resources/rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from nhi_center.domain.forms.place import FormFault

FILE = "thresholds.toml"
_NUMBERS = (
    "filing_days",
    "limitation_years",
    "highest_age",
    "adult_age",
    "elderly_age",
    "long_stay_days",
    "long_stay_months",
)
_RESIDENCE = ("never", "designated", "with_proof")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What holds from ``valid_from`` on. ``checked``: the day somebody last compared it with the ``sources``.

    Residence by the codes of 在留資格: ``never`` eligible; ``designated`` needs its 指定書; ``with_proof`` may be eligible with
    three months or less, given proof of a longer stay.
    """

    valid_from: date
    checked: date
    sources: tuple[str, ...]
    filing_days: int
    limitation_years: int
    highest_age: int
    adult_age: int
    elderly_age: int
    long_stay_days: int
    long_stay_months: int
    shifts: Mapping[str, int]
    never: tuple[str, ...]
    designated: tuple[str, ...]
    with_proof: tuple[str, ...]
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class ThresholdTable:
    """All periods, in order, without a gap."""

    periods: tuple[Thresholds, ...]

    def on(self, day: date) -> Thresholds:
        """What held on ``day``; before the first period, what the first says."""
        return next((one for one in reversed(self.periods) if one.valid_from <= day), self.periods[0])


def parse(table: Mapping[str, Any]) -> ThresholdTable:
    """From the parsed file. Raises FormFault for what is missing, unknown, overlapping or leaves a gap."""
    entries = table.get("periods")
    if not isinstance(entries, list) or not entries or set(table) != {"periods"}:
        raise FormFault(FILE, "periods", "periods", "期間の表の並びが必要です。")
    periods = tuple(_period(f"periods {number}", entry) for number, entry in enumerate(entries, 1))
    for number, (one, following) in enumerate(pairwise(periods), 1):
        if one.valid_until is None or one.valid_until + timedelta(days=1) != following.valid_from:
            raise FormFault(FILE, f"periods {number}", "valid_until", "次の期間と重なっているか、間が空いています。")
    return ThresholdTable(periods)


def _period(place: str, entry: Any) -> Thresholds:
    def fault(field: str, reason: str) -> FormFault:
        return FormFault(FILE, place, field, reason)

    if not isinstance(entry, dict):
        raise fault(place, "表が必要です。")
    allowed = {*_NUMBERS, "valid_from", "valid_until", "checked", "sources", "shifts", "residence"}
    for name in sorted(set(entry) - allowed):
        raise fault(name, "知らない項目です。")
    for name in _NUMBERS:
        if type(entry.get(name)) is not int or entry[name] <= 0:
            raise fault(name, "1以上の整数が必要です。")
    for name in ("valid_from", "checked"):
        if type(entry.get(name)) is not date:
            raise fault(name, "日付が必要です。")
    until = entry.get("valid_until")
    if until is not None and (type(until) is not date or until < entry["valid_from"]):
        raise fault("valid_until", "使い始める日より後の日付が必要です。")
    sources, shifts, residence = entry.get("sources"), entry.get("shifts"), entry.get("residence")
    if not isinstance(sources, list) or not sources or not all(isinstance(source, str) for source in sources):
        raise fault("sources", "出典の文の並びが必要です。")
    if not isinstance(shifts, dict) or not all(value in (0, 1) for value in shifts.values()):
        raise fault("shifts", "事由と 0 か 1 の表が必要です。")
    if not isinstance(residence, dict) or set(residence) != set(_RESIDENCE):
        raise fault("residence", f"{'、'.join(_RESIDENCE)} の表が必要です。")
    return Thresholds(
        valid_from=entry["valid_from"],
        valid_until=until,
        checked=entry["checked"],
        sources=tuple(sources),
        shifts=dict(shifts),
        never=_codes(residence["never"]),
        designated=_codes(residence["designated"]),
        with_proof=_codes(residence["with_proof"]),
        **{name: entry[name] for name in _NUMBERS},
    )


def _codes(values: Any) -> tuple[str, ...]:
    return tuple(str(code) for code in values)
