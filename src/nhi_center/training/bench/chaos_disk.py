"""A disk for the database alone that can be filled to the last byte and given room again: a tmpfs, which only root can mount."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_SIZE = "1g"


class SmallDisk:
    """Use as a context manager. ``mounted`` is False where nothing may be mounted: then nothing here ever fills."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ballast = folder / "ballast"
        self.mounted = False

    def __enter__(self) -> SmallDisk:
        self._folder.mkdir(parents=True, exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=700", "tmpfs", str(self._folder)]
        self.mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self._folder)], check=True)

    def fill(self) -> None:
        """No byte is free any more."""
        handle = os.open(self._ballast, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            while room := os.statvfs(self._folder).f_bavail * os.statvfs(self._folder).f_frsize:
                with suppress(OSError):  # the database was quicker
                    os.posix_fallocate(handle, os.fstat(handle).st_size, room)
        finally:
            os.close(handle)

    def make_room(self) -> None:
        self._ballast.unlink(missing_ok=True)
