"""The sentences of 目的 その他, which the log does not hold."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, text


def add_note(connection: Connection, sentence: str, at: str, by: str) -> str:
    """Keep it; gives its id for the log."""
    id_ = str(uuid.uuid4())
    connection.execute(
        text("INSERT INTO purpose_note (id, at, by, sentence) VALUES (:id, :at, :by, :sentence)"),
        {"id": id_, "at": at, "by": by, "sentence": sentence},
    )
    return id_


def note(connection: Connection, id_: str) -> str:
    """The sentence; "" when it is not kept here (erased, or written at another terminal)."""
    return str(
        connection.execute(text("SELECT sentence FROM purpose_note WHERE id = :id"), {"id": id_}).scalar_one_or_none() or ""
    )
