"""The one place where a password is checked: at sign-in, at the lock, under a signature, before a grave act (認証).

Every failure is counted for its ID and slows the next try down; after as many as the ward allows the ID is stopped until
somebody who may vouch releases it. An ID that nobody has is treated no differently, so that none can be found by trying.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.keys import passwords
from nhi_center.keys.accounts import WRONG, Account, PrivateKeys, unlock
from nhi_center.keys.failures import RELEASED, WRONG_PASSWORD, Event
from nhi_center.services import known_people
from nhi_center.services.office import Office, Premises
from nhi_center.services.work import log_refusal

LONGEST_PAUSE_S = 60
FAILURES_UNTIL_LOCKED = 10
"""While the ward's own number (``failures_until_locked``) has never been read here."""

SLOWED, LOCKED_OUT = "slowed", "locked-out"


@dataclass(frozen=True, slots=True)
class Identified:
    """Who it is, and what his password opened."""

    account: Account
    keys: PrivateKeys = field(repr=False)

    def may(self, action: Action) -> bool:
        return Session("", self.account.person, self.account.name, self.account.role, "").may(action)


def identify(premises: Premises, person: str, password: str) -> Identified:
    """Who is at the keyboard while the log is shut; a failure waits for it. Takes one password hash: run it in a lane.

    Raises OperatorError: wrong-password (also for an ID nobody has, and a closed one), slowed (says the seconds), locked-out;
    EnvironmentTrouble KY-* when the terminal's secrets cannot be reached.
    """
    return _identify(premises, person, password, waits=True)


def identify_in(office: Office, session: Session, person: str, password: str, asked: str) -> Identified:
    """As ``identify`` while somebody is signed in: a failure stands in the log at once, with what it was asked for."""
    try:
        found = _identify(office.premises, person, password, waits=False)
        known_people.require_known(office, found.account)
    except OperatorError as refused:
        with suppress(EnvironmentTrouble):  # the person is told of his password, whatever the disk does
            _log_in_office(office, session, person, asked, refused.code)
        raise
    return found


def _log_in_office(office: Office, session: Session, person: str, asked: str, code: str) -> None:
    known = office.premises.accounts.knows(person)
    if code == known_people.CHANGED:
        log_refusal(office, session, "denied", subject=person, asked=asked, reason=code)
    if code == "wrong-password":
        count = office.premises.failures.count(office.premises.failures.bucket(person, known))
        number = count.failures if count else 0
        log_refusal(office, session, WRONG_PASSWORD, subject=person if known else "", asked=asked, failures=number)


def require_voucher(voucher: Identified, person: str) -> None:
    """Raise OperatorError at ``voucher_id`` unless this is somebody else, who may answer for others (立会い)."""
    if not voucher.may(Action.VOUCH):
        raise OperatorError("立ち会えるのは取扱責任者か区職員です。", field="voucher_id", code="wrong-role")
    if voucher.account.person == person:
        raise OperatorError("自分の立会人にはなれません。別の人に頼んでください。", field="voucher_id", code="wrong-role")


def is_stopped(premises: Premises, person: str) -> bool:
    """Whether this ID takes no password until somebody vouches."""
    count = premises.failures.count(premises.failures.bucket(person, premises.accounts.knows(person)))
    return count is not None and count.failures >= (premises.failures.limit or FAILURES_UNTIL_LOCKED)


def release(premises: Premises, person: str, voucher: Identified) -> None:
    """Let a stopped ID be tried again; the log says who did. Unknown IDs are released with it."""
    require_voucher(voucher, person)
    failures, known = premises.failures, premises.accounts.knows(person)
    event = Event(RELEASED, person, _stamp(premises.clock.now()), by=voucher.account.person) if known else None
    with failures.guard:
        failures.clear(failures.bucket(person, known), event, strangers=True)


def _identify(premises: Premises, person: str, password: str, *, waits: bool) -> Identified:
    failures, known = premises.failures, premises.accounts.knows(person)
    with failures.guard:
        bucket = failures.bucket(person, known)
        _require_patience(premises, person, bucket)
        try:
            found = _check(premises, person, password)
        except OperatorError as refused:
            if refused.code == "wrong-password":
                at = _stamp(premises.clock.now())
                failures.failed(bucket, at, Event(WRONG_PASSWORD, person if known else "", at) if waits else None)
            raise
        with suppress(EnvironmentTrouble):  # a full disk keeps the count, not the person
            failures.clear(bucket)
    return found


def _check(premises: Premises, person: str, password: str) -> Identified:
    accounts = premises.accounts
    if not accounts.knows(person) or accounts.is_closed(person):
        some = next(filter(None, map(accounts.read, accounts.names())), None)
        passwords.derive(password, bytes(16), some.cost if some else passwords.STANDARD)  # it takes as long as for one who is
        raise OperatorError(WRONG, field="password", code="wrong-password")
    account = accounts.find(person)
    return Identified(account, unlock(account, password))


def _require_patience(premises: Premises, person: str, bucket: str) -> None:
    count = premises.failures.count(bucket)
    if count is None:
        return
    if is_stopped(premises, person):
        raise OperatorError(
            "パスワードの誤りが続いたため、この ID は止めてあります。取扱責任者か区職員に解除を頼んでください。",
            field="password",
            code=LOCKED_OUT,
        )
    pause = min(LONGEST_PAUSE_S, 2 ** (count.failures - 1))
    elapsed = (premises.clock.now() - datetime.fromisoformat(count.last)).total_seconds()
    left = pause - max(0.0, elapsed)  # a clock that was put back gives nothing away
    if left > 0:
        raise OperatorError(
            f"パスワードの誤りがあったので、あと{ceil(left)}秒お待ちください。",
            field="password",
            code=SLOWED,
        )


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds")
