"""室内の手元: what stands in this terminal's part of the ledger, told to the room when it has changed."""

from __future__ import annotations

from collections.abc import Sequence

from nhi_center.domain import standing as domain
from nhi_center.domain.custody import ON_HAND, Balance, Pieces, pieces_of, trial
from nhi_center.domain.inspection import OpenItem
from nhi_center.domain.operators import Action
from nhi_center.domain.standing import MOST_SLIPS, Standing
from nhi_center.services import cabinets, certificates, conflicts, covers, leases, print_watch
from nhi_center.services.custody import document_kinds
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin, reading
from nhi_center.storage import custody, handover, inspection
from nhi_center.storage import standing as storage
from nhi_center.storage.engine import Connection

KIND = "standing"


def own(office: Office, connection: Connection) -> Standing:
    """What stands in this terminal's ledger now. Paper in a 保管庫 is locked up once a second person has counted it today."""
    kinds, everything = document_kinds(), custody.balances(connection)
    here = [one for one in everything if one.account.place in ON_HAND]
    counted = {entry.cabinet for entry in cabinets.counts(office, connection)}
    loose = [one for one in here if one.account.cabinet not in counted]
    sums = trial(everything).values()
    items = (
        *inspection.entry_items(connection),
        handovers(connection),
        *leases.open_items(office, connection),
        *conflicts.open_items(connection),
        *certificates.open_items(connection),
        *covers.open_items(connection),
        *print_watch.open_items(connection),
        *inspection.exchange_items(connection),
    )
    work = [item for item in items if item.count and item.kind not in _OF_THE_LINE]
    slips = [(slip.day, slip.number, slip.id) for slip in custody.slips_on_hand(connection)]
    return Standing(
        places={place: made for place in ON_HAND if (made := _of(loose, place)).total},
        cabinets={
            number: pieces_of((one for one in here if one.account.cabinet == number), kinds)
            for number in sorted({one.account.cabinet for one in here} & counted)
        },
        open=sum(item.count for item in work),
        work=tuple(item.words for item in work),
        slips=tuple(slips[-MOST_SLIPS:]),
        received=sum(one.received for one in sums),
        returned=sum(one.returned for one in sums),
    )


_OF_THE_LINE = ("unsent", "refused")
"""The record that told of it would itself be unsent, or refused again: there would be something new to tell for ever."""


def _of(loose: Sequence[Balance], place: object) -> Pieces:
    return pieces_of((one for one in loose if one.account.place is place), document_kinds())


def handovers(connection: Connection) -> OpenItem:
    """便 that are not signed yet."""
    count = handover.open_count(connection)
    return OpenItem("handovers", count, f"署名が終わっていない便 {count}便", "custody")


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
