"""Requests to the ward in the store (連絡票)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.ward_requests import WardRequest

_COLUMNS = "id, day, seq, call, atena, kind, section, words, made_at, made_by, answer, settled_at, settled_by"


def put(connection: Connection, request: WardRequest) -> None:
    connection.execute(
        text(f"INSERT INTO ward_request ({_COLUMNS}) VALUES ({', '.join(f':{name}' for name in _COLUMNS.split(', '))})"),
        {name: getattr(request, name) for name in _COLUMNS.split(", ")} | {"day": request.day.isoformat()},
    )


def find(connection: Connection, id_: str) -> WardRequest | None:
    row = connection.execute(text(f"SELECT {_COLUMNS} FROM ward_request WHERE id = :id"), {"id": id_}).one_or_none()
    return _request(row) if row else None


def of_call(connection: Connection, call: str) -> tuple[WardRequest, ...]:
    """What was asked of the ward in a call, in order."""
    rows = connection.execute(text(f"SELECT {_COLUMNS} FROM ward_request WHERE call = :call ORDER BY day, seq"), {"call": call})
    return tuple(_request(row) for row in rows)


def open_ones(connection: Connection) -> tuple[WardRequest, ...]:
    """What the ward has not answered, the oldest first."""
    rows = connection.execute(text(f"SELECT {_COLUMNS} FROM ward_request WHERE settled_at = '' ORDER BY day, seq"))
    return tuple(_request(row) for row in rows)


def settle(connection: Connection, id_: str, answer: str, at: str, by: str) -> bool:
    """Keep the ward's answer; False when it was answered already."""
    done = connection.execute(
        text("UPDATE ward_request SET answer = :answer, settled_at = :at, settled_by = :by WHERE id = :id AND settled_at = ''"),
        {"id": id_, "answer": answer, "at": at, "by": by},
    )
    return done.rowcount == 1


def open_items(connection: Connection) -> tuple[OpenItem, ...]:
    """For the day close: requests the ward has not answered."""
    count = len(open_ones(connection))
    return (OpenItem("ward_requests", count, f"区の回答を待つ連絡票 {count}件", "calls"),)


def _request(row: Row[Any]) -> WardRequest:
    return WardRequest(**{**row._mapping, "day": date.fromisoformat(row.day)})
