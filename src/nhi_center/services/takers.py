"""What each kind of room record does on arrival: one line for each kind of wire.ROOM_KINDS."""

from __future__ import annotations

from nhi_center.errors import OperatorError
from nhi_center.services import (
    account_takers,
    cabinets,
    contract,
    control_records,
    copies,
    day_close,
    handover_told,
    incidents,
    lost_terminals,
    on_site_inspection,
    presence,
    report_words,
    room_figures,
    standing,
    told_calls,
    working_hours,
)
from nhi_center.services.call_answers import take_answer
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord, Taker
from nhi_center.services.roster import take_roster
from nhi_center.services.sampling import take_rate
from nhi_center.storage import room
from nhi_center.storage.engine import Connection

TAKERS: dict[str, Taker] = {
    "account": account_takers.take_account,
    "closure": account_takers.take_closure,
    "room_key": account_takers.take_room_key,
    "presence": presence.take,
    "cabinet": cabinets.take,
    "standing": standing.take,
    "day_close": day_close.take,
    "failure": lost_terminals.take,
    "roster": take_roster,
    "verification_rate": take_rate,
    "call_answer": take_answer,
    told_calls.KIND: told_calls.take,
    handover_told.KIND: handover_told.take,
    incidents.KIND: incidents.take,
    "contract": contract.take,
    "control_record": control_records.take,
    "on_site_inspection": on_site_inspection.take,
    working_hours.KIND: working_hours.take,
    report_words.KIND: report_words.take,
    room_figures.KIND: room_figures.take,
    copies.KIND: copies.take,
}


def take(office: Office, connection: Connection, record: RoomRecord) -> str:
    """Act on one record within the exchange's transaction; gives why it was not believed, or "".

    Such a record is skipped, or one bad record of one terminal would keep the whole room from hearing of the next.
    """
    reason = ""
    taker = TAKERS.get(record.kind)
    if taker is not None:
        try:
            with connection.begin_nested():
                taker(office, connection, record)
        except Disbelieved as problem:
            reason = problem.code
        except OperatorError as problem:
            reason = problem.code or "refused"
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            reason = "unreadable"
    room.keep_record(connection, record.id, record.cursor, record.kind, record.terminal, reason)
    return reason
