"""処理状況報告書 (monthly, 特記事項 14): counts in tables of words and numbers, and in a month's the supervisor's own words.

No citizen, clerk or application is named; the 取扱責任者 stands where he signed (this report, アクセスログ点検).

What is shown, what is signed and what is printed are the same tables.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nhi_center.domain import canonical
from nhi_center.domain.report_period import Kind, Period
from nhi_center.domain.report_words import ReportWords

STATEMENT = "summary"
"""The kind under which a report is signed, recorded and sealed."""

CORRECTIONS = "corrections"
_OTHER_MONTH = re.compile(r"(令和|平成)\S+年\d+月分 ")


@dataclass(frozen=True, slots=True)
class Table:
    """One table. A row is its words and its numbers, as many as ``headings`` has after the first; ``total`` may be empty."""

    key: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    total: tuple[int, ...] = ()

    def sums(self) -> tuple[int, ...]:
        """The columns added up."""
        return tuple(sum(numbers[at] for _words, numbers in self.rows) for at in range(len(self.headings) - 1))


@dataclass(frozen=True, slots=True)
class LogState:
    """How far the log of acts had come when the report was read, and up to where the segment confirms it."""

    entries: int
    hash: str
    anchored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A period as it stood at ``read_at`` (wall clock, ISO). ``sources``: rows each table of the store held of it. ``frozen``: it
    was signed after its end, and stays as it was signed; what was corrected since stands in the next one's ``corrections``.
    ``words``: None but in a month's."""

    period: Period
    terminal: str
    read_at: str
    tables: tuple[Table, ...]
    sources: Mapping[str, int]
    log: LogState
    words: ReportWords | None = None
    frozen: bool = False

    @property
    def number(self) -> str:
        """報告番号."""
        letter = {Kind.MONTH: "M", Kind.DAY: "D", Kind.YEAR: "Y", Kind.NOW: "N"}[self.period.kind]
        return f"{letter}-{self.period.key.replace('-', '')}-{self.terminal}"

    @property
    def title(self) -> str:
        """令和8年11月分."""
        return self.period.title

    def table(self, key: str) -> Table:
        return next(table for table in self.tables if table.key == key)

    def find(self, key: str) -> Table | None:
        """A table that reports which were signed before it was thought of do not have."""
        return next((table for table in self.tables if table.key == key), None)


@dataclass(frozen=True, slots=True)
class Written:
    """One report that left; ``name`` of the supervisor who signed it. ``sent``: "" not yet, or how the sending to the segment
    ended (``services.export_sending``); of one on paper, which has ``sheets``, how far it is (``domain.paper_exports``)."""

    month: str
    """Key of its period."""
    file: str
    sha256: str
    made_at: str
    name: str
    sent: str = ""
    sheets: int = 0


def contents(report: Report) -> dict[str, Any]:
    """All that stands in it, as the store keeps it."""
    return {
        "number": report.number,
        "period": report.period.key,
        "terminal": report.terminal,
        "read_at": report.read_at,
        "tables": [
            {
                "key": table.key,
                "title": table.title,
                "headings": list(table.headings),
                "rows": [[words, *numbers] for words, numbers in table.rows],
                "total": list(table.total),
            }
            for table in report.tables
        ],
        **({"words": asdict(report.words)} if report.words else {}),
        "sources": dict(report.sources),
        "log": {"entries": report.log.entries, "hash": report.log.hash, "anchored": report.log.anchored},
    }


def statement(body: Mapping[str, Any]) -> dict[str, Any]:
    """What both sign, of ``contents``: tables and words by their fingerprint, since this stands beside the encrypted file for all
    to read, and what they say in it alone."""
    hidden = {name: body[name] for name in ("tables", "words") if name in body}
    shown = {name: value for name, value in body.items() if name not in hidden}
    return {**shown, "report_sha256": hashlib.sha256(canonical.encode(hidden)).hexdigest()}


def tables_of(signed: Mapping[str, Any]) -> tuple[Table, ...]:
    """The tables of what was signed."""
    return tuple(
        Table(
            one["key"],
            one.get("title", one["key"]),
            tuple(one["headings"]),
            tuple((row[0], tuple(row[1:])) for row in one["rows"]),
            tuple(one["total"]),
        )
        for one in signed["tables"]
    )


def words_of(signed: Mapping[str, Any]) -> ReportWords | None:
    """The supervisor's words of what was signed; None in a report that has none."""
    return ReportWords(**signed["words"]) if "words" in signed else None


Changes = tuple[tuple[str, int, int], ...]
"""(which number, what was reported, what it is now)."""


def changes(before: Sequence[Table], now: Sequence[Table], told: Mapping[str, int]) -> Changes:
    """What a period that was signed would say now, number by number where it is another one. ``told``: what later reports have
    said of its numbers since, which counts as reported."""
    known = {table.key: table for table in before}
    found = []
    for table in now:
        old = known.get(table.key)
        if old is None or old.headings != table.headings:
            continue
        then, today = dict(old.rows), dict(table.rows)
        empty = (0,) * (len(table.headings) - 1)
        for words in dict.fromkeys((*then, *today)):
            for at, (was, is_) in enumerate(zip(then.get(words, empty), today.get(words, empty), strict=True), start=1):
                name = f"{table.title.partition('(')[0]} {words} {table.headings[at]}"
                if told.get(name, was) != is_:
                    found.append((name, told.get(name, was), is_))
    return tuple(found)


def corrections(by_month: Sequence[tuple[str, Changes]]) -> Table:
    """前月修正: what has become of months that were signed. ``by_month``: how a month is named before its numbers ("" for the
    one just before) and its changes."""
    rows = tuple((f"{month} {name}".strip(), (was, is_, is_ - was)) for month, changed in by_month for name, was, is_ in changed)
    return Table(CORRECTIONS, "前月修正", ("項目", "報告した数", "いまの数", "差"), rows)


def told_of(table: Table | None, month: str) -> dict[str, int]:
    """What a report that was signed has said in its 前月修正 of a month (named as in ``corrections``)."""
    rows = table.rows if table else ()
    named = month.strip() or None
    return {
        words.removeprefix(f"{named} ") if named else words: numbers[1]
        for words, numbers in rows
        if (words.startswith(f"{named} ") if named else not _OTHER_MONTH.match(words))
    }


def averages(values: Sequence[int]) -> tuple[int, int]:
    """(mean, largest) of whole numbers, rounded; (0, 0) of none."""
    return (round(sum(values) / len(values)), max(values)) if values else (0, 0)
