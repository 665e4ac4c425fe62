"""管理票 on paper for a 便 that came in, and the one that is typed or scanned.

Our own slips are never counted as sheets: they lie on the applications and stay in the room.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from nhi_center.domain import slip_codes
from nhi_center.domain.calendar import wareki
from nhi_center.domain.custody import Place, Slip
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import SlipBatch, SlipLabel
from nhi_center.services import hold_papers, standing
from nhi_center.services.documents import document
from nhi_center.services.entry import form_title
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import custody as storage
from nhi_center.storage import handover as handovers


def make_slips(office: Office, session: Session, handover: str) -> Path:
    """The labels of every application of this 便 as a PDF in the business folder. Run it in the print lane.

    Raises OperatorError when it brought no application.
    """
    require(office, session, Action.HANDOVER)
    with reading(office, session, Action.HANDOVER) as connection:
        found = handovers.find(connection, handover)
        slips = storage.slips_of_batch(connection, handover)
    if found is None or not slips:
        raise OperatorError("この便には、管理票のある届出・申請がありません。", code="empty")
    received = f"{wareki(date.fromisoformat(slips[0].day))} {found.label}"
    batch = SlipBatch(tuple(_label(slip) for slip in slips), received, sample=office.settings.training)
    act = begin(office, session, Action.HANDOVER, subject=handover, step="export", kind="slips", sheets=len(slips))
    return document(office, f"slips-{found.day.replace('-', '')}-{found.number}.pdf", batch, act)


def _label(slip: Slip) -> SlipLabel:
    title = form_title(slip.kind, slip.day)
    return SlipLabel(slip.number, title, slip_codes.bar_content(slip.day, slip.number), f"{slip_codes.PREFIX}{slip.id}")


def find(office: Office, session: Session, typed: str) -> Slip:
    """The 管理票 that was typed or scanned, whose paper is in the room.

    Raises OperatorError at ``slip``: no such number, or its paper is back with the ward.
    """
    require(office, session, Action.ENTER)
    id_, day, number = slip_codes.read(typed, office.clock.today())
    with reading(office, session, Action.ENTER) as connection:
        slip = storage.slip(connection, id_) if id_ else storage.slip_numbered(connection, day, number)
        if slip is not None and slip.place is Place.OTHER:
            raise OperatorError(
                f"管理票 {slip.number} の書類は別の端末へ渡しました。その端末で進めるか、引き取ってください。",
                field="slip",
                code="slip-elsewhere",
            )
        if slip is not None:
            standing.require_one_holder(office, connection, id_, day, number)
        elsewhere = standing.holder(office, connection, id_, day, number) if slip is None else ""
        away = slip is not None and slip.id in {one.slip.id for one in hold_papers.away(connection)}
    if elsewhere:
        raise OperatorError(
            f"この管理票の書類は、端末 {elsewhere} で受け取っています。その端末で進めてください。", field="slip", code="elsewhere"
        )
    if slip is None:
        raise OperatorError("この番号の管理票はありません。紙の番号を確かめてください。", field="slip", code="no-slip")
    if away:
        raise OperatorError(
            f"管理票 {slip.number} の書類は、疑義照会で区にあります。同じ番号で戻ります。", field="slip", code="slip-away"
        )
    if slip.returned:
        raise OperatorError(f"管理票 {slip.number} の書類は、区へ返却済みです。", field="slip", code="slip-returned")
    return slip
