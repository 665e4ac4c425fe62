"""室内の手元: tell the room what stands in this terminal's ledger, know what the others hold, count by hand at a silent one."""

from __future__ import annotations

from datetime import datetime

from nhi_center.domain import cabinets as counting
from nhi_center.domain import standing as domain
from nhi_center.domain.cabinets import Count
from nhi_center.domain.custody import NIGHT, Pieces
from nhi_center.domain.inspection import Carried, OpenItem, Way
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.domain.standing import TerminalPaper
from nhi_center.errors import OperatorError
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.signing import require_signature, sign
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import cabinets as counts_kept
from nhi_center.storage import conflicts, leases, room
from nhi_center.storage import custody as slips
from nhi_center.storage import standing as storage
from nhi_center.storage.engine import Connection

ITEM, WORK = "terminal_", "terminal_work_"
"""Before the terminal's name in the items of the day close: its paper, and its other open work."""


# -- between terminals --


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What another terminal told (see ``services.takers``). Our own comes back too and changes nothing."""
    if record.terminal == office.terminal:
        return
    try:
        domain.from_json(record.body)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Disbelieved("no-standing") from None
    storage.keep(connection, record.terminal, record.cursor, record.body)


def others(office: Office, connection: Connection) -> tuple[TerminalPaper, ...]:
    """The other terminals of the room, by name."""
    seen = room.terminals(connection)
    ours = next((one.contact_at for one in seen if one.terminal == office.terminal), "")
    last = room.contact(connection)
    since = office.clock.now() - datetime.fromisoformat(last) if last else None
    found, given_up = [], conflicts.failures(connection)
    taken = leases.every(connection)
    for one in seen:
        if one.terminal != office.terminal:
            body = storage.last_told(connection, one.terminal)
            told = None if body is None else domain.from_json(body)
            reached = told is not None and domain.in_touch(one.contact_at, ours, since)
            failed = one.terminal in given_up
            gone = sum(int(lease["sheets"]) for lease in taken if lease["step"] == f"again {one.terminal}")
            found.append(TerminalPaper(one.terminal, told, one.contact_at, reached, failed, gone if failed else 0))
    return tuple(found)


def of_room(office: Office, session: Session) -> tuple[TerminalPaper, ...]:
    """The other terminals and their paper, for the list of 手元の書類."""
    with reading(office, session, Action.STATUS) as connection:
        return others(office, connection)


def holder(office: Office, connection: Connection, id_: str, day: str, number: str) -> str:
    """The other terminal that has the paper of this 管理票; "" when none has told so."""
    return next((one.terminal for one in others(office, connection) if one.standing and one.standing.holds(id_, day, number)), "")


def require_one_holder(office: Office, connection: Connection, id_: str, day: str, number: str) -> None:
    """Raise OperatorError at ``slip`` when a number that was typed may be another terminal's paper: the QR code tells."""
    other = "" if id_ else holder(office, connection, "", day, number)
    if not id_ and slips.slips_numbered(connection, day, number) > 1:
        raise OperatorError("同じ番号の管理票が2枚あります。QRコードを読み取ってください。", field="slip", code="two-slips")
    if other:
        raise OperatorError(
            f"同じ番号の管理票が端末 {other} にもあります。QRコードを読み取ってください。", field="slip", code="two-slips"
        )


# -- the day close --


def open_items(office: Office, connection: Connection) -> tuple[OpenItem, ...]:
    """For each other terminal: paper that is not locked up, or that it cannot be asked; and its other open work.

    How much paper it is nobody is told before it has been counted.
    """
    counted = {entry.item for entry in counts(office, connection)}
    items = []
    for one in others(office, connection):
        kind, loose = f"{ITEM}{one.terminal}", _known(one)
        told = f" {loose.words}" if kind in counted else ""
        since = "" if one.reached else f"({one.since_words(office.clock.local().tzinfo)})"
        count = loose.total if one.reached else max(1, loose.total)
        items.append(OpenItem(kind, count, f"端末 {one.terminal} の書類{told}{since}", "sync", way=Way.COUNT))
        if one.standing is not None and one.reached:
            work = f": {'、'.join(one.standing.work)}" if one.standing.work else f" {one.standing.open}件"
            items.append(OpenItem(f"{WORK}{one.terminal}", one.standing.open, f"端末 {one.terminal} の途中の仕事{work}", "sync"))
    return tuple(items)


def _known(one: TerminalPaper) -> Pieces:
    return one.loose


def count(office: Office, session: Session, terminal: str, counted: Pieces, reason: str, person: str, password: str) -> Count:
    """手で数える: a second person has counted all paper at that terminal that is in no 保管庫, and signs. Takes a password hash.

    As in a 保管庫: one that does not agree with what the terminal last told is made again, and stands from the second on with a
    reason. Raises OperatorError at ``id`` when it is who is at the screen, at ``reason``, or as ``sign`` does.
    """
    require(office, session, Action.DAY_CLOSE)
    number = f"{ITEM}{terminal}"
    with reading(office, session, Action.DAY_CLOSE) as connection:
        day, expected = office.clock.today(), _expected(office, connection, terminal)
        again = counts_kept.differences(connection, day, NIGHT, number, expected) > 0
    _require_second(session.person, person)
    words = counting.check_reason(reason, again)
    contents = counting.counted_contents(day.isoformat(), number, counted, words)
    signature = sign(office, person, password, counting.STATEMENT, contents)
    with begin(office, session, Action.DAY_CLOSE, subject=terminal, step="terminal_count", counter=signature.person) as unit:
        require_signature(
            office, signature, counting.STATEMENT, contents, Role.CLERK, Role.SUPERVISOR, Role.WARD_STAFF, Role.WARD_ADMIN
        )
        _require_second(session.person, signature.person)
        expected = _expected(office, unit.connection, terminal)
        made = Count(number, expected, counted, words, signature.person, signature.name, signature.signed_at)
        counts_kept.keep_count(unit.connection, unit.today, NIGHT, made, signature)
        unit.note(agrees=made.agrees, stands=made.stands)
    return made


def _expected(office: Office, connection: Connection, terminal: str) -> Pieces:
    found = next((one for one in others(office, connection) if one.terminal == terminal), None)
    if found is None:
        raise OperatorError("この端末は、もう室内の端末ではありません。画面を更新しました。", code="not-open")
    return _known(found)


def _require_second(first: str, second: str) -> None:
    if first == second:
        raise OperatorError("画面の人とは別の人が数えて署名してください。", field="id", code="same-person")


def counts(office: Office, connection: Connection) -> tuple[Carried, ...]:
    """Today's counts by hand that still hold: the terminal has told nothing else since."""
    made_today = counts_kept.last_counts(connection, office.clock.today())
    found = []
    for one in others(office, connection):
        made, expected = made_today.get(f"{ITEM}{one.terminal}"), _known(one)
        if made is not None and made.stands and made.expected == expected:
            count = expected.total if one.reached else max(1, expected.total)
            differs = "" if made.agrees else made.reason
            entry = Carried(made.cabinet, count, "手で数えた", "", made.at, made.person, made.counted.words, differs)
            found.append(entry)
    return tuple(found)
