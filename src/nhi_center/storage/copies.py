"""情報管理台帳 as it is kept: lines of second copies, and the ward's 承諾番号."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.copies import Approval, Copy, Kind

_NAMES = ("id", "kind", "items", "count", "medium", "place", "approval", "received", "returned", "erased")


def add(connection: Connection, copy: Copy, by: str) -> None:
    """``by``: who made it, for the log's sake alone."""
    names = ", ".join((*_NAMES, "by"))
    connection.execute(
        text(f"INSERT INTO second_copy ({names}) VALUES (:{names.replace(', ', ', :')})"),
        asdict(copy) | {"kind": copy.kind.value, "by": by},
    )


def every(connection: Connection) -> tuple[Copy, ...]:
    """Those without a 承諾番号 first, then the newest first."""
    rows = connection.execute(text("SELECT * FROM second_copy ORDER BY approval <> '', received DESC, id DESC"))
    return tuple(Copy(**{**{name: getattr(row, name) for name in _NAMES}, "kind": Kind(row.kind)}) for row in rows)


def register_line(connection: Connection) -> bool:
    """Whether the copy of the register that is here has its line."""
    query = text("SELECT 1 FROM second_copy WHERE kind = 'register' AND erased = '' LIMIT 1")
    return connection.execute(query).first() is not None


def people(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM person")).scalar_one())


def erased(connection: Connection, places: Iterable[str], day: str) -> None:
    """What lay at these places is gone."""
    for place in places:
        query = "UPDATE second_copy SET erased = :day WHERE place = :place AND erased = ''"
        connection.execute(text(query), {"day": day, "place": place})


def all_erased(connection: Connection, day: str) -> None:
    """Nothing is here any more, but what was given back."""
    connection.execute(text("UPDATE second_copy SET erased = :day WHERE erased = '' AND returned = ''"), {"day": day})


def returned(connection: Connection, id_: str, day: str) -> bool:
    """Given back to the ward; False when it is gone already."""
    query = "UPDATE second_copy SET returned = :day WHERE id = :id AND returned = '' AND erased = ''"
    return connection.execute(text(query), {"day": day, "id": id_}).rowcount == 1


def assign(connection: Connection, id_: str, number: str) -> bool:
    """Give a line its 承諾番号; False when it has one."""
    query = "UPDATE second_copy SET approval = :number WHERE id = :id AND approval = ''"
    return connection.execute(text(query), {"number": number, "id": id_}).rowcount == 1


def find(connection: Connection, id_: str) -> Copy | None:
    return next((one for one in every(connection) if one.id == id_), None)


def used(connection: Connection, number: str) -> int:
    """How many lines stand under this number."""
    query = text("SELECT count(*) FROM second_copy WHERE approval = :number")
    return int(connection.execute(query, {"number": number}).scalar_one())


def approve(connection: Connection, approval: Approval, at: str, by: str) -> None:
    connection.execute(
        text(
            "INSERT INTO copy_approval (number, kinds, standing, first_day, last_day, at, by)"
            " VALUES (:number, :kinds, :standing, :first, :last, :at, :by)"
        ),
        {
            "number": approval.number,
            "kinds": " ".join(approval.kinds),
            "standing": int(approval.standing),
            "first": approval.first.isoformat(),
            "last": approval.last.isoformat(),
            "at": at,
            "by": by,
        },
    )


def approvals(connection: Connection) -> tuple[Approval, ...]:
    """Newest first."""
    rows = connection.execute(text("SELECT * FROM copy_approval ORDER BY at DESC, number"))
    return tuple(
        Approval(
            row.number,
            tuple(Kind(kind) for kind in row.kinds.split()),
            bool(row.standing),
            date.fromisoformat(row.first_day),
            date.fromisoformat(row.last_day),
        )
        for row in rows
    )
