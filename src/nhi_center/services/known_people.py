"""Whose accounts count. The files beside the store let people in; what the store has believed decides, once it is open.

Whoever may write in the business folder could otherwise give himself another role, put an old password back, open a closed
account again, or lay down an account of his own and wait until the store's key is sealed to it.
"""

from __future__ import annotations

from nhi_center.domain.operators import PERMITTED, Action
from nhi_center.errors import OperatorError
from nhi_center.keys.account_book import Closure
from nhi_center.keys.accounts import Account, from_json, same_identity, to_json
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved
from nhi_center.services.terminal import terminal_session
from nhi_center.services.work import log_refusal
from nhi_center.storage import closures, known_accounts
from nhi_center.storage.engine import Connection
from nhi_center.storage.trouble import told_apart

CHANGED, OLDER, REOPENED, STRANGER = "account-changed", "account-older", "account-reopened", "account-strange"
ROOM_KEY = "room-key-strange"
"""What was found beside the store, as the log says it."""

Faults = list[tuple[str, str]]
"""(reason, person); the person is "" where nobody here has this ID."""


def keep(connection: Connection, account: Account) -> None:
    """This record was made here or believed from another terminal."""
    known_accounts.keep(connection, account.person, account.revision, to_json(account))


def find(connection: Connection, person: str) -> Account | None:
    found = known_accounts.find(connection, person)
    return from_json(found) if found else None


def everybody(connection: Connection) -> tuple[Account, ...]:
    """All accounts, closed ones too."""
    return tuple(map(from_json, known_accounts.every(connection)))


def open_people(connection: Connection) -> tuple[Account, ...]:
    """Everybody whose account is open, by ID. Keys are sealed to these and nobody else."""
    closed = {row.person for row in closures.every(connection)}
    return tuple(account for account in everybody(connection) if account.person not in closed)


def read_open(office: Office) -> tuple[Account, ...]:
    """As ``open_people``, outside of any act."""
    with told_apart(), office.store.read.begin() as connection:
        return open_people(connection)


def require_author(connection: Connection, person: str, *actions: Action) -> None:
    """Raise Disbelieved unless this is somebody whose role permits one of ``actions``. He may have been closed since.

    It is what the other terminal says of him: the segment vouches for the terminal, and who holds that terminal's keys could name
    another. An account, a closure and a room key carry their author's signature and need no such word.
    """
    author = find(connection, person)
    if author is None:
        raise Disbelieved("unknown-author")
    if not any(action in PERMITTED[author.role] for action in actions):
        raise Disbelieved("not-permitted")


def require_known(office: Office, account: Account) -> None:
    """Raise OperatorError unless the store knows exactly this account, open."""
    with told_apart(), office.store.read.begin() as connection:
        known = {one.person: one for one in open_people(connection)}.get(account.person)
    if known is not None and _follows(account, known):
        return
    raise OperatorError(
        "この人の登録のファイルが書き換えられています。取扱責任者へ連絡してください。", field="password", code=CHANGED
    )


def put_right(office: Office) -> None:
    """At sign-in, before anything is sealed: bring the files to what the store knows. Every difference stands in the log.

    A later record of the same person with the same keys is his own doing (a change of password that a crash cut off). An account
    the store does not know counts when a known person of the ward registered it; any other is set aside. The first time all
    count that are there.
    """
    with told_apart(), office.store.write.begin() as connection:
        faults = [*_close_again(office, connection), *_put_back(office, connection), *_judge_others(office, connection)]
        faults += _judge_room_keys(office, connection)
    _log(office, faults)


def bring_back(office: Office, connection: Connection, *people: str) -> None:
    """The files of these people as the store knows them: a record about somebody must not fail because his file is gone."""
    for known in filter(None, (find(connection, person) for person in people)):
        if not _follows(office.premises.accounts.read(known.person), known):
            office.premises.accounts.save(known)


def _follows(found: Account | None, known: Account) -> bool:
    return found is not None and same_identity(found, known) and found.revision >= known.revision


def _close_again(office: Office, connection: Connection) -> Faults:
    book, reopened = office.premises.accounts, []
    for row in closures.every(connection):
        if not book.is_closed(row.person):
            book.close(Closure(row.person, row.closed_by, row.closed_at, row.suspicion))
            reopened.append((REOPENED, row.person))
        office.premises.slots.remove(row.person)
    return reopened


def _put_back(office: Office, connection: Connection) -> Faults:
    book, faults = office.premises.accounts, []
    for known in map(from_json, known_accounts.every(connection)):
        found = book.read(known.person)
        if found is not None and _follows(found, known):
            keep(connection, found)
            continue
        book.save(known)
        older = found is not None and same_identity(found, known)
        faults.append((OLDER if older else CHANGED, known.person))
    return faults


def _judge_others(office: Office, connection: Connection) -> Faults:
    book = office.premises.accounts
    known = {one.person: one for one in open_people(connection)}
    others = [name for name in book.names() if find(connection, name) is None]
    first_time, believed = not known, True
    while believed:  # who was registered by one of the others is believed after him
        believed = False
        for name in others:
            account = book.read(name)
            registrar = known.get(account.registered.by) if account else None
            if account and (first_time or (registrar is not None and account.was_opened_by(registrar))):
                keep(connection, account)
                known[name] = account
                others.remove(name)
                believed = True
                break
    for name in others:
        book.set_aside(name)
    return [(STRANGER, "")] * len(others)


def _judge_room_keys(office: Office, connection: Connection) -> Faults:
    """A generation that nobody made who may is somebody else's key."""
    book, faults = office.premises.room_keys, []
    for made in book.every():
        author = find(connection, made.made_by)
        may = author is not None and Action.VOUCH in PERMITTED[author.role]
        if author is None or not may or not author.verifies(made.payload(), made.signature):
            book.set_aside(made.number)
            faults.append((ROOM_KEY, ""))
    return faults


def _log(office: Office, faults: Faults) -> None:
    for reason, person in faults:
        log_refusal(office, terminal_session(office), "denied", subject=person, asked=Action.SIGN_IN.value, reason=reason)
