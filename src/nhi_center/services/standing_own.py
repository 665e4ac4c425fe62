"""室内の手元: what stands in this terminal's part of the ledger, told to the room when it has changed."""

from __future__ import annotations

from nhi_center.domain import standing as domain
from nhi_center.domain.custody import ON_HAND, Balance, Pieces, Place, pieces_of
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.operators import Action
from nhi_center.domain.standing import MOST_SLIPS, Named, Standing
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services import (
    cabinets,
    certificates,
    conflicts,
    covers,
    leases,
    paper_age,
    paper_count,
    paper_exports,
    print_watch,
)
from nhi_center.services.custody import document_kinds
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin, reading
from nhi_center.storage import calls, custody, day_close, ward_requests
from nhi_center.storage import standing as storage
from nhi_center.storage.engine import Connection

KIND = "standing"


def own(office: Office, connection: Connection) -> Standing:
    """What stands in this terminal's ledger now. Paper in a 保管庫 is locked up once a second person has counted it today."""
    places, counted = loose(office, connection), _counted(office, connection)
    work = [item for item in work_items(office, connection) if item.count]
    slips = [(slip.day, slip.number, slip.id) for slip in custody.slips_on_hand(connection)]
    received, returned = custody.totals(connection)
    return Standing(
        places=places,
        cabinets={number: pieces for number, (pieces, _by) in counted.items()},
        open=sum(item.count for item in work),
        work=tuple(item.words for item in work),
        slips=tuple(slips[-MOST_SLIPS:]),
        received=received,
        returned=returned,
        named=tuple(Named(item.kind, item.count, item.words) for item in named_items(office, connection) if item.count),
        counted_on=office.clock.today().isoformat() if counted else "",
        counted_by=tuple(sorted({by for _pieces, by in counted.values()})),
    )


def loose(office: Office, connection: Connection) -> dict[Place, Pieces]:
    """On hand and not locked up, by place."""
    counted, kinds = _counted(office, connection), document_kinds()
    by_place: dict[Place, list[Balance]] = {}
    for one in custody.balances(connection, places=ON_HAND):
        if one.account.cabinet not in counted:
            by_place.setdefault(one.account.place, []).append(one)
    return {place: pieces_of(by_place[place], kinds) for place in ON_HAND if place in by_place}


def _counted(office: Office, connection: Connection) -> dict[str, tuple[Pieces, str]]:
    """The cabinets with paper whose count of today holds: what is in each, and who counted it."""
    inside = cabinets.all_inside(connection)
    counts = sorted(cabinets.counts(office, connection), key=lambda entry: entry.cabinet)
    return {entry.cabinet: (inside[entry.cabinet], entry.written_by) for entry in counts if entry.cabinet in inside}


def named_items(office: Office, connection: Connection) -> tuple[OpenItem, ...]:
    """What stands by itself in the room's day close: what must not stay here over night, blank paper, what is being printed."""
    return (
        *day_close.found_items(connection, document_kinds()),
        _overdue(office, connection),
        *paper_count.open_items(office, connection),
        print_watch.unended(connection),
    )


def _overdue(office: Office, connection: Connection) -> OpenItem:
    """Without its hours, which would be something new to tell every hour. Where the ward's hours cannot be read, all that is on
    hand: the exchange that brings better ones must go on."""
    try:
        over, which = paper_age.read(office, connection).over, "期限を過ぎた"
    except EnvironmentTrouble:
        here, which = custody.balances(connection, places=ON_HAND), "期限を確かめられない"
        over = pieces_of(here, document_kinds())
    return OpenItem(paper_age.OVERDUE, over.total, f"{which}手元の書類 {over.words}", "custody")


def work_items(office: Office, connection: Connection) -> tuple[OpenItem, ...]:
    """This terminal's other open work. Not the records that wait for the segment: the one that told of it would wait itself, or
    be refused again, and there would be something new to tell for ever."""
    return (
        day_close.handover_item(connection),
        cabinets.differences(office, connection),
        *day_close.entry_items(connection),
        *leases.open_items(office, connection),
        *conflicts.open_items(connection),
        *certificates.open_items(connection),
        *covers.open_items(connection),
        *paper_exports.open_items(connection),
        *calls.open_items(connection),
        *ward_requests.open_items(connection),
    )


def tell(office: Office) -> None:
    """Before each exchange: a record for the room when something has changed since the last one."""
    terminal = terminal_session(office)
    with reading(office, terminal, Action.SYNC) as connection:
        body = domain.to_json(own(office, connection))
        if body == storage.last_told(connection, office.terminal):
            return
    with begin(office, terminal, Action.SYNC, step="standing") as unit:
        body = domain.to_json(own(office, unit.connection))
        storage.keep(unit.connection, office.terminal, 0, body)
        unit.record(KIND, body)
