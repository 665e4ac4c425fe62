"""A room whose ward has named the contract's company, and people to put on its roster. All of them are invented."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import canonical
from nhi_center.domain.operators import Role
from nhi_center.domain.roster import Act, Designation, Event, designation_to_json
from nhi_center.services.office import Office
from nhi_center.services.ward_settings import SIGNED_PREFIX
from nhi_center.storage import register, roster
from nhi_center.synthesis.cast import COMPANY
from tests.support.certificates import trusting

TODAY = date(2026, 11, 24)
_cursors = count(900)
KATSURA = "葛\U000e0102城　見本代"


def with_company(office: Office, company: str = COMPANY) -> Office:
    """The same office, whose ward has set the room's rules."""
    office, gateway = trusting(office)
    set_rules(office, gateway, company=company)
    return office


def set_rules(office: Office, gateway: Ed25519PrivateKey, **rules: Any) -> None:
    cursor = next(_cursors)
    body = {"cursor": cursor, "name": "room_rules", "value": rules, "effective_from": "2026-04-01", "approved_by": ["a", "b"]}
    signature = gateway.sign(SIGNED_PREFIX + canonical.encode(body)).hex()
    with office.store.write.begin() as connection:
        register.put_ward_setting(connection, cursor, "room_rules", {**body, "signature": signature})


def designation(**changes: Any) -> Designation:
    whole: dict[str, Any] = {
        "name": KATSURA,
        "employer": COMPANY,
        "department": "国保事務センター",
        "role": Role.CLERK,
        "begins": date(2026, 12, 1),
        "ends": date(2027, 3, 31),
        "jobs": "入力・照合",
        "card": "C-010",
        "locker": "10",
    }
    return Designation(**(whole | changes))


def put_on_roster(office: Office, person: str, name: str, role: Role) -> None:
    """Accepted by the ward, its events written as another terminal's would be."""
    wanted = designation_to_json(designation(name=name, role=role, begins=TODAY))
    acts: list[tuple[Act, dict[str, Any]]] = [
        (Act.PROPOSED, wanted),
        (Act.REPORTED, {"number": "1", "day": "2026-11-24", "designation": wanted, "leaving": False}),
        (Act.ACCEPTED, {"report": "1", "receipt": "1", "day": "2026-11-24"}),
    ]
    with office.store.write.begin() as connection:
        for revision, (act, body) in enumerate(acts, 1):
            event = Event(f"{person}-{revision}", person, revision, act, "2026-11-24T09:00:00+09:00", "s-toko", body)
            roster.add(connection, event, office.terminal)
