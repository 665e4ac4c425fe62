"""案内 beside the telephone: 必要書類 by situation and by who comes, 一般の上限額 of the day. Of nobody in particular."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from nhi_center.domain.search import kana_key

DOCUMENT_MARK = "書"
CEILING_WORDS = "一般の上限額"
_CITED = re.compile(f"{DOCUMENT_MARK}([0-9]{{2}})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Comer:
    """来る人, and what he brings besides."""

    title: str
    bring: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """One situation with what it takes; ``number`` is cited as 書03."""

    number: str
    title: str
    forms: tuple[str, ...]
    categories: tuple[str, ...]
    words: tuple[str, ...]
    bring: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{DOCUMENT_MARK}{self.number}"

    @property
    def key(self) -> str:
        """What a search looks through, folded as ``call_answers.key_of``."""
        return "\n".join(kana_key(part) for part in (self.id, self.title, *self.forms, *self.words, *self.bring))


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One line: ``month`` "" is not confirmed, and ``fourth``, ``year`` "" where there is none."""

    age: str
    group: str
    income: str
    month: str
    fourth: str
    year: str

    @property
    def key(self) -> str:
        return "\n".join(kana_key(part) for part in (self.age, self.group, self.income, "上限額", "げんどがく", "限度額"))


@dataclass(frozen=True, slots=True)
class CeilingTable:
    """Holds for care from ``begins`` to ``ends`` (None: until another follows)."""

    begins: date
    ends: date | None
    source: str
    rows: tuple[Ceiling, ...]

    def holds_on(self, day: date) -> bool:
        return self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Guide:
    """``section`` answers what the tables do not say."""

    situations: tuple[Situation, ...]
    comers: tuple[Comer, ...]
    documents_checked: date
    documents_source: str
    ceilings: tuple[CeilingTable, ...]
    ceilings_checked: date
    section: str

    def ceilings_on(self, day: date) -> CeilingTable | None:
        """一般の上限額 of the day."""
        return next((table for table in self.ceilings if table.holds_on(day)), None)

    def cited(self, text: str) -> tuple[str, ...]:
        """Known lists of documents a text names (書03), in order and once each."""
        known = {one.number for one in self.situations}
        return tuple(dict.fromkeys(f"{DOCUMENT_MARK}{found}" for found in _CITED.findall(text) if found in known))


def parse(documents: Mapping[str, Any], ceilings: Mapping[str, Any], categories: set[str], forms: set[str]) -> Guide:
    """From resources/calls/documents.toml and ceilings.toml. Raises ValueError, naming the entry, for an unknown category or
    form, a number given twice, nothing to bring, and tables that overlap."""
    situations = tuple(
        Situation(row["number"], row["title"], *(tuple(row[name]) for name in ("forms", "categories", "words", "bring")))
        for row in documents["situations"]
    )
    for one in situations:
        if not re.fullmatch(r"[0-9]{2}", one.number) or not one.bring:
            raise ValueError(f"documents.toml: situation {one.number}")
        strange = [*(set(one.categories) - categories), *(set(one.forms) - forms)]
        if strange:
            raise ValueError(f"documents.toml: situation {one.number} names {strange[0]}")
    if len({one.number for one in situations}) != len(situations):
        raise ValueError("documents.toml: a number is given twice")
    tables = tuple(_table(row) for row in ceilings["tables"])
    for before, after in pairwise(tables):
        if before.ends is None or before.ends >= after.begins:
            raise ValueError(f"ceilings.toml: the table from {after.begins} begins before the one before it ends")
    return Guide(
        situations,
        tuple(Comer(row["title"], tuple(row["bring"])) for row in documents["comers"]),
        documents["checked"],
        documents["source"],
        tables,
        ceilings["checked"],
        ceilings["section"],
    )


def _table(row: Mapping[str, Any]) -> CeilingTable:
    lines = tuple(
        Ceiling(one["age"], one["class"], one["income"], one.get("month", ""), one.get("fourth", ""), one.get("year", ""))
        for one in row["rows"]
    )
    if not lines or not row["source"]:
        raise ValueError(f"ceilings.toml: the table from {row['from']}")
    return CeilingTable(row["from"], row.get("until"), row["source"], lines)
