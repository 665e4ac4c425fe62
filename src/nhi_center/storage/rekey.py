"""鍵の交換 of a store: every page encrypted anew, because the old key may be known to somebody who left.

SQLite's log makes it all or nothing: killed at any moment, the file opens with the old key or with the new one. So that
nobody has to know which, the store accepts both from before the first page until it has been seen to open with the new one;
whoever calls keeps both in the slots for as long (DESIGN of the slots: ``Contents.store_keys``, newest first).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import require_room
from nhi_center.storage import engine, migrate
from nhi_center.storage.store import damaged, hold, keep_checks, key_of, opens
from nhi_center.storage.trouble import told_apart_beside_work

Report = Callable[[int, int, str], None]
"""(done, total, words): called between steps. After the first page is written nothing stops it any more."""

_LOG_SHARE = 1.1
"""The log grows to the size of the file, and a little more (frame headers)."""


def rekey(path: Path, old: bytes, new: bytes, report: Report) -> None:
    """Encrypt the closed store at ``path`` with ``new`` instead of ``old``. Takes 5 s for a million people.

    May be called again after a kill, also when the change was already done: then it only confirms. The copies that a
    migration has left beside the store are deleted, as they open with the old key.

    Raises EnvironmentTrouble ST-01 to ST-07; ST-05 before anything is changed when the disk has not the file's size free.
    In every such case the store opens with one of the two keys as before.
    """
    lock = hold(path)
    try:
        report(0, 3, "鍵の交換の準備")
        if key_of(path, (new, old)) != new:
            require_room(path.parent, _room_needed(path))
            keep_checks(path, new, old)
            report(1, 3, "データベースの暗号をかけ直しています。電源を切らないでください")
            with told_apart_beside_work(path.parent):
                _encrypt_anew(path, old, new)
        report(2, 3, "新しい鍵の確認")
        with told_apart_beside_work(path.parent):
            _read_all_of_it(path, new)
        keep_checks(path, new)
        migrate.forget_copies(path)
        report(3, 3, "鍵の交換")
    finally:
        lock.close()


def _room_needed(path: Path) -> int:
    return int(path.stat().st_size * _LOG_SHARE)


def _encrypt_anew(path: Path, old: bytes, new: bytes) -> None:
    connection = engine.connect(path, old)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        _empty_log(connection)
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        # By the driver: the key stays out of every SQL text. It says nothing when it fails, nor does PRAGMA rekey (seen on a
        # full disk): whether the file opens with the new key is the only answer.
        connection.reset_key(f"x'{new.hex()}'")
    finally:
        connection.close()
    if not opens(path, new):
        require_room(path.parent, path.stat().st_size)
        raise EnvironmentTrouble(
            "ST-07", "鍵の交換ができませんでした。データベースは前の鍵のまま残っています。取扱責任者へ連絡してください。"
        )


def _read_all_of_it(path: Path, key: bytes) -> None:
    """Only a store that opens with the new key, whole, lets go of the old one."""
    connection = engine.connect(path, key)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _empty_log(connection)
        if connection.execute("PRAGMA cipher_integrity_check").fetchone() is not None:
            raise damaged()
    finally:
        connection.close()


def _empty_log(connection: Any) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
