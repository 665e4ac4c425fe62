"""入退室: ward staff check people into the room and out of it; every terminal of the room hears of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from nhi_center.domain import presence as domain
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.domain.presence import LONGEST_LOCKER, Entered, Event, KeyBack, Left, Stay
from nhi_center.errors import OperatorError
from nhi_center.services import known_people, ward_settings
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import presence
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One contractor person and the stay that counts now: the one he is in, else today's last.

    ``flag``: what to look at in any of today's stays, in words; empty when nothing.
    """

    person: str
    name: str
    role: Role
    stay: Stay | None
    flag: str = ""


def roster(office: Office, session: Session) -> tuple[RosterRow, ...]:
    """Everybody of the contractor's roster, with today's stay."""
    with reading(office, session, Action.VIEW_PRESENCE) as connection:
        today = presence.stays(connection, office.clock.today())
    people = [account for account in office.premises.accounts.every() if account.role.is_contractor]
    return tuple(_row(a.person, a.name, a.role, [stay for stay in today if stay.person == a.person]) for a in people)


def _row(person: str, name: str, role: Role, stays: list[Stay]) -> RosterRow:
    counting = max(stays, key=lambda stay: (stay.inside, stay.entered_at), default=None)
    flags = {stay.flag for stay in stays}
    return RosterRow(person, name, role, counting, next((flag.label for flag in domain.Flag if flag in flags), ""))


def open_keys(office: Office, session: Session) -> tuple[Stay, ...]:
    """Lockers whose key is out, of today and before, at whichever terminal it was recorded."""
    with reading(office, session, Action.VIEW_PRESENCE) as connection:
        return presence.keys_out(connection, office.clock.today())


def loose_ends(office: Office, session: Session, person: str) -> tuple[Stay, ...]:
    """One person's stays with something still to be recorded: inside, leaving forgotten, or the locker's key out."""
    with reading(office, session, Action.VIEW_PRESENCE) as connection:
        return presence.loose_ends(connection, person)


def may_work(office: Office, connection: Connection, person: str, role: Role) -> bool:
    """Whether he may work here now: he is checked in, or need not be (the ward's rule; ward staff)."""
    if not domain.must_be_inside(ward_settings.rules(office, connection), role):
        return True
    return presence.is_inside(connection, person, office.clock.today())


def check_in(office: Office, session: Session, person: str, locker: str) -> None:
    """Record that ``person`` came in, his devices locked in ``locker`` and its key handed to him."""
    require(office, session, Action.CHECK_PRESENCE)
    number = _locker(locker)
    account = office.premises.accounts.find(person)
    with begin(office, session, Action.CHECK_PRESENCE, subject=person, entered=True) as unit:
        if presence.is_inside(unit.connection, account.person, unit.today):
            raise OperatorError("この人はもう入室しています。", code="already-inside")
        out = presence.keys_out(unit.connection, unit.today)
        if any(stay.locker == number and stay.person != account.person for stay in out):
            raise OperatorError(
                "このロッカーの鍵は、ほかの人に渡したままです。番号を確かめてください。", field="locker", code="locker-taken"
            )
        _do(office, unit, Entered(str(uuid.uuid4()), account.person, unit.stamp, unit.person, number))


def check_out(office: Office, session: Session, stay: Stay, *, key_back: bool = True) -> None:
    """Record that the person left, and whether he gave the locker's key back.

    There is one room: where two terminals each had him inside, both stays end.
    """
    require(office, session, Action.CHECK_PRESENCE)
    with begin(office, session, Action.CHECK_PRESENCE, subject=stay.person, entered=False, key_back=key_back) as unit:
        inside = presence.inside_of(unit.connection, stay.person)
        if stay.id not in {one.id for one in inside}:
            raise OperatorError("この人はもう退室しています。", code="already-left")
        for one in inside:
            _do(office, unit, Left(one.id, one.person, unit.stamp, unit.person, key_back))


def return_key(office: Office, session: Session, stay: Stay) -> None:
    """Record that the key of his locker came back after he had left, or while he is still inside."""
    require(office, session, Action.CHECK_PRESENCE)
    with begin(office, session, Action.CHECK_PRESENCE, subject=stay.person, step="key_back") as unit:
        found = presence.find(unit.connection, stay.id)
        if found is None or not found.key_out:
            raise OperatorError("このロッカーの鍵は、もう返っています。", code="key-is-back")
        _do(office, unit, KeyBack(stay.id, stay.person, unit.stamp, unit.person))


def enter_late(
    office: Office, session: Session, person: str, came: datetime, left: datetime | None, locker: str, reason: str
) -> None:
    """Record afterwards that somebody was in the room (the wall clock's time), and why only now.

    ``left`` may be None for today alone: he is still inside. The key counts as given back with it.
    Raises OperatorError at ``at``, ``left``, ``locker`` or ``reason``.
    """
    require(office, session, Action.CHECK_PRESENCE)
    number = _locker(locker)
    account = office.premises.accounts.find(person)
    with begin(office, session, Action.CHECK_PRESENCE, subject=person, step="late") as unit:
        words = domain.check_late(came, reason, None, unit.local)
        if left is None and came.date() != unit.today:
            raise OperatorError("前の日の分は、退室の時刻も入れてください。", field="left")
        if left is None and presence.is_inside(unit.connection, account.person, unit.today):
            raise OperatorError("この人はもう入室しています。", code="already-inside")
        id_ = str(uuid.uuid4())
        _do(office, unit, Entered(id_, account.person, _stamp(came), unit.person, number, words))
        if left is not None:
            domain.check_late(left, reason, came, unit.local, field="left")
            _do(office, unit, Left(id_, account.person, _stamp(left), unit.person, key_back=True, reason=words))


def leave_late(office: Office, session: Session, stay: Stay, left: datetime, reason: str, *, key_back: bool = True) -> None:
    """Record afterwards when somebody left whom nobody had checked out, and why only now.

    Raises OperatorError at ``at`` or ``reason``, or when somebody has recorded his leaving.
    """
    require(office, session, Action.CHECK_PRESENCE)
    with begin(office, session, Action.CHECK_PRESENCE, subject=stay.person, step="late", key_back=key_back) as unit:
        found = presence.find(unit.connection, stay.id)
        if found is None or not (found.inside or found.forgotten):
            raise OperatorError("この人はもう退室しています。", code="already-left")
        words = domain.check_late(left, reason, datetime.fromisoformat(found.entered_at), unit.local)
        _do(office, unit, Left(found.id, found.person, _stamp(left), unit.person, key_back, words))


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What was recorded at a terminal of the room (see ``services.takers``), by somebody who may record it."""
    event = domain.event_from_json(record.body)
    known_people.require_author(connection, event.by, Action.CHECK_PRESENCE)
    _apply(connection, event, record.terminal)


def _do(office: Office, unit: Unit, event: Event) -> None:
    _apply(unit.connection, event, office.terminal)
    unit.record("presence", domain.event_to_json(event))


def _apply(connection: Connection, event: Event, terminal: str) -> None:
    """One event, recorded here or elsewhere. Raises Disbelieved when it speaks of a stay that is not there."""
    match event:
        case Entered():
            presence.enter(connection, event, terminal)
            known = True
        case Left():
            known = presence.leave(connection, event)
        case KeyBack():
            known = presence.key_back(connection, event)
    if not known:
        raise Disbelieved("unknown-stay")


def _locker(text: str) -> str:
    number = text.strip()
    if not number:
        raise OperatorError("携帯電話などを入れたロッカーの番号を入れてください。", field="locker")
    if len(number) > LONGEST_LOCKER:
        raise OperatorError(f"ロッカーの番号は{LONGEST_LOCKER}文字までです。", field="locker")
    return number


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
