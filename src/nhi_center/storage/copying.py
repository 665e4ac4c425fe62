"""A whole copy of an open store by SQLite's backup interface: in one step, from one consistent moment, never plain.

In steps it would begin anew at every commit of somebody else, and never end (storage.md 8 has the figures).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nhi_center.files import flush_folder, require_room
from nhi_center.storage import engine
from nhi_center.storage.trouble import told_apart_beside_work

_MARGIN = 1 << 20


def copy_whole(connection: Any, target: Path, key: bytes) -> None:
    """Write everything ``connection`` sees to ``target``, encrypted with ``key``. The name appears when the file is whole.

    Raises FileExistsError, and EnvironmentTrouble ST-05 when there is no room for it: nothing is left then.
    """
    if is_there(target):
        raise FileExistsError(target.name)
    draft = draft_of(target)
    try:
        write_draft(connection, draft, key)
        put_in_place(draft, target)
    except BaseException:
        remove(draft)
        raise


def parts(file: Path) -> tuple[Path, ...]:
    """A store file and what SQLite may have left beside it: a log that belongs to another file would be read into this one."""
    return (file, *(file.with_name(f"{file.name}-{end}") for end in ("wal", "shm", "journal")))


def remove(file: Path) -> None:
    """All parts of it."""
    for part in parts(file):
        part.unlink(missing_ok=True)


def is_there(file: Path) -> bool:
    """Whether any part of a store lies here."""
    return any(part.exists() for part in parts(file))


def draft_of(target: Path) -> Path:
    """Where a copy grows until it is whole."""
    return target.with_name(f".{target.name}.new")


def write_draft(connection: Any, draft: Path, key: bytes) -> None:
    """The copy itself, under a name nobody takes for one. A half one that a killed program has left is overwritten."""
    require_room(draft.parent, size(connection) + _MARGIN)
    remove(draft)
    with told_apart_beside_work(draft.parent):
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        copy = engine.connect(draft, key)
        try:
            connection.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it; the store sets its own at every opening
        finally:
            copy.close()


def put_in_place(draft: Path, target: Path) -> None:
    """Give a finished copy its name, durably."""
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.rename(target)
    flush_folder(target.parent)


def size(connection: Any) -> int:
    """Bytes of the store as this connection sees it."""
    pages = int(connection.execute("PRAGMA page_count").fetchone()[0])
    return pages * int(connection.execute("PRAGMA page_size").fetchone()[0])
