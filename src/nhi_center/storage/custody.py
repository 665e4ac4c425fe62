"""The ledger of sheets and the slips (手元の書類・管理票)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain.custody import ON_HAND, SOURCES, Account, Balance, Movement, Place, Slip, slip_number

_SLIP = "SELECT id, number, day, batch, kind, sheets FROM slip"
_HERE = ", ".join(f"'{place.value}'" for place in ON_HAND)
_AT = "kind = :kind AND batch = :batch AND place = :place AND slip = :slip AND cabinet = :cabinet"


def available(connection: Connection, account: Account) -> int:
    """How many sheets stand at one account."""
    found = connection.execute(
        text(f"SELECT sheets FROM balance WHERE {_AT}"),
        _key(account),
    )
    return int(found.scalar() or 0)


def post(connection: Connection, movement: Movement, at: str, by: str) -> None:
    """Write one movement and both balances. The caller has checked route and cover; the table checks the cover again."""
    connection.execute(
        text(
            "INSERT INTO movement (kind, batch, slip, frm, dst, frm_cabinet, dst_cabinet, sheets, reason, at, by)"
            " VALUES (:kind, :batch, :slip, :frm, :dst, :frm_cabinet, :dst_cabinet, :sheets, :reason, :at, :by)"
        ),
        {
            "kind": movement.kind,
            "batch": movement.batch,
            "slip": movement.slip,
            "frm": movement.frm.value,
            "dst": movement.to.value,
            "frm_cabinet": movement.frm_cabinet,
            "dst_cabinet": movement.to_cabinet,
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
        text(f"UPDATE balance SET since = CASE WHEN :sheets > 0 THEN :at ELSE since END, sheets = sheets + :sheets WHERE {_AT}"),
        {**_key(account), "sheets": sheets, "at": at},
    )
    if not changed.rowcount:
        connection.execute(
            text(
                "INSERT INTO balance (kind, batch, place, slip, cabinet, sheets, since)"
                " VALUES (:kind, :batch, :place, :slip, :cabinet, :sheets, :at)"
            ),
            {**_key(account), "sheets": sheets, "at": at},
        )


def balances(connection: Connection, *, places: Iterable[Place] = tuple(Place)) -> tuple[Balance, ...]:
    """Every account with sheets on it, oldest batch first. Of what is on hand the query reads no more than is on hand."""
    wanted = frozenset(places)
    rows = connection.execute(text(_BALANCES_HERE if wanted <= frozenset(ON_HAND) else _BALANCES))
    return tuple(_balance(row) for row in rows if Place(row.place) in wanted)


def balances_of_what_is_here(connection: Connection) -> tuple[Balance, ...]:
    """Every account with sheets on it, of the kinds and batches of which something is on hand."""
    return tuple(_balance(row) for row in connection.execute(text(_BALANCES_OF_HERE)))


_OF_HERE = f"(kind, batch) IN (SELECT kind, batch FROM balance WHERE sheets > 0 AND place IN ({_HERE}))"
_BALANCES_OF_HERE = f"SELECT kind, batch, place, slip, cabinet, sheets FROM balance WHERE sheets <> 0 AND {_OF_HERE}"
_BALANCES = "SELECT kind, batch, place, slip, cabinet, sheets FROM balance WHERE sheets <> 0 ORDER BY since, kind, batch, slip"
_BALANCES_HERE = _BALANCES.replace("sheets <> 0", f"sheets > 0 AND place IN ({_HERE})")


def totals(connection: Connection) -> tuple[int, int]:
    """All that ever came or was made here, and all that has gone back; in sheets, items and letters together."""
    sums = {Place(row.place): int(row.sheets) for row in connection.execute(text(_TOTALS))}
    return -sum(sums.get(place, 0) for place in SOURCES), sums.get(Place.RETURNED, 0)


_TOTALS = "SELECT place, sum(sheets) AS sheets FROM balance GROUP BY place"


def _balance(row: Any) -> Balance:
    return Balance(Account(row.kind, row.batch, Place(row.place), row.slip, row.cabinet), int(row.sheets))


def oldest_on_hand(connection: Connection) -> str:
    """When the batch that has been here longest came in (wall clock, ISO); "" when nothing is here."""
    return min((came for _balance, came in arrivals(connection)), default="")


def arrivals(connection: Connection) -> tuple[tuple[Balance, str], ...]:
    """What is on hand, account by account, and when its batch came in or was made (wall clock, ISO)."""
    return tuple((_balance(row), str(row.came)) for row in connection.execute(text(_ARRIVALS)))


_ARRIVALS = (
    "SELECT b.kind, b.batch, b.place, b.slip, b.cabinet, b.sheets, coalesce((SELECT min(m.at) FROM movement m"
    " WHERE m.kind = b.kind AND m.batch = b.batch AND m.frm IN ('ward', 'made')),"
    " (SELECT min(t.came_at) FROM transfer t JOIN slip s ON s.id = t.slip WHERE t.way = 'in'"
    " AND s.kind = b.kind AND s.batch = b.batch)) AS came"
    f" FROM balance b WHERE b.sheets > 0 AND b.place IN ({_HERE})"
)


def cases_on_hand(connection: Connection) -> int:
    """Applications (件) whose paper is in the room."""
    return int(connection.execute(text(f"SELECT count(*) FROM slip WHERE {_IS_HERE}")).scalar_one())


_IS_HERE = (
    "(sheets = 0 OR id IN (SELECT b.slip FROM balance b JOIN slip s ON s.id = b.slip AND s.kind = b.kind"
    f" WHERE b.sheets > 0 AND b.place IN ({_HERE})))"
)
"""Not counted out of its batch's pile yet, or sheets of its own are on hand. By two indexes: no other slip is read."""


def movements(connection: Connection, *, on_hand: bool = False) -> Iterator[Movement]:
    """Every movement there ever was, in order; ``on_hand``: of the kinds and batches of which something is here."""
    of = f"WHERE {_OF_HERE}" if on_hand else ""
    for row in connection.execute(text(f"SELECT {_MOVEMENT} FROM movement {of} ORDER BY seq")):
        yield Movement(
            kind=row.kind,
            batch=row.batch,
            slip=row.slip,
            frm=Place(row.frm),
            to=Place(row.dst),
            sheets=int(row.sheets),
            reason=row.reason,
            frm_cabinet=row.frm_cabinet,
            to_cabinet=row.dst_cabinet,
        )


_MOVEMENT = "kind, batch, slip, frm, dst, frm_cabinet, dst_cabinet, sheets, reason"


def last_movement(connection: Connection) -> int:
    """The number of the newest movement; 0 when there is none."""
    return int(connection.execute(text("SELECT coalesce(max(seq), 0) FROM movement")).scalar_one())


def out_of_balance(connection: Connection, since: int) -> int:
    """Of the kinds and batches moved after movement ``since``: accounts that are not what their movements add up to, and kinds
    and batches where received is not on hand + returned. Must be 0."""
    rows = connection.execute(text(_TOUCHED), {"since": since}).scalar_one()
    return int(rows)


# Each movement once as what leaves and once as what arrives; as in Movement.source and .target, tray and sources are piles.
# Asked at every act: NOT INDEXED (by seq alone) and CROSS JOIN (touched first) keep it to what the act moved, however long the
# ledger is; left to itself SQLite reads all of it.
_ENDS = " UNION ALL ".join(
    f"SELECT m.kind, m.batch, {end} AS place,"
    f" CASE WHEN {end} IN ('tray', 'ward', 'made', 'other') THEN '' ELSE m.slip END AS slip,"
    f" {end}_cabinet AS cabinet, {sign}m.sheets AS sheets"
    " FROM touched t CROSS JOIN movement m ON m.kind = t.kind AND m.batch = t.batch"
    for end, sign in (("frm", "-"), ("dst", ""))
)
_TOUCHED = (
    "WITH touched AS (SELECT DISTINCT kind, batch FROM movement NOT INDEXED WHERE seq > :since),"
    f" moved AS (SELECT kind, batch, place, slip, cabinet, sum(sheets) AS sheets FROM ({_ENDS})"
    " GROUP BY kind, batch, place, slip, cabinet),"
    " kept AS (SELECT b.kind, b.batch, b.place, b.slip, b.cabinet, b.sheets FROM touched t"
    " CROSS JOIN balance b ON b.kind = t.kind AND b.batch = t.batch)"
    " SELECT (SELECT count(*) FROM (SELECT * FROM moved WHERE sheets <> 0 EXCEPT SELECT * FROM kept))"
    " + (SELECT count(*) FROM (SELECT * FROM kept WHERE sheets <> 0 EXCEPT SELECT * FROM moved))"
    " + (SELECT count(*) FROM (SELECT 1 FROM kept GROUP BY kind, batch HAVING sum(sheets) <> 0))"
)


def parts_of(connection: Connection, slip: Slip) -> tuple[Balance, ...]:
    """Where in the room the sheets of one application are: one place, or more where some stayed behind."""
    rows = connection.execute(
        text(
            "SELECT kind, batch, place, slip, cabinet, sheets FROM balance WHERE kind = :kind AND batch = :batch"
            f" AND slip = :slip AND sheets > 0 AND place IN ({_HERE}) ORDER BY since, place, cabinet"
        ),
        {"kind": slip.kind, "batch": slip.batch, "slip": slip.id},
    )
    return tuple(map(_balance, rows))


def in_cabinet(connection: Connection, cabinet: str) -> tuple[Balance, ...]:
    """What stands in one 保管庫, the longest there first."""
    rows = connection.execute(
        text(
            "SELECT kind, batch, place, slip, cabinet, sheets FROM balance"
            " WHERE place = 'cabinet' AND cabinet = :cabinet AND sheets > 0 ORDER BY since, kind, batch, slip"
        ),
        {"cabinet": cabinet},
    )
    return tuple(map(_balance, rows))


def put_away_from(connection: Connection, cabinet: str) -> tuple[tuple[Account, int], ...]:
    """Where in the room the sheets of a 保管庫 stood before they were put away for the night, and how many of each."""
    rows = connection.execute(
        text(
            "SELECT kind, batch, place, slip, sum(sheets) AS sheets FROM ("
            "SELECT kind, batch, frm AS place, slip, sheets FROM movement"
            " WHERE dst_cabinet = :cabinet AND dst_cabinet <> '' AND reason = 'night'"
            " UNION ALL SELECT kind, batch, dst, slip, -sheets FROM movement"
            " WHERE frm_cabinet = :cabinet AND frm_cabinet <> '' AND reason = 'morning')"
            " GROUP BY kind, batch, place, slip HAVING sum(sheets) > 0 ORDER BY kind, batch, place, slip"
        ),
        {"cabinet": cabinet},
    )
    return tuple((Account(row.kind, row.batch, Place(row.place), row.slip), int(row.sheets)) for row in rows)


def new_slips(connection: Connection, day: date, batch: str, kinds: Sequence[str], numbers: Sequence[int]) -> tuple[Slip, ...]:
    """One slip per application, in this order, with the day's running ``numbers``."""
    made = []
    for sequence, kind in zip(numbers, kinds, strict=True):
        slip = Slip(str(uuid.uuid4()), slip_number(day, sequence), day.isoformat(), batch, kind, 0, Place.TRAY)
        connection.execute(
            text("INSERT INTO slip (id, number, day, batch, kind) VALUES (:id, :number, :day, :batch, :kind)"),
            {"id": slip.id, "number": slip.number, "day": slip.day, "batch": batch, "kind": kind},
        )
        made.append(slip)
    return tuple(made)


def slip(connection: Connection, id_: str) -> Slip | None:
    """One slip by its id."""
    found = _slips(connection, f"{_SLIP} WHERE id = :id", {"id": id_})
    return found[0] if found else None


def slip_numbered(connection: Connection, day: str, number: str) -> Slip | None:
    """One slip by the day it came (ISO) and its number; our own before one that another terminal has numbered."""
    where = "WHERE day = :day AND number = :number ORDER BY origin, id"
    found = _slips(connection, f"{_SLIP} {where}", {"day": day, "number": number})
    return found[0] if found else None


def slips_numbered(connection: Connection, day: str, number: str) -> int:
    """How many papers here carry this number: another terminal of the room may have given it too."""
    values = {"day": day, "number": number}
    return int(connection.execute(text("SELECT count(*) FROM slip WHERE day = :day AND number = :number"), values).scalar_one())


def add_slip(connection: Connection, slip: Slip, origin: str) -> None:
    """The paper of another terminal, under the id it has there; known already, it stays as it is."""
    connection.execute(
        text(
            "INSERT INTO slip (id, number, day, batch, kind, sheets, origin)"
            " VALUES (:id, :number, :day, :batch, :kind, :sheets, :origin) ON CONFLICT (id) DO NOTHING"
        ),
        {
            "id": slip.id,
            "number": slip.number,
            "day": slip.day,
            "batch": slip.batch,
            "kind": slip.kind,
            "sheets": slip.sheets,
            "origin": origin,
        },
    )


def origin(connection: Connection, slip_id: str) -> str:
    """The terminal that numbered it; "" for this one."""
    return str(connection.execute(text("SELECT origin FROM slip WHERE id = :id"), {"id": slip_id}).scalar() or "")


def slips_of_batch(connection: Connection, batch: str) -> tuple[Slip, ...]:
    """The slips of one incoming handover, by number."""
    return _slips(connection, f"{_SLIP} WHERE batch = :batch ORDER BY length(number), number", {"batch": batch})


def slips_on_hand(connection: Connection) -> tuple[Slip, ...]:
    """Every slip whose paper is in the room, oldest first."""
    return _slips(connection, f"{_SLIP} WHERE {_IS_HERE} ORDER BY day, length(number), number", {})


def slips_unsorted(connection: Connection) -> tuple[Slip, ...]:
    """Slips nobody has begun to key: their sheets lie in the batch's pile."""
    return _slips(connection, f"{_SLIP} WHERE sheets = 0 ORDER BY day, length(number), number", {})


def add_slip_sheets(connection: Connection, id_: str, sheets: int) -> None:
    """A slip took ``sheets`` from its batch's pile (or, negative, put them back)."""
    connection.execute(text("UPDATE slip SET sheets = sheets + :sheets WHERE id = :id"), {"id": id_, "sheets": sheets})


def _slips(connection: Connection, query: str, values: dict[str, str]) -> tuple[Slip, ...]:
    rows = connection.execute(text(query), values).all()
    places = _places(connection)
    away = set(connection.execute(text("SELECT slip FROM application WHERE state = 'elsewhere'")).scalars())
    return tuple(
        Slip(row.id, row.number, row.day, row.batch, row.kind, int(row.sheets), *_place_of(row, places.get(row.id), away))
        for row in rows
    )


_At = tuple[Place, str]
"""A place, and the number of the 保管庫 where it is one."""


def _places(connection: Connection) -> dict[str, _At]:
    """Where each application's own sheets are: an original that goes back alone does not take its application with it."""
    rows = connection.execute(
        text(
            f"SELECT b.slip, b.place, b.cabinet FROM balance b JOIN slip s ON s.id = b.slip AND s.kind = b.kind"
            f" WHERE b.sheets > 0 AND b.place IN ({_HERE}) ORDER BY b.since, b.place, b.cabinet"
        )
    )
    return {row.slip: (Place(row.place), row.cabinet) for row in rows}


def _place_of(row: Any, here: _At | None, away: set[str]) -> _At:
    if row.sheets == 0:
        return Place.TRAY, ""
    return here or ((Place.OTHER if row.id in away else Place.RETURNED), "")


def _key(account: Account) -> dict[str, str]:
    return {
        "kind": account.kind,
        "batch": account.batch,
        "place": account.place.value,
        "slip": account.slip,
        "cabinet": account.cabinet,
    }
