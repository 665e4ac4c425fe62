"""Postal codes (郵便番号) and the towns they stand for, from the table that installer/make_postal.py writes.

The table is tab-separated: postal code, city, town, town in kana. Its first line names the prefecture and the month of the data
(``# 東京都 2026-10``). A town is empty where the code stands for the whole city (以下に掲載がない場合).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

_HEADER = re.compile(r"# (\S+) ([0-9]{4}-[0-9]{2})")
_POSTAL = re.compile(r"[0-9]{7}", re.ASCII)


class PostalTableFault(Exception):
    """A postal table that cannot be used: the line (from 1) and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"tokyo.tsv {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Town:
    """One row: 郵便番号 (7 digits), 区市町村, 町域 (may be empty), its reading."""

    postal: str
    prefecture: str
    city: str
    town: str
    kana: str

    @property
    def address(self) -> str:
        """The beginning of an address: 東京都新宿区歌舞伎町."""
        return f"{self.prefecture}{self.city}{self.town}"


@dataclass(frozen=True, slots=True)
class PostalBook:
    """The table, ready to be asked both ways. ``edition`` is the month of the data (2026-10)."""

    edition: str
    prefecture: str
    _by_postal: Mapping[str, tuple[Town, ...]]
    _by_address: Mapping[str, tuple[Town, ...]]
    _longest: int

    def towns(self, postal: str) -> tuple[Town, ...]:
        """The towns of a postal code of seven digits, in the order of the table; none when it is not in the table."""
        return self._by_postal.get(postal, ())

    def codes(self, address: str) -> tuple[Town, ...]:
        """The rows whose beginning of an address fits best: the longest town that ``address`` starts with.

        The prefecture may be left out. A city alone gives its own row (whole city), never a guess among its towns.
        """
        text = address if address.startswith(self.prefecture) else self.prefecture + address
        for length in range(min(self._longest, len(text)), len(self.prefecture), -1):
            if found := self._by_address.get(text[:length]):
                return found
        return ()


def parse(text: str) -> PostalBook:
    """Read the table. Raises PostalTableFault."""
    lines = text.splitlines()
    header = _HEADER.fullmatch(lines[0]) if lines else None
    if header is None:
        raise PostalTableFault(1, "都道府県と年月がありません。")
    by_postal: defaultdict[str, list[Town]] = defaultdict(list)
    by_address: defaultdict[str, list[Town]] = defaultdict(list)
    for number, line in enumerate(lines[1:], start=2):
        parts = line.split("\t")
        if len(parts) != 4 or not _POSTAL.fullmatch(parts[0]) or not parts[1]:
            raise PostalTableFault(number, "郵便番号、区市町村、町域、カナの4列が必要です。")
        town = Town(parts[0], header[1], parts[1], parts[2], parts[3])
        by_postal[town.postal].append(town)
        by_address[town.address].append(town)
    return PostalBook(
        edition=header[2],
        prefecture=header[1],
        _by_postal={key: tuple(rows) for key, rows in by_postal.items()},
        _by_address={key: tuple(rows) for key, rows in by_address.items()},
        _longest=max((len(key) for key in by_address), default=0),
    )
