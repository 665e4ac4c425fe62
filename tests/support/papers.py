"""Papers on their way through the office, each step done by the real services: received, keyed."""

from __future__ import annotations

from nhi_center.domain.entry import Draft
from nhi_center.domain.handover import Count, Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.domain.people import Person
from nhi_center.services import custody, entry, handover, slips
from nhi_center.services.office import Office
from nhi_center.storage import register
from tests.domain.forms.builders import FORMER, OPEN, VARIANT, form_values, person
from tests.support.office import PASSWORDS

__all__ = ["VARIANT", "key", "key_opened", "receive", "register_people"]

SECTION = "医療保険年金課 資格係"
NEWCOMER = person(atena="00481726", household="00010001", periods=FORMER)
LEAVER = person(
    atena="00481727",
    household="00010002",
    periods=OPEN,
    name="見本　太郎",
    kana="ミホン　タロウ",
    sex="1",
    head_name="見本　太郎",
)
PEOPLE: dict[str, Person] = {"F02": NEWCOMER, "F05": LEAVER, "F15": LEAVER}


def register_people(office: Office) -> None:
    with office.store.write.begin() as connection:
        register.put_people(connection, [(1, NEWCOMER), (2, LEAVER)])


def receive(office: Office, session: Session, **sheets: int) -> None:
    """One handover in: ``F02=2`` is one application of two sheets."""
    view = handover.open_handover(office, session, Direction.IN, SECTION)
    counts = tuple(Count(kind.id, int(kind.id in sheets), sheets.get(kind.id, 0)) for kind in view.kinds)
    for side in (Side.GIVER, Side.RECEIVER):
        handover.record_count(office, session, view.handover.id, side, counts)
    ward = handover.Credential("40127", PASSWORDS["40127"])
    clerk = "k-hanako" if session.person == "k-hanako" else "k-ichiro"
    handover.countersign(office, session, view.handover.id, ward, handover.Credential(clerk, PASSWORDS[clerk]))


def key(office: Office, session: Session, form: str, **changes: str) -> str:
    """Key the oldest waiting slip of this form to the end; gives the application's id. ``changes`` are slips of the finger."""
    slip = next(slip for slip in custody.unsorted_slips(office, session) if slip.kind == form)
    return _key(office, session, form, slip.id, changes)


def key_opened(office: Office, session: Session, form: str, number: str) -> str:
    """As ``key``, the slip of this number, which may have been opened before."""
    return _key(office, session, form, slips.find(office, session, number).id, {})


def _key(office: Office, session: Session, form: str, slip_id: str, changes: dict[str, str]) -> str:
    opened = entry.open_slip(office, session, slip_id)
    who = PEOPLE[form]
    opened = entry.choose_person(office, session, opened.application.id, who.atena)
    own = {"atena": who.atena, "name": who.name, "kana": who.kana, "sex": who.sex, "head_name": who.name, "head_kana": who.kana}
    values = form_values(form, **own, **changes)
    draft = Draft(values, {}, answers(opened, values))
    entry.finish(office, session, opened.application.id, draft)
    return opened.application.id


def answers(opened: entry.OpenEntry, values: dict[str, str]) -> dict[str, str]:
    """The first of the typed reasons for every warning."""
    return {found.key: found.reasons[0].code for found in entry.evaluate(opened, values) if found.reasons}
