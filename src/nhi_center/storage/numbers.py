"""番号の枠 in the store: blocks the gateway has given, how far each is used, the terminal's own range."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import Connection, text

from nhi_center.domain.numbers import OWN_COUNT, Kind, own_range, period_of

_PLACE = "number_place"
"""The name in sync_state: this terminal's place in the room, as the gateway told it."""


@dataclass(frozen=True, slots=True)
class OpenAsk:
    """A block asked for and not received. ``above``: the last number of this period that this terminal knows to be given."""

    id: str
    kind: str
    period: str
    count: int
    above: int


def place(connection: Connection) -> int | None:
    """This terminal's place in the room; None before its first exchange."""
    found = connection.execute(text("SELECT value FROM sync_state WHERE name = :name"), {"name": _PLACE}).scalar()
    return None if found is None else int(found)


def keep_place(connection: Connection, number: int) -> None:
    connection.execute(
        text("INSERT INTO sync_state VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
        {"name": _PLACE, "value": str(number)},
    )


def left_in_blocks(connection: Connection, kind: Kind, period: str) -> int:
    found = connection.execute(
        text("SELECT coalesce(sum(count - used), 0) FROM number_block WHERE kind = :kind AND period = :period"),
        {"kind": kind.value, "period": period},
    )
    return int(found.scalar_one())


def left_alone(connection: Connection, kind: Kind, period: str) -> int:
    """How many numbers of the terminal's own range are left."""
    here = place(connection)
    return 0 if here is None else max(0, len(own_range(here)) - _alone(connection, kind, period)[1])


def coming(connection: Connection, kind: Kind, period: str, count: int) -> tuple[int, ...]:
    """The next ``count`` numbers, or as many as there are: out of the blocks in order, then out of the own range; of a terminal
    that has never had an exchange, counted on from 1."""
    rows = connection.execute(
        text(
            "SELECT first + used AS first, count - used AS n FROM number_block"
            " WHERE kind = :kind AND period = :period AND first IS NOT NULL AND used < count ORDER BY first"
        ),
        {"kind": kind.value, "period": period},
    )
    numbers = tuple(islice((number for row in rows for number in range(row.first, row.first + row.n)), count))
    last, own = _alone(connection, kind, period)
    here = place(connection)
    rest = range(last + 1, last + 1 + count) if here is None else own_range(here)[own:]
    return numbers + tuple(rest[: count - len(numbers)])


def use(connection: Connection, kind: Kind, period: str, count: int) -> tuple[int, ...]:
    """Take the numbers that ``coming`` names, for good."""
    numbers = coming(connection, kind, period, count)
    values = {"kind": kind.value, "period": period}
    for number in numbers:
        taken = connection.execute(
            text(
                "UPDATE number_block SET used = used + 1"
                " WHERE kind = :kind AND period = :period AND first + used = :number AND used < count"
            ),
            {**values, "number": number},
        )
        if not taken.rowcount:
            column = "last" if place(connection) is None else "own"
            connection.execute(
                text(
                    f"INSERT INTO number_alone (kind, period, {column}) VALUES (:kind, :period, 1)"
                    f" ON CONFLICT (kind, period) DO UPDATE SET {column} = {column} + 1"
                ),
                values,
            )
    return numbers


def ask(connection: Connection, kind: Kind, period: str, count: int) -> None:
    """Write down that a block is wanted, unless one is asked for already."""
    values = {"id": str(uuid.uuid4()), "kind": kind.value, "period": period, "count": count}
    connection.execute(
        text(
            "INSERT INTO number_block (id, kind, period, asked) SELECT :id, :kind, :period, :count WHERE NOT EXISTS"
            " (SELECT 1 FROM number_block WHERE kind = :kind AND period = :period AND first IS NULL)"
        ),
        values,
    )


def open_asks(connection: Connection) -> tuple[OpenAsk, ...]:
    rows = connection.execute(
        text(
            "SELECT b.id, b.kind, b.period, b.asked, max(coalesce(a.last, 0), coalesce((SELECT max(o.first + o.count - 1)"
            " FROM number_block o WHERE o.kind = b.kind AND o.period = b.period AND o.first IS NOT NULL), 0)) AS above"
            " FROM number_block b LEFT JOIN number_alone a USING (kind, period) WHERE b.first IS NULL ORDER BY b.period, b.kind"
        )
    )
    return tuple(OpenAsk(row.id, row.kind, row.period, int(row.asked), int(row.above)) for row in rows)


def keep(connection: Connection, id_: str, first: int, count: int) -> None:
    """The gateway's answer to an ask; again is harmless. ``count`` 0: it has none left for this period."""
    connection.execute(
        text("UPDATE number_block SET first = :first, count = :count WHERE id = :id AND first IS NULL"),
        {"id": id_, "first": first, "count": count},
    )


def drop_blocks(connection: Connection, today: date) -> None:
    """What is left of the blocks, and of today's own range, is never given: this store may not know what it has given already."""
    connection.execute(text("DELETE FROM number_block WHERE first IS NULL"))
    connection.execute(text("UPDATE number_block SET used = count"))
    for kind in Kind:
        connection.execute(
            text(
                "INSERT INTO number_alone (kind, period, own) VALUES (:kind, :period, :own)"
                " ON CONFLICT (kind, period) DO UPDATE SET own = excluded.own"
            ),
            {"kind": kind.value, "period": period_of(kind, today), "own": OWN_COUNT},
        )


def forget_before(connection: Connection, day: str) -> None:
    """Blocks of days before ``day`` (ISO) serve nobody any more."""
    connection.execute(text("DELETE FROM number_block WHERE period < :day AND length(period) = 10"), {"day": day})


def _alone(connection: Connection, kind: Kind, period: str) -> tuple[int, int]:
    """(last counted from 1, how many of the own range are used)."""
    row = connection.execute(
        text("SELECT last, own FROM number_alone WHERE kind = :kind AND period = :period"),
        {"kind": kind.value, "period": period},
    ).first()
    return (int(row.last), int(row.own)) if row else (0, 0)
