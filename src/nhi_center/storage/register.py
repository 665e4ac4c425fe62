"""The ward's register in the store: people, their search keys, and what the standard system answered (storage of 台帳).

Each search path is one index walked in its own order; a birth date or number beside a name is asked first, because it leaves
the fewest; the widest is cut at LIMIT rows, so a key press never scans.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain.people import Person, person_from_json, person_to_json
from nhi_center.domain.search import KANA_FIELD, KANJI_FIELD, SearchKeys, SearchTerms, phrase

_LAST = "\U0010ffff"
_FEW = 500
"""So many rows are looked at one by one without anybody noticing (about 7 µs each)."""
_NARROWED = "json_each(:ids) n CROSS JOIN person p ON p.id = n.value"
_COLUMNS = "household, kana_key, given_key, kanji_key, birth, phone, phone_reversed, number_key, body, cursor"
_INSERT = f"INSERT INTO person (id, atena, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE = f"UPDATE person SET ({_COLUMNS}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?"
_GRAMS = "INSERT OR REPLACE INTO person_bigram (rowid, g) VALUES (?, ?)"
_KNOWN = text("SELECT id, atena, cursor FROM person WHERE atena IN (SELECT value FROM json_each(:atenas))")


@dataclass(frozen=True, slots=True)
class Result:
    """The standard system's answer to one reviewed application (資格の決定・記号番号)."""

    application: str
    atena: str
    body: Mapping[str, Any]


def put_people(connection: Connection, changes: Iterable[tuple[int, Person]]) -> int:
    """Take in people as (cursor, person); an older cursor never overwrites a newer one. Gives how many were taken.

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
    updates: list[tuple[object, ...]] = []
    grams: list[tuple[int, str]] = []
    for atena, (cursor, person) in latest.items():
        keys = SearchKeys.of(person)
        values = _values(person, keys, cursor)
        if atena not in known:
            inserts.append((next_id, atena, *values))
            grams.append((next_id, keys.grams))
            next_id += 1
        elif known[atena][1] < cursor:
            updates.append((*values, known[atena][0]))
            grams.append((known[atena][0], keys.grams))
    for statement, tuples in ((_INSERT, inserts), (_UPDATE, updates), (_GRAMS, grams)):
        if tuples:
            connection.exec_driver_sql(statement, tuples)
    return len(grams)


def _values(person: Person, keys: SearchKeys, cursor: int) -> tuple[object, ...]:
    number = number_key(person.symbol, person.number)
    body = json.dumps(person_to_json(person), ensure_ascii=False)
    birth = person.birth.isoformat()
    return (
        *(person.household, keys.kana_n, keys.given_n, keys.kanji_n, birth, keys.phone, keys.phone_rev),
        *(number, body, cursor),
    )


def find(connection: Connection, atena: str) -> Person | None:
    row = connection.execute(text("SELECT body FROM person WHERE atena = :atena"), {"atena": atena}).one_or_none()
    return _person(row.body) if row else None


def household(connection: Connection, number: str) -> tuple[Person, ...]:
    """Everybody of one household."""
    rows = connection.execute(text("SELECT body FROM person WHERE household = :number ORDER BY id"), {"number": number})
    return tuple(_person(row.body) for row in rows)


def count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM person")).scalar_one())


def search(connection: Connection, terms: SearchTerms, limit: int) -> tuple[Person, ...]:
    """Up to ``limit`` people, those whose name begins so first, in the order of the index used; then names containing it."""
    if terms.is_empty:
        return ()
    found: dict[int, Person] = {}
    if not (terms.kana or terms.kanji):
        for path in _number_paths(terms):
            _walk(connection, path, limit, found)
        return tuple(found.values())
    narrowed = _narrowed(connection, terms)
    for path in _name_paths(terms, narrowed):
        _walk(connection, path, limit, found)
    if len(found) < limit:
        _inside(connection, terms, narrowed, limit, found)
    return tuple(found.values())


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


def _person_rows(rows: Iterable[Any], limit: int, found: dict[int, Person]) -> None:
    """Who is new among the rows; a person is made from his row once, because that costs more than finding it."""
    for row in rows:
        if len(found) >= limit:
            return
        if row.id not in found:
            found[row.id] = _person(row.body)


@dataclass(frozen=True, slots=True)
class _Path:
    """One index walked in its own order."""

    source: str
    condition: str
    order: str
    values: Mapping[str, str]


def _walk(connection: Connection, path: _Path, limit: int, found: dict[int, Person]) -> None:
    if len(found) >= limit:
        return
    order = f" ORDER BY {path.order}" if path.order else ""
    statement = text(f"SELECT p.id, p.body FROM {path.source} WHERE {path.condition}{order} LIMIT :limit")
    _person_rows(connection.execute(statement, {**path.values, "limit": limit}), limit, found)


def _narrowed(connection: Connection, terms: SearchTerms) -> str | None:
    """The ids (JSON) a birth date or number beside a name leaves, because there are far fewer of them than of a name's first
    letters. None without such a word, and when so many fit that walking the names ends sooner."""
    if terms.birth is not None:
        source, values = "SELECT id FROM person WHERE birth = :birth", {"birth": terms.birth.isoformat()}
    elif terms.digits:
        ranges = [
            f"SELECT id FROM person WHERE {column} >= :{start} AND {column} < :{start} || '{_LAST}'"
            for column, start in (("number_key", "digits"), ("phone", "digits"), ("phone_reversed", "reversed"))
        ]
        source = " UNION ALL ".join(("SELECT id FROM person WHERE atena = :digits", *ranges))
        values = {"digits": terms.digits, "reversed": terms.digits[::-1]}
    else:
        return None
    rows = connection.execute(text(f"{source} LIMIT {_FEW + 1}"), values)
    ids = [int(row.id) for row in rows]
    return json.dumps(sorted(set(ids))) if len(ids) <= _FEW else None


def _name_paths(terms: SearchTerms, narrowed: str | None) -> list[_Path]:
    """Names that begin so: the whole name's kana, the given name's, or the name as written."""
    extra, values = _beside(terms)
    source = "person p"
    if narrowed is not None:
        source, values = _NARROWED, {**values, "ids": narrowed}
    names = [("kana_key", terms.kana), ("given_key", terms.kana)] if terms.kana else [("kanji_key", terms.kanji)]
    if terms.kana and terms.kanji:
        extra += " AND p.kanji_key >= :kanji AND p.kanji_key < :kanji_stop"
        values = {**values, "kanji": terms.kanji, "kanji_stop": terms.kanji + _LAST}
    return [
        _Path(
            source,
            f"p.{column} >= :start AND p.{column} < :stop{extra}",
            "p.kana_key, p.id" if column == "kana_key" else f"p.{column}, p.kana_key, p.id",
            {**values, "start": start, "stop": start + _LAST},
        )
        for column, start in names
    ]


def _inside(connection: Connection, terms: SearchTerms, narrowed: str | None, limit: int, found: dict[int, Person]) -> None:
    """Names with the words anywhere in them (also the 通称 and the name in letters), in the order of their kana."""
    extra, values = _beside(terms)
    if narrowed is not None and len(terms.kana) > 1 and not terms.kanji:  # so few that their kana are simply read
        condition = f"instr(p.kana_key, :kana) > 0{extra}"
        path = _Path(_NARROWED, condition, "p.kana_key, p.id", {**values, "kana": terms.kana, "ids": narrowed})
        _walk(connection, path, limit, found)
        return
    phrases = []
    for field, column, part in ((KANA_FIELD, "kana_key", terms.kana), (KANJI_FIELD, "kanji_key", terms.kanji)):
        if words := phrase(field, part):
            phrases.append(words)
        elif part:  # a single character has no bigram
            extra += f" AND p.{column} >= :{column} AND p.{column} < :{column} || '{_LAST}'"
            values[column] = part
    if not phrases:
        return
    if narrowed is not None:  # the plus keeps FTS5 from starting its search anew for every id
        extra += " AND +person_bigram.rowid IN (SELECT value FROM json_each(:ids))"
        values["ids"] = narrowed
    statement = text(
        "SELECT p.id, p.body, p.kana_key FROM person_bigram CROSS JOIN person p ON p.id = person_bigram.rowid"
        f" WHERE person_bigram MATCH :match{extra} LIMIT :most"
    )
    # Names that begin so contain it too: they come again.
    most = limit + len(found)
    rows = connection.execute(statement, {**values, "match": " ".join(phrases), "most": most})
    _person_rows(sorted(rows, key=lambda row: (row.kana_key, row.id)), limit, found)


def _beside(terms: SearchTerms) -> tuple[str, dict[str, str]]:
    """What a birth date or number beside a name asks of every row."""
    extra = ""
    values: dict[str, str] = {}
    if terms.birth is not None:
        extra += " AND p.birth = :birth"
        values["birth"] = terms.birth.isoformat()
    if terms.digits:
        extra += (
            " AND (p.phone LIKE :digits || '%' OR p.phone_reversed LIKE :reversed || '%' OR p.number_key LIKE :digits || '%'"
            " OR p.atena = :digits)"
        )
        values.update(digits=terms.digits, reversed=terms.digits[::-1])
    return extra, values


def _number_paths(terms: SearchTerms) -> list[_Path]:
    paths: list[_Path] = []
    if terms.birth is not None:
        paths.append(_Path("person p", "p.birth = :birth", "p.kana_key, p.id", {"birth": terms.birth.isoformat()}))
    if terms.digits and (terms.either or terms.birth is None):
        digits, backwards = terms.digits, terms.digits[::-1]
        paths.append(_Path("person p", "p.atena = :digits", "", {"digits": digits}))
        for column, start in (("number_key", digits), ("phone", digits), ("phone_reversed", backwards)):
            condition = f"p.{column} >= :start AND p.{column} < :stop"
            paths.append(_Path("person p", condition, f"p.{column}", {"start": start, "stop": start + _LAST}))
    return paths
