"""``search``: one search line as a clerk types it, from the service's question to its people, on the encrypted store.

Reference: the same service on a plain copy of the store. For parts inside a name also the obvious way without an index of
its own: a LIKE over the covering index of the key, with the same people read and made from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random

from nhi_center.domain.people import Person, person_from_json
from nhi_center.domain.search import SearchKeys, kana_key, kanji_key
from nhi_center.services.office import Office
from nhi_center.services.register import LIMIT, search
from nhi_center.storage import engine, register
from nhi_center.training.bench import plain
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import SEED, Room, say
from nhi_center.training.bench.timing import median, percentile, take_turns

Ask = Callable[[str], object]

_ON_PLAIN = "同じ問いを、暗号化していない写しに(同じライブラリ)"
_BY_LIKE = "同じ問いを、索引を端から読む LIKE で"


def measure(room: Room) -> Iterator[Measurement]:
    """p50 and p95 over the lines of each kind. A LIKE stops early where many fit, so it is compared where few do (p95)."""
    lines = search_lines(room.sample, room.sizes.queries)
    copy = room.folder / "plain.db"
    plain.copy_without_key(room.settings.store, room.store_key(), copy)
    keyless = engine.engine_over(lambda: plain.connect(copy), write=True)
    try:
        with room.clerk() as (office, session):
            without = replace(office, store=replace(office.store, write=keyless))
            for kind, asked in lines.items():
                say(f"  検索 {kind}")
                values, references = _compare(
                    lambda typed: search(office, session, typed),
                    lambda typed: search(without, session, typed),
                    asked,
                    room.sizes.repeats,
                )
                yield Measurement(f"search.{kind}.p50", median(values), "ms", _ON_PLAIN, median(references))
                yield Measurement(f"search.{kind}.p95", percentile(values, 0.95), "ms", _ON_PLAIN, percentile(references, 0.95))
            for kind, column in (("infix_kana_2", "kana_key"), ("infix_kanji_2", "kanji_key")):
                say(f"  検索 {kind} (LIKE)")
                values, references = _compare(
                    lambda typed: search(office, session, typed), _by_like(office, column), lines[kind], room.sizes.repeats
                )
                slowest, by_like = percentile(values, 0.95), percentile(references, 0.95)
                yield Measurement(f"search.{kind}.like_p95", slowest, "ms", _BY_LIKE, by_like)
    finally:
        keyless.dispose()


def search_lines(sample: tuple[Person, ...], count: int) -> Mapping[str, tuple[str, ...]]:
    """``count`` lines of every kind, made from people who are in the register: frequent names are asked for often."""
    rng = Random(SEED)
    japanese = [person for person in sample if not person.nationality]
    numbered = [person for person in sample if person.number and len(person.phone) > 7]

    def lines(among: list[Person], made: Callable[[Person], str]) -> tuple[str, ...]:
        return tuple(made(among[rng.randrange(len(among))]) for _ in range(count))

    def inside(key: str) -> str:
        at = rng.randrange(1, max(2, len(key) - 1))
        return key[at : at + 2]

    kinds = {
        f"kana_{length}": lines(japanese, lambda person, length=length: kana_key(person.kana)[:length])  # type: ignore[misc]
        for length in range(1, 7)
    }
    kinds |= {
        f"kanji_{length}": lines(japanese, lambda person, length=length: kanji_key(person.name)[:length])  # type: ignore[misc]
        for length in range(1, 4)
    }
    return kinds | {
        "given_2": lines(japanese, lambda person: SearchKeys.of(person).given_n[:2]),
        "infix_kana_2": lines(japanese, lambda person: inside(kana_key(person.kana))),
        "infix_kanji_2": lines(japanese, lambda person: inside(kanji_key(person.name))),
        "phone_7": lines(numbered, lambda person: person.phone[:7]),
        "phone_last_4": lines(numbered, lambda person: person.phone[-4:]),
        "number_4": lines(numbered, lambda person: register.number_key(person.symbol, person.number)[:4]),
        "birth": lines(japanese, lambda person: f"{person.birth:%Y%m%d}"),
        "kana_3_birth": lines(japanese, lambda person: f"{kana_key(person.kana)[:3]} {person.birth:%Y%m%d}"),
        "kanji_2_birth": lines(japanese, lambda person: f"{kanji_key(person.name)[:2]} {person.birth:%Y%m%d}"),
        "kana_2_last_4": lines(numbered, lambda person: f"{kana_key(person.kana)[:2]} {person.phone[-4:]}"),
        "nobody": lines(japanese, lambda person: f"{kana_key(person.kana)}ヌヌ"),
    }


def _compare(one: Ask, other: Ask, asked: tuple[str, ...], repeats: int) -> tuple[list[float], list[float]]:
    """Milliseconds for each line: the median of ``repeats`` rounds over all of them, so that what remains spread is the lines
    and not the scheduler."""
    for typed in asked[: max(1, len(asked) // 8)]:
        one(typed)
        other(typed)
    rounds = [
        take_turns(lambda number: one(asked[number]), lambda number: other(asked[number]), len(asked)) for _ in range(repeats)
    ]
    ours = [median([ones[number] for ones, _others in rounds]) for number in range(len(asked))]
    theirs = [median([others[number] for _ones, others in rounds]) for number in range(len(asked))]
    return ours, theirs


def _by_like(office: Office, column: str) -> Ask:
    """The same people without the bigram index: every entry of the column's index is looked at until LIMIT have come."""
    inner = f"SELECT id FROM person WHERE {column} LIKE '%' || ? || '%' ORDER BY {column}, kana_key, id LIMIT {LIMIT}"
    statement = f"SELECT p.body FROM ({inner}) f JOIN person p ON p.id = f.id"

    def ask(typed: str) -> object:
        with office.store.read.begin() as connection:
            return [person_from_json(json.loads(row[0])) for row in connection.exec_driver_sql(statement, (typed,))]

    return ask
