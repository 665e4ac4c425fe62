"""Store errors told apart by their result code (sqlite.org/rescode.html), never by their text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from nhi_center.errors import EnvironmentTrouble, OperatorCancelled
from nhi_center.files import disk_full, is_full

_BY_PRIMARY_CODE = {
    5: ("ST-06", "データベースが使用中です。少し待ってからもう一度操作してください。続くときは取扱責任者へ。"),
    6: ("ST-06", "データベースが使用中です。少し待ってからもう一度操作してください。続くときは取扱責任者へ。"),
    8: ("ST-08", "データベースに書き込めません(読取り専用)。入力はこの画面に残っています。取扱責任者へ連絡してください。"),
    10: ("ST-07", "ディスクの読み書きに失敗しました。入力はこの画面に残っています。取扱責任者へ連絡してください。"),
    11: ("ST-03", "データベースが壊れています。操作を止めて、取扱責任者へ連絡してください。送信済の内容は区のサーバにあります。"),
    13: ("ST-05", "ディスクがいっぱいで保存できませんでした。入力はこの画面に残っています。取扱責任者へ連絡してください。"),
    14: ("ST-01", "データベースが見つかりません。新しく作らずに、取扱責任者へ連絡してください。"),
    26: ("ST-03", "データベースが壊れています。操作を止めて、取扱責任者へ連絡してください。送信済の内容は区のサーバにあります。"),
}
_INTERRUPT = 9
_FULL = "ST-05"
_FULL_WORD = "database or disk is full"
_MAY_BE_FULL = (dbapi2.SQLITE_IOERR, dbapi2.SQLITE_CANTOPEN)
_INDEX_BYTES = 64 * 1024
"""The index of the log grows by half of this."""


def trouble_of(error: BaseException) -> EnvironmentTrouble | None:
    """The trouble a driver error stands for, or None when it is a bug of ours (a constraint, a wrong statement)."""
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    known = _BY_PRIMARY_CODE.get(code & 0xFF)
    return EnvironmentTrouble(*known) if known else None


def mark_full(error: BaseException | None, folder: Path) -> None:
    """Tell a full disk from a failing one.

    The driver gives no extended codes, and where SQLite cannot make room for the index of its log it says "disk I/O error".
    A backup that finds no room gives no code at all, only SQLite's fixed word for it (sqlite3_errstr).
    """
    code = getattr(error, "sqlite_errorcode", None)
    unsaid = isinstance(error, dbapi2.OperationalError) and code is None and str(error) == _FULL_WORD
    if unsaid or (code in _MAY_BE_FULL and shutil.disk_usage(folder).free < _INDEX_BYTES):
        error.sqlite_errorcode = dbapi2.SQLITE_FULL  # type: ignore[union-attr]


@contextmanager
def told_apart(folder: Path | None = None) -> Iterator[None]:
    """Turn store errors of this block into EnvironmentTrouble or OperatorCancelled; let bugs through.

    ``folder`` is the store's, where no engine is in between to know it.
    """
    try:
        yield
    except (DBAPIError, dbapi2.Error) as error:
        original = error.orig if isinstance(error, DBAPIError) else error
        if folder is not None:
            mark_full(original, folder)
        if original is not None and getattr(original, "sqlite_errorcode", None) == _INTERRUPT:
            raise OperatorCancelled from None
        trouble = trouble_of(original) if original is not None else None
        if trouble is None:
            raise
        raise trouble from error


@contextmanager
def told_apart_beside_work(folder: Path) -> Iterator[None]:
    """As ``told_apart``, for what no screen waits for (copies, migrations, a change of key): a full disk has other words."""
    try:
        with told_apart(folder):
            yield
    except EnvironmentTrouble as trouble:
        if trouble.code == _FULL:
            raise disk_full() from trouble
        raise
    except OSError as error:
        if is_full(error):
            raise disk_full() from None
        raise
