"""最初の設定, with the store open: its ward administrator at work, and the ward's people he registers."""

from __future__ import annotations

from dataclasses import replace

from nhi_center.domain import going_live
from nhi_center.domain.first_start import Plan
from nhi_center.domain.operators import Action, Role
from nhi_center.errors import OperatorError
from nhi_center.keys.accounts import Account, to_json
from nhi_center.keys.room_key import to_json as room_key_json
from nhi_center.services.accounts import open_account
from nhi_center.services.first_start import FirstStart, keep, settings_of
from nhi_center.services.founding import NewPerson, check_repeated, found, join_room
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in, sign_out
from nhi_center.services.work import begin


def found_and_begin(start: FirstStart, plan: Plan, new: NewPerson) -> Plan:
    """As ``found``; the founder goes on at once, and the room will hear of him."""
    settled = take_up(start, found(start, plan, new), new.person, new.password)
    office, session = start.at_work()
    with begin(office, session, Action.SET_UP, subject=new.person, step="found") as unit:
        unit.record("account", to_json(office.premises.accounts.find(new.person)))
        made = office.premises.room_keys.newest()
        if made is not None:
            unit.record("room_key", room_key_json(made))
    return settled


def join_and_begin(start: FirstStart, plan: Plan, person: str, password: str) -> Plan:
    """As ``join_room``; the administrator goes on at once."""
    settled = take_up(start, join_room(start, plan, person), person, password)
    office, session = start.at_work()
    with begin(office, session, Action.SET_UP, subject=person, step="join"):
        pass
    return settled


def take_up(start: FirstStart, plan: Plan, person: str, password: str) -> Plan:
    """The ward administrator signs in to go on. Raises as ``sign_in``, and OperatorError for another role."""
    if start.office is not None:
        return plan
    premises = open_premises(settings_of(plan), start.clock)
    try:
        office, session = sign_in(premises, person, password)
    except BaseException:
        premises.close()
        raise
    if session.role is not Role.WARD_ADMIN:
        sign_out(office, session)
        premises.close()
        raise OperatorError("最初の設定は、区管理者が行います。", field="person", code="wrong-role")
    start.office, start.session = office, session
    return plan


def put_down(start: FirstStart) -> None:
    """The window closes: sign out, forget the key. Harmless when nobody is signed in."""
    office, session = start.office, start.session
    start.office = start.session = None
    if office is not None and session is not None:
        sign_out(office, session)
        office.premises.close()


def ward_people(start: FirstStart) -> tuple[Account, ...]:
    """The ward's people that this terminal knows."""
    office, _session = start.at_work()
    return tuple(account for account in office.premises.accounts.every() if account.role.is_ward)


def add_person(start: FirstStart, plan: Plan, new: NewPerson, role: Role, signer_password: str) -> Plan:
    """One more of the ward's people, with an account and a slot here; the ward administrator signs his registration.

    Raises OperatorError at the field.
    """
    if not role.is_ward:
        raise OperatorError("受託者の人は、名簿の受理のあとに登録します。", field="role", code="wrong-role")
    going_live.check_person(new.person, new.name)
    check_repeated(new)
    office, session = start.at_work()
    signer = (session.person, signer_password)
    open_account(office, session, new.person, new.name.strip(), role, new.password, signer=signer)
    return plan


def people_done(start: FirstStart, plan: Plan) -> Plan:
    """Nobody else now; more people can be added at any time later."""
    return keep(start, replace(plan, people_done=True))
