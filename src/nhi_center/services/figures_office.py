"""The tables of a report about the office itself: 人数・交代, 研修, アクセスログ点検, 事故・差異 and their 区への通知."""

from __future__ import annotations

from datetime import date, datetime

from nhi_center.domain.calendar import month_end, short
from nhi_center.domain.incident_report import Kind
from nhi_center.domain.operators import Role
from nhi_center.domain.report_period import month_words
from nhi_center.domain.reports import Table, averages
from nhi_center.domain.roster import RosterEntry
from nhi_center.domain.working_hours import months_of
from nhi_center.services.roster_gate import kinds
from nhi_center.storage import figures as storage
from nhi_center.storage import log_review, roster
from nhi_center.storage.engine import Connection
from nhi_center.storage.figures import Span


def tables(connection: Connection, first: date, last: date) -> tuple[Table, ...]:
    entries = tuple(entry for entry in roster.entries(connection) if entry.designation is not None)
    return (
        _incidents(connection, Span(first, last)),
        _staff(entries, first, last),
        _trainings(entries, first, last),
        _log_reviews(connection, first, last),
    )


Found = tuple[int | None, bool]
"""Minutes until the ward was told, None while it is not; and whether the ward has closed it."""


def _incidents(connection: Connection, span: Span) -> Table:
    """By kind: how many, of how many the ward was told and how soon (直ちに, 受託 運用10), and how many the ward has closed."""
    found: dict[str, list[Found]] = {Kind.DIFFERENCE.value: []}
    for kind, known, told, closed in storage.incidents(connection, span):
        found.setdefault(kind, []).append((_minutes(known, told) if told else None, closed))
    rows = tuple((kind.label, _told(found[kind.value])) for kind in Kind if kind.value in found)
    headings = ("種類", "件", "区へ通知", "平均(分)", "最長(分)", "終結")
    total = _told([one for some in found.values() for one in some])
    return Table("incidents", "事故・差異の記録(件)と区への通知まで", headings, rows, total)


def _told(some: list[Found]) -> tuple[int, ...]:
    waits = [minutes for minutes, _closed in some if minutes is not None]
    return (len(some), len(waits), *averages(waits), sum(closed for _minutes, closed in some))


def _minutes(known: str, told: str) -> int:
    """A time of 区への通知 is written to the minute: it may lie some seconds before the opening."""
    return max(0, int((datetime.fromisoformat(told) - datetime.fromisoformat(known)).total_seconds() // 60))


def _staff(entries: tuple[RosterEntry, ...], first: date, last: date) -> Table:
    """Who was in force by the ward's 受理: at the beginning, come, gone, at the end; by the role each has now."""
    rows = []
    for role in (Role.SUPERVISOR, Role.CLERK):
        spans = [(one.designation.begins, one.last_day) for one in entries if one.designation and one.designation.role is role]
        before = sum(begins < first <= ends for begins, ends in spans)
        came = sum(first <= begins <= last for begins, _ends in spans)
        gone = sum(begins <= last and first <= ends <= last for begins, ends in spans)
        rows.append((role.label, (before, came, gone, before + came - gone)))
    headings = ("役割", "はじめ", "就いた", "退いた", "終わり")
    table = Table("staff", "従事者の人数・交代(人)", headings, tuple(rows))
    return Table(table.key, table.title, headings, table.rows, table.sums())


def _trainings(entries: tuple[RosterEntry, ...], first: date, last: date) -> Table:
    """Each lesson once, with how many took part and how many passed."""
    titles = {kind.id: kind.title for kind in kinds()}
    held: dict[tuple[date, str], list[bool]] = {}
    for entry in entries:
        for one in entry.trainings:
            if first <= one.held <= last:
                held.setdefault((one.held, one.kind), []).append(one.passed)
    rows = tuple(
        (f"{short(day)} {titles.get(kind, kind)}", (len(passed), sum(passed))) for (day, kind), passed in sorted(held.items())
    )
    return Table("trainings", "研修(人)", ("実施日と研修", "受講", "合格"), rows)


def _log_reviews(connection: Connection, first: date, last: date) -> Table:
    """Of whole months the signed sheets about these months, whenever they were signed; of other days those signed on them."""
    whole = first.day == 1 and last == month_end(last)
    months = months_of(first, last)
    rows = []
    for sheet in reversed(log_review.reviewed(connection)):
        signed = date.fromisoformat(sheet.made_at[:10])
        if sheet.month in months if whole else first <= signed <= last:
            words = f"{month_words(sheet.month)} {short(signed)}点検 {sheet.name}"
            rows.append((words, (sheet.entries, sheet.flags, sheet.reported)))
    headings = ("対象・点検した日・点検した人", "点検した記録", "指摘", "区へ報告")
    return Table("log_reviews", "アクセスログ点検", headings, tuple(rows))
