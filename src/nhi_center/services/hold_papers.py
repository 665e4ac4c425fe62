"""疑義: the paper of a held application goes to the ward with its 疑義照会票 and comes back under the same 管理票.

It is received once. With the ward its sheets stand as returned; back again they are on hand, by a movement of their own
(``CAME_BACK``), never as a new case. So received = on hand + returned holds at every moment. What the ward adds meanwhile is
received then; what it keeps stays returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nhi_center.domain import slip_codes
from nhi_center.domain.custody import CAME_BACK, Account, Place, Slip
from nhi_center.domain.handover import Direction
from nhi_center.domain.holds import Hold, Paper, check_came_back, check_may_leave
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry, standing
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import custody as ledger
from nhi_center.storage import handover as handovers
from nhi_center.storage import hold_papers as storage
from nhi_center.storage import holds
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class AwayPaper:
    """One application the ward has under a question: its 管理票, the 照会, and how many sheets it took. ``answered``: the answer
    is here, so that the paper alone is waited for."""

    slip: Slip
    query: str
    form_title: str
    sheets: int
    answered: bool


@dataclass(frozen=True, slots=True)
class Named:
    """One 管理票 named for an incoming 便."""

    slip: str
    number: str
    sheets: int


# -- out --


def lay_out(office: Office, session: Session, hold_id: str) -> int:
    """The paper goes to the output tray, and with the next 便 to the ward; the 疑義照会票 lies on it. Gives the sheets.

    Raises OperatorError unless the ward has the question and no answer yet, or when the paper is not here.
    """
    with begin(office, session, Action.SETTLE_HOLD, step="paper_out") as unit:
        one, slip = _found(unit, hold_id)
        check_may_leave(one, where(unit.connection, one, slip))
        moved = custody.move_slip(unit, slip.id, Place.OUTPUT)
        storage.add(unit.connection, one.id, "out", unit.stamp, unit.person)
        unit.note(query=one.query, sheets=moved)
        return moved


def keep(office: Office, session: Session, hold_id: str) -> int:
    """Not after all: from the output tray back to the held cases, while it has not left. Gives the sheets."""
    with begin(office, session, Action.SETTLE_HOLD, step="paper_kept") as unit:
        one, slip = _found(unit, hold_id)
        if where(unit.connection, one, slip) is not Paper.LEAVING:
            raise OperatorError("この書類は出力トレイにありません。一覧を更新して確かめてください。", code="not-in-tray")
        stays(unit, one.id)
        moved = custody.move_slip(unit, slip.id, Place.HOLD)
        unit.note(query=one.query, sheets=moved)
        return moved


def stays(unit: Unit, hold_id: str) -> None:
    """Laid out, but the case goes on before it has left. The caller moves it."""
    storage.add(unit.connection, hold_id, "kept", unit.stamp, unit.person)


def where(connection: Connection, hold: Hold, slip: Slip) -> Paper:
    """Where the paper of this hold is. What left a sheet short has left: the sheet nobody found does not keep it here."""
    if storage.last_step(connection, hold.id) != "out":
        return Paper.HERE
    return Paper.WARD if storage.went(connection, slip.id) else Paper.LEAVING


def away(connection: Connection) -> tuple[AwayPaper, ...]:
    """All the ward has under a question, in the order it went."""
    found = []
    for hold_id, slip_id in storage.out(connection):
        slip, one = custody.find_slip(connection, slip_id), holds.find(connection, hold_id)
        if one is not None and storage.went(connection, slip_id):
            title = entry.form_title(slip.kind, slip.day)
            found.append(AwayPaper(slip, one.query, title, storage.away(connection, slip.id), one.answered))
    return tuple(found)


def questions_of(connection: Connection, handover: str) -> Mapping[str, str]:
    """By 管理票, the 照会 with which it goes to the ward in this outgoing 便."""
    return storage.of_handover(connection, handover)


# -- back --


def expected_back(office: Office, session: Session) -> tuple[AwayPaper, ...]:
    """What may come back with an incoming 便."""
    with reading(office, session, Action.HANDOVER) as connection:
        return away(connection)


def name_back(office: Office, session: Session, handover_id: str, typed: str, sheets: int) -> Slip:
    """This 管理票, typed or scanned, comes back with this open incoming 便, with so many sheets. Again, to correct the number.

    Raises OperatorError at ``slip`` (no such number, not with the ward under a question) or ``sheets``.
    """
    require(office, session, Action.HANDOVER)
    with begin(office, session, Action.HANDOVER, subject=handover_id, step="came_back") as unit:
        _require_open_in(unit.connection, handover_id)
        slip = typed_slip(office, unit.connection, typed)
        if slip is None:
            raise OperatorError("この番号の管理票はありません。紙の番号を確かめてください。", field="slip", code="no-slip")
        if slip.id not in {one.slip.id for one in away(unit.connection)}:
            raise OperatorError(
                f"管理票 {slip.number} は、疑義照会で区にある書類ではありません。", field="slip", code="not-under-question"
            )
        if not 1 <= sheets <= MOST_SHEETS:
            raise OperatorError(f"枚数を、1から{MOST_SHEETS}までの数で入れてください。", field="sheets", code="not-a-count")
        storage.keep_named(unit.connection, handover_id, slip.id, sheets, unit.stamp, unit.person)
        unit.note(slip=slip.id, sheets=sheets)
        return slip


MOST_SHEETS = 999


def drop_back(office: Office, session: Session, handover_id: str, slip_id: str) -> None:
    """It was named by mistake."""
    with begin(office, session, Action.HANDOVER, subject=handover_id, step="not_back") as unit:
        _require_open_in(unit.connection, handover_id)
        if slip_id not in storage.named(unit.connection, handover_id):
            raise OperatorError("この管理票は入れてありません。", field="slip", code="not-named")
        storage.keep_named(unit.connection, handover_id, slip_id, 0, unit.stamp, unit.person)
        unit.note(slip=slip_id)


def back_of(office: Office, session: Session, handover_id: str) -> tuple[tuple[AwayPaper, ...], tuple[Named, ...]]:
    """What may come back, and what is named for this 便."""
    with reading(office, session, Action.HANDOVER) as connection:
        named, papers = named_back(connection, handover_id), away(connection)
        known = {one.slip.id for one in papers}
        return papers + tuple(_gone(connection, one.slip) for one in named if one.slip not in known), named


def _gone(connection: Connection, slip_id: str) -> AwayPaper:
    """Named, and meanwhile taken back by the ward: still in the list, so that it can be taken off."""
    slip = custody.find_slip(connection, slip_id)
    return AwayPaper(slip, "", entry.form_title(slip.kind, slip.day), 0, answered=True)


def named_back(connection: Connection, handover_id: str) -> tuple[Named, ...]:
    """What is named for one 便 so far."""
    return tuple(
        Named(slip, custody.find_slip(connection, slip).number, sheets)
        for slip, sheets in storage.named(connection, handover_id).items()
    )


def check_named(connection: Connection, handover_id: str, cases: int, sheets: int) -> None:
    """Raise OperatorError unless what was counted as come back is named, and is still with the ward."""
    named = storage.named(connection, handover_id)
    check_came_back(cases, sheets, named)
    under_question = {one.slip.id for one in away(connection)}
    for slip_id in named:
        if slip_id not in under_question:
            number = custody.find_slip(connection, slip_id).number
            raise OperatorError(f"管理票 {number} はもう区にありません。Alt+K で外してください。", code="not-under-question")


def take_in(unit: Unit, handover_id: str) -> None:
    """The 便 is signed: what it brings back lies with the held cases again, or goes on where it stood if the answer is here."""
    by_slip = {slip: hold for hold, slip in storage.out(unit.connection)}
    for slip_id, sheets in storage.named(unit.connection, handover_id).items():
        slip, one = custody.find_slip(unit.connection, slip_id), holds.find(unit.connection, by_slip[slip_id])
        assert one is not None
        _move_in(unit, slip, sheets)
        storage.add(unit.connection, one.id, "back", unit.stamp, unit.person, handover_id)
        if one.answered:
            entry.advance(unit, one.application, one.held_from)
            custody.move_slip(unit, slip_id, Place(one.place))


def _move_in(unit: Unit, slip: Slip, sheets: int) -> None:
    """As many as the ward took come back; more than these are new sheets of the same application.

    A sheet that was not found when the paper left still stands in the output tray. It lies with the rest again from now on, and
    where the ward brings more than it took, it is that sheet: not received a second time.
    """
    back = min(sheets, storage.away(unit.connection, slip.id))
    same = {"kind": slip.kind, "batch": slip.batch}
    custody.move(unit, **same, slip=slip.id, frm=Place.RETURNED, to=Place.HOLD, sheets=back, reason=CAME_BACK)
    added = max(0, sheets - back - _gather(unit, slip))
    if added:
        custody.move(unit, **same, frm=Place.WARD, to=Place.TRAY, sheets=added)
        custody.move(unit, **same, slip=slip.id, frm=Place.TRAY, to=Place.HOLD, sheets=added)


def _gather(unit: Unit, slip: Slip) -> int:
    """What stayed in the output tray goes to the rest, unless it lies in another 便 that is open. Gives how many sheets."""
    left = Account(slip.kind, slip.batch, Place.OUTPUT, slip.id)
    sheets = ledger.available(unit.connection, left)
    if not sheets or left in handovers.taken(unit.connection):
        return 0
    custody.move(unit, kind=slip.kind, batch=slip.batch, slip=slip.id, frm=Place.OUTPUT, to=Place.HOLD, sheets=sheets)
    unit.note(left_behind=sheets)
    return sheets


def typed_slip(office: Office, connection: Connection, typed: str) -> Slip | None:
    """The 管理票 that was typed or scanned, wherever its paper is. Raises OperatorError at ``slip`` for what is no number."""
    id_, day, number = slip_codes.read(typed, office.clock.today())
    standing.require_one_holder(office, connection, id_, day, number)
    return ledger.slip(connection, id_) if id_ else ledger.slip_numbered(connection, day, number)


def _require_open_in(connection: Connection, handover_id: str) -> None:
    found = handovers.find(connection, handover_id)
    if found is None or found.state != "open" or found.direction is not Direction.IN:
        raise OperatorError("区から受け取る便が開いていません。一覧を確かめてください。", code="not-open")


def _found(unit: Unit, hold_id: str) -> tuple[Hold, Slip]:
    one = holds.find(unit.connection, hold_id)
    if one is None:
        raise OperatorError("この保留はありません。一覧を更新して確かめてください。", code="no-hold")
    unit.subject = one.application
    return one, custody.find_slip(unit.connection, entry.found(unit.connection, one.application).slip)
