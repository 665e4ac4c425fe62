"""区の人: the accounts of ward staff and ward administrators after the first start, in the ward administrator's hand.

The contractor's people come and go by the roster (``services.roster``); these do not stand on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from nhi_center.domain import going_live
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.errors import OperatorError
from nhi_center.keys.accounts import Account
from nhi_center.services import accounts, known_people, refusals
from nhi_center.services.clock import JST
from nhi_center.services.founding import NewPerson, check_repeated
from nhi_center.services.gate import identify_in, is_stopped, release
from nhi_center.services.office import Office
from nhi_center.services.roster_told import Removal, told
from nhi_center.services.work import reading, require
from nhi_center.storage import closures
from nhi_center.storage.closures import ClosureRow


@dataclass(frozen=True, slots=True)
class WardPerson:
    """One of the ward's people. Times are the wall clock's, "" when not known.

    ``opened_by``: his own ID when nobody could sign for him (first start, recovery). ``stopped``: after wrong passwords, at this
    terminal. ``sent`` and ``untold`` are about his closure: whether the segment has it (None: he is open), and
    which terminals have not fetched it.
    """

    person: str
    name: str
    role: Role
    opened_by: str
    opened_at: str
    own: bool
    stopped: bool = False
    closed: bool = False
    closed_by: str = ""
    closed_at: str = ""
    sent: bool | None = None
    untold: tuple[str, ...] = ()


def ward_accounts(office: Office, session: Session) -> tuple[WardPerson, ...]:
    """Everybody of the ward whom this terminal's store knows, by ID; those who were closed come last."""
    with reading(office, session, Action.SET_UP) as connection:
        people = [account for account in known_people.everybody(connection) if account.role.is_ward]
        closed = {row.person: row for row in closures.every(connection)}
    removals = {removal.person: removal for removal in told(office, session).removals}
    lines = [
        _closed(_open(office, session, one), closed[one.person], removals.get(one.person))
        if one.person in closed
        else _open(office, session, one)
        for one in people
    ]
    return tuple(sorted(lines, key=lambda line: (line.closed, line.person)))


def _open(office: Office, session: Session, account: Account) -> WardPerson:
    opened = account.registered
    return WardPerson(
        account.person,
        account.name,
        account.role,
        opened.by,
        _moment(opened.at),
        own=account.person == session.person,
        stopped=is_stopped(office.premises, account.person),
    )


def _closed(line: WardPerson, closure: ClosureRow, removal: Removal | None) -> WardPerson:
    return replace(
        line,
        stopped=False,
        closed=True,
        closed_by=closure.closed_by,
        closed_at=_moment(closure.closed_at),
        sent=removal is not None and removal.sent,
        untold=removal.untold if removal else (),
    )


def add(office: Office, session: Session, new: NewPerson, role: Role, signer_password: str) -> Account:
    """One more of the ward's people, with an account and a slot here; whoever is signed in signs with his own password.

    Raises as ``accounts.open_account``, and OperatorError at ``role``, ``person``, ``name`` or ``repeated``. Takes two password
    hashes: run it in a lane.
    """
    require(office, session, Action.SET_UP)
    if not role.is_ward:
        raise OperatorError("受託者の人は、名簿の受理のあとに登録します。", field="role", code="wrong-role")
    going_live.check_person(new.person, new.name)
    check_repeated(new)
    signer = (session.person, signer_password)
    return accounts.open_account(office, session, new.person, new.name.strip(), role, new.password, signer=signer)


def close(office: Office, session: Session, person: str, *, typed: str, suspicion: bool, password: str) -> None:
    """Close the account and its slots, everywhere, for good. ``typed`` is the ID keyed once more by whoever does it.

    Raises as ``accounts.close_account``, and OperatorError at ``typed``; code wrong-role for somebody of the contractor.
    """
    require(office, session, Action.SET_UP)
    if typed != person:
        raise OperatorError("閉じる人のIDと違います。IDをもう一度確かめてください。", field="typed", code="other-person")
    _require_ward(office, person)
    accounts.close_account(office, session, person, suspicion=suspicion, password=password)


def let_try_again(office: Office, session: Session, person: str, password: str) -> None:
    """Release an ID that was stopped after wrong passwords; whoever is signed in vouches with his own password.

    Raises OperatorError at ``password``; code not-stopped, wrong-role. Takes a password hash: run it in a lane.
    """
    require(office, session, Action.SET_UP)
    _require_ward(office, person)
    if not is_stopped(office.premises, person):
        raise OperatorError("このIDは止まっていません。", field="person", code="not-stopped")
    release(office.premises, person, identify_in(office, session, session.person, password, Action.VOUCH.value))
    refusals.take_over(office, session)


def _require_ward(office: Office, person: str) -> None:
    book = office.premises.accounts
    if book.knows(person) and not book.find(person).role.is_ward:
        raise OperatorError("受託者の人は「従事者名簿」で扱います。", field="person", code="wrong-role")


def _moment(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp).astimezone(JST):%Y-%m-%d %H:%M}" if stamp else ""
