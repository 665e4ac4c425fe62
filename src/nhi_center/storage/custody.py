"""The ledger of sheets and the slips (手元の書類・管理票)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.custody import ON_HAND, Account, Balance, Movement, Place, Slip, slip_number

_SLIP = "SELECT id, number, day, batch, kind, sheets FROM slip"
_HERE = ", ".join(f"'{place.value}'" for place in ON_HAND)


def available(connection: Connection, account: Account) -> int:
    """How many sheets stand at one account."""
    found = connection.execute(
        text("SELECT sheets FROM balance WHERE kind = :kind AND batch = :batch AND place = :place AND slip = :slip"),
        _key(account),
    )
    return int(found.scalar() or 0)


def post(connection: Connection, movement: Movement, at: str, by: str) -> None:
    """Write one movement and both balances. The caller has checked route and cover; the table checks the cover again."""
    connection.execute(
        text(
            "INSERT INTO movement (kind, batch, slip, frm, dst, sheets, reason, at, by)"
            " VALUES (:kind, :batch, :slip, :frm, :dst, :sheets, :reason, :at, :by)"
        ),
        {
            "kind": movement.kind,
            "batch": movement.batch,
            "slip": movement.slip,
            "frm": movement.frm.value,
            "dst": movement.to.value,
            "sheets": movement.sheets,
            "reason": movement.reason,
            "at": at,
            "by": by,
        },
    )
    _add(connection, movement.source, -movement.sheets, at)
    _add(connection, movement.target, movement.sheets, at)


def _add(connection: Connection, account: Account, sheets: int, at: str) -> None:
    changed = connection.execute(
        text(
            "UPDATE balance SET since = CASE WHEN :sheets > 0 THEN :at ELSE since END, sheets = sheets + :sheets"
            " WHERE kind = :kind AND batch = :batch AND place = :place AND slip = :slip"
        ),
        {**_key(account), "sheets": sheets, "at": at},
    )
    if not changed.rowcount:
        connection.execute(
            text(
                "INSERT INTO balance (kind, batch, place, slip, sheets, since)"
                " VALUES (:kind, :batch, :place, :slip, :sheets, :at)"
            ),
            {**_key(account), "sheets": sheets, "at": at},
        )


def since(connection: Connection, account: Account) -> str:
    """When sheets came to this account last (wall clock, ISO)."""
    found = connection.execute(
        text("SELECT since FROM balance WHERE kind = :kind AND batch = :batch AND place = :place AND slip = :slip"), _key(account)
    )
    return str(found.scalar() or "")


def balances(connection: Connection, *, places: Iterable[Place] = tuple(Place)) -> tuple[Balance, ...]:
    """Every account with sheets on it, oldest batch first."""
    wanted = {place.value for place in places}
    rows = connection.execute(
        text("SELECT kind, batch, place, slip, sheets FROM balance WHERE sheets <> 0 ORDER BY since, kind, batch, slip")
    )
    return tuple(
        Balance(Account(row.kind, row.batch, Place(row.place), row.slip), int(row.sheets)) for row in rows if row.place in wanted
    )


def oldest_on_hand(connection: Connection) -> str:
    """When the batch that has been here longest came in (wall clock, ISO); "" when nothing is here."""
    rows = connection.execute(
        text(
            f"SELECT min(m.at) FROM movement m WHERE m.frm IN ('ward', 'made') AND EXISTS"
            f" (SELECT 1 FROM balance b WHERE b.kind = m.kind AND b.batch = m.batch AND b.sheets > 0 AND b.place IN ({_HERE}))"
        )
    )
    return str(rows.scalar() or "")


def cases_on_hand(connection: Connection) -> int:
    """Applications (件) whose paper is in the room."""
    found = connection.execute(
        text(
            f"SELECT count(*) FROM slip s WHERE s.sheets = 0 OR EXISTS"
            f" (SELECT 1 FROM balance b WHERE b.slip = s.id AND b.kind = s.kind AND b.sheets > 0 AND b.place IN ({_HERE}))"
        )
    )
    return int(found.scalar_one())


def movements(connection: Connection) -> Iterator[Movement]:
    """Every movement there ever was, in order."""
    for row in connection.execute(text("SELECT kind, batch, slip, frm, dst, sheets, reason FROM movement ORDER BY seq")):
        yield Movement(
            kind=row.kind,
            batch=row.batch,
            slip=row.slip,
            frm=Place(row.frm),
            to=Place(row.dst),
            sheets=int(row.sheets),
            reason=row.reason,
        )


def new_slips(connection: Connection, day: date, batch: str, kinds: Iterable[str]) -> tuple[Slip, ...]:
    """One slip per application, in this order, numbered on from the day's last."""
    made = []
    for sequence, kind in enumerate(kinds, start=next_slip_sequence(connection, day)):
        slip = Slip(str(uuid.uuid4()), slip_number(day, sequence), day.isoformat(), batch, kind, 0, Place.TRAY)
        connection.execute(
            text("INSERT INTO slip (id, number, day, batch, kind) VALUES (:id, :number, :day, :batch, :kind)"),
            {"id": slip.id, "number": slip.number, "day": slip.day, "batch": batch, "kind": kind},
        )
        made.append(slip)
    return tuple(made)


def next_slip_sequence(connection: Connection, day: date) -> int:
    """The running number the day's next slip will have."""
    return int(connection.execute(text("SELECT count(*) FROM slip WHERE day = :day"), {"day": day.isoformat()}).scalar_one()) + 1


def slip(connection: Connection, id_: str) -> Slip | None:
    """One slip by its id."""
    found = _slips(connection, f"{_SLIP} WHERE id = :id", {"id": id_})
    return found[0] if found else None


def slip_numbered(connection: Connection, day: str, number: str) -> Slip | None:
    """One slip by the day it came (ISO) and its number."""
    found = _slips(connection, f"{_SLIP} WHERE day = :day AND number = :number", {"day": day, "number": number})
    return found[0] if found else None


def slips_of_batch(connection: Connection, batch: str) -> tuple[Slip, ...]:
    """The slips of one incoming handover, by number."""
    return _slips(connection, f"{_SLIP} WHERE batch = :batch ORDER BY number", {"batch": batch})


def slips_on_hand(connection: Connection) -> tuple[Slip, ...]:
    """Every slip whose paper is in the room, oldest first."""
    return _slips(
        connection,
        f"{_SLIP} s WHERE s.sheets = 0 OR EXISTS (SELECT 1 FROM balance b WHERE b.slip = s.id AND b.kind = s.kind"
        f" AND b.sheets > 0 AND b.place IN ({_HERE})) ORDER BY day, number",
        {},
    )


def slips_unsorted(connection: Connection) -> tuple[Slip, ...]:
    """Slips nobody has begun to key: their sheets lie in the batch's pile."""
    return _slips(connection, f"{_SLIP} WHERE sheets = 0 ORDER BY day, number", {})


def add_slip_sheets(connection: Connection, id_: str, sheets: int) -> None:
    """A slip took ``sheets`` from its batch's pile (or, negative, put them back)."""
    connection.execute(text("UPDATE slip SET sheets = sheets + :sheets WHERE id = :id"), {"id": id_, "sheets": sheets})


def _slips(connection: Connection, query: str, values: dict[str, str]) -> tuple[Slip, ...]:
    rows = connection.execute(text(query), values).all()
    places = _places(connection)
    return tuple(
        Slip(row.id, row.number, row.day, row.batch, row.kind, int(row.sheets), _place_of(int(row.sheets), places.get(row.id)))
        for row in rows
    )


def _places(connection: Connection) -> dict[str, Place]:
    """Where each application's own sheets are: an original that goes back alone does not take its application with it."""
    rows = connection.execute(
        text(
            f"SELECT b.slip, b.place FROM balance b JOIN slip s ON s.id = b.slip AND s.kind = b.kind"
            f" WHERE b.sheets > 0 AND b.place IN ({_HERE}) ORDER BY b.since, b.place"
        )
    )
    return {row.slip: Place(row.place) for row in rows}


def _place_of(sheets: int, here: Place | None) -> Place:
    if sheets == 0:
        return Place.TRAY
    return here or Place.RETURNED


def _key(account: Account) -> dict[str, str]:
    return {"kind": account.kind, "batch": account.batch, "place": account.place.value, "slip": account.slip}
