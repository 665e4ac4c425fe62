"""用紙の点検: the numbered blanks counted at the opening and at the closing; a difference stays in the book and in 終業点検."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from nhi_center.domain import paper_count as rules
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.incident_report import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.paper_count import Moment, PaperCount
from nhi_center.services import incidents, paper
from nhi_center.services.office import Office
from nhi_center.services.paper import PaperDay
from nhi_center.services.work import Unit, begin, reading
from nhi_center.storage import paper as storage
from nhi_center.storage.engine import Connection

SHOWN_DAYS = 31


@dataclass(frozen=True, slots=True)
class CountLine:
    """One count with the name of who counted."""

    count: PaperCount
    name: str


@dataclass(frozen=True, slots=True)
class PaperBook:
    """Today's paper by kind, and the counts of the last month, the last one first."""

    stocks: tuple[PaperDay, ...]
    counts: tuple[CountLine, ...]
    today: str


def book(office: Office, session: Session) -> PaperBook:
    """What there should be, and what was counted."""
    names = {account.person: account.name for account in office.premises.accounts.everybody()}
    with reading(office, session, Action.PRINT) as connection:
        today = office.clock.today()
        found = storage.counts(connection, today - timedelta(days=SHOWN_DAYS), today)
        stocks = paper.day_counts(office, connection)
    return PaperBook(stocks, tuple(CountLine(one, names.get(one.by, one.by)) for one in found), today.isoformat())


def count(
    office: Office, session: Session, prefix: str, moment: Moment, counted: int, first: str = "", reason: str = ""
) -> PaperCount:
    """Keep one count. Raises OperatorError at ``counted``, ``first`` or ``reason``; a difference needs a reason."""
    with begin(office, session, Action.PRINT, step="count_paper", prefix=prefix, sheets=counted) as unit:
        stock = paper.lying(unit, prefix)
        expected = rules.check(stock, prefix, counted, first.strip().upper(), reason)
        kept = PaperCount(
            prefix,
            unit.today.isoformat(),
            moment,
            first.strip().upper(),
            counted,
            expected,
            reason.strip(),
            unit.stamp,
            unit.person,
        )
        storage.add_count(unit.connection, kept)
        unit.record(
            "custody", {"paper": prefix, "counted": counted, "expected": expected, "moment": moment.value, "at": unit.stamp}
        )
        if not rules.agrees(stock, prefix, counted, kept.first):
            _open_incident(unit, kept, rules.coming_of(stock, prefix))
        return kept


def _open_incident(unit: Unit, kept: PaperCount, coming: str) -> None:
    """Once for what was counted: the same told again is no other, another number of the same moment is."""
    counted = f"数えた{kept.counted}枚({kept.first or 'なし'}から)、あるはずの{kept.expected}枚({coming or 'なし'}から)"
    words = f"用紙 {kept.prefix}: {counted}、差 {kept.difference:+}枚。理由: {kept.reason}"
    source = f"paper {kept.prefix} {kept.day} {kept.moment.value} {kept.counted} {kept.first}"
    incidents.open_found(unit, Kind.SERIAL, words, source=source, happened=True)


def open_items(office: Office, connection: Connection) -> tuple[OpenItem, ...]:
    """For 終業点検: the kinds of paper that lie here and were not counted this evening, and today's differences."""
    today = office.clock.today()
    counts = storage.counts(connection, today, today)
    closed = {one.prefix for one in counts if one.moment is Moment.CLOSING}
    owed = [stock for stock in paper.day_counts(office, connection) if stock.left and stock.prefix not in closed]
    latest = {(one.prefix, one.moment): one for one in reversed(counts)}
    wrong = [one for one in latest.values() if one.difference]
    return (
        OpenItem("paper_uncounted", len(owed), f"終業に数えていない用紙 {len(owed)}種類", "book"),
        OpenItem("paper_differs", len(wrong), f"用紙の差異 {len(wrong)}件", "book", paper=True),
    )
