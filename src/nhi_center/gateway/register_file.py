"""A register file's rows to people as ``domain.people`` carries them: every value checked, every fault named.

The people leave as JSON objects: a million of them are read in one go, so each value is looked at once, here, and a test proves
that ``person_from_json`` takes whatever comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any

from nhi_center.domain.people import Person
from nhi_center.gateway.csv_file import MOST_FAULTS, RowFault
from nhi_center.gateway.register_layout import Column, Fault, Value

_MISSING = "値がありません。"
_EMPTY: dict[str, Any] = {"kana": "", "postal": "", "periods": [], "stay_until": None, "arrears": False, "undeclared": False}
_PERSON = tuple(Person.__dataclass_fields__)
_PERIOD = ("acquired", "acquired_code", "lost", "lost_code")


class Faults:
    """What is wrong with a file; beyond ``MOST_FAULTS`` it is only counted."""

    def __init__(self) -> None:
        self.rows: list[RowFault] = []
        self.count = 0

    def add(self, line: int, column: str, reason: str) -> None:
        self.count += 1
        if self.count <= MOST_FAULTS:
            self.rows.append(RowFault(line, column, reason))
        elif self.count == MOST_FAULTS + 1:
            self.rows.append(RowFault(0, "", f"ほかにもあります。{MOST_FAULTS}件を直してから、もう一度取り込んでください。"))


@dataclass(frozen=True, slots=True)
class Heading:
    """The columns of a file in its own order."""

    columns: tuple[Column, ...]

    @classmethod
    def read(cls, cells: Sequence[str], layout: Sequence[Column], faults: Faults) -> Heading | None:
        """None, with the faults, for a heading that is not of this layout."""
        known = {column.name: column for column in layout}
        names = [cell.strip() for cell in cells]
        before = faults.count
        for name in names:
            if name not in known:
                faults.add(1, "", "並びにない項目があります。個人番号などの要らない項目は、除いてから取り込んでください。")
        for name in sorted({name for name in names if name in known and names.count(name) > 1}):
            faults.add(1, name, "同じ項目が二つあります。")
        for column in layout:
            if column.required and column.name not in names:
                faults.add(1, column.name, "この項目がありません。")
        return cls(tuple(known[name] for name in names)) if faults.count == before else None


def people(
    rows: Iterable[tuple[int, list[str]]], heading: Heading, today: str, faults: Faults
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each person once, with the line of his first row. Rows with a fault give nobody and stand in ``faults``."""
    maker = _Maker(heading, today, faults)
    atena_at = next(place for place, column in enumerate(heading.columns) if column.to == "person.atena")
    width = len(heading.columns)
    group: list[tuple[int, list[str]]] = []
    for line, cells in rows:
        if len(cells) != width:
            faults.add(line, "", f"項目の数が見出しと違います({width}項目です)。")
            continue
        if group and cells[atena_at] != group[0][1][atena_at]:
            yield from maker.person(group)
            group = []
        group.append((line, cells))
    if group:
        yield from maker.person(group)


class _Maker:
    """Turns the rows of one person into his JSON."""

    def __init__(self, heading: Heading, today: str, faults: Faults) -> None:
        self._today = today
        self._faults = faults
        placed = [(place, column) for place, column in enumerate(heading.columns) if column.to or column.checks]
        self._of_person = [(place, column, {}, _plain(column)) for place, column in placed if not column.to.startswith("period.")]  # type: list[tuple[int, Column, dict[str, Value], str]]
        self._of_period = [(place, column) for place, column in placed if column.to.startswith("period.")]
        places = [place for place, column, _, _ in self._of_person if column.to]
        self._same: Callable[[list[str]], Any] = itemgetter(*places)
        self._name = {column.to: column.name for column in heading.columns if column.to}
        self._blank = {name: _EMPTY.get(name, "") for name in _PERSON} | {"protected": False}

    def person(self, group: list[tuple[int, list[str]]]) -> Iterator[tuple[int, dict[str, Any]]]:
        line, cells = group[0]
        before = self._faults.count
        person = self._person(line, cells)
        for other, row in group[1:]:
            if self._same(row) != self._same(cells):
                self._faults.add(other, self._name["person.atena"], "同じ宛名番号の行で、人の項目が違います。")
        self._periods(person, group)
        if self._faults.count == before:
            yield line, person

    def _person(self, line: int, cells: list[str]) -> dict[str, Any]:
        person = self._blank.copy()
        add = self._faults.add
        for place, column, known, plain in self._of_person:
            text = cells[place]
            if text in known:
                person[plain] = known[text]
                continue
            if not text:
                if column.required:
                    add(line, column.name, _MISSING)
                continue
            try:
                value = column.read(text)
            except Fault as fault:
                add(line, column.name, fault.reason)
                continue
            if not plain:
                _put(person, column, value)
                continue
            person[plain] = value
            if column.few:
                known[text] = value
        self._check(line, person)
        return person

    def _check(self, line: int, person: dict[str, Any]) -> None:
        person["is_head"] = person["relation"] == "世帯主"
        if person["birth"] > self._today:
            self._fault(line, "person.birth", "生年月日が今日より後です。")
        if person["is_head"] and person["head_atena"] not in ("", person["atena"]):
            self._fault(line, "person.head_atena", "続柄が世帯主なのに、世帯主が別の人です。")
        if bool(person["number"]) != bool(person["branch"]):
            self._fault(line, "person.branch", "国保記号番号と枝番は、両方を書くか、両方を空にします。")

    def _periods(self, person: dict[str, Any], group: list[tuple[int, list[str]]]) -> None:
        found: list[tuple[str, int, dict[str, Any]]] = []
        for line, cells in group:
            period: dict[str, Any] = {"acquired": "", "acquired_code": "", "lost": None, "lost_code": ""}
            for place, column in self._of_period:
                if text := cells[place]:
                    try:
                        period[column.to[7:]] = column.read(text)
                    except Fault as fault:
                        self._faults.add(line, column.name, fault.reason)
            history = period.pop("history", "")
            if not history and not any(period.values()):
                if len(group) > 1:
                    self._fault(line, "period.history", "資格履歴のない行が、ほかの行と並んでいます。")
                continue
            self._check_period(line, history, period, person)
            found.append((period["acquired"], line, {name: period[name] for name in _PERIOD}))
        found.sort(key=itemgetter(0))
        for (_, _, earlier), (acquired, line, _) in pairwise(found):
            if earlier["lost"] is None or acquired < earlier["lost"]:
                self._fault(line, "period.acquired", "ほかの資格期間と重なっています。")
        person["periods"] = [period for _, _, period in found]

    def _check_period(self, line: int, history: str, period: dict[str, Any], person: dict[str, Any]) -> None:
        for name in ("acquired", "acquired_code"):
            if not period[name]:
                self._fault(line, f"period.{name}", _MISSING)
        if not history:
            self._fault(line, "period.history", _MISSING)
        if (period["lost"] is None) != (period["lost_code"] == ""):
            self._fault(line, "period.lost", "喪失年月日と喪失事由は、両方を書くか、両方を空にします。")
        if period["acquired"] and period["acquired"] < person["birth"]:
            self._fault(line, "period.acquired", "取得年月日が生年月日より前です。")
        if period["lost"] is not None and period["lost"] < period["acquired"]:
            self._fault(line, "period.lost", "喪失年月日が取得年月日より前です。")
        if not person["number"]:
            self._fault(line, "person.number", "資格のある人に、国保記号番号がありません。")

    def _fault(self, line: int, to: str, reason: str) -> None:
        name = self._name.get(to) or next((known for target, known in self._name.items() if to in target.split()), to)
        self._faults.add(line, name, reason)


def _plain(column: Column) -> str:
    """The field of the person that the value is, as it is; "" where it is less than one or more than one."""
    name = column.to.removeprefix("person.")
    return "" if name == "address" or " " in name else name


def _put(person: dict[str, Any], column: Column, value: Value) -> None:
    if isinstance(value, tuple):
        person["symbol"], person["number"] = value
    elif column.to:
        person["address"] += column.before + str(value) if person["address"] else str(value)
