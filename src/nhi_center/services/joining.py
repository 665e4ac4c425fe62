"""最初の設定 of a second terminal: the room's people are there already, and one of its ward administrators takes it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhi_center.domain.operators import Role
from nhi_center.keys.accounts import Account, from_json
from nhi_center.keys.passwords import FLOOR, is_below
from nhi_center.link.wire import MAX_CHANGES
from nhi_center.services.ports import Link


def room_accounts(link: Link) -> tuple[Account, ...]:
    """The room's open accounts as the segment tells them: whole records, each registered by somebody before it.

    The first ward administrator registered himself. That he is the one of this ward is for people to see: his key's beginning
    stands on the first terminal's 端末票. Raises EnvironmentTrouble LK-*.
    """
    accounts: dict[str, Account] = {}
    closed: set[str] = set()
    after, more = 0, True
    while more:
        page = link.changes(after, MAX_CHANGES)
        for change in page.changes:
            if change.kind == "room":
                _take(change.body, accounts, closed)
        after, more = page.next, page.more
    return tuple(account for person, account in sorted(accounts.items()) if person not in closed)


def _take(body: Mapping[str, Any], accounts: dict[str, Account], closed: set[str]) -> None:
    record = body.get("body", {})
    if body.get("kind") == "closure":
        closed.add(str(record.get("person", "")))
    if body.get("kind") != "account":
        return
    try:
        account = from_json(record)
    except ValueError:
        return
    known = accounts.get(account.person)
    if known is not None:
        newer = account.revision > known.revision and account.signing == known.signing
        believed = newer and account.role is known.role
    else:
        believed = _is_registered(account, accounts)
    if believed and account.is_whole and not is_below(account.cost, FLOOR):
        accounts[account.person] = account


def _is_registered(account: Account, accounts: Mapping[str, Account]) -> bool:
    registrar = accounts.get(account.registered.by)
    if registrar is None:
        first = not accounts and account.role is Role.WARD_ADMIN
        return first and account.registered.by == account.person and account.was_registered_by(account)
    return account.was_opened_by(registrar)
