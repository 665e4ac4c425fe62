"""許可した入力機器."""

from __future__ import annotations

from sqlalchemy import Connection, text

from nhi_center.domain.scanners import Scanner


def add(connection: Connection, scanner: Scanner, by: str) -> None:
    connection.execute(
        text(
            "INSERT INTO scanner (id, product, serial, name, approval, allowed_at, allowed_by)"
            " VALUES (:id, :product, :serial, :name, :approval, :at, :by)"
        ),
        {
            "id": scanner.id,
            "product": scanner.product,
            "serial": scanner.serial,
            "name": scanner.name,
            "approval": scanner.approval,
            "at": scanner.allowed_at,
            "by": by,
        },
    )


def withdraw(connection: Connection, id_: str, at: str, by: str) -> bool:
    """False when it is not on the list any more."""
    changed = connection.execute(
        text("UPDATE scanner SET withdrawn_at = :at, withdrawn_by = :by WHERE id = :id AND withdrawn_at = ''"),
        {"id": id_, "at": at, "by": by},
    )
    return bool(changed.rowcount)


def every(connection: Connection) -> tuple[Scanner, ...]:
    """What may type and what may no more, the latest first."""
    rows = connection.execute(
        text(
            "SELECT id, product, serial, name, approval, allowed_at, withdrawn_at FROM scanner"
            " ORDER BY withdrawn_at <> '', allowed_at DESC, id"
        )
    )
    return tuple(Scanner(**row._mapping) for row in rows)
