"""アクセスログ点検: a month of the log, what in it deserves a look, the reviewer's remarks, and who opened one citizen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from nhi_center import resources
from nhi_center.domain import audit as chain
from nhi_center.domain import log_rules
from nhi_center.domain.audit import Countersign, countersign_bytes
from nhi_center.domain.audit_words import Line, read_entry
from nhi_center.domain.log_review import (
    WRONG_PASSWORD,
    Access,
    Chain,
    Entry,
    Filters,
    Flag,
    Review,
    access_history,
    check_remark,
    month_span,
    months_between,
)
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Person
from nhi_center.domain.purpose import LABELS
from nhi_center.errors import OperatorError
from nhi_center.services import ward_settings
from nhi_center.services.audit_log import glossary
from nhi_center.services.calls import closed_days
from nhi_center.services.office import Office
from nhi_center.services.register import find_people
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import audit
from nhi_center.storage import log_review as storage
from nhi_center.storage import purpose as notes
from nhi_center.storage.engine import Connection

SHOWN = 500
"""Entries read for the page at once."""

EVERY = 5000
"""How often a long reading says how far it is."""

PURPOSES = {"routine": "定期の点検", "request": "本人の請求・問合せ", "incident": "事故・差異の調査"}
"""Why the history of one citizen may be read; the code goes into the log."""

OPENED_FOR = LABELS | PURPOSES
"""The purposes that stand in the log, in words."""

Report = Callable[[int, int, str], None]
"""(done, total, words): called between steps; raises to stop."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The newest entries that fit, newest first; ``found`` counts all of them."""

    lines: tuple[Line, ...]
    found: int


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One opening of a citizen in words."""

    access: Access
    what: str
    purpose: str


@cache
def settings() -> dict[str, Any]:
    """The rules' numbers and the reasons for them."""
    return resources.read_toml("log_review.toml")


def silent(_done: int, _total: int, _words: str) -> None:
    """For whoever does not want to know how far it is."""


# -- a month --


def months(office: Office, session: Session) -> tuple[str, ...]:
    """The months there is a log of, newest first, by the log's own clock."""
    with reading(office, session, Action.INSPECT) as connection:
        begun = storage.first_written(connection)
    now = office.clock.now()
    return months_between(begun or now, now)


def review(office: Office, session: Session, month: str, report: Report = silent) -> Review:
    """One month with its flags and their remarks. Some tenths of a second: run it in the long lane; ``report`` may stop it."""
    with reading(office, session, Action.INSPECT) as connection:
        return read(office, connection, month, report)


def read(office: Office, connection: Connection, month: str, report: Report, last: int = 0) -> Review:
    """As ``review``, inside somebody's reading; ``last`` ends it at that entry: what came later had not been shown."""
    first, end = _stretch(connection, office, month)
    end = min(end, last) if last else end
    walk = _Walk(office, connection, first, end)
    entries = walk.entries(report)
    room = _room(office, connection, month)
    flags = log_rules.find_flags(entries, room, settings()) if entries else ()
    return Review(
        month=month,
        terminal=office.terminal,
        over=office.clock.now() >= month_span(month)[1],
        first=first if entries else 0,
        last=end if entries else 0,
        chain=walk.chain(),
        rules=tuple((name, settings()[name]["title"], settings()[name]["criterion"]) for name in log_rules.RULES),
        flags=flags,
        remarks=storage.remarks(connection, (flag.id for flag in flags)),
    )


def _stretch(connection: Connection, office: Office, month: str) -> tuple[int, int]:
    """The month's entries by number. It begins where the last month's signed sheet ended: nothing stays between two sheets."""
    newest, _hash = audit.last(connection, office.terminal)
    start, end = month_span(month)
    first = storage.number_at(connection, start, newest)
    before = storage.reviewed_up_to(connection, f"{start - timedelta(days=1):%Y-%m}")
    return (min(first, before + 1) if before else first), storage.number_at(connection, end, newest) - 1


class _Walk:
    """Reads a stretch once, recomputing its chain on to the newest head that the segment has confirmed."""

    def __init__(self, office: Office, connection: Connection, first: int, last: int) -> None:
        self._office, self._connection = office, connection
        self._first, self._last = first, last
        self._fault = ""
        self._anchor = audit.newest_anchor(connection, office.terminal)

    def entries(self, report: Report) -> list[Entry]:
        found: list[Entry] = []
        total = self._last - self._first + 1
        for seq, entry, _hash in self._linked(max(self._last, self._anchor.seq if self._anchor else 0)):
            if seq > self._last:
                continue
            if len(found) % EVERY == 0:
                report(len(found), total, "件の記録")
            try:
                found.append(Entry.parse(entry))
            except (ValueError, KeyError, TypeError):
                self._fault = self._fault or f"{seq:,}番: 記録を読めません。"
        return found

    def _linked(self, end: int) -> Iterator[tuple[int, bytes, bytes]]:
        if self._first > self._last:
            return
        before = storage.hash_of(self._connection, self._first - 1) or chain.genesis(self._office.terminal)
        wanted = self._first
        for seq, entry, stored in storage.stretch(self._connection, self._first, end):
            if not self._fault and (seq != wanted or chain.link(before, entry) != stored):
                self._fault = f"{seq:,}番: 記録の内容かつながりが変わっています。"
            before, wanted = stored, wanted + 1
            yield seq, entry, stored

    def chain(self) -> Chain:
        anchor = self._anchor
        if anchor is None:
            return Chain(self._fault, 0, "")
        fault = self._fault or self._anchor_fault(anchor)
        return Chain(fault, 0 if fault or anchor.seq < self._first else min(anchor.seq, self._last), anchor.countersigned_at)

    def _anchor_fault(self, anchor: Countersign) -> str:
        stored = storage.hash_of(self._connection, anchor.seq)
        if stored is None or stored.hex() != anchor.hash:
            return f"{anchor.seq:,}番: 区のサーバの控えと合いません。記録が書き換えられたか、切り取られています。"
        if not self._office.premises.trust.gateway_signed(countersign_bytes(anchor), anchor.signature):
            return f"{anchor.seq:,}番: 区のサーバの控えの署名が正しくありません。"
        return ""


def _room(office: Office, connection: Connection, month: str) -> log_rules.Room:
    start, end = month_span(month)
    early, late = (start - timedelta(days=31)).date().isoformat(), end.date().isoformat()
    return log_rules.Room(
        rules=ward_settings.rules(office, connection),
        closed=closed_days(),
        roles={account.person: account.role for account in office.premises.accounts.every()},
        stays=storage.stays(connection, early, late),
        reprints=storage.reprints(connection),
    )


# -- reading --


def narrowed(office: Office, session: Session, month: str, filters: Filters, report: Report = silent) -> Narrowed:
    """The month's entries that fit, in words. Run it in the long lane; ``report`` may stop it."""
    kept: list[bytes] = []
    found = 0
    with reading(office, session, Action.INSPECT) as connection:
        first, last = _stretch(connection, office, month)
        for seq, entry, _hash in storage.stretch(connection, first, last):
            if (seq - first) % EVERY == 0:
                report(seq - first, last - first + 1, "件の記録")
            if filters.take(Entry.parse(entry)):
                found += 1
                kept.append(entry)
                del kept[:-SHOWN]
    return Narrowed(tuple(_line(office, entry) for entry in reversed(kept)), found)


def details(office: Office, session: Session, flag: Flag) -> tuple[Line, ...]:
    """The entries of one flag in words, oldest first."""
    with reading(office, session, Action.INSPECT) as connection:
        return tuple(_line(office, entry) for entry in storage.by_numbers(connection, flag.seqs[:SHOWN]))


def _line(office: Office, entry: bytes) -> Line:
    """In words, with the person it is about: of a wrong password the one whose ID was typed ("" when it was none)."""
    line, parsed = read_entry(entry, office.terminal, glossary()), Entry.parse(entry)
    return replace(line, actor=parsed.person) if parsed.action == WRONG_PASSWORD else line


# -- remarks --


def remark(office: Office, session: Session, seen: Review, flag: Flag, verdict: str, text: str) -> Review:
    """Keep what the reviewer found out about one flag; an earlier remark of it stays in the store. Gives the review with it.

    Raises OperatorError at ``verdict`` or ``remark``, or when the flag is about the reviewer himself.
    """
    require(office, session, Action.INSPECT)
    written = check_remark(flag, verdict, text, session.person)
    with begin(office, session, Action.INSPECT, subject=flag.id, step="remark", decision=written.verdict.value) as unit:
        written = replace(written, at=unit.stamp)
        storage.add_remark(unit.connection, written)
    return replace(seen, remarks={**seen.remarks, flag.id: written})


# -- one citizen --


def find_citizens(office: Office, session: Session, typed: str) -> tuple[Person, ...]:
    """The first people of the register for one search line; the search is kept as every search is: a code, and how many."""
    with begin(office, session, Action.INSPECT, step="find") as unit:
        return find_people(unit, typed).people


def history(office: Office, session: Session, atena: str, purpose: str, report: Report = silent) -> tuple[AccessLine, ...]:
    """Who opened this citizen, when, for what purpose, over the whole log, newest first. The reading itself is kept.

    Goes through the whole log: run it in the long lane; ``report`` may stop it. Raises OperatorError at ``purpose``.
    """
    require(office, session, Action.INSPECT)
    if purpose not in PURPOSES:
        raise OperatorError("見る目的を番号で選んでください。", field="purpose", code="no-purpose")
    with begin(office, session, Action.INSPECT, person=atena, step="access_history", purpose=purpose) as unit:
        ids = frozenset(audit.pseudonyms(unit.connection, atena))
    with reading(office, session, Action.INSPECT) as connection:
        entries = _touching(connection, ids, report)
        return tuple(_access_line(access, notes.note(connection, access.note)) for access in access_history(entries, ids))


def _touching(connection: Connection, ids: frozenset[str], report: Report) -> list[Entry]:
    found = []
    for number, (entry, touches) in enumerate(storage.touching(connection, ids)):
        if number % EVERY == 0:
            report(number, 0, "件の記録")
        if touches:
            found.append(Entry.parse(entry))
    return found


def _access_line(access: Access, sentence: str) -> AccessLine:
    words = glossary()
    act = words.actions.get(access.action, access.action)
    purpose = f"{OPENED_FOR.get(access.purpose, access.purpose)} {sentence}".strip()
    return AccessLine(access, f"{act} {words.steps.get(access.step, access.step)}".strip(), purpose)
