"""台帳の人の頁: one person with all this terminal knows of him, and the register as it was on an earlier day.

Each feature's own storage reads its part. No free text is here: what was said in a call stays with the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from nhi_center.domain.calls import Call, Outcome
from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.entry import Application, State
from nhi_center.domain.forms import summary
from nhi_center.domain.forms.definition import WITH_EVENT, EffectKind, FormDefinition
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Household, Person
from nhi_center.domain.purpose import Purpose
from nhi_center.domain.time_line import Mark
from nhi_center.errors import OperatorError
from nhi_center.services import forms, register
from nhi_center.services.call_answers import book
from nhi_center.services.office import Office
from nhi_center.services.register import NOT_SHOWN, PersonFile
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import calls, certificates, entry, person_history

_ENDED = (State.DONE, State.RETURNED)
_UNDER_WAY = (State.VERIFIED, State.REVIEWED)
_ON_THE_LINE = WITH_EVENT | {EffectKind.SPECIAL}


@dataclass(frozen=True, slots=True)
class Document:
    """One sheet made for the person; ``on``: the day of its last step."""

    kind: str
    serial: str
    on: date
    state: str
    spoiled: bool
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Filing:
    """One application: its 受付番号, what it is, when it came, where it stands."""

    number: str
    title: str
    day: date
    state: str
    pending: bool


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call about the person: no word of what was said. ``outcome`` is empty while it is not written up."""

    number: str
    day: date
    category: str
    level: str
    outcome: str


@dataclass(frozen=True, slots=True)
class OpenFile:
    """The whole page. ``marks``: applications that stand on the line of the 資格."""

    file: PersonFile
    purpose: Purpose
    documents: tuple[Document, ...]
    filings: tuple[Filing, ...]
    calls: tuple[CallLine, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class AsOf:
    """The register as it was at the end of ``day``. ``known`` False: this terminal had not got the person yet, and what it got
    first, at ``since``, is shown. ``corrected``: the 資格 of that day has been put right since; the line shows what holds."""

    day: date
    person: Person
    household: Household
    since: date | None
    known: bool
    corrected: bool


def open_file(office: Office, session: Session, atena: str, purpose: Purpose) -> OpenFile:
    """Open the person for this purpose. Raises as ``register.open_person`` does."""
    file = register.open_person(office, session, atena, purpose)
    with reading(office, session, Action.VIEW_PERSON) as connection:
        filed = entry.applications_of(connection, atena)
        return OpenFile(
            file,
            purpose,
            tuple(_document(job, at) for job, at in certificates.jobs_of(connection, atena)),
            tuple(_filing(one) for one in filed),
            tuple(_call(one) for one in calls.calls_of(connection, atena)),
            tuple(mark for one in filed if (mark := _mark(one, file.person, office.clock.today())) is not None),
        )


def as_of(office: Office, session: Session, atena: str, day: date, purpose: Purpose) -> AsOf:
    """The person and his household as the register had them on ``day``; the look is kept as an opening is.

    Whoever is protected today is veiled or left out, whatever the register said then. Raises OperatorError at ``as_of`` for a day
    to come, and as ``register.open_person`` does.
    """
    require(office, session, Action.VIEW_PERSON)
    if day > office.clock.today():
        raise OperatorError("今日より後の日の台帳は、まだありません。", field="as_of", code="future")
    with begin(office, session, Action.VIEW_PERSON, person=atena, as_of=day.isoformat()) as unit:
        now = register.opened(unit, atena, purpose)
        version = person_history.version_on(unit.connection, atena, day) if now is not None else None
        if now is not None and version is not None:
            since = datetime.fromisoformat(version.since).date() if version.since else None
            known = since is None or since <= day
            then = version.person
            people = person_history.household_on(unit.connection, then.household, day if known or since is None else since)
            return AsOf(
                day,
                register.as_protected_as(unit.connection, then),
                register.household_for(
                    session, then.household, tuple(register.as_protected_as(unit.connection, one) for one in people)
                ),
                since,
                known,
                _cover(then, day) != _cover(now, day),
            )
    raise OperatorError(NOT_SHOWN, code="unknown-person")


def _cover(person: Person, day: date) -> date | None:
    period = person.current_period(day)
    return period.acquired if period else None


def _document(job: Job, at: str) -> Document:
    until = job.snapshot.get("valid_until", "")
    day = datetime.fromisoformat(at).date()
    valid = date.fromisoformat(until) if until else None
    return Document(job.kind.short_title, job.serial, day, job.state.label, job.spoiled, valid)


def _filing(application: Application) -> Filing:
    form = _form(application)
    day = date.fromisoformat(application.day)
    return Filing(application.number, form.title, day, application.state.label, application.state not in _ENDED)


def _call(call: Call) -> CallLine:
    category = book().category(call.draft.category)
    outcome = Outcome(call.draft.outcome).label if call.draft.outcome and not call.state.is_open else call.state.label
    return CallLine(call.number, call.day, category.title if category else "", call.level, outcome)


def _mark(application: Application, person: Person, today: date) -> Mark | None:
    """On the line: what acquires or loses while it is under way, and a special case (マル学 and the like) for good.

    Only once it is verified: a day that one has keyed would be no blind second keying for whoever opens this page meanwhile.
    """
    form = _form(application)
    pending = application.state in _UNDER_WAY
    wanted = pending or (application.state is State.DONE and form.effect is EffectKind.SPECIAL)
    if not wanted or form.effect not in _ON_THE_LINE:
        return None
    day = _day(form, application, person, today)
    return Mark(form.name, day, pending) if day is not None else None


def _day(form: FormDefinition, application: Application, person: Person, today: date) -> date | None:
    if form.effect in WITH_EVENT:
        effect = summary.effects(form, application.draft.values, person, today).effect
        if effect is not None:
            return effect.date
    return date.fromisoformat(application.fact_date) if application.fact_date else None


def _form(application: Application) -> FormDefinition:
    return forms.form(application.form, application.form_day)
