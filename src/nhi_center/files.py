"""Small files that are replaced whole or not at all, and the words for a disk that is full."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def replace_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write ``data`` beside ``path``, flush it to disk, and put it in its place in one step.

    Raises EnvironmentTrouble ST-05 when the disk is full: the old file stands as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(beside, data, mode)
        os.replace(beside, path)
        flush_folder(path.parent)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if is_full(error):
            raise disk_full() from None
        raise


def _write(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Bring the names in ``folder`` to the disk: a rename is durable only then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_room(folder: Path, needed: int) -> None:
    """Raise EnvironmentTrouble ST-05 before anything is begun when ``folder`` has not ``needed`` bytes free."""
    if shutil.disk_usage(folder).free < needed:
        raise disk_full(needed)


def is_full(error: BaseException) -> bool:
    """Whether the system says that there is no room."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def disk_full(needed: int = 0) -> EnvironmentTrouble:
    """ST-05 in words for what is not typed at a screen. ``needed``: bytes that must be free for it."""
    room = f"({-(-needed // 1_000_000):,} MB 以上の空きが必要です)" if needed else ""
    return EnvironmentTrouble(
        "ST-05",
        f"ディスクがいっぱいで書けませんでした{room}。前のものは、そのまま残っています。空きを作ってから、もう一度操作してください。",
    )
