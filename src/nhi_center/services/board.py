"""進み具合 for the 取扱責任者: by form, by case and person, who is in; and giving a draft to another person, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nhi_center.domain import board as rules
from nhi_center.domain.board import Case, FormLine
from nhi_center.domain.entry import Application, State
from nhi_center.domain.operators import PERMITTED, Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import known_people, roster_gate, today_reading
from nhi_center.services.entry import form_title, found
from nhi_center.services.office import Office
from nhi_center.services.today_reading import Reading
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import entry as storage

_ON_BOARD = (State.RECEIVED, State.DRAFTING, State.ENTERED, State.VERIFIED, State.HELD)


@dataclass(frozen=True, slots=True)
class Person:
    """One of the company who is in the room."""

    id: str
    name: str
    role: str
    drafts: int


@dataclass(frozen=True, slots=True)
class Board:
    """``stopped`` in words, "" while everything can go on. ``names`` by ID."""

    forms: tuple[FormLine, ...]
    cases: tuple[Case, ...]
    people: tuple[Person, ...]
    stopped: str
    names: Mapping[str, str]


def board(office: Office, session: Session) -> Board:
    """As it stands now."""
    with reading(office, session, Action.ASSIGN) as connection:
        seen = today_reading.read(office, session, connection)
        roles = {one.person: one.role for one in known_people.open_people(connection)}
    cases = tuple(sorted(_cases(seen), key=lambda case: (not case.urgent, -case.hours, case.number)))
    inside = sorted(person for person in seen.inside if person in roles and roles[person].is_contractor)
    able = frozenset(person for person in inside if Action.VERIFY in PERMITTED[roles[person]])
    people = tuple(
        Person(person, seen.names.get(person, person), roles[person].label, sum(case.holder == person for case in cases))
        for person in inside
    )
    stopped = rules.stuck_words(rules.stuck(cases, able), able, seen.names)
    return Board(rules.by_form(cases), cases, people, stopped, seen.names)


def _cases(seen: Reading) -> list[Case]:
    unopened = [
        Case("", slip.number, form_title(slip.kind, slip.day), State.RECEIVED, hours=seen.ages.overdue(slip.kind, slip.batch))
        for slip in seen.unopened
    ]
    return unopened + [_case(seen, application) for application in seen.at(*_ON_BOARD)]


def _case(seen: Reading, application: Application) -> Case:
    return Case(
        application=application.id,
        number=application.number,
        title=form_title(application.form, application.form_day),
        state=application.state,
        holder=application.keyer if application.state is State.DRAFTING else "",
        keyers=seen.keyers.get(application.id, frozenset()),
        hours=seen.ages.overdue(application.form, application.batch),
        urgent=bool(application.urgent_until),
    )


def assign(office: Office, session: Session, application_id: str, to: str, reason: str) -> None:
    """担当の変更: the draft is another person's from now on; what is keyed stays, and the former keyer must not verify it either.

    Raises OperatorError at ``to`` or ``reason``, or when it is no draft any more.
    """
    require(office, session, Action.ASSIGN)
    to = to.strip()
    with begin(office, session, Action.ASSIGN, subject=application_id, to=to) as unit:
        application = found(unit.connection, application_id)
        known = {one.person: one for one in known_people.open_people(unit.connection)}.get(to)
        if known is None or Action.ENTER not in PERMITTED[known.role]:
            raise OperatorError("入力できる人のIDを入れてください。", field="to", code="cannot-enter")
        roster_gate.may_be_given(unit, to, known.role, "to")
        rules.check_assign(application.state, application.keyer, to, reason)
        storage.assign(unit.connection, application, to, unit.stamp, f"assigned by {unit.person}: {reason.strip()}")
        unit.note(former=application.keyer)
