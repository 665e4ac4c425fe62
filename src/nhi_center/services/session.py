"""Sign-in and sign-out: password, own keys, slot, store, presence (利用認証・入退室), and who answers for whom (立会い)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.keys import room_key
from nhi_center.keys.accounts import Account
from nhi_center.keys.slots import Contents
from nhi_center.services import (
    contract,
    gate,
    isolation,
    known_people,
    presence,
    refusals,
    rekeying,
    room,
    trust_list,
    ward_settings,
    working_hours,
)
from nhi_center.services.call_line import end_talks
from nhi_center.services.gate import Identified
from nhi_center.services.office import Office, Premises
from nhi_center.services.terminal import terminal_session
from nhi_center.services.work import Unit, begin, log_refusal
from nhi_center.storage.store import open_store

__all__ = ["NEEDS_VOUCHER", "check_password", "prove", "sign_in", "sign_out", "terminal_session"]

Report = Callable[[int, int, str], None]

NO_SLOT, NO_CONTACT = "no-slot", "no-contact"
NEEDS_VOUCHER = (NO_SLOT, NO_CONTACT, gate.LOCKED_OUT)
"""Codes of refusals that a second person can lift, on the sign-in window."""


def sign_in(
    premises: Premises,
    person: str,
    password: str,
    *,
    voucher: tuple[str, str] | None = None,
    report: Report = lambda _done, _total, _words: None,
) -> tuple[Office, Session]:
    """Open the store for one person and record it. Two password hashes with a ``voucher`` (ID and password): run it in a lane.

    Contractor people must have been checked into the room (入退室) by ward staff today, unless the ward asks for none.
    Raises OperatorError (services.gate; a clerk outside the contract; not in the room; with one of ``NEEDS_VOUCHER`` where
    supervisor or ward staff may answer for him: registered at another terminal only, stopped after failures, a terminal long
    without contact) or EnvironmentTrouble (ST-*, KY-*, IS-02); the store is closed again in every such case. When the store's key
    must be changed that is done here, with its progress in ``report``.
    """
    second = _second(premises, person, voucher) if voucher else None
    if second and gate.is_stopped(premises, person):
        _require_known_voucher(premises, second)
        gate.release(premises, person, second)
    first = gate.identify(premises, person, password)
    admitted = not premises.slots.holds(person)
    contents = _contents(premises, first, second)
    office = Office(premises, open_store(premises.settings.store, contents.store_keys), contents)
    session = _session(office, first.account)
    try:
        known_people.put_right(office)
        for who in filter(None, (first, second)):
            known_people.require_known(office, who.account)
        with begin(office, session, Action.SIGN_IN, subject=session.id) as unit:
            isolation.require(office, unit.connection)
            contract.require_in_force(office, unit.connection, first.account)
            _require_inside(office, unit, first.account)
            stale = _require_contact(office, unit, first, second)
            _ensure_room_key(office, unit, first)
            working_hours.book(office, unit)
        if second and (admitted or stale):
            _vouch(office, second, first.account, "admit" if admitted else "contact")
        _settle(office, session)
        office = replace(office, room_keys=premises.room_keys.open_all(person, first.keys.sealing))
        office = rekeying.run_if_due(office, report)
    except OperatorError as refused:
        log_refusal(office, session, "denied", asked=Action.SIGN_IN.value, reason=refused.code)
        office.store.close()
        raise
    except BaseException:
        office.store.close()
        raise
    return office, session


def check_password(office: Office, session: Session, password: str) -> None:
    """For unlocking the screen by the same person. Raises OperatorError as the gate does, which keeps it in the log."""
    gate.identify_in(office, session, session.person, password, "unlock")


def prove(office: Office, session: Session, person: str, password: str) -> None:
    """Whether this is a person of this terminal. Raises OperatorError when he is not, and keeps that in the log."""
    found = gate.identify_in(office, session, person, password, "unlock")
    office.premises.slots.open(found.account, found.keys)


def sign_out(office: Office, session: Session) -> None:
    """Record it, end the calls he still talks on (nobody is there any more), close the store, forget its key."""
    try:
        with begin(office, session, Action.SIGN_OUT, subject=session.id) as unit:
            end_talks(unit, held_too=True)
            working_hours.book(office, unit, Action.SIGN_OUT)
    finally:
        office.store.close()


def _second(premises: Premises, person: str, voucher: tuple[str, str]) -> Identified:
    try:
        found = gate.identify(premises, *voucher)
    except OperatorError as refused:
        raise OperatorError(refused.message, field="voucher_password", code=refused.code) from None
    gate.require_voucher(found, person)
    return found


def _require_known_voucher(premises: Premises, second: Identified) -> None:
    """Who releases a stopped ID must be what he says by the store, not by a file beside it: else a made-up one would do, and
    passwords could be tried without an end."""
    contents = premises.slots.open(second.account, second.keys)
    store = open_store(premises.settings.store, contents.store_keys)
    try:
        office = Office(premises, store, contents)
        known_people.put_right(office)
        known_people.require_known(office, second.account)
    except OperatorError as refused:
        raise OperatorError(refused.message, field="voucher_password", code=refused.code) from None
    finally:
        store.close()


def _contents(premises: Premises, first: Identified, second: Identified | None) -> Contents:
    """What opens the store: his own slot; at his first sign-in here, that of who lets him in."""
    if premises.slots.holds(first.account.person):
        return premises.slots.open(first.account, first.keys)
    if second is None:
        raise OperatorError(
            "この端末では初めてです。取扱責任者か区職員に、ここで立ち会ってもらってください。", field="password", code=NO_SLOT
        )
    return premises.slots.open(second.account, second.keys)


def _require_inside(office: Office, unit: Unit, account: Account) -> None:
    if not presence.may_work(office, unit.connection, account.person, account.role):
        raise OperatorError("入室の記録がありません。区職員に入室の記録を頼んでください。", code="not-inside")


def _require_contact(office: Office, unit: Unit, first: Identified, second: Identified | None) -> bool:
    """Whether the terminal has been out of contact for longer than the ward allows: who was shut out may not be known here."""
    hours = ward_settings.rules(office, unit.connection).contact_hours
    contact = room.last_contact(unit.connection)
    stale = contact is not None and unit.now - contact > timedelta(hours=hours)
    if stale:
        unit.note(out_of_contact=True)
    if stale and second is None and not first.may(Action.VOUCH):
        raise OperatorError(
            f"この端末は{hours}時間より長く区のサーバとつながっていません。取扱責任者か区職員に立ち会ってもらってください。",
            field="password",
            code=NO_CONTACT,
        )
    return stale


def _ensure_room_key(office: Office, unit: Unit, first: Identified) -> None:
    """The first one of a room is made by the first person who may answer for others."""
    if first.may(Action.VOUCH) and office.premises.room_keys.newest() is None:
        people, at = known_people.open_people(unit.connection), unit.now.isoformat(timespec="seconds")
        made = office.premises.room_keys.make(people, first.account.person, first.keys.signing, at)
        unit.record("room_key", room_key.to_json(made))


def _vouch(office: Office, second: Identified, account: Account, step: str) -> None:
    """The second person's own act in the log; at a first sign-in it makes the slot."""
    slots, new = office.premises.slots, step == "admit"
    try:
        with begin(office, _session(office, second.account), Action.VOUCH, subject=account.person) as unit:
            unit.note(step=step)
            if new:
                slots.save(account, office.contents)
    except BaseException:
        if new:
            slots.remove(account.person)
        raise


def _settle(office: Office, session: Session) -> None:
    """What waited for an open store."""
    refusals.take_over(office, session)
    trust_list.add_people(office.settings, office.premises.accounts.everybody())
    office.premises.slots.ensure_recovery(office.contents)
    with office.store.read.begin() as connection:
        limit = ward_settings.rules(office, connection).failures_until_locked
    with office.premises.failures.guard:
        office.premises.failures.keep_limit(limit)


def _session(office: Office, account: Account) -> Session:
    return Session(str(uuid.uuid4()), account.person, account.name, account.role, office.terminal)
