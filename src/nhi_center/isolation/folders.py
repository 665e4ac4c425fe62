"""Where the business folder lies and who may look into it: the kind of file system, owner and modes."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from nhi_center.isolation.wtmp import Unreadable

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "ncpfs", "davfs"})
PASSING = frozenset({"tmpfs", "ramfs"})


@dataclass(frozen=True, slots=True)
class Loose:
    """A file or folder that others may look into, or that is somebody else's. ``path`` is relative to the folder checked."""

    path: str
    mode: int
    foreign: bool


def filesystem_of(path: Path, root: Path = Path("/")) -> str:
    """The kind of file system ``path`` lies on (``ext4``), after /proc/self/mountinfo. Raises Unreadable."""
    try:
        lines = (root / "proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        raise Unreadable("マウントの一覧(/proc/self/mountinfo)を読めません。") from None
    place = path.resolve()
    best, kind = -1, ""
    for line in lines:
        left, _dash, right = line.partition(" - ")
        fields = left.split()
        if len(fields) < 5 or not right:
            continue
        mount = Path(fields[4].replace("\\040", " "))
        if (place == mount or mount in place.parents) and len(mount.parts) >= best:  # a later mount hides an earlier one
            best, kind = len(mount.parts), right.split()[0]
    if not kind:
        raise Unreadable("業務フォルダーの置き場所が分かりません。")
    return kind


def is_network(kind: str) -> bool:
    """Whether another machine holds it: locks and the write-ahead log cannot be trusted there."""
    return kind in NETWORK or kind in ("fuse.sshfs", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone")


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
