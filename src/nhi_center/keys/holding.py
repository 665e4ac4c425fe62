"""One program per terminal, and a business folder that lies on this machine's own disk."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb2",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ncpfs",
        "ceph",
        "glusterfs",
        "lustre",
        "gfs2",
        "ocfs2",
        "davfs",
    }
)
_NETWORK_PREFIXES = (
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.gvfs",
    "fuse.s3fs",
    "fuse.davfs",
    "fuse.glusterfs",
    "fuse.ceph",
    "fuse.smb",
)


@contextmanager
def hold_terminal(folder: Path) -> Iterator[None]:
    """While inside, no other process works with this terminal: neither a window nor a recovery.

    The lock ends with the process, however it ends. Raises EnvironmentTrouble ST-06 when another holds it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(folder / "terminal.lock", os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise EnvironmentTrouble(
                "ST-06", "この端末のプログラムは、別の画面で開かれています。先にそちらを閉じてください。"
            ) from None
        yield


def require_own_disk(folder: Path, mounts: Path = _MOUNTS) -> None:
    """Raise EnvironmentTrouble ST-09 when ``folder`` lies on a network file system: locks and flushes do not hold there.

    Where the system's list of mounts cannot be read (not Linux), nothing is known and nothing refused.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return
    kind = _kind_of(folder, lines)
    if kind in _NETWORK or kind.startswith(_NETWORK_PREFIXES):
        raise EnvironmentTrouble(
            "ST-09",
            "業務フォルダーがネットワーク上の場所にあります。この端末の中の場所に変えてください。データは変わっていません。",
        )


def _kind_of(folder: Path, lines: list[str]) -> str:
    """The file system of the mount that ``folder`` lies on: the longest mount point above it, and of equals the last."""
    real, best, kind = Path(os.path.realpath(folder)), -1, ""
    for line in lines:
        before, _dash, after = line.partition(" - ")
        point = Path(_unescaped(before.split()[4]))
        if (point == real or point in real.parents) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split()[0]
    return kind


def _unescaped(text: str) -> str:
    """Spaces stand as \\040 there."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, letter)
    return text
