"""公印: images in the encrypted store, by the day from which each holds; a withdrawn one keeps its line and loses its image."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.seal_image import SealLine

_LINE = "SELECT id, from_day, sha256, set_by, set_at, withdrawn_by, withdrawn_at, withdrawn_reason FROM seal"


def add(connection: Connection, line: SealLine, image: bytes) -> None:
    connection.execute(
        text(
            "INSERT INTO seal (id, from_day, image, sha256, set_by, set_at)"
            " VALUES (:id, :from_day, :image, :sha256, :set_by, :set_at)"
        ),
        {
            "id": line.id,
            "from_day": line.from_day.isoformat(),
            "image": image,
            "sha256": line.sha256,
            "set_by": line.set_by,
            "set_at": line.set_at,
        },
    )


def withdraw(connection: Connection, id_: str, by: str, at: str, reason: str) -> bool:
    """The image is overwritten with nothing (secure_delete zeroes its pages); False when it was gone already."""
    done = connection.execute(
        text(
            "UPDATE seal SET image = NULL, withdrawn_by = :by, withdrawn_at = :at, withdrawn_reason = :reason"
            " WHERE id = :id AND withdrawn_at = ''"
        ),
        {"id": id_, "by": by, "at": at, "reason": reason},
    )
    return bool(done.rowcount)


def every(connection: Connection) -> tuple[SealLine, ...]:
    """All that were ever set, the one of the latest day first."""
    rows = connection.execute(text(f"{_LINE} ORDER BY from_day DESC, set_at DESC"))
    return tuple(
        SealLine(
            row.id,
            date.fromisoformat(row.from_day),
            row.sha256,
            row.set_by,
            row.set_at,
            row.withdrawn_by,
            row.withdrawn_at,
            row.withdrawn_reason,
        )
        for row in rows
    )


def fingerprint_on(connection: Connection, day: date) -> str:
    """The 公印 of this day by its fingerprint; "" where none is set."""
    found = connection.execute(
        text("SELECT sha256 FROM seal WHERE image IS NOT NULL AND from_day <= :day ORDER BY from_day DESC, set_at DESC LIMIT 1"),
        {"day": day.isoformat()},
    ).scalar()
    return str(found or "")


def image_of(connection: Connection, sha256: str) -> bytes | None:
    """The image of this fingerprint; None once it is withdrawn."""
    found = connection.execute(
        text("SELECT image FROM seal WHERE sha256 = :sha256 AND image IS NOT NULL LIMIT 1"), {"sha256": sha256}
    ).scalar()
    return bytes(found) if found is not None else None
