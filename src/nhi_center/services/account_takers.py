"""Accounts, closures and room keys as other terminals tell them: believed for their signatures alone.

Each runs within the exchange's transaction and raises OperatorError, whose code the log keeps, for what is not to be
believed. Told again, or told our own record, nothing changes.
"""

from __future__ import annotations

from nhi_center.domain.operators import PERMITTED, Action
from nhi_center.errors import OperatorError
from nhi_center.keys import room_key
from nhi_center.keys.account_book import closure_from_json
from nhi_center.keys.accounts import Account, from_json, same_identity
from nhi_center.keys.passwords import is_below
from nhi_center.services import known_people
from nhi_center.services.accounts import require_may_close
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.storage import closures
from nhi_center.storage.engine import Connection


def take_account(office: Office, connection: Connection, record: RoomRecord) -> None:
    """A known person: the same keys, a higher revision, his own signature. An unknown one: registered by somebody of the ward
    whose account is open here, or named with these keys in the ward's own list (trust.json)."""
    account, book = from_json(record.body), office.premises.accounts
    if not account.is_whole:
        raise _refused("account-signature")
    if book.floor is not None and is_below(account.cost, book.floor):
        raise _refused("account-cost")
    known = known_people.find(connection, account.person)
    if known is not None:
        _take_revision(office, connection, account, known)
        return
    if not _is_registered(office, connection, account):
        raise _refused("account-registration")
    known_people.keep(connection, account)
    book.save(account)


def _take_revision(office: Office, connection: Connection, account: Account, known: Account) -> None:
    if not same_identity(known, account):
        raise _refused("account-keys")
    if account.revision > known.revision:
        known_people.keep(connection, account)
        office.premises.accounts.save(account)
    elif account != known:
        raise _refused("account-revision")


def _is_registered(office: Office, connection: Connection, account: Account) -> bool:
    registrar = {one.person: one for one in known_people.open_people(connection)}.get(account.registered.by)
    if registrar is not None:
        return account.was_opened_by(registrar)
    listed = office.premises.trust.people.get(account.person)
    return listed is not None and (listed.signing, listed.role) == (account.signing, account.role.value)


def take_closure(office: Office, connection: Connection, record: RoomRecord) -> None:
    """Signed by a person who may close this one. His account may have been closed since; it was open when he signed."""
    closure, book = closure_from_json(record.body), office.premises.accounts
    known_people.bring_back(office, connection, closure.person, closure.by)
    if not book.knows(closure.by) or not book.find(closure.by).verifies(closure.payload(), closure.signature):
        raise _refused("closure-signature")
    role = book.find(closure.by).role
    if Action.REMOVE_PERSON not in PERMITTED[role]:
        raise _refused("closure-role")
    known = book.closure(closure.person)
    if known is not None and known.at <= closure.at and known.by:
        closures.keep(connection, known.person, known.by, known.at, known.suspicion or closure.suspicion, record.id)
        return
    if book.is_closed(closure.by):
        raise _refused("closure-by-closed")
    require_may_close(office, role, closure.by, closure.person)
    closures.keep(connection, closure.person, closure.by, closure.at, closure.suspicion, record.id)
    book.close(closure)
    office.premises.slots.remove(closure.person)


def take_room_key(office: Office, connection: Connection, record: RoomRecord) -> None:
    """Made by somebody who may let people in or shut them out, for no closed person."""
    made, book = room_key.from_json(record.body), office.premises.accounts
    known_people.bring_back(office, connection, made.made_by)
    if not book.knows(made.made_by) or not book.find(made.made_by).verifies(made.payload(), made.signature):
        raise _refused("room-key-signature")
    if Action.VOUCH not in PERMITTED[book.find(made.made_by).role] or book.is_closed(made.made_by):
        raise _refused("room-key-role")
    office.premises.room_keys.take(made)


def _refused(code: str) -> OperatorError:
    return OperatorError("この端末では受け入れられない記録です。", code=code)
