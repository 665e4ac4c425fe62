"""許可していない装置: what was plugged in, and who has looked at it."""

from __future__ import annotations

from sqlalchemy import Connection, Row, text

from nhi_center.domain.devices import Attached, Hold

_ROWS = "SELECT id, product, serial, holds_data, seen_at, words, looked_at, looked_by FROM device_hold"


def add(connection: Connection, id_: str, device: Attached, at: str) -> None:
    connection.execute(
        text(
            "INSERT INTO device_hold (id, product, serial, holds_data, seen_at) VALUES (:id, :product, :serial, :holds_data, :at)"
        ),
        {"id": id_, "product": device.product, "serial": device.serial, "holds_data": int(device.holds_data), "at": at},
    )


def look_at(connection: Connection, id_: str, words: str, at: str, by: str) -> bool:
    """False when it is not open any more."""
    changed = connection.execute(
        text("UPDATE device_hold SET words = :words, looked_at = :at, looked_by = :by WHERE id = :id AND looked_at = ''"),
        {"id": id_, "words": words, "at": at, "by": by},
    )
    return bool(changed.rowcount)


def open_ones(connection: Connection) -> tuple[Hold, ...]:
    """The oldest first."""
    return tuple(_hold(row) for row in connection.execute(text(f"{_ROWS} WHERE looked_at = '' ORDER BY seen_at, id")))


def count_open(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM device_hold WHERE looked_at = ''")).scalar_one())


def _hold(row: Row[tuple[str, str, str, int, str, str, str, str]]) -> Hold:
    return Hold(**{**row._mapping, "holds_data": bool(row.holds_data)})
