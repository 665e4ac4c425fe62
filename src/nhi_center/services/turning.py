"""期限・年齢: looked through at the first sign-in of a day, for every closed day since the last time; settled line by line."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Person
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.turning import WARD_SETTLED, Item, Turn, birth_ranges, check_settled, is_ours, span, turns
from nhi_center.errors import OperatorError
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import certificates, register
from nhi_center.storage import turning as storage
from nhi_center.storage.engine import Connection


# no repr: it names a person
@dataclass(frozen=True, slots=True, repr=False)
class TurnRow:
    """One line. ``document``: the numbers of what he holds, or of the one that has run out; ``newer``: what he has instead.

    ``protected``: under 支援措置, the ward's own to see to; the contractor has no such line.
    """

    item: Item
    name: str
    insured_number: str
    document: str
    newer: str
    protected: bool = False


@dataclass(frozen=True, slots=True)
class TurnList:
    """``looked``: the day up to which somebody has looked; None before the first sign-in of all."""

    rows: tuple[TurnRow, ...]
    looked: date | None


def look(office: Office, session: Session) -> int:
    """Find what has turned since the last time, up to today; gives how many are new. Done again the same day it finds nothing.

    Whole or not at all: after a crash the same days are looked at again. Takes a moment: run it in a lane.
    """
    with reading(office, session, Action.PRINT) as connection:
        if span(*storage.looks(connection), office.clock.today()) is None:
            return 0
    with begin(office, session, Action.PRINT, step="turning") as unit:
        began, looked = storage.looks(unit.connection)
        days = span(began, looked, unit.today)
        if days is None:  # another one was faster
            return 0
        items = (one for one in _found(unit.connection, *days) if is_ours(one, began, unit.today))
        found = storage.add(unit.connection, items, unit.stamp)
        storage.keep_look(unit.connection, unit.today, found, unit.stamp, unit.person)
        unit.note(count=found)
    return found


def _found(connection: Connection, first: date, last: date) -> Iterator[Item]:
    for born in birth_ranges(first, last):
        for person in storage.born_between(connection, *born):
            for turn, day in turns(person.birth, first, last):
                if person.insured_on(day - timedelta(days=1)):
                    yield Item(str(uuid.uuid4()), turn, day, person.atena)
    yesterday = timedelta(days=1)
    for job, atena, until in storage.run_out(connection, first - yesterday, last - yesterday):
        yield Item(str(uuid.uuid4()), Turn.EXPIRED, until, atena, job)


def listing(office: Office, session: Session) -> TurnList:
    """What is open, and what was settled today. Nobody under 支援措置: the ward sees to them itself."""
    with reading(office, session, Action.PRINT) as connection:
        every = _every(connection, office.clock.today())
        return TurnList(tuple(row for row in every if not row.protected), storage.looks(connection)[1])


def for_ward(office: Office, session: Session) -> TurnList:
    """As ``listing`` with those under 支援措置 too. Who settled a line, and when, is not the ward's business."""
    with reading(office, session, Action.ISSUE) as connection:
        every = _every(connection, office.clock.today())
        rows = tuple(replace(row, item=replace(row.item, settled_by="", settled_at="")) for row in every)
        return TurnList(rows, storage.looks(connection)[1])


def _every(connection: Connection, today: date) -> Iterator[TurnRow]:
    for item in storage.items(connection, settled_since=today.isoformat()):
        person = register.find(connection, item.atena)
        if person is not None:
            yield _row(connection, item, person)


def _row(connection: Connection, item: Item, person: Person) -> TurnRow:
    out = [job for job, _at in certificates.jobs_of(connection, person.atena) if _is_out(job)]
    mine = [job for job in out if not item.job or job.id == item.job]
    newer = [job for job in out if item.job and mine and job.kind is mine[0].kind and job.made_at > mine[0].made_at]
    number = f"{person.symbol}-{person.number}-{person.branch}" if person.number else ""
    return TurnRow(item, person.name, number, _numbers(mine), _numbers(newer), person.protected)


def _is_out(job: Job) -> bool:
    return job.state in (JobState.SUBMITTED, JobState.RECEIVED) and not (job.spoiled or job.void)


def _numbers(jobs: Sequence[Job]) -> str:
    return " ".join(job.serial or job.kind.short_title for job in jobs)


def settle(office: Office, session: Session, item: str, what: str) -> None:
    """Keep what was done about one line. Raises OperatorError at ``settled``, or when somebody else was faster."""
    require(office, session, Action.PRINT)
    check_settled(what)
    _settle(office, session, Action.PRINT, item, what)


def settle_for_ward(office: Office, session: Session, item: str, what: str) -> None:
    """As ``settle``, of one who is under 支援措置; the other lines are the contractor's."""
    require(office, session, Action.ISSUE)
    check_settled(what, WARD_SETTLED)
    _settle(office, session, Action.ISSUE, item, what)


def _settle(office: Office, session: Session, action: Action, item: str, what: str) -> None:
    protected = action is Action.ISSUE
    with begin(office, session, action, subject=item, step="turning_settled", decision=what) as unit:
        if not storage.settle(unit.connection, item, what, unit.stamp, unit.person, protected=protected):
            raise OperatorError("この行はもう済んでいます。一覧を更新しました。", code="settled-already")
