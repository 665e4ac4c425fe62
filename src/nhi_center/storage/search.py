"""Finding people in the register (storage of 台帳検索): 50 rows at a time, and the next ones by key.

A search is a few steps, one behind the other: names that begin so, given names, names with it inside. Each step walks one index
in its own order, so that a key press never sorts and never counts; each leaves out whom an earlier one has given, so that nobody
comes twice on any page. A birth date or number beside a name leaves so few that those are looked at one by one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, text

from nhi_center.domain.people import Person, person_from_json
from nhi_center.domain.roman_kana import long_spellings
from nhi_center.domain.search import KANA_FIELD, KANJI_FIELD, Found, Place, SearchTerms, kanji_key, phrase

_LAST = "\U0010ffff"
_FEW = 500
"""So many rows are looked at one by one without anybody noticing (about 7 µs each)."""

_OPENED = "p.protected = 0"
"""支援措置: whom the contractor's people may not find. Left out here, or a page short of rows would tell of them."""


@dataclass(frozen=True, slots=True)
class _Step:
    """``order``: the columns of the index walked, ``id`` last. ``match``: words for the index of bigrams, which gives ids.

    ``few`` and ``check`` take the place of ``match`` where so few are left that their names are simply read.
    """

    order: tuple[str, ...]
    where: tuple[str, ...]
    match: str = ""
    few: tuple[str, ...] = ()
    check: Callable[[Person], bool] | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    steps: tuple[_Step, ...]
    values: dict[str, str] = field(default_factory=dict)


def search(
    connection: Connection, terms: SearchTerms, limit: int, *, after: Place | None = None, protected: bool = True
) -> Found:
    """Up to ``limit`` people behind ``after``. ``protected`` False: people under 支援措置 are not there at all.

    In the order of the index walked; names found by what stands inside them come in the register's order, each page by kana.
    """
    question = _question(terms)
    ids = _narrowed(connection, terms)
    rows: list[tuple[int, Row[Any]]] = []
    for number, step in enumerate(question.steps):
        if after is not None and number < after.step:
            continue
        if len(rows) > limit:
            break
        key = after.key if after is not None and number == after.step else ()
        asked = step if protected else replace(step, where=(*step.where, _OPENED))
        for row in _rows(connection, asked, question.values, key, ids, limit + 1 - len(rows)):
            rows.append((number, row))
    if len(rows) <= limit:
        return Found(_people(question, rows))
    rows = rows[:limit]
    number, last = rows[-1]
    return Found(_people(question, rows), Place(number, tuple(getattr(last, name) for name in question.steps[number].order)))


def _people(question: _Question, rows: list[tuple[int, Row[Any]]]) -> tuple[Person, ...]:
    def place(entry: tuple[int, Row[Any]]) -> tuple[int, str, int]:
        number, row = entry
        return (number, row.kana_key, row.id) if question.steps[number].order == ("id",) else (number, "", 0)

    return tuple(person_from_json(json.loads(row.body)) for _number, row in sorted(rows, key=place))


def _rows(
    connection: Connection, step: _Step, values: dict[str, str], key: tuple[str | int, ...], ids: str | None, most: int
) -> list[Row[Any]]:
    """The step's next rows behind ``key``."""
    asked: dict[str, Any] = {**values, "most": most}
    where = list(step.where)
    columns = [f"p.{name}" for name in step.order]
    if ids is not None:
        source, asked["ids"] = "json_each(:ids) n CROSS JOIN person p ON p.id = n.value", ids
        where += step.few
    elif step.match:
        source, asked["match"] = "person_bigram CROSS JOIN person p ON p.id = person_bigram.rowid", step.match
        where.insert(0, "person_bigram MATCH :match")
        columns = ["person_bigram.rowid"]
    else:
        source = "person p"
    if key:
        names = [f"key_{at}" for at in range(len(key))]
        where.append(f"({', '.join(columns)}) > ({', '.join(f':{name}' for name in names)})")
        asked.update(zip(names, key, strict=True))
    statement = f"SELECT p.body, p.kana_key, {', '.join(f'p.{name}' for name in step.order if name != 'kana_key')} FROM {source}"
    statement += f" WHERE {' AND '.join(where)} ORDER BY {', '.join(columns)}"
    if ids is not None and step.check is not None:
        rows = connection.execute(text(statement), asked)
        return [row for row in rows if step.check(person_from_json(json.loads(row.body)))][:most]
    return list(connection.execute(text(f"{statement} LIMIT :most"), asked).all())


def _narrowed(connection: Connection, terms: SearchTerms) -> str | None:
    """The ids (JSON) a birth date or number beside a name leaves, because there are far fewer of them than of a name's first
    letters. None without such a word, and when so many fit that walking the names ends sooner."""
    if not (terms.kana or terms.kanji):
        return None
    values = {"digits": terms.digits, "reversed": terms.digits[::-1]}
    if terms.birth is not None:
        source, values = "SELECT id FROM person WHERE birth = :birth", {"birth": terms.birth.isoformat()}
    elif terms.digits:
        ranges = [
            f"SELECT id FROM person WHERE {column} >= :{start} AND {column} < :{start} || '{_LAST}'" for column, start in _NUMBERS
        ]
        source = " UNION ALL ".join(("SELECT id FROM person WHERE atena = :digits", *ranges))
    else:
        return None
    ids = {int(row.id) for row in connection.execute(text(f"{source} LIMIT {_FEW + 1}"), values)}
    return json.dumps(sorted(ids)) if len(ids) <= _FEW else None


_NUMBERS = (("number_key", "digits"), ("number_plain", "digits"), ("phone", "digits"), ("phone_reversed", "reversed"))


def _question(terms: SearchTerms) -> _Question:
    beside, values = _beside(terms)
    if terms.kana and terms.kanji:
        steps, more = _both_steps(terms)
    elif terms.kana:
        steps, more = _kana_steps(terms.kana)
    elif terms.kanji:
        steps, more = _kanji_steps(terms.kanji)
        if terms.sounds:
            heard, spoken = _sound_steps(terms)
            steps, more = [*steps, *heard], {**more, **spoken}
    else:
        return _number_question(terms)
    return _Question(tuple(replace(step, where=(*step.where, *beside)) for step in steps), {**values, **more})


def _begins(column: str, name: str) -> str:
    return f"(p.{column} >= :{name} AND p.{column} < :{name} || '{_LAST}')"


def _kana_steps(kana: str) -> tuple[list[_Step], dict[str, str]]:
    whole, given = _begins("kana_key", "kana"), _begins("given_key", "kana")
    steps = [_Step(("kana_key", "id"), (whole,)), _Step(("given_key", "kana_key", "id"), (given, f"NOT {whole}"))]
    if words := phrase(KANA_FIELD, kana):
        others = (f"NOT {whole}", f"NOT {given}")
        steps.append(_Step(("id",), others, words, few=("instr(p.kana_key, :kana) > 0",)))
    return steps, {"kana": kana}


def _kanji_steps(kanji: str) -> tuple[list[_Step], dict[str, str]]:
    begins = _begins("kanji_key", "kanji")
    steps = [_Step(("kanji_key", "kana_key", "id"), (begins,))]
    if words := phrase(KANJI_FIELD, kanji):
        few, check = _named(kanji)
        steps.append(_Step(("id",), (f"NOT {begins}",), words, few, check))
    return steps, {"kanji": kanji}


def _sound_steps(terms: SearchTerms) -> tuple[list[_Step], dict[str, str]]:
    """A name in Roman letters by its kana: one word as kana is, several in any order; then with vowels long that passports write
    short. Whom the letters give is left out."""
    written = "p.id NOT IN (SELECT rowid FROM person_bigram WHERE person_bigram MATCH :written)"
    if len(terms.sounds) == 1:
        steps, values = _kana_steps(terms.sounds[0])
    else:
        values = {f"sound_{at}": sound for at, sound in enumerate(terms.sounds)}
        inside = tuple(f"instr(p.kana_key, :{name}) > 0" for name in values)
        words = " ".join(filter(None, (phrase(KANA_FIELD, sound) for sound in terms.sounds)))
        steps = [_Step(("id",), inside, words)] if words else []
    longer, more = _long_step(terms.sounds)
    steps, values = [*steps, *longer], {**values, **more}
    values["written"] = phrase(KANJI_FIELD, terms.kanji)
    return [replace(step, where=(*step.where, written)) for step in steps], values


def _long_step(sounds: tuple[str, ...]) -> tuple[list[_Step], dict[str, str]]:
    """Whom one of the long spellings of every word gives, and the words as they are do not."""
    spelled = [(sound, *long_spellings(sound)) for sound in sounds]
    words = [" OR ".join(filter(None, (phrase(KANA_FIELD, one) for one in spellings))) for spellings in spelled]
    if all(len(spellings) == 1 for spellings in spelled) or not any(words):
        return [], {}
    values = {f"spelled_{at}_{number}": one for at, spellings in enumerate(spelled) for number, one in enumerate(spellings)}
    inside = [
        " OR ".join(f"instr(p.kana_key, :spelled_{at}_{number}) > 0" for number in range(len(spellings)))
        for at, spellings in enumerate(spelled)
    ]
    short = " AND ".join(f"instr(p.kana_key, :spelled_{at}_0) > 0" for at in range(len(spelled)))
    where = (*(f"({one})" for one in inside), f"NOT ({short})")
    return [_Step(("id",), where, " AND ".join(f"({one})" for one in words if one))], values


def _both_steps(terms: SearchTerms) -> tuple[list[_Step], dict[str, str]]:
    """Kana and name together leave few: one step. A single character has no bigram and is asked of the names' beginning."""
    kana_words, kanji_words = phrase(KANA_FIELD, terms.kana), phrase(KANJI_FIELD, terms.kanji)
    first_kana = f"({_begins('kana_key', 'kana')} OR {_begins('given_key', 'kana')})"
    first_kanji = _begins("kanji_key", "kanji")
    values = {"kana": terms.kana, "kanji": terms.kanji}
    if not (kana_words or kanji_words):
        return [_Step(("kanji_key", "kana_key", "id"), (first_kanji, first_kana))], values
    where = tuple(first for first, words in ((first_kana, kana_words), (first_kanji, kanji_words)) if not words)
    few: tuple[str, ...] = ("instr(p.kana_key, :kana) > 0",) if kana_words else ()
    check = None
    if kanji_words:
        named, check = _named(terms.kanji)
        few += named
    return [_Step(("id",), where, " ".join(filter(None, (kana_words, kanji_words))), few, check)], values


def _named(kanji: str) -> tuple[tuple[str, ...], Callable[[Person], bool]]:
    """Among few: whose name has it inside, or who goes by another name, which is then read."""
    other = "json_extract(p.body, '$.alias') <> '' OR json_extract(p.body, '$.roman') <> ''"

    def check(person: Person) -> bool:
        return any(kanji in kanji_key(name) for name in (person.name, person.alias, person.roman))

    return (f"(instr(p.kanji_key, :kanji) > 0 OR {other})",), check


def _beside(terms: SearchTerms) -> tuple[tuple[str, ...], dict[str, str]]:
    """What a birth date and a number ask of every row, beside a name or each other."""
    where: list[str] = []
    values: dict[str, str] = {}
    if terms.birth is not None:
        where.append("p.birth = :birth")
        values["birth"] = terms.birth.isoformat()
    if terms.digits:
        numbers = [f"instr(p.{column}, :{start}) = 1" for column, start in _NUMBERS]
        where.append(f"({' OR '.join((*numbers, 'p.atena = :digits'))})")
        values.update(digits=terms.digits, reversed=terms.digits[::-1])
    return tuple(where), values


def _number_question(terms: SearchTerms) -> _Question:
    beside, values = _beside(terms)
    if terms.birth is not None and not terms.either:
        return _Question((_Step(("kana_key", "id"), beside),), values)
    steps: list[_Step] = []
    others: list[str] = []
    if terms.birth is not None:
        steps.append(_Step(("kana_key", "id"), ("p.birth = :birth",)))
        others.append("p.birth <> :birth")
    if terms.digits:
        steps.append(_Step(("id",), ("p.atena = :digits", *others)))
        others.append("p.atena <> :digits")
        for column, start in _NUMBERS:
            steps.append(_Step((column, "id"), (_begins(column, start), *others)))
            others.append(f"instr(p.{column}, :{start}) <> 1")
    return _Question(tuple(steps), values)
