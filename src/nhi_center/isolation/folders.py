"""Who may look into the business folder: owners and modes."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from nhi_center.isolation.wtmp import Unreadable


@dataclass(frozen=True, slots=True)
class Loose:
    """A file or folder that others may look into, or that is somebody else's. ``path`` is relative to the folder checked."""

    path: str
    mode: int
    foreign: bool


def loose(folder: Path) -> tuple[Loose, ...]:
    """What is not 0700 (folders) or 0600 (files), or not ours, from the folder itself down. Raises Unreadable."""
    try:
        found = [one for one in (_look(folder, folder), *_below(folder)) if one is not None]
    except OSError:
        raise Unreadable("業務フォルダーを読めません。") from None
    return tuple(found)


def _below(folder: Path) -> list[Loose | None]:
    found: list[Loose | None] = []
    for here, folders, files in os.walk(folder, onerror=_raise):
        found += [_look(Path(here) / name, folder) for name in (*folders, *files)]
    return found


def _raise(error: OSError) -> None:
    raise error


def _look(path: Path, folder: Path) -> Loose | None:
    try:
        status = path.lstat()
    except FileNotFoundError:  # gone meanwhile
        return None
    mode = stat.S_IMODE(status.st_mode)
    foreign = status.st_uid != os.geteuid()
    if stat.S_ISLNK(status.st_mode) or not (mode & 0o077 or foreign):
        return None
    return Loose(str(path.relative_to(folder)) if path != folder else ".", mode, foreign)
