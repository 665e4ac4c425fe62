"""Before a row moves both sides say how far they have come; a side put back from a backup is found here, and put right by hand.

LK-08: this store is older than what the segment holds of it. LK-09: the segment is older than what this store knows of it.
Until a person has looked at it nothing is exchanged: numbers would be given twice, rows would take the place of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.link.wire import ROOM_KINDS
from nhi_center.link.wire_meeting import Extent, Known, digest_of_bodies
from nhi_center.services import day_close
from nhi_center.services.office import Office
from nhi_center.services.terminal import terminal_session
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import audit, exchange, numbers, outbox, register
from nhi_center.storage.engine import Connection
from nhi_center.storage.trouble import told_apart

STORE_BEHIND, SEGMENT_BEHIND = "LK-08", "LK-09"
CLOCK_APART = timedelta(seconds=60)
STOPPED, APART, FAILURES, FAILED = "stopped", "clock_apart", "failures", "failed"
_RESUMED, _AGREED_UPTO, AGREED, _TIDIED, _LINE = "resumed_upto", "agreed_upto", "agreed", "tidied", "line"
KEPT_DAYS = 90
_WHAT_TO_DO = "記録は端末に残っています。取扱責任者が、通信の画面で「確かめて再開する」を押してください。"
WORDS = {
    STORE_BEHIND: f"この端末はバックアップから戻されていて、区のサーバの記録より古いため、通信を止めました。{_WHAT_TO_DO}",
    SEGMENT_BEHIND: f"区のサーバがバックアップから戻されていて、この端末の記録より古いため、通信を止めました。{_WHAT_TO_DO}",
}


@dataclass(frozen=True, slots=True)
class Resumed:
    """What was put right: ``rows`` go out again (LK-09), or go on under new numbers (LK-08)."""

    code: str
    rows: int


def meet(office: Office) -> None:
    """Say how far we are and hear how far the segment is. Raises EnvironmentTrouble LK-08 or LK-09 beside the rest."""
    known = _ask(office)
    _note_clock(office)
    with reading(office, terminal_session(office), Action.SYNC) as connection:
        fresh = not (outbox.last_sent(connection) or register.cursor(connection))
    if fresh and known.line:  # the first meeting ever
        with told_apart(), office.store.write.begin() as connection:
            exchange.keep(connection, _LINE, known.line)
    with reading(office, terminal_session(office), Action.SYNC) as connection:
        code, before = _fault(connection, known), exchange.value(connection, STOPPED)
    if code != before:
        with begin(office, terminal_session(office), Action.SYNC, step="stopped" if code else "going_on") as unit:
            exchange.keep(unit.connection, STOPPED, code)
            if code:
                unit.note(reason=code)
    if code:
        raise EnvironmentTrouble(code, WORDS[code])


def _ask(office: Office) -> Known:
    with reading(office, terminal_session(office), Action.SYNC) as connection:
        mine = outbox.last_made(connection), register.cursor(connection), audit.sent_up_to(connection)
    return office.premises.link.meet(*mine)


def _fault(connection: Connection, known: Known) -> str:
    """Which side is behind; "" for none."""
    resumed = exchange.number(connection, _RESUMED)
    if known.seq > max(resumed, outbox.last_made(connection)):
        return STORE_BEHIND
    if known.seq > resumed and outbox.id_at(connection, known.seq) != known.id:
        return STORE_BEHIND
    mine = outbox.last_sent(connection, resumed), register.cursor(connection), audit.sent_up_to(connection)
    if known.line != exchange.value(connection, _LINE):
        return SEGMENT_BEHIND
    if any(here > there for here, there in zip(mine, (known.seq, known.cursor, known.anchored), strict=True)):
        return SEGMENT_BEHIND
    return ""


def resume(office: Office, session: Session) -> Resumed:
    """確かめて再開する: hear again how far the segment is, put this side right, let the exchange go on. Run it in the link lane.

    LK-08: what is not at the segment goes on behind what it holds; numbers this store may have given already are never given
    again; everything else is read from where the store is. LK-09: what the segment has lost is sent again, its list read anew.
    Raises OperatorError when nothing is stopped, EnvironmentTrouble LK-*.
    """
    require(office, session, Action.REPAIR_SYNC)
    known = _ask(office)
    with begin(office, session, Action.REPAIR_SYNC, step="resume") as unit:
        connection = unit.connection
        code = _fault(connection, known)
        if not code:
            raise OperatorError("通信は止まっていません。「いま送受信する」を押してください。", code="not-stopped")
        if code == STORE_BEHIND:
            rows = outbox.counts(connection)["waiting"]
            upto = outbox.number_above(connection, known.seq)
            exchange.keep(connection, _RESUMED, upto)
            exchange.keep(connection, _AGREED_UPTO, upto)
            numbers.drop_blocks(connection, office.clock.today())
        else:
            rows = outbox.send_all_behind(connection, known.seq)
            exchange.keep(connection, _AGREED_UPTO, min(known.seq, exchange.number(connection, _AGREED_UPTO)))
            audit.send_again_behind(connection, known.anchored)
            exchange.read_anew(connection)
            exchange.keep(connection, _LINE, known.line)
        exchange.keep(connection, STOPPED, "")
        unit.note(reason=code, rows=rows)
        return Resumed(code, rows)


def send_again(office: Office, session: Session, number: int) -> None:
    """もう一度送る: a row that was set aside goes out again, its cause put right. Raises OperatorError when it is not."""
    with begin(office, session, Action.REPAIR_SYNC, step="send_again", number=number) as unit:
        if not outbox.send_again(unit.connection, number):
            raise OperatorError("この記録は、もう送信エラーではありません。画面を更新しました。", code="not-refused")


def apart_seconds(office: Office) -> int:
    """How many seconds this clock is behind the segment's (ahead: below zero), where that is more than a minute; else 0."""
    apart = office.premises.link.apart
    return round(apart.total_seconds()) if apart is not None and abs(apart) > CLOCK_APART else 0


def _note_clock(office: Office) -> None:
    """Keep in the log when the clocks part and when they agree again, each once."""
    seconds = apart_seconds(office)
    with told_apart(), office.store.read.begin() as connection:
        was = exchange.number(connection, APART)
    if bool(seconds) == bool(was):
        return
    with begin(office, terminal_session(office), Action.SYNC, step="clock_apart" if seconds else "clock_right") as unit:
        exchange.keep(unit.connection, APART, seconds)
        if seconds:
            unit.note(seconds=seconds)


def failed(office: Office, trouble: EnvironmentTrouble) -> None:
    """Count an exchange that did not come to its end, with the code of the last one. Of clocks too far apart to begin the log
    hears too."""
    if trouble.code == "LK-05":
        _note_clock(office)
    with told_apart(), office.store.write.begin() as connection:  # no entry in the log: a line that is down fails every minute
        exchange.keep(connection, FAILURES, exchange.number(connection, FAILURES) + 1)
        exchange.keep(connection, FAILED, trouble.code)


def succeeded(office: Office) -> None:
    """An exchange has come to its end."""
    with told_apart(), office.store.read.begin() as connection:
        before = exchange.number(connection, FAILURES)
    if before:
        with told_apart(), office.store.write.begin() as connection:
            exchange.keep(connection, FAILURES, 0)
            exchange.keep(connection, FAILED, "")


def forget_sent(office: Office) -> None:
    """Once a day: what both sides have agreed on leaves the outbox after KEPT_DAYS. Until then a repeat is known by its id."""
    terminal, today = terminal_session(office), office.clock.today().isoformat()
    with reading(office, terminal, Action.SYNC) as connection:
        if exchange.value(connection, _TIDIED) == today:
            return
    with begin(office, terminal, Action.SYNC, step="tidied") as unit:
        exchange.keep(unit.connection, _TIDIED, today)
        before = (office.clock.now() - timedelta(days=KEPT_DAYS)).isoformat()
        upto = exchange.number(unit.connection, _AGREED_UPTO)
        unit.note(rows=outbox.forget_sent(unit.connection, before, upto, ROOM_KINDS))


def compare_at_close(office: Office) -> None:
    """Once the day is closed and everything is sent: both sides count the records since they last agreed, and compare a digest.

    What differs is kept in the log and shown at 通信; they are compared again next time. Raises EnvironmentTrouble LK-*.
    """
    terminal, today = terminal_session(office), office.clock.today()
    with reading(office, terminal, Action.SYNC) as connection:
        after, upto = exchange.number(connection, _AGREED_UPTO), outbox.last_sent(connection)
        closed = day_close.closed(office, connection, today) is not None
        due = closed and upto > after and not outbox.counts(connection)["waiting"]
        mine = digest_of_bodies(outbox.sent_rows(connection, after, upto)) if due else None
        before = exchange.value(connection, AGREED)
    if mine is None:
        return
    agrees = office.premises.link.compare(Extent(after, upto)) == mine
    if not agrees and before == "differs":
        return
    with begin(office, terminal, Action.SYNC, step="compared", rows=mine.count, agrees=agrees) as unit:
        exchange.keep(unit.connection, AGREED, unit.stamp if agrees else "differs")
        if agrees:
            exchange.keep(unit.connection, _AGREED_UPTO, upto)
