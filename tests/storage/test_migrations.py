"""Every version up, down and up again on a store with rows in every table, and what happens when a step fails."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.storage import engine, migrate
from nhi_center.storage.store import create_store, new_key, open_store

NUMBERS = [number for number, _file in migrate.known_versions()]
RELEASED = frozenset({*range(1, 37), 38, 39, 40, 42, 44, 45, 46, 50, 51, 53, 54, 57, 60, 61, 62, 71, 72, 73, 74, 75, 77})
"""What has been given out: a store at 77 takes nothing below it any more."""
SECRET = "見本の秘密"
Made = tuple[Path, bytes]
Rows = dict[str, set[tuple[tuple[str, Any], ...]]]


@pytest.fixture
def empty(tmp_path: Path) -> Made:
    """A store at version 0: encrypted, without any table."""
    path, key = tmp_path / "store" / "nhi-center.db", new_key()
    create_store(path, key)
    migrate.undo(path, key, 0)
    return path, key


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped migrations in a folder of the test's own, for one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate._FOLDER, folder)
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    return folder


@contextmanager
def opened(made: Made) -> Iterator[Any]:
    connection = engine.connect(*made)
    try:
        yield connection
    finally:
        connection.close()


def schema(made: Made) -> dict[str, str]:
    with opened(made) as connection:
        rows = connection.execute(
            "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master WHERE name <> 'sqlite_sequence'"
        )
        rows = rows.fetchall()  # sqlite_sequence is SQLite's own and stays
    return {name: re.sub(r"\s+", "", re.sub(r"--.*", "", sql)).replace('"', "") for name, sql in rows}


def tables(connection: Any) -> list[str]:
    return list(migrate.row_counts(connection))


def rows(made: Made) -> Rows:
    with opened(made) as connection:
        found = {}
        for table in tables(connection):
            cursor = connection.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            found[table] = {tuple(zip(names, row, strict=True)) for row in cursor.fetchall()}
    return found


def keeps(after: Rows, before: Rows, script: str) -> bool:
    """Whether every row that was there still is, with every column that both versions have."""
    meant = migrate._meant(script)
    for table, old in before.items():
        columns = {name for row in after.get(table, set()) for name, _value in row}
        cut = {tuple(pair for pair in row if pair[0] in columns) for row in old}
        names = {name for row in old for name, _value in row}
        if table not in meant and {tuple(pair for pair in row if pair[0] in names) for row in after.get(table, set())} != cut:
            return False
    return True


REBUILT: dict[str, dict[str, str]] = {
    "application": {"state": "done", "envelope": ""},
    "second_keying": {"state": "done"},
    "certificate_job": {"state": "good", "renewal": "", "spooler": "completed"},
    "handover": {"direction": "in", "state": "signed"},
    "call": {"state": "done"},
    "balance": {"place": "cabinet"},
    "outbox": {"state": "waiting"},
    "incident": {"kind": "difference"},
}
"""A table that a step builds anew, or adds a column to, takes only rows that keep its rules."""


def fill(made: Made) -> None:
    """Three rows in every table. The n-th row says n in every column, so that every reference finds its row."""
    with opened(made) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute("BEGIN IMMEDIATE")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for table in tables(connection):
            columns = [(row[1], row[2]) for row in connection.execute(f'PRAGMA table_info("{table}")')]
            own = REBUILT.get(table, {})
            for n in range(1, 4):
                values = [own.get(column, {"TEXT": f"{n}", "BLOB": b"%d" % n}.get(kind, n)) for column, kind in columns]
                connection.execute(f'INSERT OR IGNORE INTO "{table}" VALUES ({",".join("?" * len(columns))})', values)
        migrate._make_triggers(connection)
        connection.execute("COMMIT")


def has_all_triggers(made: Made) -> bool:
    with opened(made) as connection:
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        known = set(tables(connection))
    return there == {name for name, named, _statement in migrate.listed_triggers() if known >= named}


def references_hold(made: Made) -> bool:
    with opened(made) as connection:
        return connection.execute("PRAGMA foreign_key_check").fetchone() is None


def version(made: Made) -> int:
    with opened(made) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("number", NUMBERS)
def test_up_down_up(empty: Made, number: int) -> None:
    below = max((known for known in NUMBERS if known < number), default=0)
    script = dict(migrate.known_versions())[number].read_text("utf-8")
    migrate.migrate(*empty, to=below)
    fill(empty)
    before, old_schema = rows(empty), schema(empty)
    assert all(before.values()), "a table without rows proves nothing"

    assert migrate.migrate(*empty, to=number)
    up = schema(empty)
    assert up != old_schema
    assert version(empty) == number
    assert keeps(rows(empty), before, script)
    assert has_all_triggers(empty)
    assert references_hold(empty)

    migrate.undo(*empty, below)
    assert schema(empty) == old_schema
    assert version(empty) == below
    assert keeps(rows(empty), before, script)
    assert has_all_triggers(empty)
    assert references_hold(empty)

    migrate.migrate(*empty, to=number)
    assert schema(empty) == up
    assert keeps(rows(empty), before, script)
    assert has_all_triggers(empty)


def test_a_new_step_comes_after_what_has_been_given_out() -> None:
    """``user_version`` is one number: a step below it would never reach a store that is there."""
    assert {number for number in NUMBERS if number <= max(RELEASED)} == RELEASED


def test_the_whole_way_up_down_and_up(empty: Made) -> None:
    assert version(empty) == 0
    assert rows(empty) == {}
    migrate.migrate(*empty)
    newest = schema(empty)
    assert version(empty) == NUMBERS[-1]
    fill(empty)
    migrate.undo(*empty, 0)
    assert schema(empty) == {}
    migrate.migrate(*empty)
    assert schema(empty) == newest


def test_every_migration_has_its_undo_and_every_trigger_its_table(empty: Made) -> None:
    folder = migrate._FOLDER
    assert {file.name for file in (folder / "down").glob("*.sql")} == {file.name for file in folder.glob("*.sql")}
    migrate.migrate(*empty)
    with opened(empty) as connection:
        missing = {table for _name, named, _statement in migrate.listed_triggers() for table in named} - set(tables(connection))
    assert not missing


def next_step(scripts: Path, sql: str, down: str = "SELECT 1;\n") -> int:
    number = max(int(file.name[:4]) for file in scripts.glob("*.sql")) + 1
    (scripts / f"{number:04}_one_more.sql").write_text(sql, encoding="utf-8")
    (scripts / "down" / f"{number:04}_one_more.sql").write_text(down, encoding="utf-8")
    return number


def filled(made: Made) -> Rows:
    migrate.migrate(*made, to=NUMBERS[-1])
    fill(made)
    with opened(made) as connection:
        connection.execute("INSERT INTO sync_state VALUES (?, 'x')", (SECRET,))
    return rows(made)


REBUILD = """
CREATE TABLE handover_new (id TEXT PRIMARY KEY, day TEXT NOT NULL, number INTEGER NOT NULL, direction TEXT, section TEXT,
    state TEXT, round INTEGER, opened_at TEXT, opened_by TEXT, ended_at TEXT, contents TEXT, medium TEXT,
    condition TEXT, promised TEXT, note TEXT) STRICT;
INSERT INTO handover_new SELECT *, '' FROM handover;
DROP TABLE handover;
ALTER TABLE handover_new RENAME TO handover;
"""


def test_a_rebuilt_table_keeps_its_children_its_rows_and_every_trigger(empty: Made, scripts: Path) -> None:
    """With foreign keys on, DROP TABLE would have emptied what refers to it; without the list, its triggers were gone."""
    before = filled(empty)
    number = next_step(scripts, REBUILD + "UPDATE handover SET note = 'x' || number;\n")
    migrate.migrate(*empty)
    after = rows(empty)
    assert version(empty) == number
    assert keeps(after, before, "")
    assert {dict(row)["note"] for row in after["handover"]} == {"x1", "x2", "x3"}
    assert len(after["handover_count"]) == 3
    assert has_all_triggers(empty)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO nowhere VALUES (1);\n",
        "DELETE FROM sync_state;\n",
        "DROP TABLE result;\n",
        "INSERT INTO receipt VALUES ('nobody', 'f', '', '', '');\n",
        "UPDATE audit SET entry = x'00';\n",
    ],
    ids=["wrong statement", "rows lost", "table lost", "reference broken", "log rewritten"],
)
def test_a_failed_step_leaves_the_store_as_it_was_and_says_so(empty: Made, scripts: Path, sql: str) -> None:
    before, old = filled(empty), schema(empty)
    next_step(scripts, "CREATE TABLE fine (a TEXT) STRICT;\n")
    next_step(scripts, "CREATE TABLE half (a TEXT) STRICT;\n" + sql)
    with pytest.raises(EnvironmentTrouble) as caught:
        open_store(empty[0], (empty[1],))
    assert caught.value.code == "ST-10"
    assert "更新の前のまま" in caught.value.message
    assert version(empty) == NUMBERS[-1]
    assert schema(empty) == old
    assert rows(empty) == before
    assert has_all_triggers(empty)


def test_a_step_that_means_to_change_rows_says_so(empty: Made, scripts: Path) -> None:
    filled(empty)
    number = next_step(scripts, "-- changes the number of rows of: sync_state\nDELETE FROM sync_state;\n")
    migrate.migrate(*empty)
    assert version(empty) == number
    assert rows(empty)["sync_state"] == set()


def test_a_copy_is_made_before_never_plain_and_goes_at_the_next_start(empty: Made, scripts: Path) -> None:
    before, old = filled(empty), schema(empty)
    number = next_step(scripts, "CREATE TABLE later (a TEXT) STRICT;\n")
    path, key = empty
    open_store(path, (key,)).close()
    copy = path.with_name(f"before-{number:04}.db")
    assert migrate.copies(path) == (copy,)
    assert schema((copy, key)) == old
    assert rows((copy, key)) == before
    assert SECRET.encode() not in copy.read_bytes()
    assert not copy.read_bytes().startswith(b"SQLite format 3")
    assert copy.stat().st_mode & 0o077 == 0
    open_store(path, (key,)).close()
    assert migrate.copies(path) == ()
    assert sorted(file.name for file in path.parent.iterdir()) == ["nhi-center.db", "nhi-center.json", "nhi-center.lock"]


def test_the_copy_of_the_step_before_makes_room_for_the_next(empty: Made, scripts: Path) -> None:
    filled(empty)
    path, key = empty
    next_step(scripts, "CREATE TABLE later (a TEXT) STRICT;\n")
    open_store(path, (key,)).close()
    number = next_step(scripts, "CREATE TABLE later_still (a TEXT) STRICT;\n")
    open_store(path, (key,)).close()
    assert [copy.name for copy in migrate.copies(path)] == [f"before-{number:04}.db"]


def test_a_new_store_needs_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "store" / "nhi-center.db"
    create_store(path, new_key())
    assert migrate.copies(path) == ()
