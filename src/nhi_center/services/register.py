"""Looking people up in the register (台帳検索). A search is kept in the log, and so is opening a person, with its purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nhi_center.domain.audit import search_terms
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Household, Person
from nhi_center.domain.search import SearchTerms
from nhi_center.errors import OperatorError
from nhi_center.services import own_record
from nhi_center.services.office import Office
from nhi_center.services.work import begin, month_of, require
from nhi_center.storage import audit, register

LIMIT = 50

PURPOSES = {"entry": "届出の入力", "verification": "照合", "call": "電話の問合せ", "search": "台帳の確認"}
"""Why a person may be opened; the code goes into the log."""


@dataclass(frozen=True, slots=True)
class PersonFile:
    """One person with his household, as opened for a purpose. 支援措置 hides address and telephone (``hidden``)."""

    person: Person
    household: Household
    hidden: bool


def search(office: Office, session: Session, typed: str) -> tuple[Person, ...]:
    """Up to LIMIT people for one search line; protected people show no address here.

    The log gets the line's code (equal lines have equal codes within a month, and no way leads back) and how many were found.
    Nothing is shown before that is kept: raises EnvironmentTrouble ST-* when the log cannot be written.
    """
    require(office, session, Action.SEARCH)
    terms = SearchTerms.parse(typed, today=office.clock.today())
    # On the writing connection: its own commits leave its pages as they are, while every commit empties those of the readers.
    with begin(office, session, Action.SEARCH) as unit:
        found = tuple(veiled(person) for person in register.search(unit.connection, terms, LIMIT))
        unit.note(hits=len(found), terms=search_terms(audit.month_key(unit.connection, month_of(unit.today)), typed))
    return found


def open_person(office: Office, session: Session, atena: str, purpose: str) -> PersonFile:
    """The person and his household; the opening is kept with its purpose."""
    require(office, session, Action.VIEW_PERSON)
    if purpose not in PURPOSES:
        raise ValueError("purpose")
    with begin(office, session, Action.VIEW_PERSON, person=atena, purpose=purpose) as unit:
        person = register.find(unit.connection, atena)
        if person is None:
            raise OperatorError("台帳にこの人がいません。検索からもう一度選んでください。", code="unknown-person")
        members = register.household(unit.connection, person.household)
        unit.note(**own_record.marks(unit.connection, session, person, members, unit.today))
    household = Household.gather(person.household, tuple(veiled(member) for member in members))
    return PersonFile(veiled(person), household, person.protected)


def veiled(person: Person) -> Person:
    """支援措置: the address and telephone of a protected person are for ward staff alone (domain rule 抑止)."""
    return replace(person, postal="", address="", phone="") if person.protected else person
