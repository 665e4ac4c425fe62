"""書き出し on paper as it is kept: what both signed, and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.operators import Signature
from nhi_center.domain.paper_exports import PaperExport, PaperState

_NAMES = "id, period, number, sheets, sha256, state, made_at, supervisor, ward, counted, reason"


def add(connection: Connection, made: PaperExport, statement: Mapping[str, Any], signatures: Sequence[Signature]) -> None:
    names = f"{_NAMES}, name, statement, signatures"
    signed = canonical.encode([asdict(one) for one in signatures]).decode()
    connection.execute(
        text(f"INSERT INTO paper_export ({names}) VALUES (:{names.replace(', ', ', :')})"),
        asdict(made) | {"name": made.name, "statement": canonical.encode(statement).decode(), "signatures": signed},
    )


def move(connection: Connection, id_: str, state: PaperState) -> None:
    connection.execute(text("UPDATE paper_export SET state = :state WHERE id = :id"), {"id": id_, "state": state.value})


def keep_seen(connection: Connection, id_: str, state: PaperState, counted: int, reason: str, at: str, by: str) -> None:
    """What a person saw."""
    statement = (
        "UPDATE paper_export SET state = :state, counted = :counted, reason = :reason, checked_at = :at, checked_by = :by"
        " WHERE id = :id"
    )
    values = {"id": id_, "state": state.value, "counted": counted, "reason": reason, "at": at, "by": by}
    connection.execute(text(statement), values)


def find(connection: Connection, name: str) -> PaperExport | None:
    row = connection.execute(text(f"SELECT {_NAMES} FROM paper_export WHERE name = :name"), {"name": name}).one_or_none()
    return PaperExport(**{**row._mapping, "state": PaperState(row.state)}) if row else None


def count_to_check(connection: Connection) -> int:
    """Those that may have come out and that nobody has counted."""
    query = "SELECT count(*) FROM paper_export WHERE state IN ('printing', 'needs_check')"
    return int(connection.execute(text(query)).scalar_one())
