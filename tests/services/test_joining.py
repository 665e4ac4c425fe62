"""What a new terminal believes of the accounts that the segment tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from nhi_center.domain.operators import Role
from nhi_center.keys.accounts import Account, Registrar, enrol, to_json, unlock
from nhi_center.keys.passwords import FLOOR
from nhi_center.link.wire import Change, ChangePage
from nhi_center.services.joining import room_accounts
from nhi_center.services.ports import Link

PASSWORD = "mihon-no-nagai-kotoba"


@dataclass
class Told:
    """A segment that has been told these records and nothing else."""

    accounts: tuple[Account, ...]

    def changes(self, after: int, _limit: int) -> ChangePage:
        bodies = [{"kind": "account", "terminal": "T04", "body": to_json(account)} for account in self.accounts]
        changes = tuple(Change(number, "room", f"r-{number}", body) for number, body in enumerate(bodies, start=1))
        return ChangePage(tuple(change for change in changes if change.cursor > after), len(changes), False)


def opened_by(registrar: Account, person: str, role: Role) -> Account:
    by = Registrar(registrar.person, unlock(registrar, PASSWORD).signing)
    return enrol(person, "見本 何子", role, PASSWORD, FLOOR, registrar=by)


def test_only_an_administrator_makes_administrators_and_only_the_ward_opens_accounts() -> None:
    admin = enrol("40100", "見本 管理", Role.WARD_ADMIN, PASSWORD, FLOOR)
    staff = opened_by(admin, "40127", Role.WARD_STAFF)
    supervisor = opened_by(staff, "s-toko", Role.SUPERVISOR)
    raised = opened_by(staff, "40999", Role.WARD_ADMIN)
    friend = opened_by(supervisor, "k-dareka", Role.CLERK)
    himself = enrol("40998", "見本 管理", Role.WARD_ADMIN, PASSWORD, FLOOR)
    found = room_accounts(cast(Link, Told((admin, staff, supervisor, raised, friend, himself))))
    assert [account.person for account in found] == ["40100", "40127", "s-toko"]
