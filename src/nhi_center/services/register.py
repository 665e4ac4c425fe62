"""Looking people up in the register (台帳検索). A search is kept in the log, and so is opening a person, with its purpose.

支援措置: for the contractor's people a protected person is nobody the register knows: the same answer, the same sentence. Ward
staff see that he is protected; his address and telephone are veiled for them too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from nhi_center.domain.audit import search_terms
from nhi_center.domain.calls import CallState
from nhi_center.domain.entry import State
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Household, Person
from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.domain.search import Found, Place, SearchTerms
from nhi_center.errors import OperatorError
from nhi_center.services import own_record
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, month_of, require
from nhi_center.storage import audit, calls, entry, register, verification
from nhi_center.storage import purpose as notes
from nhi_center.storage import search as storage
from nhi_center.storage.engine import Connection

LIMIT = 50

NOT_SHOWN = "台帳では出せません。字や日付を変えて探します。それでも出ないときは、区職員へ照会してください。"
"""The one answer for whom the register does not know and whom it may not show."""


@dataclass(frozen=True, slots=True)
class PersonFile:
    """One person with his household, as opened for a purpose. 支援措置 hides address and telephone (``hidden``)."""

    person: Person
    household: Household
    hidden: bool


def search(office: Office, session: Session, typed: str, after: Place | None = None) -> Found:
    """Up to LIMIT people for one search line, behind ``after`` the next ones.

    Nothing is shown before it is kept: raises EnvironmentTrouble ST-* when the log cannot be written.
    """
    require(office, session, Action.SEARCH)
    # On the writing connection: its own commits leave its pages as they are, while every commit empties those of the readers.
    with begin(office, session, Action.SEARCH) as unit:
        return find_people(unit, typed, after)


def find_people(unit: Unit, typed: str, after: Place | None = None) -> Found:
    """The one way to find people by a line, within somebody's act.

    The log gets the line's code (equal lines have equal codes within a month, and no way leads back) and how many are shown.
    """
    terms = SearchTerms.parse(typed, today=unit.today)
    may_see = not unit.session.role.is_contractor
    found = storage.search(unit.connection, terms, LIMIT, after=after, protected=may_see)
    unit.note(hits=len(found.people), terms=search_terms(audit.month_key(unit.connection, month_of(unit.today)), typed))
    if after is not None:
        unit.note(next_page=True)
    return replace(found, people=tuple(veiled(person) for person in found.people))


def open_person(office: Office, session: Session, atena: str, purpose: Purpose) -> PersonFile:
    """The person and his household; the opening is kept with its purpose.

    Raises OperatorError when the case is not in hand, when the purpose says nothing, and, kept in the log and alike for both,
    when the register does not know the person or may not show him.
    """
    require(office, session, Action.VIEW_PERSON)
    with begin(office, session, Action.VIEW_PERSON, person=atena) as unit:
        person = opened(unit, atena, purpose)
        if person is not None:
            members = register.household(unit.connection, person.household)
            unit.note(**own_record.marks(unit.connection, session, person, members, unit.today))
            return PersonFile(veiled(person), household_for(session, person.household, members), person.protected)
    raise OperatorError(NOT_SHOWN, code="unknown-person")


def opened(unit: Unit, atena: str, purpose: Purpose) -> Person | None:
    """Within the act of opening him: the person as the register has him; None, which is kept too, when he is not shown."""
    purpose.check()
    unit.note(purpose=purpose.kind.value)
    _keep_purpose(unit, purpose)
    person = register.find(unit.connection, atena)
    if person is not None and shown_to(unit.session, person):
        return person
    unit.note(not_shown=True)
    return None


def _keep_purpose(unit: Unit, purpose: Purpose) -> None:
    if purpose.kind.has_case:
        if not _in_hand(unit.connection, unit.session, purpose):
            raise OperatorError(
                "その届出・電話は、もう手元にありません。目的を番号で選んでください。", field="purpose", code="no-case"
            )
        unit.note(case=purpose.case)
    elif purpose.kind is PurposeKind.OTHER:
        unit.note(note=notes.add_note(unit.connection, purpose.sentence.strip(), unit.stamp, unit.person))


def _in_hand(connection: Connection, session: Session, purpose: Purpose) -> bool:
    """Whether the case is open, and with this person."""
    if purpose.kind is PurposeKind.CALL:
        call = calls.find(connection, purpose.case)
        promise = calls.find_back(connection, purpose.case)
        own = call is not None and call.clerk == session.person and call.state in (CallState.TALKING, CallState.WRAP_UP)
        return own or (promise is not None and not promise.done_at)
    application = entry.find(connection, purpose.case)
    if application is None:
        return False
    if purpose.kind is PurposeKind.ENTRY:
        return application.state is State.DRAFTING and application.session == session.id
    if purpose.kind is PurposeKind.VERIFICATION:
        keying = verification.find_open(connection, purpose.case)
        return keying is not None and keying.verifier == session.person
    return application.state is State.VERIFIED and session.may(Action.REVIEW)


def shown_to(session: Session, person: Person) -> bool:
    return not (person.protected and session.role.is_contractor)


def household_for(session: Session, number: str, members: Iterable[Person]) -> Household:
    """The household as this person may see it."""
    return Household.gather(number, tuple(veiled(member) for member in members if shown_to(session, member)))


def veiled(person: Person) -> Person:
    """支援措置: the address and telephone of a protected person are on no screen (domain rule 抑止)."""
    return replace(person, postal="", address="", phone="") if person.protected else person


def as_protected_as(connection: Connection, then: Person) -> Person:
    """What the register said of a person before, under the 支援措置 of today."""
    now = register.find(connection, then.atena)
    return veiled(replace(then, protected=then.protected or (now is not None and now.protected)))
