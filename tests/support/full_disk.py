"""A disk of a few megabytes (tmpfs) that can be filled to the last byte and given room again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MEGABYTES = 24


class SmallDisk:
    """``folder`` is the disk's root; ``keep_free`` and ``fill`` put a ballast on it, ``make_room`` takes it away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        self.keep_free(0)

    def keep_free(self, size: int) -> None:
        """From now on only ``size`` bytes are free, in whole pages."""
        self.make_room()
        free = os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize
        descriptor = os.open(self._ballast, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, max(1, free - size))
        finally:
            os.close(descriptor)

    def make_room(self) -> None:
        self._ballast.unlink(missing_ok=True)

    @contextmanager
    def full(self) -> Iterator[None]:
        self.fill()
        try:
            yield
        finally:
            self.make_room()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A mount of its own for one test. Where mounting is not permitted the test is skipped, loudly."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=700", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"FULL DISK NOT TESTED: no tmpfs can be mounted here (run as root): {done.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
