"""Applications as they stand when the ward has reviewed them and the standard system has answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import canonical
from nhi_center.domain.custody import Place
from nhi_center.domain.entry import Draft, State
from nhi_center.domain.forms.envelope import Line
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Period, Person
from nhi_center.services import certificates, custody, paper, review, verification
from nhi_center.services import entry as entry_service
from nhi_center.services.certificates import Queue, QueueRow
from nhi_center.services.office import Office
from nhi_center.services.ward_settings import SIGNED_PREFIX
from nhi_center.services.work import begin
from nhi_center.storage import custody as slips
from nhi_center.storage import entry, register
from tests.support.office import as_person
from tests.support.papers import LEAVER, NEWCOMER, key, receive

BASES = [
    {"kind": "shikaku", "group": group, "issued_from": "2026-08-01", "issued_to": "2027-07-31", "last_day": "2027-07-31"}
    for group in ("under_70", "from_70")
]
INSURED = replace(NEWCOMER, card="無", periods=(*NEWCOMER.periods, Period(date(2026, 11, 20), "A2")))
CLASS_U = replace(LEAVER, card="無", income_class="ウ")


_cursors = count(1)


def trusting(office: Office) -> tuple[Office, Ed25519PrivateKey]:
    """The same office, trusting a gateway whose key the test holds."""
    gateway = Ed25519PrivateKey.generate()
    trust = replace(office.premises.trust, gateway=gateway.public_key().public_bytes_raw().hex())
    return replace(office, premises=replace(office.premises, trust=trust)), gateway


def ward_sets(
    office: Office,
    gateway: Ed25519PrivateKey,
    *,
    name: str = "base_expiry",
    value: Any = BASES,
    effective: str = "2026-08-01",
) -> None:
    """A setting of the ward (有効期限の基準日), signed by the gateway as the segment sends it."""
    with office.store.write.begin() as connection:
        cursor = next(_cursors)
        body = {"name": name, "value": value, "effective_from": effective, "approved_by": ["a", "b"], "cursor": cursor}
        signature = gateway.sign(SIGNED_PREFIX + canonical.encode(body)).hex()
        register.put_ward_setting(connection, cursor, name, {**body, "signature": signature})


def answer(office: Office, application: str, person: Person, cursor: int = 100) -> None:
    """The register's new state of one person, and the standard system's result."""
    body = {name: getattr(person, name) for name in ("atena", "symbol", "number", "branch", "income_class")}
    with office.store.write.begin() as connection:
        register.put_people(connection, [(cursor, person)])
        register.put_result(connection, cursor + 1, application, {"application": application, **body})


def update(office: Office, person: Person, cursor: int) -> None:
    with office.store.write.begin() as connection:
        register.put_people(connection, [(cursor, person)])


def reviewed(office: Office, session: Session, form: str) -> str:
    """Received, keyed, verified by another, reviewed by the ward; the answer has not come yet."""
    receive(office, session, **{form: 2})
    application = key(office, session, form)
    with office.store.read.begin() as connection:
        found = entry.find(connection, application)
    assert found is not None
    hanako = as_person(office, "k-hanako")
    for progress in verification.open_verification(office, hanako, application).fields:
        verification.key_field(office, hanako, application, progress.field.id, found.value(progress.field.id))
    verification.finish(office, hanako, application)
    outcome = review.record_reviewed(office, as_person(office, "40127"), [application])
    assert outcome.problems == ()
    return application


def settled(office: Office, session: Session, form: str, person: Person | None = None, cursor: int = 100) -> str:
    """As ``reviewed``, and answered."""
    application = reviewed(office, session, form)
    answer(office, application, person or {"F02": INSURED, "F15": CLASS_U}[form], cursor)
    return application


def stock_up(office: Office, session: Session) -> None:
    paper.receive(office, session, "S", 413, 6)
    paper.receive(office, session, "A", 120, 3)


def queue(office: Office, session: Session) -> Queue:
    """Brought up to date and read."""
    certificates.propose(office, session)
    return certificates.queue(office, session)


def row_of(office: Office, session: Session, application: str) -> QueueRow:
    (row,) = [
        row for row in certificates.queue(office, session).rows if row.job.application == application and not row.job.spoiled
    ]
    return row


def reviewed_at_once(office: Office, session: Session, form: str, person: Person, cursor: int) -> str:
    """One more application for a fuller list: its steps made directly, then answered."""
    receive(office, session, **{form: 1})
    with begin(office, session, Action.ENTER) as unit:
        slip = next(slip for slip in slips.slips_unsorted(unit.connection) if slip.kind == form)
        application = entry.add(unit.connection, slip.id, form, slip.day)
        custody.take_slip(unit, slip.id, 1)
        entry_service.advance(unit, application, State.DRAFTING)
        entry.claim(unit.connection, application, unit.person, session.id, unit.stamp)
        entry.put_line(unit.connection, application, Line(1, form, person.atena))
        entry.save_draft(unit.connection, application, session.id, Draft(), unit.today.isoformat(), unit.stamp)
        for state in (State.ENTERED, State.VERIFIED, State.REVIEWED):
            entry_service.advance(unit, application, state)
        custody.move_slip(unit, slip.id, Place.OUTPUT)
    answer(office, application, person, cursor)
    return application
