"""Why a draft lies on the desk again: 差戻し of the ward, values 照合 settled against a rule, or the 訂正 of an earlier case."""

from __future__ import annotations

from nhi_center.domain.entry import Application, State
from nhi_center.storage import corrections, review
from nhi_center.storage import entry as applications
from nhi_center.storage.engine import Connection

BROKEN_BY_VERIFICATION = "照合で決まった値が、この届出の決まりに合いません。値は直してあります。出ている注意を確かめてください。"


def why(connection: Connection, application: Application) -> str:
    """One sentence for the keyer; "" for a draft that nobody has sent back."""
    if application.state not in (State.RECEIVED, State.DRAFTING):
        return ""
    came_from = [event.frm for event in applications.events(connection, application.id) if event.to is State.DRAFTING]
    came_from = [state for state in came_from if state in (State.ENTERED, State.VERIFIED)]
    if not came_from:
        link = corrections.of_correction(connection, application.id)
        return f"訂正(元の管理票 {link.original_number}) {link.error.words}" if link else ""
    if came_from[-1] is State.ENTERED:
        return BROKEN_BY_VERIFICATION
    error = corrections.last_error(connection, application.id)
    return error.words if error else review.of_application(connection, application.id)[-1].reason
