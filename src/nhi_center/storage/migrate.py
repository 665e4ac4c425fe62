"""Numbered SQL migrations: each in one transaction, on a connection of its own, with foreign keys off (a table rebuilt
with them on would take its children with it) and without the authorizer. ``user_version`` is the number reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nhi_center.errors import EnvironmentTrouble
from nhi_center.storage import engine

_FOLDER = Path(__file__).parent / "migrations"
_TRIGGERS = Path(__file__).parent / "triggers.sql"


def known_versions() -> tuple[tuple[int, Path], ...]:
    """Every migration this program brings, in order."""
    return tuple((int(file.name[:4]), file) for file in sorted(_FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql")))


def migrate(path: Path, key: bytes) -> int:
    """Bring the store to this program's version and give that version.

    Raises EnvironmentTrouble ST-04 when the store is newer than the program. A failed migration leaves the store as it was.
    """
    versions = known_versions()
    newest = versions[-1][0]
    connection = engine.connect(path, key)
    try:
        current = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if current > newest:
            raise EnvironmentTrouble(
                "ST-04",
                "データベースがこのプログラムより新しい版です。プログラムを更新してください。データはそのまま残っています。",
            )
        pending = [(number, file) for number, file in versions if number > current]
        if pending:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA foreign_keys=OFF")
            _apply(connection, pending)
    finally:
        connection.close()
    return newest


def _apply(connection: Any, pending: list[tuple[int, Path]]) -> None:
    for number, file in pending:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(file.read_text(encoding="utf-8")):
                connection.execute(statement)
            _make_triggers(connection)
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise EnvironmentTrouble(
                    "ST-03", "データベースの更新を中止しました。元のまま残っています。取扱責任者へ連絡してください。"
                )
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _make_triggers(connection: Any) -> None:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    for statement in statements(_TRIGGERS.read_text(encoding="utf-8")):
        table = statement.split(" ON ", 1)[1].split()[0]
        if table in tables:
            connection.execute(statement)


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
