"""``commit``: what an acknowledged change costs. Both stores wait for the disk at every commit (synchronous=FULL).

``commit.cipher``: three statements on bare connections, the encrypted store against a plain copy of it.
``commit.audited``: the one way to change anything (permission, audit entry, outbox row) against the same rows without it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from nhi_center.domain.operators import Action, Session
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.storage import engine, outbox
from nhi_center.storage.engine import Connection
from nhi_center.training.bench import plain
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import Room, say
from nhi_center.training.bench.timing import median, take_turns

_BODY = json.dumps({"note": "研修" * 90}, ensure_ascii=False)
"""About 300 characters, as a result of the standard system has."""
_INSERT = "INSERT INTO result (application, atena, body, cursor) VALUES (?, ?, ?, ?)"
_UPDATE = "UPDATE person SET phone = ? WHERE id = ?"
_OUTBOX = "INSERT INTO outbox (id, kind, body, made_at) VALUES (?, 'bench', ?, ?)"
_WARMING = 50


def measure(room: Room) -> Iterator[Measurement]:
    """p50 of both."""
    yield from figures(room, "commit")


def figures(room: Room, prefix: str) -> Iterator[Measurement]:
    """The two of them, under ``prefix``: the store's own report holds them too."""
    copy = room.folder / f"plain-writes-{prefix}.db"
    plain.copy_without_key(room.settings.store, room.store_key(), copy)
    times, persons = room.sizes.transactions, room.sizes.persons
    with room.clerk() as (office, session):
        say("  書込み 暗号化の有無")
        keyless = engine.engine_over(lambda: plain.connect(copy), write=True)
        try:
            ours, theirs = office.store.write.raw_connection(), keyless.raw_connection()
            try:
                values, references = _turns(_bare(ours.cursor(), prefix, persons), _bare(theirs.cursor(), prefix, persons), times)
            finally:
                ours.close()
                theirs.close()
        finally:
            keyless.dispose()
        yield Measurement(f"{prefix}.cipher.p50", median(values), "ms", "同じ3文を、暗号化していない写しに", median(references))
        say("  書込み 記録の有無")
        values, references = _turns(_audited(office, session, prefix, persons), _unaudited(office, prefix, persons), times)
        yield Measurement(f"{prefix}.audited.p50", median(values), "ms", "同じ行を、権限・記録なしで", median(references))


def _turns(one: Callable[[int], object], other: Callable[[int], object], times: int) -> tuple[list[float], list[float]]:
    values, references = take_turns(one, other, _WARMING + times)
    return values[_WARMING:], references[_WARMING:]


def _bare(cursor: Any, prefix: str, persons: int) -> Callable[[int], object]:
    """The three statements of one change as the driver takes them."""

    def change(number: int) -> None:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(_INSERT, (f"bare-{prefix}-{number}", f"{number:08}", _BODY, number))
        cursor.execute(_UPDATE, (f"03{number:08}", number % persons + 1))
        cursor.execute(_OUTBOX, (str(uuid.uuid4()), _BODY, "2026-11-24T09:00:00+09:00"))
        cursor.execute("COMMIT")

    return change


def _rows(connection: Connection, kind: str, number: int, persons: int) -> None:
    connection.exec_driver_sql(_INSERT, (f"{kind}-{number}", f"{number:08}", _BODY, number))
    connection.exec_driver_sql(_UPDATE, (f"04{number:08}", number % persons + 1))


def _audited(office: Office, session: Session, prefix: str, persons: int) -> Callable[[int], object]:
    def change(number: int) -> None:
        with begin(office, session, Action.CALL, subject=str(number)) as unit:
            _rows(unit.connection, f"audited-{prefix}", number, persons)
            unit.record("bench", {"note": _BODY})

    return change


def _unaudited(office: Office, prefix: str, persons: int) -> Callable[[int], object]:
    def change(number: int) -> None:
        with office.store.write.begin() as connection:
            _rows(connection, f"unaudited-{prefix}", number, persons)
            outbox.add(connection, str(uuid.uuid4()), "bench", {"note": _BODY}, "2026-11-24T09:00:00+00:00")

    return change
