"""A room whose ward has named the contract's company, and people to put on its roster. All of them are invented."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import canonical
from nhi_center.domain.operators import Role
from nhi_center.domain.roster import Designation
from nhi_center.services.office import Office
from nhi_center.services.ward_settings import SIGNED_PREFIX
from nhi_center.storage import register
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
