"""室内の手元: tell the room what stands in this terminal's ledger, know what the others hold, count by hand at a silent one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from nhi_center.domain import standing as domain
from nhi_center.domain.cabinets import Count
from nhi_center.domain.custody import Pieces
from nhi_center.domain.day_close import Carried, OpenItem, Way
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.standing import PRINTING, TerminalPaper
from nhi_center.errors import OperatorError
from nhi_center.services import second_count
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.second_count import Pile
from nhi_center.services.work import reading, require
from nhi_center.storage import cabinets as counts_kept
from nhi_center.storage import conflicts, leases, room
from nhi_center.storage import custody as slips
from nhi_center.storage import standing as storage
from nhi_center.storage.engine import Connection

ITEM, NAMED, WORK = "terminal_", "terminal_named_", "terminal_work_"
"""Before the terminal's name in the items of the day close: its paper, what stands by itself, and its other open work."""


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
            unread = storage.disbelieved_since(connection, one.terminal)
            reached = told is not None and not unread and domain.in_touch(one.contact_at, ours, since)
            failed = one.terminal in given_up
            gone = sum(int(lease["sheets"]) for lease in taken if lease["step"] == f"again {one.terminal}")
            found.append(TerminalPaper(one.terminal, told, one.contact_at, reached, unread, failed, gone if failed else 0))
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
    """For each other terminal: paper that no second person has counted there today, or that it cannot be asked; what stands by
    itself (現金・金券, blank paper, prints); and its other open work.

    How much paper it is nobody is told before it has been counted. Closing the day here cancels no print there: while a terminal
    that can be heard has any under way, the day is closed by nobody but that terminal. Of a silent one it is named and written
    over, for whoever counts there sees the printer.
    """
    counted = {entry.item for entry in counts(office, connection)}
    return tuple(item for one in others(office, connection) for item in _items(office, one, f"{ITEM}{one.terminal}" in counted))


def _items(office: Office, one: TerminalPaper, counted: bool) -> Iterator[OpenItem]:
    name, today, told = f"端末 {one.terminal}", office.clock.today().isoformat(), one.standing
    left = _uncounted(office, one)
    since = "" if one.reached else f"({one.since_words(office.clock.local().tzinfo)})"
    locked = told is not None and bool(told.cabinets)
    words = f"{name} の書類{'' if told is None or not locked or told.counted(today) else '(保管庫の中も)'}"
    yield OpenItem(
        f"{ITEM}{one.terminal}",
        left.total if one.reached else max(1, left.total),
        f"{words}{f' {left.words}' if counted else ''}{since}",
        "sync",
        way=Way.COUNT,
        terminal=one.terminal,
        counted_by=(told.counted_by or ()) if told is not None and locked else (),
    )
    if told is None:
        return
    for named in told.named:
        way = Way.THERE if named.kind == PRINTING and one.reached else Way.CARRY
        words = f"{name} の{named.words}{since}"
        yield OpenItem(f"{NAMED}{one.terminal}_{named.kind}", named.count, words, "sync", way=way, terminal=one.terminal)
    if one.reached:
        work = f": {'、'.join(told.work)}" if told.work else f" {told.open}件"
        yield OpenItem(f"{WORK}{one.terminal}", told.open, f"{name} の途中の仕事{work}", "sync", terminal=one.terminal)


def _uncounted(office: Office, one: TerminalPaper) -> Pieces:
    told = one.standing.uncounted(office.clock.today().isoformat()) if one.standing else Pieces()
    return replace(told, sheets=max(0, told.sheets - one.gone))


def count(office: Office, session: Session, terminal: str, counted: Pieces, reason: str, person: str, password: str) -> Count:
    """手で数える: a second person has counted all paper at that terminal that the line asks for, and signs.

    Takes a password hash, keeps every count and raises as ``second_count.count``.
    """
    require(office, session, Action.DAY_CLOSE)

    def expected(connection: Connection) -> Pieces:
        found = next((one for one in others(office, connection) if one.terminal == terminal), None)
        if found is None:
            raise OperatorError("この端末は、もう室内の端末ではありません。画面を更新しました。", code="not-open")
        return _uncounted(office, found)

    refusal = "画面の人とは別の人が数えて署名してください。"
    pile = Pile(f"{ITEM}{terminal}", terminal, "terminal_count", expected, lambda _connection: frozenset(), refusal)
    return second_count.count(office, session, pile, counted, reason, person, password)


def counts(office: Office, connection: Connection) -> tuple[Carried, ...]:
    """Today's counts by hand that still hold: the terminal has told nothing else since."""
    made_today = counts_kept.last_counts(connection, office.clock.today())
    found = []
    for one in others(office, connection):
        made, expected = made_today.get(f"{ITEM}{one.terminal}"), _uncounted(office, one)
        if made is not None and made.stands and made.expected == expected:
            count = expected.total if one.reached else max(1, expected.total)
            found.append(second_count.entry(made.cabinet, count, "手で数えた", "", made))
    return tuple(found)
