"""返す: one application goes back to the ward unkeyed, with a reason the ward sees before it signs for the paper."""

from __future__ import annotations

from nhi_center.domain.custody import Place
from nhi_center.domain.entry import State
from nhi_center.domain.giving_back import ORIGINAL, check, check_original
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.storage import entry as applications
from nhi_center.storage import giving_back as storage


def give_back(office: Office, session: Session, slip_id: str, sheets: int, reason: str, words: str = "") -> None:
    """Its paper goes to the output tray and out with the next 便. Cannot be undone: the ward brings it again.

    ``sheets`` with what is attached, where it was not counted yet. Raises OperatorError at ``sheets``, ``reason`` or ``words``,
    or when somebody has it open or has keyed it.
    """
    with begin(office, session, Action.ENTER, step="give_back", reason=reason) as unit:
        slip = custody.find_slip(unit.connection, slip_id)
        application = applications.find_by_slip(unit.connection, slip_id)
        if application is None:
            application = entry.found(unit.connection, applications.add(unit.connection, slip_id, slip.kind, slip.day))
        unit.subject = application.id
        check(application, reason, words)
        entry.require_free(unit, application)
        if not slip.sheets:
            if sheets < 1:
                raise OperatorError("枚数(添付を含む)を数えて入れてください。", field="sheets", code="not-a-count")
            custody.take_slip(unit, slip_id, sheets)
        entry.advance(unit, application.id, State.RETURNED, note="given_back")
        applications.release(unit.connection, application.id)
        moved = custody.move_slip(unit, slip_id, Place.OUTPUT)
        storage.add(unit.connection, application.id, reason, words.strip(), unit.stamp, unit.person)
        unit.note(sheets=moved)


def give_back_original(office: Office, session: Session, slip_id: str, items: int) -> None:
    """原本 are not kept for the case: they go to the output tray at once, counted in 点, the application stays where it is.

    Raises OperatorError at ``items`` when its 便 has not that many originals in the tray, or when its paper is not here.
    """
    with begin(office, session, Action.ENTER, step="give_back", reason=ORIGINAL) as unit:
        slip = custody.find_slip(unit.connection, slip_id)
        if slip.returned:
            raise OperatorError(f"管理票 {slip.number} の書類は、区へ返却済みです。", field="slip", code="slip-returned")
        application = applications.find_by_slip(unit.connection, slip_id)
        unit.subject = application.id if application else slip_id
        check_original(items, custody.original_pile(unit.connection, slip.batch))
        custody.lay_original(unit, slip, items)
        unit.note(items=items)
