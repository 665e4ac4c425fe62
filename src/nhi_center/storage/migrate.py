"""Numbered SQL migrations: on a connection of their own, with foreign keys off (a table rebuilt with them on would take its
children with it) and without the authorizer. ``user_version`` is the number reached.

All that are pending run in one transaction, so that a store is never left between two versions of the program. Before it, a
store that has been in use is copied beside itself, under its own key. Every migration has its undo in ``migrations/down``,
for tests and for support; the program itself only goes forward.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import disk_full
from nhi_center.storage import copying, engine
from nhi_center.storage.trouble import mark_full, trouble_of

_FOLDER = Path(__file__).parent / "migrations"
_TRIGGERS = Path(__file__).parent / "triggers.sql"
_NAMED = re.compile(r"\bFROM (\w+)")
_CHANGES_ROWS = "-- changes the number of rows of:"
"""How a migration says, in a line of its own, that it means to: the names of tables, with a space between."""

Step = tuple[int, Path]
"""The version reached, and the script that leads there."""


def known_versions() -> tuple[Step, ...]:
    """Every migration this program brings, in order."""
    return tuple((int(file.name[:4]), file) for file in sorted(_FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql")))


def migrate(path: Path, key: bytes, to: int | None = None) -> bool:
    """Bring the store to this program's version (tests: only as far as ``to``). False when it was there already.

    The copy made before stands as ``before-NNNN.db`` beside the store until the next start, or the next migration.

    Raises EnvironmentTrouble ST-04 when the store is newer than the program, ST-05 when there is no room, ST-10 when a
    migration failed. The store is as it was in every such case.
    """
    versions = known_versions()
    newest = versions[-1][0] if to is None else to
    connection = engine.connect(path, key)
    try:
        current = _version(connection)
        if current > versions[-1][0]:
            raise EnvironmentTrouble(
                "ST-04",
                "データベースがこのプログラムより新しい版です。プログラムを更新してください。データはそのまま残っています。",
            )
        pending = [step for step in versions if current < step[0] <= newest]
        if pending and current:
            _keep_copy(connection, path, key, newest)
        if pending:
            _run(connection, path.parent, pending, fresh=current == 0)
    finally:
        connection.close()
    return bool(pending)


def undo(path: Path, key: bytes, to: int) -> None:
    """Lead the store back to version ``to``. What later versions have added is lost: for tests and support alone.

    Raises as ``migrate`` does when a step fails; the store is as it was then.
    """
    numbers = (0, *(number for number, _file in known_versions()))
    connection = engine.connect(path, key)
    try:
        current = _version(connection)
        later = [(numbers[at - 1], file) for at, (number, file) in enumerate(known_versions(), start=1) if to < number <= current]
        _keep_copy(connection, path, key, to)
        _run(connection, path.parent, [(below, _FOLDER / "down" / file.name) for below, file in reversed(later)], counted=False)
    finally:
        connection.close()


def copies(path: Path) -> tuple[Path, ...]:
    """What ``migrate`` has kept beside the store at ``path``, encrypted with the key of then."""
    return tuple(sorted(path.parent.glob("before-[0-9][0-9][0-9][0-9].db")))


def forget_copies(path: Path) -> None:
    """The store has opened since, or its key has changed and no file may open with the old one. Half copies go too."""
    for copy in (*copies(path), *path.parent.glob(".before-*.db.new*")):
        copy.unlink()


def _version(connection: Any) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _keep_copy(connection: Any, path: Path, key: bytes, version: int) -> None:
    forget_copies(path)
    copying.copy_whole(connection, path.with_name(f"before-{version:04}.db"), key)


def _run(connection: Any, folder: Path, steps: Sequence[Step], *, counted: bool = True, fresh: bool = False) -> None:
    """All of ``steps`` or none of them. In a ``fresh`` store there is nothing to count yet, nor for triggers to guard."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number, file in steps:
            _step(connection, number, file, counted and not fresh, guarded=not fresh)
        if fresh:
            _make_triggers(connection)
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, dbapi2.Error):
            mark_full(error, folder)
            known = trouble_of(error)
            raise (disk_full() if known and known.code == "ST-05" else known or _failed()) from error
        raise


def _step(connection: Any, number: int, file: Path, counted: bool, *, guarded: bool) -> None:
    script = file.read_text(encoding="utf-8")
    before = row_counts(connection) if counted else {}
    for statement in statements(script):
        connection.execute(statement)
    if guarded:
        _make_triggers(connection)
    after = row_counts(connection) if counted else {}
    lost = [name for name, rows in before.items() if after.get(name) != rows]
    if set(lost) - _meant(script) or connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise _failed()
    connection.execute(f"PRAGMA user_version = {number}")


def _failed() -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "ST-10", "データベースの更新を中止しました。データは更新の前のまま残っています。取扱責任者へ連絡してください。"
    )


def row_counts(connection: Any) -> dict[str, int]:
    """Rows by table; the search index, which is made from other rows, is not counted."""
    rows = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    names = [name for (name,) in rows.fetchall() if not name.startswith("sqlite_")]
    return {name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}


def _meant(script: str) -> set[str]:
    lines = [line for line in script.splitlines() if line.startswith(_CHANGES_ROWS)]
    return {name for line in lines for name in line.removeprefix(_CHANGES_ROWS).split()}


def _make_triggers(connection: Any) -> None:
    """Exactly those of the list whose tables exist: a table that was built anew has lost its own without a word. One that names a
    table which only a later step makes would stop every renaming until then."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    for _name, named, statement in listed_triggers():
        if tables >= named:
            connection.execute(statement)


def listed_triggers() -> Iterable[tuple[str, frozenset[str], str]]:
    """(name, tables it is on or names, statement) of the one list of triggers."""
    for statement in statements(_TRIGGERS.read_text(encoding="utf-8")):
        on = statement.split(" ON ", 1)[1].split()[0]
        yield statement.split()[2], frozenset({on, *_NAMED.findall(statement)}), statement


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one, because executescript would commit behind our back.

    Each statement begins on a line of its own; a trigger ends with ``END;``.
    """
    held: list[str] = []
    for line in script.splitlines():
        code = line.split("--", 1)[0].rstrip()
        if not code and not held:
            continue
        held.append(code)
        text = "\n".join(held).strip()
        is_trigger = text.upper().startswith("CREATE TRIGGER")
        if text.endswith("END;" if is_trigger else ";"):
            yield text
            held = []
    if held:
        raise ValueError("unfinished statement")
