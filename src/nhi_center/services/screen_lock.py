"""The lock of the screen and what leaves it, as the log keeps them (ロック・延長・画面からの写し)."""

from __future__ import annotations

from nhi_center.domain.calls import CallState
from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import contract, isolation, working_hours
from nhi_center.services.office import Office
from nhi_center.services.session import check_password, prove
from nhi_center.services.work import begin, log_refusal, require
from nhi_center.storage import calls


def lock(office: Office, session: Session, reason: LockReason) -> None:
    """The screen has been locked. Key, exchange and printing stay; only the picture is gone."""
    require(office, session, Action.LOCK)
    with begin(office, session, Action.LOCK, subject=session.id, step=reason.value) as unit:
        working_hours.book(office, unit, Action.LOCK, reason.value)


def unlock(office: Office, session: Session, password: str) -> None:
    """The same person is back. Raises OperatorError for a wrong password, EnvironmentTrouble when the log cannot be written:
    without the log nobody goes on; IS-02 while the isolation does not hold (接続制限). A clerk whose contract has ended meanwhile
    is not let back in either."""
    require(office, session, Action.UNLOCK)
    isolation.require(office)
    check_password(office, session, password)
    account = office.premises.accounts.find(session.person)
    with begin(office, session, Action.UNLOCK, subject=session.id) as unit:
        contract.require_in_force(office, unit.connection, account)


def end_for_another(office: Office, session: Session, person: str, password: str) -> None:
    """Another person of this terminal ends the first one's session. Raises OperatorError when he is none."""
    require(office, session, Action.UNLOCK)
    prove(office, session, person, password)
    with begin(office, session, Action.UNLOCK, subject=session.id, step="ended", ended_by=person):
        pass


def extend(office: Office, session: Session, call_id: str, seconds: int) -> None:
    """Put the lock off during a call. Raises OperatorError when that call is not being held by this person now."""
    with begin(office, session, Action.EXTEND_LOCK, subject=call_id, seconds=seconds) as unit:
        call = calls.find(unit.connection, call_id)
        if call is None or call.clerk != session.person or call.state is not CallState.TALKING:
            raise OperatorError("ロックまでの時間を延ばせるのは、通話中だけです。", code="no-call")


def copy_out(office: Office, session: Session, *, screen: str, characters: int) -> None:
    """Something of a screen goes to the clipboard: kept with its length and the screen's name, never its text.

    Raises OperatorError for a role that may not; the attempt is kept.
    """
    if not session.may(Action.COPY_OUT):
        refuse_copy(office, session, screen=screen, characters=characters)
        raise OperatorError("画面の内容は写せません。写せるのは取扱責任者だけです。", code="not-permitted")
    with begin(office, session, Action.COPY_OUT, subject=screen, characters=characters):
        pass


def refuse_copy(office: Office, session: Session, *, screen: str, characters: int) -> None:
    """Keep an attempt to take something out of a screen that has been stopped."""
    log_refusal(office, session, "denied", subject=screen, asked=Action.COPY_OUT.value, characters=characters)
