"""The numbered paper (番号付き用紙): what was there in the morning, what went through the printer, what is spoiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.blank_sheets import Blanks
from nhi_center.domain.operators import Signature
from nhi_center.domain.paper_count import Moment, PaperCount
from nhi_center.domain.print_jobs import PaperStock

_STOCK = "SELECT prefix, day, first, opened, taken, spoiled FROM paper_stock"


def packs(connection: Connection, prefix: str, day: date) -> tuple[PaperStock, ...]:
    """The packs of one day in order; the last one is in the printer."""
    return _stocks(connection, "WHERE prefix = :prefix AND day = :day ORDER BY first", {"prefix": prefix, "day": day.isoformat()})


def newest(connection: Connection, prefix: str) -> tuple[date, PaperStock] | None:
    """The pack in the printer and the day it was last opened on; None before any paper was received."""
    row = connection.execute(
        text(f"{_STOCK} WHERE prefix = :prefix ORDER BY day DESC, first DESC LIMIT 1"), {"prefix": prefix}
    ).one_or_none()
    if row is None:
        return None
    return date.fromisoformat(row.day), PaperStock(row.prefix, row.first, row.opened, row.taken, row.spoiled)


def of_number(connection: Connection, prefix: str, number: int) -> tuple[date, PaperStock] | None:
    """The pack and day from which one number went through the printer."""
    row = connection.execute(
        text(f"{_STOCK} WHERE prefix = :prefix AND first <= :number AND :number < first + taken"),
        {"prefix": prefix, "number": number},
    ).one_or_none()
    if row is None:
        return None
    return date.fromisoformat(row.day), PaperStock(row.prefix, row.first, row.opened, row.taken, row.spoiled)


def put(connection: Connection, day: date, stock: PaperStock) -> None:
    """Keep the counts of one pack on one day."""
    connection.execute(
        text(
            "INSERT INTO paper_stock (prefix, day, first, opened, taken, spoiled)"
            " VALUES (:prefix, :day, :first, :opened, :taken, :spoiled)"
            " ON CONFLICT (prefix, day, first) DO UPDATE SET"
            " opened = excluded.opened, taken = excluded.taken, spoiled = excluded.spoiled"
        ),
        {
            "prefix": stock.prefix,
            "day": day.isoformat(),
            "first": stock.first,
            "opened": stock.opened,
            "taken": stock.taken,
            "spoiled": stock.spoiled,
        },
    )


def add_event(
    connection: Connection, prefix: str, what: str, number: int, *, sheets: int = 1, job: str = "", at: str, by: str
) -> None:
    """``what``: received, taken, put_back or spoiled."""
    connection.execute(
        text(
            "INSERT INTO paper_event (prefix, what, number, sheets, job, at, by)"
            " VALUES (:prefix, :what, :number, :sheets, :job, :at, :by)"
        ),
        {"prefix": prefix, "what": what, "number": number, "sheets": sheets, "job": job, "at": at, "by": by},
    )


def _stocks(connection: Connection, where: str, values: dict[str, str]) -> tuple[PaperStock, ...]:
    rows = connection.execute(text(f"{_STOCK} {where}"), values)
    return tuple(PaperStock(row.prefix, row.first, row.opened, row.taken, row.spoiled) for row in rows)


def add_count(connection: Connection, count: PaperCount) -> None:
    connection.execute(
        text(
            "INSERT INTO paper_count (prefix, day, moment, first, counted, expected, reason, at, by)"
            " VALUES (:prefix, :day, :moment, :first, :counted, :expected, :reason, :at, :by)"
        ),
        {**asdict(count), "moment": count.moment.value},
    )


def counts(connection: Connection, first: date, last: date) -> tuple[PaperCount, ...]:
    """All counts of these days, the last one first."""
    rows = connection.execute(
        text(
            "SELECT prefix, day, moment, first, counted, expected, reason, at, by FROM paper_count"
            " WHERE day BETWEEN :first AND :last ORDER BY seq DESC"
        ),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple(
        PaperCount(
            row.prefix, row.day, Moment(row.moment), row.first, int(row.counted), int(row.expected), row.reason, row.at, row.by
        )
        for row in rows
    )


def add_blank_spoiled(
    connection: Connection,
    id_: str,
    blanks: Blanks,
    reason: str,
    reported_by: str,
    at: str,
    contents: Mapping[str, object],
    signature: Signature,
) -> None:
    """書損(白紙) with the second person's signature over exactly these contents."""
    connection.execute(
        text(
            "INSERT INTO blank_spoiled (id, prefix, first, last, reason, reported_by, at, contents,"
            " person, name, role, signed_at, statement, value)"
            " VALUES (:id, :prefix, :first, :last, :reason, :reported_by, :at, :contents,"
            " :person, :name, :role, :signed_at, :statement, :value)"
        ),
        {
            **asdict(blanks),
            **asdict(signature),
            "id": id_,
            "reason": reason,
            "reported_by": reported_by,
            "at": at,
            "contents": canonical.encode(dict(contents)).decode(),
        },
    )
