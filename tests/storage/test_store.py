from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.errors import EnvironmentTrouble
from nhi_center.storage import engine
from nhi_center.storage.store import create_store, new_key, open_store


def made(tmp_path: Path) -> tuple[Path, bytes]:
    path, key = tmp_path / "store" / "nhi-center.db", new_key()
    create_store(path, key)
    return path, key


def code_of(path: Path, key: bytes) -> str:
    with pytest.raises(EnvironmentTrouble) as caught:
        open_store(path, (key,))
    return caught.value.code


def test_opens_again_with_what_was_written(tmp_path: Path) -> None:
    path, key = made(tmp_path)
    store = open_store(path, (key,))
    with store.write.begin() as connection:
        connection.execute(text("INSERT INTO sync_state VALUES ('a', 'b')"))
    store.close()
    store.close()
    store = open_store(path, (key,))
    with store.read.begin() as connection:
        assert connection.execute(text("SELECT value FROM sync_state")).scalar_one() == "b"
    store.close()


def test_nothing_of_it_is_readable_on_disk(tmp_path: Path) -> None:
    path, key = made(tmp_path)
    store = open_store(path, (key,))
    with store.write.begin() as connection:
        connection.execute(text("INSERT INTO sync_state VALUES ('見本の名前', '見本')"))
    on_disk = b"".join(file.read_bytes() for file in path.parent.iterdir())
    store.close()
    assert "見本".encode() not in on_disk
    assert b"CREATE TABLE" not in on_disk
    assert key.hex().encode() not in on_disk


def test_lost_wrong_damaged_newer_and_plain_are_told_apart(tmp_path: Path) -> None:
    path, key = made(tmp_path)
    assert code_of(path, new_key()) == "ST-02"

    connection = engine.connect(path, key)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    assert code_of(path, key) == "ST-04"

    whole = path.read_bytes()
    path.write_bytes(whole[:100] + bytes(200) + whole[300:])
    assert code_of(path, key) == "ST-03"
    path.write_bytes(b"")
    assert code_of(path, key) == "ST-03"
    path.write_bytes(b"SQLite format 3\x00" + bytes(4080))
    assert code_of(path, key) == "ST-03"

    path.unlink()
    assert code_of(path, key) == "ST-01"
    assert not path.exists()


def test_never_made_over_something(tmp_path: Path) -> None:
    path, key = made(tmp_path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        create_store(path, key)
    assert path.read_bytes() == before


def test_one_process_holds_it(tmp_path: Path) -> None:
    path, key = made(tmp_path)
    store = open_store(path, (key,))
    assert code_of(path, key) == "ST-06"
    store.close()
    open_store(path, (key,)).close()


def test_readers_cannot_write(tmp_path: Path) -> None:
    path, key = made(tmp_path)
    store = open_store(path, (key,))
    with pytest.raises(DatabaseError), store.read.begin() as connection:
        connection.execute(text("INSERT INTO sync_state VALUES ('a', 'b')"))
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET entry = x'00'",
        "DELETE FROM audit",
        "DROP TABLE audit",
        "ALTER TABLE audit RENAME TO gone",
        "DROP TRIGGER audit_no_delete",
        "PRAGMA writable_schema = ON",
        "INSERT INTO audit VALUES (7, x'00', x'00')",
        "INSERT OR REPLACE INTO audit VALUES (1, x'00', x'00')",
    ],
)
def test_the_log_only_grows(tmp_path: Path, statement: str) -> None:
    path, key = made(tmp_path)
    store = open_store(path, (key,))
    with store.write.begin() as connection:
        connection.execute(text("INSERT INTO audit VALUES (1, x'01', x'01')"))
    with pytest.raises(DatabaseError), store.write.begin() as connection:
        connection.exec_driver_sql(statement)
    with store.read.begin() as connection:
        assert connection.execute(text("SELECT seq, entry FROM audit")).all() == [(1, b"\x01")]
    store.close()
