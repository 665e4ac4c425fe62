"""Sign-in and sign-out: password, own keys, slot, store, presence (利用認証・入退室)."""

from __future__ import annotations

import uuid

from nhi_center.domain.operators import Action, Role, Session
from nhi_center.errors import OperatorError
from nhi_center.keys.accounts import unlock
from nhi_center.services import refusals
from nhi_center.services.office import Office, Premises
from nhi_center.services.work import begin, log_refusal
from nhi_center.storage import presence
from nhi_center.storage.store import open_store


def sign_in(premises: Premises, person: str, password: str) -> tuple[Office, Session]:
    """Open the store for one person and record it.

    Contractor people must have been checked into the room (入退室) by ward staff today. Raises OperatorError (wrong password,
    not registered here, not in the room) or EnvironmentTrouble (ST-*, KY-*); the store is closed again in every such case.
    """
    try:
        account = premises.accounts.find(person)
        keys = unlock(account, password)
    except OperatorError:
        refusals.keep_at_sign_in(premises, person)
        raise
    contents = premises.slots.open(account, keys)
    office = Office(premises, open_store(premises.settings.store, contents.store_keys), contents)
    session = Session(str(uuid.uuid4()), account.person, account.name, account.role, premises.settings.terminal)
    try:
        with begin(office, session, Action.SIGN_IN, subject=session.id) as unit:
            if account.role.is_contractor and not presence.is_inside(unit.connection, account.person, unit.today):
                raise OperatorError("入室の記録がありません。区職員に入室の記録を頼んでください。", code="not-inside")
        refusals.take_over(office, session)
    except OperatorError as refused:
        log_refusal(office, session, "denied", asked=Action.SIGN_IN.value, reason=refused.code)
        office.store.close()
        raise
    except BaseException:
        office.store.close()
        raise
    return office, session


def check_password(office: Office, session: Session, password: str) -> None:
    """For unlocking the screen by the same person. Raises OperatorError when it is wrong, and keeps that in the log."""
    try:
        unlock(office.premises.accounts.find(session.person), password)
    except OperatorError:
        refusals.keep(office, session, session.person, "unlock")
        raise


def prove(office: Office, session: Session, person: str, password: str) -> None:
    """Whether this is a person of this terminal. Raises OperatorError when he is not, and keeps that in the log."""
    try:
        account = office.premises.accounts.find(person)
        office.premises.slots.open(account, unlock(account, password))
    except OperatorError:
        refusals.keep(office, session, person, "unlock")
        raise


def sign_out(office: Office, session: Session) -> None:
    """Record it, close the store, forget its key."""
    try:
        with begin(office, session, Action.SIGN_OUT, subject=session.id):
            pass
    finally:
        office.store.close()


def terminal_session(office: Office) -> Session:
    """Under which the exchange with the segment runs: it reads no screen and signs nothing."""
    return Session("terminal", office.terminal, office.settings.label, Role.TERMINAL, office.terminal)
