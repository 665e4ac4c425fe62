"""The layout of the register's files (resources/register.toml): which column holds what, read strictly, one reader per column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from nhi_center.domain.identifiers import insurer_number_8

Value = str | bool | tuple[str, str] | None
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd]")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KINDS = {
    "number": {"most", "keep"},
    "digits": {"lengths"},
    "text": {"most"},
    "date": set[str](),
    "code": {"values"},
    "insurer": set[str](),
    "pair": {"most", "split"},
    "unused": set[str](),
}


class Fault(Exception):
    """A value that is not what its column says. ``reason`` is a sentence without the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Column:
    """``to``: where the value goes (``person.name``), "" for none. ``few``: of few different values. ``read`` raises Fault."""

    name: str
    to: str
    required: bool
    before: str
    checks: bool
    few: bool
    read: Callable[[str], Value]


def parse(table: Mapping[str, Any], insurer: str) -> tuple[Column, ...]:
    """The columns of one layout. Raises ValueError for anything it does not know."""
    columns = tuple(_column(row, insurer) for row in table["columns"])
    if len({column.name for column in columns}) != len(columns):
        raise ValueError("layout: names")
    return columns


def _column(row: Mapping[str, Any], insurer: str) -> Column:
    kind = row["type"]
    if row.keys() - {"name", "type", "to", "required", "before"} != _KINDS[kind]:
        raise ValueError(f"layout: {row['name']}")
    required, before = row.get("required", False), row.get("before", "")
    few = kind in ("date", "code")
    return Column(row["name"], row.get("to", ""), required, before, kind != "unused", few, _reader(kind, row, insurer))


def _reader(kind: str, row: Mapping[str, Any], insurer: str) -> Callable[[str], Value]:
    if kind == "number":
        return _number(row["most"], row["keep"])
    if kind == "digits":
        return _digits(row["lengths"])
    if kind == "text":
        return _text(row["most"])
    if kind == "date":
        return _day
    if kind == "code":
        return _code(row["values"])
    if kind == "insurer":
        return _insurer(insurer_number_8(insurer))
    if kind == "pair":
        return _pair(row["most"], row["split"])
    return lambda _text: None


def _number(most: int, keep: int) -> Callable[[str], Value]:
    form, reason = re.compile(rf"[0-9]{{1,{most}}}"), f"{most}桁までの数字で、先頭の0を除いて{keep}桁までです。"

    def read(text: str) -> Value:
        kept = text.lstrip("0").rjust(keep, "0")
        if len(kept) > keep or not form.fullmatch(text):
            raise Fault(reason)
        return kept

    return read


def _digits(lengths: Sequence[int]) -> Callable[[str], Value]:
    allowed, reason = frozenset(lengths), f"{'桁か'.join(str(one) for one in lengths)}桁の数字です。"

    def read(text: str) -> Value:
        if len(text) not in allowed or not (text.isascii() and text.isdigit()):
            raise Fault(reason)
        return text

    return read


def _text(most: int) -> Callable[[str], Value]:
    reason = f"{most}文字までで、制御文字は使えません。"
    found = _CONTROLS.search

    def read(text: str) -> Value:
        if len(text) > most or found(text) or not text.strip():
            raise Fault(reason)
        return text

    return read


def _day(text: str) -> Value:
    try:
        if not _ISO.fullmatch(text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        raise Fault("日付は 2026-11-24 の形で、ある日を書きます。") from None
    return text


def _code(values: Mapping[str, Value]) -> Callable[[str], Value]:
    known = dict(values)

    def read(text: str) -> Value:
        try:
            return known[text]
        except KeyError:
            raise Fault("表にない値です。") from None

    return read


def _insurer(own: str) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        if text != own:
            raise Fault("自区の保険者番号(8桁)ではありません。")
        return None

    return read


def _pair(most: int, split: int) -> Callable[[str], Value]:
    reason = f"{most}文字までで、{split}文字の記号のあとに番号を続けます。"

    def read(text: str) -> Value:
        if not split < len(text) <= most or _CONTROLS.search(text) or not (text.isascii() and text.isprintable()):
            raise Fault(reason)
        return text[:split], text[split:]

    return read
