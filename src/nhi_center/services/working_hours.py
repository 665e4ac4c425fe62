"""業務の時間: taken over from the log when a sitting ends, corrected and planned by the 取扱責任者.

By job it is the room's; by person it is shown only to himself and the 取扱責任者, never to the ward. The other terminals are told
days, jobs and seconds, never whose they are.

What counts as time of a job stands in ``domain.working_hours``. Of the sitting that is still going on nothing is counted yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nhi_center.domain import report_period
from nhi_center.domain import working_hours as rules
from nhi_center.domain.log_review import Entry
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.working_hours import Corrected, Correction, Job, Mark, Plan, Stretch, Worked
from nhi_center.errors import OperatorError
from nhi_center.services import known_people
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import audit, log_review
from nhi_center.storage import working_hours as storage
from nhi_center.storage.engine import Connection

KIND = "working_hours"


# -- taking over --


def book(office: Office, unit: Unit, ended: Action | None = None, step: str = "") -> None:
    """In the act that ends a sitting (``ended``: lock or sign-out, with its step), or in a sign-in for one that never ended: take
    over what the log has got since, and tell the room. The ward's own people have no hours here."""
    last, _hash = audit.last(unit.connection, office.terminal)
    marks = [*_marks(unit.connection, storage.upto(unit.connection) + 1, last)]
    if ended is not None:
        marks.append(Mark(unit.now, unit.person, ended.value, step))
    ward = {account.person for account in office.premises.accounts.every() if account.role.is_ward}
    shift = unit.local.replace(tzinfo=None) - unit.now.replace(tzinfo=None)
    found = [one for one in rules.stretches(marks, shift) if one.person not in ward]
    if found:
        _keep(office, unit, found)
    storage.set_upto(unit.connection, last)


def _marks(connection: Connection, first: int, last: int) -> Iterator[Mark]:
    """An entry that cannot be read is the self-check's to tell of: nobody is kept from locking his screen by it."""
    for _seq, entry, _hash in log_review.stretch(connection, first, last):
        try:
            one = Entry.parse(entry)
        except (ValueError, KeyError, TypeError):
            continue
        yield Mark(one.at, one.actor, one.action, one.step)


def _keep(office: Office, unit: Unit, rows: Sequence[Stretch], reason: str = "") -> None:
    summed: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.day.isoformat(), row.job.value)
        summed[key] = summed.get(key, 0) + row.seconds
    told = [{"day": day, "job": job, "seconds": seconds} for (day, job), seconds in summed.items()]
    who = {"by": unit.person} if reason else {}
    record = unit.record(KIND, {"rows": told, "at": unit.stamp, "corrected": bool(reason), **who})
    words = {"at": unit.stamp, "by": unit.person, "terminal": office.terminal}
    storage.keep(unit.connection, record, rows, **words, corrected=bool(reason), reason=reason)


# -- the supervisor's acts --


def may_act(session: Session) -> bool:
    """Whether this person corrects and plans."""
    return session.may(Action.REPORT)


def correct(office: Office, session: Session, wanted: Correction) -> None:
    """Add to, or take off, what stands of one person of this terminal. Whose hours they are stays out of the log: the ward reads
    it. Raises OperatorError at the field that is not right."""
    require(office, session, Action.REPORT)
    account = office.premises.accounts.find(wanted.person)
    if not account.role.is_contractor:
        raise OperatorError("区の人の時間は数えません。", field="person", code="ward")
    with begin(office, session, Action.REPORT, step="hours_corrected", work=wanted.job.label, minutes=wanted.minutes) as unit:
        stands = storage.of_person(unit.connection, account.person, wanted.day, wanted.job)
        rules.check_correction(wanted, stands, unit.today)
        row = Stretch(wanted.day, account.person, wanted.job, wanted.minutes * 60)
        _keep(office, unit, (row,), wanted.reason.strip())


def set_plan(office: Office, session: Session, month: str, hours: Mapping[Job, int], *, to_year_end: bool) -> None:
    """The hours that are meant for each job in a month, or in each from it to the year's end. Raises OperatorError at a job."""
    require(office, session, Action.REPORT)
    months = rules.to_year_end(month) if to_year_end else (month,)
    with begin(office, session, Action.REPORT, step="hours_planned", months=len(months), first=month) as unit:
        rules.check_plan(hours)
        plan = {job.value: hours[job] for job in Job}
        body = {"plan": plan, "months": list(months), "at": unit.stamp, "by": unit.person}
        storage.keep_plan(unit.connection, unit.record(KIND, body), months, hours, at=unit.stamp, by=unit.person)


# -- from other terminals --


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What another terminal tells of its hours or of the plan, or one's own come back: kept once (see ``services.takers``)."""
    body = record.body
    if storage.is_there(connection, record.id):
        return
    if "plan" in body:
        known_people.require_author(connection, str(body["by"]), Action.REPORT)
        plan = {Job(job): int(number) for job, number in body["plan"].items()}
        rules.check_plan(plan)
        months = [report_period.parse(month).key for month in body["months"]]
        storage.keep_plan(connection, record.id, months, plan, at=str(body["at"]), by=str(body["by"]))
        return
    corrected = bool(body["corrected"])
    if corrected:
        known_people.require_author(connection, str(body["by"]), Action.REPORT)
    rows = [Stretch(date.fromisoformat(one["day"]), "", Job(one["job"]), int(one["seconds"])) for one in body["rows"]]
    if any(abs(row.seconds) > _MOST_SECONDS or (row.seconds < 0 and not corrected) for row in rows):
        raise Disbelieved("unreadable")
    words = {"at": str(body["at"]), "by": str(body.get("by", "")), "terminal": record.terminal}
    storage.keep(connection, record.id, rows, **words, corrected=corrected)


_MOST_SECONDS = 24 * 3600


# -- reading --


@dataclass(frozen=True, slots=True)
class PersonLine:
    """The hours of one person of this terminal in a month, or with ``person`` "" those of the other terminals together."""

    person: str
    name: str
    worked: Mapping[Job, Worked]

    @property
    def seconds(self) -> int:
        return sum(one.seconds for one in self.worked.values())

    @property
    def corrected(self) -> int:
        return sum(one.corrected for one in self.worked.values())


@dataclass(frozen=True, slots=True)
class MonthHours:
    """A month ("2026-11"). ``people``: of one person, or of all for the 取扱責任者; so are the ``corrections``.

    ``plan`` covers the fiscal year, ``worked`` the year's hours of the room by month and job.
    """

    month: str
    months: tuple[str, ...]
    year: tuple[str, ...]
    people: tuple[PersonLine, ...]
    corrections: tuple[Corrected, ...]
    names: Mapping[str, str]
    worked: Mapping[tuple[str, Job], Worked]
    plan: Plan
    everybody: bool

    def seconds(self, months: Iterable[str], job: Job | None = None) -> int:
        """What the room worked in these months, in one job or all."""
        wanted = set(months)
        return sum(one.seconds for (month, of), one in self.worked.items() if month in wanted and job in (None, of))


def of_month(office: Office, session: Session, month: str = "") -> MonthHours:
    """The hours of ``month``; of the running one without."""
    everybody = may_act(session)
    with reading(office, session, Action.VERIFY) as connection:
        today = office.clock.today()
        running = report_period.month(today).key
        period = report_period.parse(month or running)
        year = report_period.year(period.first)
        oldest = storage.first_day(connection) or today
        people = storage.by_person(connection, period.first, period.last)
        corrections = storage.corrections(connection, period.first, period.last)
        worked = storage.by_month(connection, year.first, year.last)
        plan = storage.plan(connection, f"{year.first:%Y-%m}", f"{year.last:%Y-%m}")
    accounts = {account.person: account for account in office.premises.accounts.every()}
    staff = {person: account.name for person, account in accounts.items() if account.role.is_contractor}
    shown = sorted({person for person, _job in people} | set(staff) if everybody else {session.person})
    return MonthHours(
        month=period.key,
        months=tuple(reversed(rules.months_of(min(oldest, today), today))),
        year=rules.months_of(year.first, year.last),
        people=tuple(_line(person, staff.get(person, person), people) for person in shown),
        corrections=tuple(one for one in corrections if everybody or one.person == session.person),
        names=staff if everybody else {session.person: session.name},
        worked=worked,
        plan=plan,
        everybody=everybody,
    )


def _line(person: str, name: str, people: Mapping[tuple[str, Job], Worked]) -> PersonLine:
    worked = {job: people.get((person, job), Worked()) for job in Job}
    return PersonLine(person, name if person else "ほかの端末", worked)
