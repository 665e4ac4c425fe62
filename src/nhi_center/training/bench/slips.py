"""How hands and eyes go wrong: neighbouring keys, digits changed about, another era, a kanji that looks alike."""

from __future__ import annotations

from datetime import date
from random import Random

from nhi_center.domain.forms.definition import FieldDefinition, FieldType
from nhi_center.domain.names import clusters, is_variation_selector

_BESIDE = {"1": "24", "2": "135", "3": "246", "4": "157", "5": "268", "6": "359", "7": "48", "8": "579", "9": "68", "0": "12"}
_KANA_BESIDE = {
    "カ": "ガサ",
    "ガ": "カザ",
    "キ": "ギサ",
    "シ": "ジツ",
    "ツ": "ッシ",
    "ソ": "ンリ",
    "ン": "ソリ",
    "ヨ": "ョコ",
    "ョ": "ヨ",
}
_LOOK_ALIKE = {
    "葛": "萬",
    "土": "士",
    "士": "土",
    "未": "末",
    "末": "未",
    "田": "由",
    "大": "太",
    "太": "大",
    "木": "本",
    "本": "木",
}
_ERA_YEARS = (63, 30, 88)
"""平成 for 昭和, 令和 for 平成 and the like: the same number counted from another year."""


def slip(field: FieldDefinition, value: str, rng: Random) -> str:
    """A wrong value of the same kind, as it would be read from what was typed; the value itself where none can be made."""
    if not value:
        return ""
    match field.type:
        case FieldType.DATE:
            return _date(value, rng)
        case FieldType.CHOICE | FieldType.FLAG:
            others = [choice.code for choice in field.choices if choice.code != value] or ["0" if value == "1" else "1"]
            return rng.choice(others)
        case FieldType.NAME | FieldType.TEXT | FieldType.KANA | FieldType.ADDRESS:
            return _text(value, rng)
        case _:
            return _digits(value, rng)


def _date(value: str, rng: Random) -> str:
    day = date.fromisoformat(value)
    if rng.random() < 0.3:
        years = rng.choice(_ERA_YEARS) * rng.choice((1, -1))
        return f"{day.year + years:04}-{day:%m-%d}" if 1873 <= day.year + years <= 2026 else _swapped_date(day)
    return _swapped_date(day)


def _swapped_date(day: date) -> str:
    """Day and month keyed the other way round, or a day beside."""
    try:
        swapped = day.replace(month=day.day, day=day.month)
    except ValueError:
        swapped = day
    other = swapped if swapped != day else date.fromordinal(day.toordinal() + (1 if day.day < 28 else -1))
    return other.isoformat()


def _digits(value: str, rng: Random) -> str:
    places = [at for at, char in enumerate(value) if char in _BESIDE]
    if not places:
        return value
    at = rng.choice(places)
    if at + 1 in places and value[at] != value[at + 1] and rng.random() < 0.5:
        return value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    return value[:at] + rng.choice(_BESIDE[value[at]]) + value[at + 1 :]


def _text(value: str, rng: Random) -> str:
    parts = list(clusters(value))
    at = rng.randrange(len(parts))
    one = parts[at]
    if any(map(is_variation_selector, one)):
        parts[at] = one[0]  # the plain form for the variant: the commonest slip with such a name
    elif one in _BESIDE:
        parts[at] = rng.choice(_BESIDE[one])
    elif one in _KANA_BESIDE or one in _LOOK_ALIKE:
        parts[at] = rng.choice(_KANA_BESIDE.get(one, _LOOK_ALIKE.get(one, one)))
    elif len(parts) > 2:
        del parts[at]
    else:
        parts.append(one)
    return "".join(parts)
