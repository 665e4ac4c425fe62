"""至急(窓口待ち): somebody waits at the counter for this paper; it goes first in every list."""

from __future__ import annotations

from datetime import timedelta

from nhi_center.domain.operators import Action, Session
from nhi_center.services import custody
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.storage import entry as storage


def set_urgent(office: Office, session: Session, slip_id: str, minutes: int) -> None:
    """Somebody waits, promised in ``minutes``; 0 takes it back."""
    with begin(office, session, Action.SET_URGENT, step="urgent", minutes=minutes) as unit:
        slip = custody.find_slip(unit.connection, slip_id)
        application = storage.find_by_slip(unit.connection, slip_id)
        id_ = application.id if application else storage.add(unit.connection, slip_id, slip.kind, slip.day)
        unit.subject = id_
        until = (unit.local + timedelta(minutes=minutes)).isoformat(timespec="seconds") if minutes else ""
        storage.set_urgent(unit.connection, id_, until)
