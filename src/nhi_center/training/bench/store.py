"""``store``: what encryption, unlocking and the log cost, each beside the same without it, in the same run.

The plain side is the same library without a key (``plain``), except for the backup, whose reference is Python's own sqlite3:
that is what a copy costs anybody. ``store.cipher`` and ``store.audited`` are the figures of ``commit``,
``store.audit_verify_1000`` is that of ``log``; the p95 of a search while typing stands under ``search``.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from nhi_center.keys import passwords
from nhi_center.keys.accounts import enrol, unlock
from nhi_center.keys.passwords import Cost
from nhi_center.keys.slots import Contents
from nhi_center.storage import copying, engine, migrate
from nhi_center.storage.store import new_key
from nhi_center.training.bench import commit, copies, plain
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import CLERK, PASSWORDS, SEED, Room, say
from nhi_center.training.bench.timing import take_turns

_BIG, _SMALL = 1 << 20, 2048
"""KiB of page cache: everything fits, and nearly nothing does."""
_COMPUTING = time.thread_time_ns
"""Nothing waits for the disk in what this times: pages from memory are read, hashed and decrypted."""
_GETS = 500
"""Rows taken by their number in one turn."""
_PASSPHRASE = "kenshuu-no-hikaku-2026"
_LIGHTER = Cost(memory_kib=64 * 1024, passes=3, lanes=2)
"""Where Argon2id costs as much time as SQLCipher's own PBKDF2, and far more memory to whoever tries many passwords."""
_ON_PLAIN = "同じことを、暗号化していない写しに(同じライブラリ)"
_FIRST_COLUMNS = 12
_LOAD = f"INSERT INTO person VALUES ({', '.join('?' * _FIRST_COLUMNS)})"

Connections = tuple[Any, Any]


def measure(room: Room) -> Iterator[Measurement]:
    """Every figure, of ``rounds`` turns; who goes first changes at every turn.

    Of a long act the fastest turn counts: what else the machine does only adds to it (as timeit of Python says).
    """
    yield from commit.figures(room, "store")
    copy = room.folder / "plain-store.db"
    plain.copy_without_key(room.settings.store, room.store_key(), copy)
    yield from _reading(room, copy)
    yield from _loading(room)
    yield from _unlocking(room, copy)
    yield copies.figure(room, "store.audit_verify_1000")
    yield from _copying(room, copy)


def _pair(room: Room, copy: Path, cache_kib: int) -> Connections:
    """(encrypted, plain), each with this much cache."""
    both = (engine.connect(room.settings.store, room.store_key()), plain.connect(copy))
    for connection in both:
        connection.execute(f"PRAGMA cache_size=-{cache_kib}")
    return both


def _compare(name: str, turns: tuple[list[float], list[float]], reference: str = _ON_PLAIN) -> Measurement:
    values, references = turns
    return Measurement(f"store.{name}", min(values), "ms", reference, min(references))


def _reading(room: Room, copy: Path) -> Iterator[Measurement]:
    persons, rounds = room.sizes.persons, room.sizes.rounds

    def scan(connection: Any) -> Callable[[int], object]:
        return lambda _number: connection.execute("SELECT sum(length(body)) FROM person").fetchone()

    def gets(connection: Any) -> Callable[[int], object]:
        def some(number: int) -> None:
            random = Random(SEED + number)
            for _ in range(_GETS):
                connection.execute("SELECT body FROM person WHERE id = ?", (random.randrange(persons) + 1,)).fetchone()

        return some

    for name, cache, turns in (("warm", _BIG, rounds * 10), ("small_cache", _SMALL, rounds * 10)):
        say(f"  読出し {name}")
        both = _pair(room, copy, cache)
        try:
            for connection in both:
                scan(connection)(0)
            yield _compare(f"get_{_GETS}.{name}", take_turns(gets(both[0]), gets(both[1]), turns, _COMPUTING))
            if cache == _BIG:
                yield _compare("scan.warm", take_turns(scan(both[0]), scan(both[1]), rounds, _COMPUTING))
        finally:
            for connection in both:
                connection.close()


def _loading(room: Room) -> Iterator[Measurement]:
    """A whole register in one transaction, the indexes afterwards, each time into a new file.

    The cache holds all of it, as whoever loads a register sets it: pages that spill are encrypted more than once.
    """
    say("  まとめて読み込む")
    rows = _register(room)
    script = next(file for number, file in migrate.known_versions() if number == 2).read_text(encoding="utf-8")
    statements = [one for one in migrate.statements(script) if "person" in one and "VIRTUAL" not in one]

    def load(opened: Callable[[Path], Any]) -> Callable[[int], object]:
        def fill(number: int) -> None:
            file = room.folder / f"load-{number}.db"
            file.touch(mode=0o600)
            connection = opened(file)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute(f"PRAGMA cache_size=-{_BIG}")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(statements[0])
                connection.executemany(_LOAD, rows)
                for statement in statements[1:]:
                    connection.execute(statement)
                connection.execute("COMMIT")
            finally:
                connection.close()
                copying.remove(file)

        return fill

    key = new_key()
    yield _compare("load", take_turns(load(lambda file: engine.connect(file, key)), load(plain.connect), room.sizes.rounds))


def _register(room: Room) -> list[tuple[Any, ...]]:
    connection = engine.connect(room.settings.store, room.store_key())
    try:
        # Later steps of the schema add columns at the end; the table is made as its own step made it.
        return [tuple(row[:_FIRST_COLUMNS]) for row in connection.execute("SELECT * FROM person")]
    finally:
        connection.close()


def _unlocking(room: Room, copy: Path) -> Iterator[Measurement]:
    """From the password to the first row. The reference is SQLCipher's own way: the password itself opens the file."""
    say("  鍵を開く")
    shut = room.folder / "passphrase.db"
    _under_a_passphrase(copy, shut)
    key = room.store_key()

    def by_envelope(cost: Cost) -> Callable[[int], object]:
        premises = room.premises()
        account = enrol(CLERK, "見本 一郎", premises.accounts.find(CLERK).role, PASSWORDS[CLERK], cost)
        premises.slots.save(account, Contents((key,)))
        return lambda _number: _first_row(
            engine.connect(room.settings.store, premises.slots.open(account, unlock(account, PASSWORDS[CLERK])).store_keys[0])
        )

    kept = room.settings.slots / f"{CLERK}.slot"
    before = kept.read_bytes()
    rounds = room.sizes.rounds
    by_passphrase = "パスワードで直接開く SQLCipher(PBKDF2、25万6千回)"
    try:
        for name, cost in (("unlock", room.sizes.cost), ("unlock_64_mib", _light(room))):
            turns = take_turns(by_envelope(cost), lambda _number: _first_row(_open_by_passphrase(shut)), rounds)
            yield _compare(name, turns, by_passphrase)
    finally:
        kept.write_bytes(before)
    reopen = take_turns(
        lambda _number: _first_row(engine.connect(room.settings.store, key)),
        lambda _number: _first_row(plain.connect(copy)),
        rounds * 10,
    )
    yield _compare("reopen", reopen)


def _light(room: Room) -> Cost:
    """The lighter cost; where the run is made cheap (tests), that."""
    return _LIGHTER if room.sizes.cost == passwords.STANDARD else room.sizes.cost


def _first_row(connection: Any) -> None:
    try:
        connection.execute("SELECT id FROM person LIMIT 1").fetchone()
    finally:
        connection.close()


def _open_by_passphrase(file: Path) -> Any:
    connection = plain.connect(file)
    connection.set_key(_PASSPHRASE)
    return connection


def _under_a_passphrase(source: Path, file: Path) -> None:
    connection = plain.connect(source)
    try:
        connection.execute("ATTACH ? AS shut KEY ?", (str(file), _PASSPHRASE))
        connection.execute("SELECT sqlcipher_export('shut')").fetchone()
    finally:
        connection.close()


def _copying(room: Room, copy: Path) -> Iterator[Measurement]:
    """A whole copy on the disk: to a key of its own, and by Python's sqlite3 of the plain copy."""
    say("  バックアップ")
    source, key = engine.connect(room.settings.store, room.store_key()), new_key()
    simple = sqlite3.connect(copy)

    def ours(number: int) -> None:
        target = room.folder / f"backup-{number}.db"
        copying.copy_whole(source, target, key)
        target.unlink()

    def theirs(number: int) -> None:
        target = room.folder / f"simple-{number}.db"
        other = sqlite3.connect(target)
        simple.backup(other)
        other.close()
        with target.open("rb") as file:
            os.fsync(file.fileno())
        target.unlink()

    try:
        yield _compare("backup", take_turns(ours, theirs, room.sizes.rounds), "暗号化していない写しを、Python の sqlite3 で")
    finally:
        source.close()
        simple.close()
