"""The numbered paper (番号付き用紙): what was there in the morning, what went through the printer, what is spoiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.blank_sheets import Blanks
from nhi_center.domain.operators import Signature
from nhi_center.domain.paper_count import Moment, PaperCount
from nhi_center.domain.print_jobs import PaperStock

_STOCK = "SELECT prefix, printer, day, first, opened, taken, spoiled FROM paper_stock"


def packs(connection: Connection, prefix: str, day: date) -> tuple[PaperStock, ...]:
    """The packs of one day in order, of every tray; the last one of a tray is in the printer."""
    rows = connection.execute(
        text(f"{_STOCK} WHERE prefix = :prefix AND day = :day ORDER BY first"), {"prefix": prefix, "day": day.isoformat()}
    )
    return tuple(_stock(row)[1] for row in rows)


def newest(connection: Connection, prefix: str) -> dict[str, tuple[date, PaperStock]]:
    """By the printer they were received for: the pack in its tray, and the day that was last opened on."""
    rows = connection.execute(
        text(
            f"{_STOCK} AS s WHERE prefix = :prefix AND (day, first) = (SELECT o.day, o.first FROM paper_stock o"
            " WHERE o.prefix = s.prefix AND o.printer = s.printer ORDER BY o.day DESC, o.first DESC LIMIT 1)"
        ),
        {"prefix": prefix},
    )
    return {row.printer: _stock(row) for row in rows}


def of_number(connection: Connection, prefix: str, number: int) -> tuple[date, PaperStock] | None:
    """The pack and day from which one number went through the printer."""
    row = connection.execute(
        text(f"{_STOCK} WHERE prefix = :prefix AND first <= :number AND :number < first + taken"),
        {"prefix": prefix, "number": number},
    ).one_or_none()
    return _stock(row) if row else None


def was_here(connection: Connection, prefix: str, first: int, sheets: int) -> bool:
    """Whether one of these numbers was received before, for whatever tray."""
    return bool(
        connection.execute(
            text("SELECT count(*) FROM paper_stock WHERE prefix = :prefix AND first < :end AND :first < first + opened"),
            {"prefix": prefix, "first": first, "end": first + sheets},
        ).scalar()
    )


def put(connection: Connection, day: date, stock: PaperStock) -> None:
    """Keep the counts of one pack on one day."""
    connection.execute(
        text(
            "INSERT INTO paper_stock (prefix, printer, day, first, opened, taken, spoiled)"
            " VALUES (:prefix, :printer, :day, :first, :opened, :taken, :spoiled)"
            " ON CONFLICT (prefix, printer, day, first) DO UPDATE SET"
            " opened = excluded.opened, taken = excluded.taken, spoiled = excluded.spoiled"
        ),
        {**asdict(stock), "day": day.isoformat()},
    )


def _stock(row: Any) -> tuple[date, PaperStock]:
    return date.fromisoformat(row.day), PaperStock(row.prefix, row.first, row.opened, row.taken, row.spoiled, row.printer)


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
