"""Postal codes (郵便番号) of the whole country and the towns they stand for, from the file installer/make_postal.py writes.

First line the month of the data (``# 2026-10``), then for each city ``@東京都<tab>新宿区`` and its rows ``1600021歌舞伎町``. A
town is empty where the code stands for the whole city (以下に掲載がない場合). The 2.4 MB stay as they lie in the file and are
searched there: 124,000 rows as Python objects would cost a second and 60 MB.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = re.compile(rb"# ([0-9]{4}-[0-9]{2})\n")
_CITY = re.compile(rb"^@([^\t\n]+)\t([^\t\n]+)\n", re.MULTILINE)
_STRANGE = re.compile(rb"^(?![0-9]{7}[^\t\n]*$|@[^\t\n]+\t[^\t\n]+$)", re.MULTILINE)
_CODE = re.compile(r"[0-9]{7}", re.ASCII)
_DIGITS = 7
_LOOSE = str.maketrans({"ヶ": "ケ", "が": "ケ", "ヵ": "カ", "ｹ": "ケ", "之": "ノ", "の": "ノ", " ": "", "\u3000": ""})


class PostalTableFault(Exception):
    """A postal table that cannot be used: the line (from 1) and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"japan.txt {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Town:
    """One row: 郵便番号 (7 digits), 都道府県, 市区町村, 町域 (may be empty)."""

    postal: str
    prefecture: str
    city: str
    town: str

    @property
    def address(self) -> str:
        """The beginning of an address: 東京都新宿区歌舞伎町."""
        return f"{self.prefecture}{self.city}{self.town}"


@dataclass(frozen=True, slots=True)
class _City:
    """A city's rows lie in the file between two places."""

    prefecture: str
    city: str
    start: int
    end: int


class PostalBook:
    """The table, to be asked both ways. ``edition`` is the month of the data (2026-10)."""

    def __init__(self, data: bytes) -> None:
        """Raises PostalTableFault."""
        header = _HEADER.match(data)
        if header is None:
            raise PostalTableFault(1, "データの年月がありません。")
        strange = _STRANGE.search(data, header.end())
        if strange is not None and strange.start() < len(data):
            line = data.count(b"\n", 0, strange.start()) + 1
            raise PostalTableFault(line, "郵便番号と町域、または都道府県と市区町村が必要です。")
        self.edition = header[1].decode()
        self._data = data
        self._cities: list[_City] = []
        self._by_name: defaultdict[str, list[_City]] = defaultdict(list)
        self._read_cities()

    def _read_cities(self) -> None:
        heads = list(_CITY.finditer(self._data))
        ends = [head.start() for head in heads[1:]] + [len(self._data)]
        for head, end in zip(heads, ends, strict=True):
            city = _City(head[1].decode(), head[2].decode(), head.end(), end)
            self._cities.append(city)
            self._by_name[_loose(city.prefecture + city.city)].append(city)
            self._by_name[_loose(city.city)].append(city)
        self._longest = max(map(len, self._by_name), default=0)

    def towns(self, postal: str) -> tuple[Town, ...]:
        """The towns of a postal code of seven digits, in the order of the table; none when it is not in the table."""
        if not _CODE.fullmatch(postal):
            return ()
        found: list[Town] = []
        wanted, at = b"\n" + postal.encode(), -1
        while (at := self._data.find(wanted, at + 1)) >= 0:
            head = self._data.rfind(b"\n@", 0, at) + 1
            place = _CITY.match(self._data, head)
            if place is not None:
                town = self._data[at + 1 + _DIGITS : self._data.index(b"\n", at + 1)].decode()
                found.append(Town(postal, place[1].decode(), place[2].decode(), town))
        return tuple(found)

    def codes(self, address: str) -> tuple[Town, ...]:
        """The rows whose beginning of an address fits best: the longest town that ``address`` starts with.

        The prefecture may be left out; a city's name that stands for two (府中市) gives the towns of both. A city without a
        known town gives the row of the whole city, never a guess among its towns. ヶ, ケ and が, の and 之 are one here.
        """
        text = _loose(address)
        for length in range(min(self._longest, len(text)), 0, -1):
            if cities := self._by_name.get(text[:length]):
                rows = [town for city in cities for town in self._fitting(city, text[length:])]
                longest = max((len(town.town) for town in rows), default=0)
                return tuple(dict.fromkeys(town for town in rows if len(town.town) == longest))
        return ()

    def _fitting(self, city: _City, rest: str) -> Iterator[Town]:
        for line in self._data[city.start : city.end].decode().splitlines():
            town = line[_DIGITS:]
            if rest.startswith(_loose(town)):
                yield Town(line[:_DIGITS], city.prefecture, city.city, town)


def _loose(text: str) -> str:
    return text.translate(_LOOSE)
