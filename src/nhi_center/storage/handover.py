"""便 with both sides' counts, signatures and receipt."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.custody import Account, Balance, DocumentKind, Group, Place
from nhi_center.domain.handover import Count, Direction, Handover, Side
from nhi_center.domain.operators import Signature

_LONGEST_OPEN = timedelta(days=366)
"""So long before a day is looked for what was opened earlier and ended on it: by the index of days, not through all years."""
_COLUMNS = "id, day, number, direction, section, state, round, opened_at, ended_at, medium, condition, promised"


@dataclass(frozen=True, slots=True)
class Receipt:
    """受領証 as written: its file's name in the documents folder."""

    handover: str
    file: str
    sha256: str
    made_at: str


def insert(
    connection: Connection,
    day: date,
    number: int,
    direction: Direction,
    section: str,
    kinds: Sequence[DocumentKind],
    at: str,
    by: str,
    medium: str = "1",
    condition: str = "1",
    promised: str = "",
) -> Handover:
    """A new 便 with its number within the day and the lines both sides will count."""
    id_ = str(uuid.uuid4())
    connection.execute(
        text(
            "INSERT INTO handover (id, day, number, direction, section, opened_at, opened_by, medium, condition, promised)"
            " VALUES (:id, :day, :number, :direction, :section, :at, :by, :medium, :condition, :promised)"
        ),
        {
            "id": id_,
            "day": day.isoformat(),
            "number": number,
            "direction": direction.value,
            "section": section,
            "at": at,
            "by": by,
            "medium": medium,
            "condition": condition,
            "promised": promised,
        },
    )
    connection.execute(
        text(
            "INSERT INTO handover_kind (handover, position, kind, title, grouping)"
            " VALUES (:handover, :position, :kind, :title, :grouping)"
        ),
        [
            {"handover": id_, "position": at_, "kind": kind.id, "title": kind.title, "grouping": kind.group.value}
            for at_, kind in enumerate(kinds)
        ],
    )
    return Handover(id_, day.isoformat(), number, direction, section, "open", 1, at, "", medium, condition, promised)


def find(connection: Connection, id_: str) -> Handover | None:
    rows = connection.execute(text(f"SELECT {_COLUMNS} FROM handover WHERE id = :id"), {"id": id_})
    return next((_handover(row) for row in rows), None)


def open_one(connection: Connection, direction: Direction, *, urgent: bool = False) -> Handover | None:
    """The 便 of this direction that is not finished yet; there is at most one, and one 至急 beside it."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM handover WHERE state = 'open' AND direction = :direction AND (promised <> '') = :urgent"),
        {"direction": direction.value, "urgent": urgent},
    )
    return next((_handover(row) for row in rows), None)


def of_day(connection: Connection, day: date) -> tuple[Handover, ...]:
    """The day's 便, those of days before that ended today, and any still open, latest first."""
    rows = connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM handover WHERE day = :day OR state = 'open'"
            " OR (day BETWEEN :since AND :day AND substr(ended_at, 1, 10) = :day) ORDER BY day DESC, number DESC"
        ),
        {"day": day.isoformat(), "since": (day - _LONGEST_OPEN).isoformat()},
    )
    return tuple(_handover(row) for row in rows)


def between(connection: Connection, first: date, last: date) -> tuple[Handover, ...]:
    """Every 便 settled on these days in their order, cancelled ones and those still open too."""
    settled = "coalesce(nullif(substr(ended_at, 1, 10), ''), day)"
    rows = connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM handover WHERE day BETWEEN :since AND :last AND {settled} BETWEEN :first AND :last"
            f" ORDER BY {settled}, day, number"
        ),
        {"since": (first - _LONGEST_OPEN).isoformat(), "first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple(_handover(row) for row in rows)


def open_count(connection: Connection) -> int:
    """How many 便 are counted but not signed."""
    return int(connection.execute(text("SELECT count(*) FROM handover WHERE state = 'open'")).scalar_one())


def kinds(connection: Connection, id_: str) -> tuple[DocumentKind, ...]:
    rows = connection.execute(
        text("SELECT kind, title, grouping FROM handover_kind WHERE handover = :id ORDER BY position"), {"id": id_}
    )
    return tuple(DocumentKind(row.kind, row.title, Group(row.grouping)) for row in rows)


def counts(connection: Connection, id_: str, round_: int, side: Side) -> tuple[Count, ...]:
    """One side's counts of one round, in the order of the lines; empty: not counted yet."""
    rows = connection.execute(
        text(
            "SELECT c.kind, c.cases, c.sheets FROM handover_count c JOIN handover_kind k ON k.handover = c.handover"
            " AND k.kind = c.kind WHERE c.handover = :id AND c.round = :round AND c.side = :side ORDER BY k.position"
        ),
        {"id": id_, "round": round_, "side": side.value},
    )
    return tuple(Count(row.kind, int(row.cases), int(row.sheets)) for row in rows)


def keep_counts(connection: Connection, id_: str, round_: int, side: Side, lines: Sequence[Count], at: str) -> None:
    connection.execute(
        text(
            "INSERT INTO handover_count (handover, round, side, kind, cases, sheets, counted_at)"
            " VALUES (:handover, :round, :side, :kind, :cases, :sheets, :at)"
        ),
        [
            {
                "handover": id_,
                "round": round_,
                "side": side.value,
                "kind": line.kind,
                "cases": line.cases,
                "sheets": line.sheets,
                "at": at,
            }
            for line in lines
        ],
    )


def next_round(connection: Connection, id_: str) -> None:
    connection.execute(text("UPDATE handover SET round = round + 1 WHERE id = :id"), {"id": id_})


def finish(connection: Connection, id_: str, state: str, at: str, contents: dict[str, Any] | None = None) -> None:
    """End a 便 as signed (with what was signed) or cancelled."""
    connection.execute(
        text("UPDATE handover SET state = :state, ended_at = :at, contents = :contents WHERE id = :id"),
        {"id": id_, "state": state, "at": at, "contents": canonical.encode(contents).decode() if contents else ""},
    )


def signed_contents(connection: Connection, id_: str) -> dict[str, Any]:
    """Exactly what both signed; empty before."""
    found = connection.execute(text("SELECT contents FROM handover WHERE id = :id"), {"id": id_}).scalar()
    return json.loads(found) if found else {}


def keep_pieces(connection: Connection, id_: str, pieces: Sequence[Balance]) -> None:
    """What the ledger has ready for an outgoing 便; nothing for an incoming one."""
    for position, piece in enumerate(pieces):
        connection.execute(
            text(
                "INSERT INTO handover_piece (handover, position, kind, batch, slip, place, sheets)"
                " VALUES (:handover, :position, :kind, :batch, :slip, :place, :sheets)"
            ),
            {
                "handover": id_,
                "position": position,
                "kind": piece.account.kind,
                "batch": piece.account.batch,
                "slip": piece.account.slip,
                "place": piece.account.place.value,
                "sheets": piece.sheets,
            },
        )


def taken(connection: Connection) -> dict[Account, int]:
    """What lies ready for a 便 that is still open, and in which one (its number)."""
    rows = connection.execute(
        text(
            "SELECT p.kind, p.batch, p.slip, p.place, h.number FROM handover_piece p JOIN handover h ON h.id = p.handover"
            " WHERE h.state = 'open'"
        )
    )
    return {Account(row.kind, row.batch, Place(row.place), row.slip): int(row.number) for row in rows}


def pieces(connection: Connection, id_: str) -> tuple[Balance, ...]:
    rows = connection.execute(
        text("SELECT kind, batch, slip, place, sheets FROM handover_piece WHERE handover = :id ORDER BY position"), {"id": id_}
    )
    return tuple(Balance(Account(row.kind, row.batch, Place(row.place), row.slip), int(row.sheets)) for row in rows)


def keep_signature(connection: Connection, id_: str, side: Side, signature: Signature) -> None:
    connection.execute(
        text(
            "INSERT INTO handover_signature (handover, side, person, name, role, signed_at, statement, value)"
            " VALUES (:handover, :side, :person, :name, :role, :signed_at, :statement, :value)"
        ),
        {
            "handover": id_,
            "side": side.value,
            **asdict(signature),
        },
    )


def signatures(connection: Connection, id_: str) -> dict[Side, Signature]:
    rows = connection.execute(
        text("SELECT side, person, name, role, signed_at, statement, value FROM handover_signature WHERE handover = :id"),
        {"id": id_},
    )
    return {Side(r.side): Signature(r.person, r.name, r.role, r.signed_at, r.statement, r.value) for r in rows}


def has_incident(connection: Connection, id_: str) -> bool:
    """Whether this 便 bears the mark of a standing difference."""
    return connection.execute(text("SELECT 1 FROM incident WHERE handover = :id"), {"id": id_}).first() is not None


def keep_receipt(connection: Connection, receipt: Receipt, by: str) -> None:
    connection.execute(
        text(
            "INSERT INTO receipt (handover, file, sha256, made_at, made_by) VALUES (:handover, :file, :sha256, :at, :by)"
            " ON CONFLICT (handover) DO UPDATE SET sha256 = excluded.sha256, made_at = excluded.made_at,"
            " made_by = excluded.made_by"
        ),
        {"handover": receipt.handover, "file": receipt.file, "sha256": receipt.sha256, "at": receipt.made_at, "by": by},
    )


def receipt(connection: Connection, id_: str) -> Receipt | None:
    rows = connection.execute(text("SELECT handover, file, sha256, made_at FROM receipt WHERE handover = :id"), {"id": id_})
    return next((Receipt(row.handover, row.file, row.sha256, row.made_at) for row in rows), None)


def _handover(row: Any) -> Handover:
    return Handover(
        row.id,
        row.day,
        int(row.number),
        Direction(row.direction),
        row.section,
        row.state,
        int(row.round),
        row.opened_at,
        row.ended_at,
        row.medium,
        row.condition,
        row.promised,
    )
