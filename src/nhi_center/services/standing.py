"""室内の手元: tell the room what stands in this terminal's ledger, know what the others hold, count by hand at a silent one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nhi_center.domain import cabinets as counting
from nhi_center.domain import standing as domain
from nhi_center.domain.cabinets import Count
from nhi_center.domain.custody import NIGHT, ON_HAND, Balance, Pieces, pieces_of, trial
from nhi_center.domain.inspection import Carried, OpenItem, Way
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.domain.standing import MOST_SLIPS, Standing, TerminalPaper
from nhi_center.errors import OperatorError
from nhi_center.services.custody import document_kinds
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.session import terminal_session
from nhi_center.services.signing import require_signature, sign
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import cabinets as counts_kept
from nhi_center.storage import custody, handover, inspection, room
from nhi_center.storage import standing as storage
from nhi_center.storage.engine import Connection

KIND = "standing"
ITEM, WORK = "terminal_", "terminal_work_"
"""Before the terminal's name in the items of the day close: its paper, and its other open work."""


def own(connection: Connection) -> Standing:
    """What stands in this terminal's ledger now."""
    kinds, everything = document_kinds(), custody.balances(connection)
    here = [one for one in everything if one.account.place in ON_HAND]
    loose = [one for one in here if not one.account.cabinet]
    sums = trial(everything).values()
    items = (*inspection.entry_items(connection), handovers(connection), *inspection.exchange_items(connection))
    work = [item for item in items if item.count and item.kind != "unsent"]  # what tells of it would itself be unsent
    slips = [(slip.day, slip.number, slip.id) for slip in custody.slips_on_hand(connection)]
    return Standing(
        places={place: made for place in ON_HAND if (made := _of(loose, place)).total},
        cabinets={
            number: pieces_of((one for one in here if one.account.cabinet == number), kinds)
            for number in sorted({one.account.cabinet for one in here} - {""})
        },
        open=sum(item.count for item in work),
        work=tuple(item.words for item in work),
        slips=tuple(slips[-MOST_SLIPS:]),
        received=sum(one.received for one in sums),
        returned=sum(one.returned for one in sums),
    )


def _of(loose: Sequence[Balance], place: object) -> Pieces:
    return pieces_of((one for one in loose if one.account.place is place), document_kinds())


def handovers(connection: Connection) -> OpenItem:
    """便 that are not signed yet."""
    count = handover.open_count(connection)
    return OpenItem("handovers", count, f"署名が終わっていない便 {count}便", "custody")


# -- between terminals --


def tell(office: Office) -> None:
    """Before each exchange: a record for the room when something has changed since the last one."""
    terminal = terminal_session(office)
    with reading(office, terminal, Action.SYNC) as connection:
        body = domain.to_json(own(connection))
        if body == storage.last_told(connection, office.terminal):
            return
    with begin(office, terminal, Action.SYNC, step="standing") as unit:
        body = domain.to_json(own(unit.connection))
        storage.keep(unit.connection, office.terminal, 0, body)
        unit.record(KIND, body)


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
    found = []
    for one in seen:
        if one.terminal != office.terminal:
            body = storage.last_told(connection, one.terminal)
            told = None if body is None else domain.from_json(body)
            reached = told is not None and domain.in_touch(one.contact_at, ours, since)
            found.append(TerminalPaper(one.terminal, told, one.contact_at, reached))
    return tuple(found)


def of_room(office: Office, session: Session) -> tuple[TerminalPaper, ...]:
    """The other terminals and their paper, for the list of 手元の書類."""
    with reading(office, session, Action.STATUS) as connection:
        return others(office, connection)


def holder(office: Office, connection: Connection, id_: str, day: str, number: str) -> str:
    """The other terminal that has the paper of this 管理票; "" when none has told so."""
    return next((one.terminal for one in others(office, connection) if one.standing and one.standing.holds(id_, day, number)), "")


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
    return one.standing.loose if one.standing else Pieces()


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
