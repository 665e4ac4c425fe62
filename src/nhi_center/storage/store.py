"""The store's life: made once, opened, closed. It is never made anew in place of a lost one."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine
from sqlcipher3 import dbapi2

from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import replace_file
from nhi_center.storage import copying, engine, migrate
from nhi_center.storage.trouble import told_apart

_CHECK = b"nhi-center store key check 1"
_MAGIC_PLAIN = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Store:
    """An open store: ``write`` has one connection, ``read`` three. Held by one process (flock)."""

    path: Path
    write: Engine
    read: Engine
    connect: Callable[[], Any] = field(repr=False)
    """A bare connection of one's own, for long work (copies, checks) that must not hold up the lanes. The caller closes it."""
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
    """Make an empty encrypted store. Raises FileExistsError rather than touching anything that is there.

    Raises EnvironmentTrouble ST-05 when there is no room for it; nothing is left then.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if copying.is_there(path):
        raise FileExistsError(path.name)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        keep_checks(path, key)
        with told_apart(path.parent):
            migrate.migrate(path, key)
    except BaseException:
        discard_store(path)
        raise


def discard_store(path: Path) -> None:
    """Remove a store that this program has just made and that turned out to be of no use."""
    copying.remove(path)
    _check_file(path).unlink(missing_ok=True)


def open_store(path: Path, keys: Sequence[bytes]) -> Store:
    """Open with whichever of ``keys`` is the store's, bring to this program's version, and hold it.

    There are two keys only after a change of the key that was not confirmed.

    Raises EnvironmentTrouble: ST-01 missing, ST-02 wrong key, ST-03 damaged (or not encrypted), ST-04 newer than the program,
    ST-05 no room for a migration, ST-06 held by another process, ST-09 a migration failed (the store is as it was).
    """
    lock = hold(path)
    try:
        key = key_of(path, keys)
        with told_apart(path.parent):
            migrated = migrate.migrate(path, key)
            write = engine.make_engine(path, key, write=True)
            with write.connect() as connection:
                connection.exec_driver_sql("SELECT max(seq) FROM audit").fetchone()
        if not migrated:
            migrate.forget_copies(path)
        return Store(path, write, engine.make_engine(path, key, write=False), lambda: engine.connect(path, key), lock)
    except BaseException:
        lock.close()
        raise


def hold(path: Path) -> IO[str]:
    """Keep every other process away from the store until the file is closed. Raises EnvironmentTrouble ST-01, ST-06."""
    if not path.exists() or not _check_file(path).exists():
        raise EnvironmentTrouble("ST-01", "データベースが見つかりません。新しく作らずに、取扱責任者へ連絡してください。")
    lock = path.with_suffix(".lock").open("w", encoding="utf-8")
    os.fchmod(lock.fileno(), 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise EnvironmentTrouble(
            "ST-06", "この端末のデータベースは、別の画面で開かれています。先にそちらを閉じてください。"
        ) from None
    return lock


def key_of(path: Path, keys: Sequence[bytes]) -> bytes:
    """The one of ``keys`` that opens the store. Raises EnvironmentTrouble ST-02 (none), ST-03 (damaged or not encrypted)."""
    with path.open("rb") as file:
        start = file.read(16)
    if len(start) < 16 or start == _MAGIC_PLAIN:
        raise damaged()
    checks = _checks(path)
    fitting = [key for key in keys if not checks or _key_check(key) in checks]
    if not fitting:
        raise EnvironmentTrouble(
            "ST-02", "この鍵ではデータベースを開けません。別の端末のものか、置き換えられています。取扱責任者へ連絡してください。"
        )
    for key in fitting:
        if len(fitting) == 1 or opens(path, key):
            return key
    raise damaged()


def opens(path: Path, key: bytes) -> bool:
    """Whether the file can be read with this key."""
    with told_apart(path.parent):
        connection = engine.connect(path, key)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except dbapi2.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) == dbapi2.SQLITE_NOTADB:
                return False
            raise
        finally:
            connection.close()
    return True


def keep_checks(path: Path, *keys: bytes) -> None:
    """From now on the store may be under any of ``keys``: two only while its key is being changed."""
    body = {"version": 1, "key_check": [_key_check(key) for key in keys]}
    replace_file(_check_file(path), json.dumps(body).encode())


def _checks(path: Path) -> tuple[str, ...]:
    """The fingerprints that are accepted; none when the file of them is damaged, and then only the store itself can say."""
    try:
        kept = json.loads(_check_file(path).read_text(encoding="utf-8"))["key_check"]
    except (ValueError, KeyError, TypeError):
        return ()
    return (kept,) if isinstance(kept, str) else tuple(kept)


def _key_check(key: bytes) -> str:
    """A keyed fingerprint: tells a wrong key from a damaged file, which SQLCipher itself cannot."""
    return hmac.new(key, _CHECK, hashlib.sha256).hexdigest()


def damaged() -> EnvironmentTrouble:
    """ST-03."""
    return EnvironmentTrouble(
        "ST-03",
        "データベースが壊れています。操作を止めて、取扱責任者へ連絡してください。送信済の内容は区のサーバにあります。",
    )


def _check_file(path: Path) -> Path:
    return path.with_suffix(".json")
