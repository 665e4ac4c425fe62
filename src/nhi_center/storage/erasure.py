"""Erasures as they are kept, and taking out of the store what concerns a person: of a month, or all of it.

Rows, times, codes and counts stay, as in ``storage.leaving``, so that ledger, figures and log add up as before. Every deleted or
replaced value is overwritten in the file (``secure_delete``); the file itself is written anew afterwards (``rewrite``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.erasure import Erasure, Finding, Scope, State, Step, span
from nhi_center.domain.operators import Signature
from nhi_center.storage import leaving
from nhi_center.storage.store import Store
from nhi_center.storage.trouble import told_apart

_MANY = 2**31
_RUNNING = "*"
"""Of ``leaving``: an erasure is under way in this transaction, and what else stands gives way."""
_SPAN = " >= :first AND {} < :behind"


def _within(column: str) -> str:
    return column + _SPAN.format(column)


_WITH_THE_WARD = "('submitted', 'received', 'blocked')"
"""Of a certificate: counted and signed for by the ward, a spoiled one too, or told to it as one that cannot be printed."""

COUNTED: dict[str, tuple[str, str]] = {
    "entries": (
        "届出・申請の入力",
        f"SELECT count(*) FROM application a JOIN slip s ON s.id = a.slip WHERE a.left_at = '' AND {_within('s.day')}",
    ),
    "calls": ("電話の記録", f"SELECT count(*) FROM call WHERE left_at = '' AND {_within('day')}"),
    "certificates": (
        "証・通知の印字内容",
        f"SELECT count(*) FROM certificate_job WHERE snapshot <> '{{}}' AND {_within('made_at')}",
    ),
    "covers": ("台紙の宛先", f"SELECT count(*) FROM cover WHERE household <> '' AND {_within('made_at')}"),
    "notes": ("照会の目的の文", f"SELECT count(*) FROM purpose_note WHERE sentence <> '' AND {_within('at')}"),
    "versions": ("台帳の以前の内容", f"SELECT count(*) FROM person_version WHERE {_within('until')}"),
    "told": ("ほかの端末の電話(封じたもの)", f"SELECT count(*) FROM told_call WHERE {_within('day')}"),
    "pseudonyms": ("操作記録の仮名の鍵", f"SELECT count(*) FROM pseudonym_key WHERE {_within('month')}"),
}
"""Item to its words and the query that counts it."""
COUNTED_AT_THE_END: dict[str, tuple[str, str]] = {
    "persons": ("被保険者の台帳の写し(人)", "SELECT count(*) FROM person"),
    "results": ("標準システムの結果", "SELECT count(*) FROM result"),
    "renewals": ("一斉更新の対象者", "SELECT count(*) FROM renewal_person"),
    "turnings": ("年齢・期限の対象者", "SELECT count(*) FROM turning_item WHERE substr(atena, 1, 1) <> '-'"),
    "shared": ("端末間で引き渡した内容", "SELECT (SELECT count(*) FROM lease) + (SELECT count(*) FROM taking)"),
    "sent": ("送信済みの記録", "SELECT count(*) FROM outbox WHERE state = 'sent' AND body <> '{}'"),
}
_OF_A_PERIOD = (
    f"UPDATE certificate_job SET snapshot = '{{}}', detail = '', atena = '-' || id WHERE {_within('made_at')}",
    "UPDATE certificate_life SET words = '', tracking = ''"
    f" WHERE job IN (SELECT id FROM certificate_job WHERE {_within('made_at')})",
    """UPDATE cover SET household = '', contents = '{"postal":"","address":"","head_name":"","enclosed":[]}' WHERE """
    + _within("made_at"),
    f"UPDATE purpose_note SET sentence = '' WHERE {_within('at')}",
    f"DELETE FROM person_version WHERE {_within('until')}",
    f"DELETE FROM told_call WHERE {_within('day')}",
    f"DELETE FROM pseudonym_key WHERE {_within('month')}",
)
_AT_THE_END = (
    "DELETE FROM result",
    "DELETE FROM person",
    "INSERT INTO person_bigram (person_bigram) VALUES ('delete-all')",
    "DELETE FROM renewal_person",
    "UPDATE renewal_event SET atena = '-' || seq, reason = ''",
    "UPDATE turning_item SET atena = '-' || id WHERE substr(atena, 1, 1) <> '-'",
    "DELETE FROM taking",
    "DELETE FROM lease",
    leaving.OF_CONFLICTS,
    "UPDATE outbox SET body = '{}' WHERE state = 'sent'",
)
_UNREADY = (
    f"SELECT count(DISTINCT s.id) FROM application a JOIN slip s ON s.id = a.slip WHERE a.left_at = '' AND {_within('s.day')}"
)


# -- what there is, and what stands in the way --


def counted(scope: Scope) -> dict[str, tuple[str, str]]:
    return COUNTED | COUNTED_AT_THE_END if scope is Scope.ALL else COUNTED


def counts(connection: Connection, scope: Scope, month: str) -> dict[str, int]:
    """How many of each item are there."""
    first, behind = span(scope, month)
    return {item: _count(connection, query, first, behind) for item, (_words, query) in counted(scope).items()}


def unready(connection: Connection, scope: Scope, month: str, today: date) -> dict[str, int]:
    """What of the period may not go yet, in words: not with the ward, not settled, not sent (``storage.leaving``)."""
    first, behind = span(scope, month)
    entries = len(_entries(connection, first, behind, today))
    calls = len(_calls(connection, first, behind, today))
    left = f"snapshot <> '{{}}' AND state NOT IN {_WITH_THE_WARD}"
    prints = f"SELECT count(*) FROM certificate_job WHERE {left} AND {_within('made_at')}"
    covers = f"SELECT count(*) FROM cover WHERE state IN ('printing', 'needs_check') AND {_within('made_at')}"
    loose = (
        "SELECT coalesce(sum(b.sheets), 0) FROM balance b JOIN slip s ON s.id = b.slip"
        f" WHERE b.place NOT IN ('ward', 'made', 'returned', 'other') AND {_within('s.day')}"
    )
    outbox = {
        row.state: int(row.number)
        for row in connection.execute(text("SELECT state, count(*) AS number FROM outbox GROUP BY state"))
    }
    return {
        "未送信の記録": sum(number for state, number in outbox.items() if state not in ("sent", "refused")),
        "区のサーバが受け取らない記録(別置き)": outbox.get("refused", 0),
        "区に返していない書類(枚)": _count(connection, loose, first, behind),
        "区の枚数確認か送信が済んでいない届出": _count(connection, _UNREADY, first, behind) - entries,
        "終わっていない電話・折返し・連絡票": _count(connection, COUNTED["calls"][1], first, behind) - calls,
        "区に渡していない証": _count(connection, prints, first, behind),
        "確認していない台紙": _count(connection, covers, first, behind),
    }


def months_with_data(connection: Connection) -> tuple[str, ...]:
    """Months of which something concerns a person yet, oldest first."""
    queries = (
        "SELECT DISTINCT substr(s.day, 1, 7) AS month FROM application a JOIN slip s ON s.id = a.slip WHERE a.left_at = ''",
        "SELECT DISTINCT substr(day, 1, 7) AS month FROM call WHERE left_at = ''",
        "SELECT DISTINCT substr(made_at, 1, 7) AS month FROM certificate_job WHERE snapshot <> '{}'",
        "SELECT month FROM month_key WHERE destroyed_at = ''",
    )
    return tuple(sorted({str(row.month) for query in queries for row in connection.execute(text(query))}))


# -- taking it out --


def erase_rows(connection: Connection, scope: Scope, month: str, today: date, at: str) -> None:
    """Overwrite and delete, within the caller's transaction. Again finds nothing."""
    first, behind = span(scope, month)
    with _overwriting(connection):
        leaving.take_papers(connection, _entries(connection, first, behind, today), at)
        leaving.take_calls(connection, _calls(connection, first, behind, today), at)
        values = {"first": first, "behind": behind}
        for statement in (*(_AT_THE_END if scope is Scope.ALL else ()), *_OF_A_PERIOD):
            connection.execute(text(statement), values if ":first" in statement else {})


@contextmanager
def _overwriting(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    try:
        connection.execute(text("INSERT INTO leaving (id) VALUES (:id)"), {"id": _RUNNING})
        yield
        connection.execute(text("DELETE FROM leaving WHERE id = :id"), {"id": _RUNNING})
    finally:
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")


def rewrite(store: Store) -> tuple[int, int]:
    """Write the store's file anew without what was deleted, and empty its log into it. Gives how many pages lie unused in it and
    how many bytes are left in the log: both 0, unless somebody else reads or writes at this moment.

    Raises EnvironmentTrouble ST-05 (no room), or as the store's troubles are told apart: the file stands as it was.
    """
    connection = store.connect()
    try:
        with told_apart(store.path.parent):
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            connection.execute("VACUUM")
            busy, _log, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            log = store.path.with_name(f"{store.path.name}-wal")
            left = log.stat().st_size if busy and log.exists() else 0
            return int(connection.execute("PRAGMA freelist_count").fetchone()[0]), left
    finally:
        connection.close()


# -- erasures --


def add(connection: Connection, id_: str, contents: Mapping[str, Any], at: str, signatures: Mapping[str, Signature]) -> None:
    """Keep what both agreed on. ``signatures`` by side."""
    connection.execute(
        text(
            "INSERT INTO erasure (id, scope, month, contents, state, agreed_at)"
            " VALUES (:id, :scope, :month, :contents, 'agreed', :at)"
        ),
        {
            "id": id_,
            "scope": contents["scope"],
            "month": contents["month"],
            "contents": canonical.encode(contents).decode(),
            "at": at,
        },
    )
    for side, signature in signatures.items():
        connection.execute(
            text(
                "INSERT INTO erasure_signature (erasure, side, person, name, role, signed_at, statement, value)"
                " VALUES (:erasure, :side, :person, :name, :role, :signed_at, :statement, :value)"
            ),
            {"erasure": id_, "side": side, **asdict(signature)},
        )


def step_done(connection: Connection, id_: str, step: Step, at: str, findings: tuple[Finding, ...] = ()) -> None:
    """Told again it changes nothing."""
    connection.execute(
        text(
            "INSERT INTO erasure_step (erasure, step, done_at, findings) VALUES (:id, :step, :at, :findings)"
            " ON CONFLICT DO NOTHING"
        ),
        {"id": id_, "step": step.value, "at": at, "findings": _to_json(findings)},
    )


def seen_at_steps(connection: Connection, id_: str) -> tuple[Finding, ...]:
    """What was found at the steps, in their order."""
    rows = connection.execute(text("SELECT step, findings FROM erasure_step WHERE erasure = :id"), {"id": id_})
    by_step = {Step(row.step): _from_json(row.findings) for row in rows}
    return tuple(one for step in Step for one in by_step.get(step, ()))


def _to_json(findings: tuple[Finding, ...]) -> str:
    return json.dumps([asdict(one) for one in findings], ensure_ascii=False)


def _from_json(body: str) -> tuple[Finding, ...]:
    return tuple(Finding(**one) for one in json.loads(body))


def end(connection: Connection, id_: str, state: State, findings: tuple[Finding, ...], at: str, entry: int) -> None:
    connection.execute(
        text("UPDATE erasure SET state = :state, findings = :findings, ended_at = :at, entry = :entry WHERE id = :id"),
        {
            "id": id_,
            "state": state.value,
            "findings": _to_json(findings),
            "at": at,
            "entry": entry,
        },
    )


def every(connection: Connection) -> tuple[Erasure, ...]:
    """Newest first."""
    rows = connection.execute(text("SELECT * FROM erasure ORDER BY agreed_at DESC, id DESC")).all()
    return tuple(_erasure(connection, row) for row in rows)


def find(connection: Connection, id_: str) -> Erasure | None:
    row = connection.execute(text("SELECT * FROM erasure WHERE id = :id"), {"id": id_}).one_or_none()
    return _erasure(connection, row) if row else None


def _erasure(connection: Connection, row: Any) -> Erasure:
    values = {"id": row.id}
    signed = connection.execute(text("SELECT * FROM erasure_signature WHERE erasure = :id ORDER BY side"), values)
    steps = connection.execute(text("SELECT step, done_at FROM erasure_step WHERE erasure = :id ORDER BY done_at"), values)
    return Erasure(
        row.id,
        Scope(row.scope),
        row.month,
        json.loads(row.contents),
        State(row.state),
        row.agreed_at,
        row.ended_at,
        _from_json(row.findings),
        tuple(Signature(s.person, s.name, s.role, s.signed_at, s.statement, s.value) for s in signed),
        {Step(step.step): step.done_at for step in steps},
        int(row.entry),
    )


def key_due(connection: Connection) -> tuple[str, ...]:
    """Erasures that wait for another key of the store: everything before that was done."""
    query = (
        "SELECT e.id FROM erasure e WHERE e.state <> 'done' AND e.scope <> 'disk'"
        " AND EXISTS (SELECT 1 FROM erasure_step WHERE erasure = e.id AND step = 'store_file')"
        " AND NOT EXISTS (SELECT 1 FROM erasure_step WHERE erasure = e.id AND step = 'store_key')"
    )
    return tuple(row.id for row in connection.execute(text(query)))


def contract_over(connection: Connection) -> bool:
    """Whether everything here was agreed to be erased: nothing is taken in from the segment any more."""
    return connection.execute(text("SELECT 1 FROM erasure WHERE scope = 'all' LIMIT 1")).first() is not None


def _entries(connection: Connection, first: str, behind: str, today: date) -> tuple[str, ...]:
    """管理票 of the period that may leave."""
    return leaving.papers(connection, today, _MANY, (first, behind))


def _calls(connection: Connection, first: str, behind: str, today: date) -> tuple[str, ...]:
    return leaving.calls(connection, today, _MANY, (first, behind))


def _count(connection: Connection, query: str, first: str, behind: str) -> int:
    values = {"first": first, "behind": behind} if ":first" in query else {}
    return int(connection.execute(text(query), values).scalar_one())
