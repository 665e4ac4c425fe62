"""Reading one table of a form file. A fault names file, table and field, so that the ward can mend its own file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from nhi_center.domain.forms.definition import Choice, Condition

E = TypeVar("E", bound=StrEnum)
Table = Mapping[str, Any]


class FormFault(Exception):
    """A form file that cannot be used: where, and why."""

    def __init__(self, file: str, table: str, field: str, reason: str) -> None:
        super().__init__(f"{file} [{table}] {field}: {reason}")
        self.file = file
        self.table = table
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """Where the loader stands, for the fault it may have to raise. Every reader raises FormFault."""

    file: str
    table: str

    def fault(self, field: str, reason: str) -> FormFault:
        return FormFault(self.file, self.table, field, reason)

    def text(self, table: Table, key: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.fault(key, "文字列が必要です。")
        return value

    def whole(self, table: Table, key: str, default: int) -> int:
        value = table.get(key, default)
        if type(value) is not int or value < 0:
            raise self.fault(key, "0以上の整数が必要です。")
        return value

    def flag(self, table: Table, key: str) -> bool:
        value = table.get(key, False)
        if type(value) is not bool:
            raise self.fault(key, "true か false が必要です。")
        return value

    def day(self, table: Table, key: str) -> date | None:
        value = table.get(key)
        if value is not None and type(value) is not date:
            raise self.fault(key, "日付が必要です。")
        return value

    def first_day(self, table: Table, key: str) -> date:
        value = self.day(table, key)
        if value is None:
            raise self.fault(key, "使い始める日が必要です。")
        return value

    def sentences(self, table: Table, key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.fault(key, "文の並びが必要です。")
        return tuple(value)

    def pairs(self, table: Table, key: str) -> tuple[tuple[str, str], ...]:
        value = table.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
            raise self.fault(key, "名前と文字列の表が必要です。")
        return tuple(value.items())

    def tables(self, table: Table, key: str) -> list[Table]:
        value = table.get(key, [])
        if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
            raise self.fault(key, "表の並びが必要です。")
        return value

    def one_of(self, table: Table, key: str, allowed: Iterable[str], reason: str) -> str:
        value = self.text(table, key, "")
        if value and value not in allowed:
            raise self.fault(key, reason)
        return value

    def member(self, kind: type[E], table: Table, key: str, default: E | None = None) -> E:
        try:
            return kind(table.get(key, default))
        except ValueError:
            raise self.fault(key, f"{'、'.join(member.value for member in kind)} のどれかです。") from None

    def choices(self, value: Any) -> tuple[Choice, ...]:
        if not isinstance(value, dict) or not value or not all(isinstance(label, str) and label for label in value.values()):
            raise self.fault("choices", "番号と言葉の表が必要です。")
        if not all(code.isascii() and code.isdigit() for code in value):
            raise self.fault("choices", "選択肢は番号で選びます。")
        return tuple(Choice(code, label) for code, label in value.items())

    def condition(self, table: Table, key: str) -> Condition | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, dict) or set(value) != {"field", "is"} or not isinstance(value["is"], list):
            raise self.fault(key, "when = { field = 欄, is = [値] } の形が必要です。")
        return Condition(str(value["field"]), tuple(str(entry) for entry in value["is"]))

    def unknown(self, table: Table, allowed: Iterable[str]) -> Iterable[FormFault]:
        """One fault for each entry nobody knows: most of them are slips of the pen."""
        return [self.fault(key, "知らない項目です。") for key in sorted(set(table) - set(allowed))]
