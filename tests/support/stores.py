"""Real stores for tests of what happens to a file: made, filled, killed in the middle, on a disk that is full."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from nhi_center.storage import engine
from nhi_center.storage.store import create_store, new_key

_NURSERY = """
import json, os, sys
from pathlib import Path
from nhi_center.storage import engine, rekey, store
from sqlalchemy import text
def say(words):
    os.write(1, str(words).encode() + bytes([10]))  # at once and whole: print may take two writes
{act}
for line in sys.stdin:
    child = os.fork()
    if not child:
        sys.stdin.close()
        say(f"born {{os.getpid()}}")
        act(*json.loads(line))
        os._exit(0)
    os.waitpid(child, 0)
    say("gone")
"""


def made(folder: Path, rows: int = 0) -> tuple[Path, bytes]:
    """A store with ``rows`` rows of 200 characters each, and its key."""
    path, key = folder / "store" / "nhi-center.db", new_key()
    create_store(path, key)
    connection = engine.connect(path, key)
    connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO sync_state SELECT printf('%09d', i), hex(randomblob(100)) FROM n WHERE ? > 0",
        (rows, rows),
    )
    connection.close()
    return path, key


def rows_of(path: Path, key: bytes) -> int:
    """How many ``sync_state`` has; every page of the file is checked on the way."""
    connection = engine.connect(path, key)
    try:
        assert connection.execute("PRAGMA cipher_integrity_check").fetchall() == []
        return int(connection.execute("SELECT count(*) FROM sync_state").fetchone()[0])
    finally:
        connection.close()


class Nursery:
    """Children that do ``act`` and may be killed at any moment: forked, so that thirty of them cost no thirty starts."""

    def __init__(self, act: str) -> None:
        code = _NURSERY.format(act=act)
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=_surroundings()
        )
        self._rest = b""
        self._pid = 0

    def begin(self, *arguments: Any) -> None:
        """Let a child do ``act(*arguments)``."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(arguments).encode() + b"\n")
        self._pid = int(self.line().split()[1])

    def line(self) -> str:
        """The next line a child (or its end: ``gone``) says."""
        while b"\n" not in self._rest:
            self._rest += self._read()
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode()

    def lines_within(self, seconds: float) -> list[str]:
        """What is said in this time; less time when the child ends before."""
        said: list[str] = []
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and (not said or said[-1] != "gone"):
            if self._has_more(left):
                said.append(self.line())
        return said

    def kill(self) -> list[str]:
        """kill -9. Gives what the child had still said: a whole line only."""
        os.kill(self._pid, signal.SIGKILL)
        said: list[str] = []
        while not said or said[-1] != "gone":
            said.append(self.line())
        return said[:-1]

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _has_more(self, seconds: float) -> bool:
        return b"\n" in self._rest or bool(select.select([self._pipe], [], [], seconds)[0])

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout

    def _read(self) -> bytes:
        data = os.read(self._pipe.fileno(), 65536)
        assert data, "the nursery has ended"
        return data


@contextmanager
def nursery(act: str) -> Iterator[Nursery]:
    children = Nursery(act)
    try:
        yield children
    finally:
        children.close()


def _surroundings() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
