"""Applications as they stand when the ward has reviewed them and the standard system has answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import canonical
from nhi_center.domain.operators import Session
from nhi_center.domain.people import Period, Person
from nhi_center.services import certificates, paper, review, verification
from nhi_center.services.certificates import Queue, QueueRow
from nhi_center.services.office import Office
from nhi_center.services.ward_settings import SIGNED_PREFIX
from nhi_center.storage import entry, register
from tests.support.office import as_person
from tests.support.papers import LEAVER, NEWCOMER, key, receive

BASES = [
    {"kind": "shikaku", "group": group, "issued_from": "2026-08-01", "issued_to": "2027-07-31", "last_day": "2027-07-31"}
    for group in ("under_70", "from_70")
]
INSURED = replace(NEWCOMER, card="無", periods=(*NEWCOMER.periods, Period(date(2026, 11, 20), "A2")))
CLASS_U = replace(LEAVER, card="無", income_class="ウ")


def trusting(office: Office) -> tuple[Office, Ed25519PrivateKey]:
    """The same office, trusting a gateway whose key the test holds."""
    gateway = Ed25519PrivateKey.generate()
    trust = replace(office.premises.trust, gateway=gateway.public_key().public_bytes_raw().hex())
    return replace(office, premises=replace(office.premises, trust=trust)), gateway


def ward_sets(office: Office, gateway: Ed25519PrivateKey, *, value: Any = BASES, effective: str = "2026-08-01") -> None:
    """The ward's 有効期限の基準日, signed by the gateway as the segment sends it."""
    with office.store.write.begin() as connection:
        cursor = 1 + (register.ward_setting(connection, "base_expiry") or {"cursor": 0}).get("cursor", 0)
        body = {"name": "base_expiry", "value": value, "effective_from": effective, "approved_by": ["a", "b"], "cursor": cursor}
        signature = gateway.sign(SIGNED_PREFIX + canonical.encode(body)).hex()
        register.put_ward_setting(connection, cursor, "base_expiry", {**body, "signature": signature})


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
