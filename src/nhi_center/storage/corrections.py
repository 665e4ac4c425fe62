"""区が見つけた誤り, 訂正 and 取下げ; and what stood in an application before it went back to the draft."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain.corrections import ErrorCount, Link, WardError, Withdrawal, counted
from nhi_center.domain.entry import Application, Draft, State

_LINK = (
    "SELECT c.original, os.number AS original_number, o.form, coalesce(c.correction, '') AS correction,"
    " coalesce(ns.number, '') AS correction_number, e.application, e.kind, e.reason, e.stage, e.at FROM correction c"
    " JOIN application o ON o.id = c.original JOIN slip os ON os.id = o.slip JOIN ward_error e ON e.id = c.error"
    " LEFT JOIN application n ON n.id = c.correction LEFT JOIN slip ns ON ns.id = n.slip"
)


def keep_version(connection: Connection, application: Application, at: str) -> None:
    """What stands in it now, before it is keyed anew."""
    connection.execute(
        text(
            "INSERT INTO application_version (application, number, keyed, typed, reasons, keyer, entered_at, kept_at)"
            " SELECT a.id, 1 + (SELECT count(*) FROM application_version v WHERE v.application = a.id), a.keyed, a.typed,"
            " a.reasons, a.keyer, a.entered_at, :at FROM application a WHERE a.id = :id"
        ),
        {"id": application.id, "at": at},
    )


def versions(connection: Connection, application: str) -> tuple[Draft, ...]:
    """What stood in it each time it went back, oldest first."""
    rows = connection.execute(
        text("SELECT keyed, typed, reasons FROM application_version WHERE application = :id ORDER BY number"), {"id": application}
    )
    return tuple(Draft(json.loads(row.keyed), json.loads(row.typed), json.loads(row.reasons)) for row in rows)


def add_error(connection: Connection, error: WardError, by: str) -> str:
    """Gives the error's id."""
    id_ = str(uuid.uuid4())
    connection.execute(
        text(
            "INSERT INTO ward_error (id, application, form, kind, reason, stage, at, by)"
            " VALUES (:id, :application, :form, :kind, :reason, :stage, :at, :by)"
        ),
        {
            "id": id_,
            "application": error.application,
            "form": error.form,
            "kind": error.kind,
            "reason": error.reason,
            "stage": error.stage.value,
            "at": error.at,
            "by": by,
        },
    )
    return id_


def last_error(connection: Connection, application: str) -> WardError | None:
    """Why the ward sent this one back last."""
    row = connection.execute(
        text(
            "SELECT application, form, kind, reason, stage, at FROM ward_error WHERE application = :id"
            " ORDER BY at DESC, id DESC LIMIT 1"
        ),
        {"id": application},
    ).one_or_none()
    return WardError(row.application, row.form, row.kind, row.reason, State(row.stage), row.at) if row else None


def error_counts(connection: Connection, month: str) -> tuple[ErrorCount, ...]:
    """差戻し of one month (YYYY-MM) by form and kind."""
    rows = connection.execute(text("SELECT form, kind, stage FROM ward_error WHERE substr(at, 1, 7) = :month"), {"month": month})
    return counted((row.form, row.kind, row.stage) for row in rows)


def reviewed(connection: Connection, month: str) -> dict[str, int]:
    """区審査済 of one month by form."""
    rows = connection.execute(
        text(
            "SELECT a.form, count(*) AS n FROM review r JOIN application a ON a.id = r.application"
            " WHERE r.decision = 'reviewed' AND substr(r.at, 1, 7) = :month GROUP BY a.form ORDER BY a.form"
        ),
        {"month": month},
    )
    return {row.form: int(row.n) for row in rows}


def reopen(connection: Connection, original: str, error: str) -> None:
    """The original is to be corrected; by which case is said with ``link``."""
    connection.execute(
        text("INSERT INTO correction (original, error) VALUES (:original, :error)"), {"original": original, "error": error}
    )


def link(connection: Connection, original: str, correction: str, at: str) -> None:
    connection.execute(
        text("UPDATE correction SET correction = :correction, linked_at = :at WHERE original = :original"),
        {"original": original, "correction": correction, "at": at},
    )


def of_original(connection: Connection, application: str) -> Link | None:
    """How this one was returned, and which case corrects it."""
    return _one(connection, "WHERE c.original = :id", application)


def of_correction(connection: Connection, application: str) -> Link | None:
    """What this case corrects."""
    return _one(connection, "WHERE c.correction = :id", application)


def awaited(connection: Connection) -> tuple[Link, ...]:
    """Returned, the paper has not come again yet, and nobody has withdrawn it; oldest first."""
    return _links(connection, "WHERE c.correction IS NULL AND o.state <> 'returned' ORDER BY e.at, c.original", {})


def newest(connection: Connection, most: int) -> tuple[Link, ...]:
    """The newest, whether a case corrects them yet or not."""
    return _links(connection, "ORDER BY e.at DESC, c.original LIMIT :most", {"most": most})


def withdraw(connection: Connection, withdrawal: Withdrawal, by: str) -> None:
    connection.execute(
        text("INSERT INTO withdrawal (application, reason, stage, at, by) VALUES (:id, :reason, :stage, :at, :by)"),
        {
            "id": withdrawal.application,
            "reason": withdrawal.reason,
            "stage": withdrawal.stage.value,
            "at": withdrawal.at,
            "by": by,
        },
    )


def withdrawal(connection: Connection, application: str) -> Withdrawal | None:
    row = connection.execute(
        text("SELECT application, reason, stage, at FROM withdrawal WHERE application = :id"), {"id": application}
    ).one_or_none()
    return Withdrawal(row.application, row.reason, State(row.stage), row.at) if row else None


def recorded_effect(connection: Connection, application: str) -> Mapping[str, Any]:
    """The effect 区審査済 sent to the standard system; empty while there is none."""
    found = connection.execute(
        text("SELECT effect FROM review WHERE application = :id AND decision = 'reviewed' ORDER BY at DESC LIMIT 1"),
        {"id": application},
    ).scalar()
    effect: dict[str, Any] = json.loads(found) if found else {}
    return effect


def slip_by_number(connection: Connection, number: str) -> str:
    """The slip of this 管理票 number (of the newest day), or of the certificate on this numbered paper; "" when there is none."""
    found = connection.execute(
        text(
            "SELECT id, day FROM slip WHERE number = :number"
            " UNION SELECT a.slip, j.made_at FROM certificate_job j JOIN application a ON a.id = j.application"
            " WHERE j.serial = :number ORDER BY 2 DESC LIMIT 1"
        ),
        {"number": number},
    ).first()
    return str(found.id) if found else ""


def _one(connection: Connection, where: str, id_: str) -> Link | None:
    found = _links(connection, where, {"id": id_})
    return found[0] if found else None


def _links(connection: Connection, where: str, values: dict[str, Any]) -> tuple[Link, ...]:
    return tuple(
        Link(
            row.original,
            row.original_number,
            row.form,
            row.correction,
            row.correction_number,
            WardError(row.application, row.form, row.kind, row.reason, State(row.stage), row.at),
        )
        for row in connection.execute(text(f"{_LINK} {where}"), values)
    )
