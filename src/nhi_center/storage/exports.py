"""書き出し as it is kept: what left, with its manifest, and whether the segment has it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from nhi_center.domain.exports import Kind


@dataclass(frozen=True, slots=True)
class Row:
    """One file that left, as it is kept; ``supervisor`` and ``ward`` are the IDs of who agreed."""

    file: str
    kind: Kind
    period: str
    sha256: str
    rows: int
    manifest: bytes
    made_at: str
    supervisor: str
    ward: str


_NAMES = "file, kind, period, sha256, rows, manifest, made_at, supervisor, ward"


def keep(connection: Connection, row: Row) -> None:
    values = {name: getattr(row, name) for name in _NAMES.split(", ")}
    connection.execute(
        text(f"INSERT INTO export ({_NAMES}) VALUES (:{_NAMES.replace(', ', ', :')})"),
        values | {"kind": row.kind.value, "manifest": row.manifest.decode()},
    )


def of_kind(connection: Connection, kind: Kind) -> tuple[Row, ...]:
    """The newest first."""
    return _rows(connection, "WHERE kind = :kind ORDER BY made_at DESC, length(file) DESC, file DESC", kind=kind.value)


def to_send(connection: Connection) -> tuple[Row, ...]:
    """What the segment has not been asked to keep yet, the oldest first."""
    return _rows(connection, "WHERE file NOT IN (SELECT file FROM export_sent) ORDER BY made_at, file")


def end_sending(connection: Connection, file: str, outcome: str, at: str) -> None:
    """``outcome``: kept, refused, or changed."""
    statement = "INSERT INTO export_sent (file, outcome, at) VALUES (:file, :outcome, :at)"
    connection.execute(text(statement), {"file": file, "outcome": outcome, "at": at})


def _rows(connection: Connection, where: str, **values: str) -> tuple[Row, ...]:
    rows = connection.execute(text(f"SELECT {_NAMES} FROM export {where}"), values)
    return tuple(Row(**{**row._mapping, "kind": Kind(row.kind), "manifest": row.manifest.encode()}) for row in rows)
