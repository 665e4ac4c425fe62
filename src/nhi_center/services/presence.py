"""入退室: ward staff check people into the room and out of it."""

from __future__ import annotations

from dataclasses import dataclass

from nhi_center.domain.operators import Action, Role, Session
from nhi_center.domain.presence import Stay
from nhi_center.errors import OperatorError
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import presence


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One contractor person and his stay of today, if any."""

    person: str
    name: str
    role: Role
    stay: Stay | None


def roster(office: Office, session: Session) -> tuple[RosterRow, ...]:
    """Everybody of the contractor's roster, with today's latest stay."""
    with reading(office, session, Action.VIEW_PRESENCE) as connection:
        latest = {stay.person: stay for stay in presence.stays(connection, office.clock.today())}
    people = [account for account in office.premises.accounts.every() if account.role.is_contractor]
    return tuple(RosterRow(a.person, a.name, a.role, latest.get(a.person)) for a in people)


def check_in(office: Office, session: Session, person: str, locker: str) -> None:
    """Record that ``person`` came in, his devices locked in ``locker``."""
    require(office, session, Action.CHECK_PRESENCE)
    if not locker.strip():
        raise OperatorError("携帯電話などを入れたロッカーの番号を入れてください。", field="locker")
    account = office.premises.accounts.find(person)
    with begin(office, session, Action.CHECK_PRESENCE, subject=person, entered=True) as unit:
        if presence.is_inside(unit.connection, account.person, unit.today):
            raise OperatorError("この人はもう入室しています。", code="already-inside")
        id_ = presence.enter(unit.connection, account.person, unit.today, unit.stamp, unit.person, locker.strip())
        unit.record(
            "presence", {"stay": id_, "person": person, "entered_at": unit.stamp, "by": unit.person, "locker": locker.strip()}
        )


def check_out(office: Office, session: Session, stay: Stay) -> None:
    """Record that the person left."""
    require(office, session, Action.CHECK_PRESENCE)
    with begin(office, session, Action.CHECK_PRESENCE, subject=stay.person, entered=False) as unit:
        if not presence.leave(unit.connection, stay.id, unit.stamp, unit.person):
            raise OperatorError("この人はもう退室しています。", code="already-left")
        unit.record("presence", {"stay": stay.id, "person": stay.person, "left_at": unit.stamp, "by": unit.person})
