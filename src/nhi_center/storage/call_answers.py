"""回答例: the ward's own versions, each with the signature of who approved it. Append-only."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.call_answers import AnswerVersion, version_of
from nhi_center.domain.operators import Signature

_SIGNED = "person, name, role, signed_at, statement, value"


def add(connection: Connection, version: AnswerVersion, signature: Signature) -> None:
    """A version that is there already (told again by the segment) stays as it is."""
    connection.execute(
        text(
            f"INSERT INTO call_answer (id, answer, contents, {_SIGNED}) VALUES (:id, :answer, :contents, :person, :name, :role,"
            " :signed_at, :statement, :value) ON CONFLICT (id) DO NOTHING"
        ),
        {
            "id": version.id,
            "answer": version.answer.id,
            "contents": canonical.encode(version.contents()).decode(),
            **asdict(signature),
        },
    )


def every(connection: Connection) -> tuple[AnswerVersion, ...]:
    """All versions, in no order."""
    return tuple(version for version, _signature in approved(connection))


def approved(connection: Connection) -> tuple[tuple[AnswerVersion, Signature], ...]:
    """All versions with who approved each, the last one written first."""
    rows = connection.execute(text(f"SELECT contents, {_SIGNED} FROM call_answer"))
    found = [(_version(row.contents), Signature(*row[1:])) for row in rows]
    return tuple(sorted(found, key=lambda one: (one[0].written_at, one[0].id), reverse=True))


def _version(contents: str) -> AnswerVersion:
    body: dict[str, Any] = canonical.decode(contents.encode())
    return version_of(body)
