"""The store's life: made once, opened, closed. It is never made anew in place of a lost one."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Engine
from sqlcipher3 import dbapi2

from nhi_center.errors import EnvironmentTrouble
from nhi_center.storage import engine
from nhi_center.storage.migrate import migrate
from nhi_center.storage.trouble import told_apart

_CHECK = b"nhi-center store key check 1"
_MAGIC_PLAIN = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Store:
    """An open store: ``write`` has one connection, ``read`` three. Held by one process (flock)."""

    path: Path
    write: Engine
    read: Engine
    _lock: IO[str]

    def close(self) -> None:
        """Empty the write-ahead log into the file, forget the key, release the lock. Safe to call twice."""
        if self._lock.closed:
            return
        self.read.dispose()
        try:
            connection = self.write.raw_connection()  # outside SQLAlchemy's transaction: a checkpoint cannot run within one
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
        except dbapi2.Error:
            pass  # the log stays beside the file and is read at the next opening
        finally:
            self.write.dispose()
            self._lock.close()


def new_key() -> bytes:
    """A random store key."""
    return secrets.token_bytes(engine.KEY_BYTES)


def create_store(path: Path, key: bytes) -> None:
    """Make an empty encrypted store. Raises FileExistsError rather than touching anything that is there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    _check_file(path).write_text(json.dumps({"version": 1, "key_check": _key_check(key)}), encoding="utf-8")
    migrate(path, key)


def open_store(path: Path, keys: Sequence[bytes]) -> Store:
    """Open with whichever of ``keys`` is the store's, bring to this program's version, and hold it.

    There are two keys only after a change of the key that was not confirmed.

    Raises EnvironmentTrouble: ST-01 missing, ST-02 wrong key, ST-03 damaged (or not encrypted), ST-04 newer than the program,
    ST-06 held by another process.
    """
    if not path.exists() or not _check_file(path).exists():
        raise EnvironmentTrouble("ST-01", "データベースが見つかりません。新しく作らずに、取扱責任者へ連絡してください。")
    lock = _hold(path)
    try:
        key = _key_of(path, keys)
        with told_apart():
            migrate(path, key)
            write = engine.make_engine(path, key, write=True)
            with write.connect() as connection:
                connection.exec_driver_sql("SELECT max(seq) FROM audit").fetchone()
        return Store(path, write, engine.make_engine(path, key, write=False), lock)
    except BaseException:
        lock.close()
        raise


def _hold(path: Path) -> IO[str]:
    lock = path.with_suffix(".lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise EnvironmentTrouble(
            "ST-06", "この端末のデータベースは、別の画面で開かれています。先にそちらを閉じてください。"
        ) from None
    return lock


def _key_of(path: Path, keys: Sequence[bytes]) -> bytes:
    with path.open("rb") as file:
        start = file.read(16)
    if len(start) < 16 or start == _MAGIC_PLAIN:
        raise EnvironmentTrouble(
            "ST-03",
            "データベースが壊れています。操作を止めて、取扱責任者へ連絡してください。送信済の内容は区のサーバにあります。",
        )
    try:
        expected = json.loads(_check_file(path).read_text(encoding="utf-8"))["key_check"]
    except (ValueError, KeyError):
        expected = None
    for key in keys:
        if expected is None or hmac.compare_digest(str(expected), _key_check(key)):
            return key
    raise EnvironmentTrouble(
        "ST-02", "この鍵ではデータベースを開けません。別の端末のものか、置き換えられています。取扱責任者へ連絡してください。"
    )


def _key_check(key: bytes) -> str:
    """A keyed fingerprint: tells a wrong key from a damaged file, which SQLCipher itself cannot."""
    return hmac.new(key, _CHECK, hashlib.sha256).hexdigest()


def _check_file(path: Path) -> Path:
    return path.with_suffix(".json")
