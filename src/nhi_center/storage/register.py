"""The ward's register in the store: people with their search keys, what it said of them before, and what the standard system
answered (storage of 台帳). How people are found is in storage.search."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain.people import Person, fingerprint, person_from_json, person_to_json
from nhi_center.domain.search import SearchKeys

_COLUMNS = "household, kana_key, given_key, kanji_key, birth, phone, phone_reversed, number_key, protected, body, cursor"
_MARKS = ", ".join("?" for _column in _COLUMNS.split(","))
_INSERT = f"INSERT INTO person (id, atena, since, {_COLUMNS}) VALUES (?, ?, ?, {_MARKS})"
_KEEP = (
    "INSERT INTO person_version (atena, household, body, cursor, since, until)"
    " SELECT atena, household, body, cursor, since, ? FROM person WHERE id = ? AND body <> ?"
)
_UPDATE = f"UPDATE person SET since = iif(body = ?, since, ?), ({_COLUMNS}) = ({_MARKS}) WHERE id = ?"
_GRAMS = "INSERT OR REPLACE INTO person_bigram (rowid, g) VALUES (?, ?)"
_KNOWN = text("SELECT id, atena, cursor FROM person WHERE atena IN (SELECT value FROM json_each(:atenas))")


@dataclass(frozen=True, slots=True)
class Result:
    """The standard system's answer to one reviewed application (資格の決定・記号番号)."""

    application: str
    atena: str
    body: Mapping[str, Any]


def put_people(connection: Connection, changes: Iterable[tuple[int, Person]], at: str = "") -> int:
    """Take in people as (cursor, person) at the time ``at`` (wall clock, ISO; "" when nobody can say); an older cursor never
    overwrites a newer one. Gives how many were taken. What a newer body replaces is kept beside it.

    Whole pages at once, as bare tuples: the first exchange brings the whole ward.
    """
    latest: dict[str, tuple[int, Person]] = {}
    for cursor, person in changes:
        if person.atena not in latest or latest[person.atena][0] < cursor:
            latest[person.atena] = (cursor, person)
    rows = connection.execute(_KNOWN, {"atenas": json.dumps(list(latest))})
    known = {row.atena: (int(row.id), int(row.cursor)) for row in rows}
    next_id = 1 + int(connection.execute(text("SELECT coalesce(max(id), 0) FROM person")).scalar_one())
    inserts: list[tuple[object, ...]] = []
    kept: list[tuple[object, ...]] = []
    updates: list[tuple[object, ...]] = []
    grams: list[tuple[int, str]] = []
    for atena, (cursor, person) in latest.items():
        keys = SearchKeys.of(person)
        values = _values(person, keys, cursor)
        if atena not in known:
            inserts.append((next_id, atena, at, *values))
            grams.append((next_id, keys.grams))
            next_id += 1
        elif known[atena][1] < cursor:
            body = values[-2]
            kept.append((at, known[atena][0], body))
            updates.append((body, at, *values, known[atena][0]))
            grams.append((known[atena][0], keys.grams))
    for statement, tuples in ((_INSERT, inserts), (_KEEP, kept), (_UPDATE, updates), (_GRAMS, grams)):
        if tuples:
            connection.exec_driver_sql(statement, tuples)
    return len(grams)


def forget_person(connection: Connection, atena: str, cursor: int, told: Mapping[str, Any]) -> bool:
    """He is gone from the register (``cursor``: the change that says so): his row, how he is found, and what he was before.

    Whether he was here as ``told``: in that ``version``, with that ``fingerprint``; nobody here, or nothing told, is no other.
    """
    row = connection.execute(
        text("SELECT id, cursor, body FROM person WHERE atena = :atena AND cursor < :cursor"), {"atena": atena, "cursor": cursor}
    ).one_or_none()
    if row is None:
        return True
    _remove(connection, int(row.id), atena)
    return not told or (told["version"], told["fingerprint"]) == (int(row.cursor), fingerprint(_person(row.body)))


def forget_unread(connection: Connection) -> int:
    """After the whole list was read anew (``exchange.read_anew``): who was not in it is gone; gives how many."""
    rows = connection.execute(text("SELECT id, atena FROM person WHERE cursor = 0")).all()
    for row in rows:
        _remove(connection, int(row.id), row.atena)
    return len(rows)


def _remove(connection: Connection, id_: int, atena: str) -> None:
    connection.execute(text("DELETE FROM person_bigram WHERE rowid = :id"), {"id": id_})
    connection.execute(text("DELETE FROM person WHERE id = :id"), {"id": id_})
    connection.execute(text("DELETE FROM person_version WHERE atena = :atena"), {"atena": atena})


def _values(person: Person, keys: SearchKeys, cursor: int) -> tuple[object, ...]:
    number = number_key(person.symbol, person.number)
    body = json.dumps(person_to_json(person), ensure_ascii=False)
    birth = person.birth.isoformat()
    return (
        *(person.household, keys.kana_n, keys.given_n, keys.kanji_n, birth, keys.phone, keys.phone_rev),
        *(number, int(person.protected), body, cursor),
    )


def find(connection: Connection, atena: str) -> Person | None:
    row = connection.execute(text("SELECT body FROM person WHERE atena = :atena"), {"atena": atena}).one_or_none()
    return _person(row.body) if row else None


def household(connection: Connection, number: str) -> tuple[Person, ...]:
    """Everybody of one household."""
    rows = connection.execute(text("SELECT body FROM person WHERE household = :number ORDER BY id"), {"number": number})
    return tuple(_person(row.body) for row in rows)


def names_among(connection: Connection, keys: Iterable[str]) -> bool:
    """Whether one of these (``domain.search.kanji_key``) is the name of somebody in the register."""
    found = connection.execute(
        text("SELECT 1 FROM person WHERE kanji_key IN (SELECT value FROM json_each(:keys)) LIMIT 1"),
        {"keys": json.dumps(list(keys), ensure_ascii=False)},
    )
    return found.first() is not None


def count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM person")).scalar_one())


def number_key(symbol: str, number: str) -> str:
    """記号・番号 as one run without separators."""
    return "".join(char for char in symbol + number if char.isalnum())


def put_result(connection: Connection, cursor: int, application: str, body: Mapping[str, Any]) -> None:
    connection.execute(
        text(
            "INSERT INTO result (application, atena, body, cursor) VALUES (:application, :atena, :body, :cursor)"
            " ON CONFLICT (application) DO UPDATE SET atena = excluded.atena, body = excluded.body, cursor = excluded.cursor"
            " WHERE excluded.cursor > result.cursor"
        ),
        {"application": application, "atena": body["atena"], "body": json.dumps(body, ensure_ascii=False), "cursor": cursor},
    )


def find_result(connection: Connection, application: str) -> Result | None:
    row = connection.execute(
        text("SELECT application, atena, body FROM result WHERE application = :application"), {"application": application}
    ).one_or_none()
    return Result(row.application, row.atena, json.loads(row.body)) if row else None


@dataclass(frozen=True, slots=True)
class Decided:
    """A result that also decides an application: ``body["decision"]`` is accepted or rejected."""

    cursor: int
    application: str
    body: Mapping[str, Any]


def undone_results(connection: Connection) -> tuple[Decided, ...]:
    """Results with a decision that has not been acted on yet, in the order they came."""
    rows = connection.execute(
        text(
            "SELECT cursor, application, body FROM result WHERE json_extract(body, '$.decision') IS NOT NULL"
            " AND cursor > coalesce((SELECT CAST(value AS INTEGER) FROM sync_state WHERE name = 'results'), 0) ORDER BY cursor"
        )
    )
    return tuple(Decided(int(row.cursor), row.application, json.loads(row.body)) for row in rows)


def keep_result_done(connection: Connection, value: int) -> None:
    """Every result up to this cursor has been acted on."""
    connection.execute(
        text(
            "INSERT INTO sync_state (name, value) VALUES ('results', :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"value": str(value)},
    )


def put_ward_setting(connection: Connection, cursor: int, name: str, body: Mapping[str, Any]) -> None:
    """Take in a setting for its day (``effective_from``) on; what is announced for later stands beside what is in force."""
    connection.execute(
        text(
            "INSERT INTO ward_setting (name, effective_from, body, cursor) VALUES (:name, :day, :body, :cursor)"
            " ON CONFLICT (name, effective_from) DO UPDATE SET body = excluded.body, cursor = excluded.cursor"
            " WHERE excluded.cursor > ward_setting.cursor"
        ),
        {
            "name": name,
            "day": date.fromisoformat(body["effective_from"]).isoformat(),
            "body": json.dumps(body, ensure_ascii=False),
            "cursor": cursor,
        },
    )


def ward_setting(connection: Connection, name: str, day: date) -> Mapping[str, Any] | None:
    """A setting of the ward in force on ``day``; None while there is none."""
    row = connection.execute(
        text("SELECT body FROM ward_setting WHERE name = :name AND effective_from <= :day ORDER BY effective_from DESC LIMIT 1"),
        {"name": name, "day": day.isoformat()},
    ).one_or_none()
    body: Mapping[str, Any] | None = json.loads(row.body) if row else None
    return body


def cursor(connection: Connection) -> int:
    """The last change taken from the segment; 0 before the first exchange."""
    found = connection.execute(text("SELECT value FROM sync_state WHERE name = 'changes'")).scalar_one_or_none()
    return int(found) if found is not None else 0


def keep_cursor(connection: Connection, value: int) -> None:
    connection.execute(
        text(
            "INSERT INTO sync_state (name, value) VALUES ('changes', :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"value": str(value)},
    )


def _person(body: str) -> Person:
    return person_from_json(json.loads(body))
