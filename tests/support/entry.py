"""Paper on the desk and people in the register, for everything that starts with an application."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import Application, Draft
from nhi_center.domain.handover import Count, Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.domain.people import Period, Person
from nhi_center.services import custody, entry, handover
from nhi_center.services.handover import Credential
from nhi_center.services.office import Office
from nhi_center.storage import register
from tests.domain.forms.builders import FORMER, HEADER, OPEN, OWN, person
from tests.support.office import PASSWORDS

HEAD = person(periods=FORMER)
CHILD = replace(
    HEAD,
    atena="00481734",
    is_head=False,
    relation="子",
    name="葛\U000e0102城　例太",
    kana="カツラギ　レイタ",
    birth=date(2001, 5, 6),
    sex="1",
    branch="02",
    periods=OPEN,
    head_atena="00481726",
    phone="0352730142",
)
PROTECTED = replace(HEAD, atena="00481742", household="00010002", name="見本　守子", kana="ミホン　マモルコ", protected=True)
LEAVER = replace(
    HEAD,
    atena="00490001",
    household="00010003",
    name="見本　転太",
    kana="ミホン　テンタ",
    sex="1",
    periods=(Period(date(2015, 4, 1), "A1"),),
    number="7654321",
    head_name="見本　転太",
    address="東京都新宿区西新宿2丁目8番1号",
    postal="1600023",
)
PEOPLE = (HEAD, CHILD, PROTECTED, LEAVER)


def fill_register(office: Office, people: tuple[Person, ...] = PEOPLE) -> None:
    with office.store.write.begin() as connection:
        register.put_people(connection, enumerate(people, start=1))


def bring_in(office: Office, session: Session, **numbers: tuple[int, int]) -> tuple[Slip, ...]:
    """Ward staff bring paper, ``F02=(3, 5)``: 3 applications on 5 sheets; counted and signed. Gives the slips."""
    view = handover.open_handover(office, session, Direction.IN, "医療保険年金課 資格係")
    counts = tuple(Count(kind.id, *numbers.get(kind.id, (0, 0))) for kind in view.kinds)
    for side in (Side.GIVER, Side.RECEIVER):
        handover.record_count(office, session, view.handover.id, side, counts)
    ward, clerk = (Credential(who, PASSWORDS[who]) for who in ("40127", session.person))
    handover.countersign(office, session, view.handover.id, ward, clerk)
    return custody.unsorted_slips(office, session)


def good_draft(form: str, **changes: str) -> Draft:
    """A draft without a finding for HEAD (F02) or LEAVER (F05, F15)."""
    who = HEAD if form == "F02" else LEAVER
    own = {
        "head_name": who.head_name,
        "head_kana": who.kana,
        "atena": who.atena,
        "name": who.name,
        "kana": who.kana,
        "sex": who.sex,
        "postal": who.postal,
        "address": who.address,
        "symbol": who.symbol,
        "number": who.number,
        "branch": who.branch,
    }
    return Draft({**HEADER, **own, **OWN[form], "number": who.number, **changes}, {}, {}, "confirm", "")


def keyed(office: Office, session: Session, slip: Slip, **changes: str) -> Application:
    """One application keyed wholly: opened, person chosen, finished."""
    opened = entry.open_slip(office, session, slip.id)
    who = HEAD if slip.kind == "F02" else LEAVER
    entry.choose_person(office, session, opened.application.id, who.atena)
    return entry.finish(office, session, opened.application.id, good_draft(slip.kind, **changes))
