"""Where event lines go: a file that turns over by size, and the system's log behind its Unix socket.

Both take one line or raise OSError and have taken nothing of it. Neither waits: a full disk, a full socket and a missing one are
told at once.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Any, Protocol

MOST_BYTES = 5_000_000
FILES = 10
"""The file in use and nine before it: ``nhi-center.log.1`` is the newest of them."""

_TAIL = 65_536
_DATAGRAM: Any = 2
"""SOCK_DGRAM of Linux: only link imports ``socket``."""


class Sink(Protocol):
    """``name`` stands in the name of its position file."""

    @property
    def name(self) -> str: ...
    def put(self, line: bytes) -> None: ...
    def last(self) -> bytes | None: ...
    def close(self) -> None: ...


class LineFile:
    """Lines in a file of mode 0600, one under the other. Whoever takes it away takes it whole: the next line begins a new one."""

    name = "file"

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES, files: int = FILES) -> None:
        self.path = path
        self._handle = -1
        self._most = most_bytes
        self._files = files

    def put(self, line: bytes) -> None:
        """Append one line. What a full disk took half of is cut off again."""
        data = line + b"\n"
        size = self._opened()
        if size and size + len(data) > self._most:
            self._turn()
            size = self._opened()
        if os.write(self._handle, data) != len(data):
            os.ftruncate(self._handle, size)
            raise OSError("half a line")

    def last(self) -> bytes | None:
        """The last whole line of the newest file that has one; what a crash cut off behind it is cut away."""
        for path in (self.path, self._older(1)):
            with suppress(FileNotFoundError):
                handle = os.open(path, os.O_RDWR)
                try:
                    found = _last_line(handle)
                finally:
                    os.close(handle)
                if found is not None:
                    return found
        return None

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _opened(self) -> int:
        """Have the file that stands there open, and give its size."""
        if self._handle >= 0:
            with suppress(FileNotFoundError):
                there = os.stat(self.path, follow_symlinks=False)
                if os.path.samestat(there, os.fstat(self._handle)):
                    return there.st_size
            self.close()
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        return os.fstat(self._handle).st_size

    def _turn(self) -> None:
        self.close()
        for number in range(self._files - 2, -1, -1):
            with suppress(FileNotFoundError):
                os.replace(self._older(number), self._older(number + 1))

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path


def _last_line(handle: int) -> bytes | None:
    size = os.fstat(handle).st_size
    begin = max(0, size - _TAIL)
    tail = os.pread(handle, size - begin, begin)
    whole = tail.rfind(b"\n") + 1
    if whole < len(tail):
        os.ftruncate(handle, begin + whole)
    lines = tail[:whole].split(b"\n")
    return lines[-2] if len(lines) > 1 and lines[-2] else None


class Datagrams:
    """The system's log (journald, rsyslog): one datagram a line to its Unix socket, without a NUL or a line end behind it.

    The library's handler makes the socket; the bytes are ours, because it would write a priority and a text of its own.
    """

    name = "journal"

    def __init__(self, address: Path) -> None:
        self._address = str(address)
        self._handler: SysLogHandler | None = None

    def put(self, line: bytes) -> None:
        """Send one line; a log that was started anew meanwhile is found again. Raises BlockingIOError while it is full."""
        try:
            self._send(line)
        except BlockingIOError:
            raise
        except OSError as error:
            if error.errno == errno.EMSGSIZE:
                raise
            self.close()
            self._send(line)

    def last(self) -> bytes | None:
        """The system's log is not ours to read."""
        return None

    def close(self) -> None:
        if self._handler is not None:
            self._handler.close()
            self._handler = None

    def _send(self, line: bytes) -> None:
        if self._handler is None:
            self._handler = SysLogHandler(address=self._address, socktype=_DATAGRAM)
        opened = vars(self._handler)["socket"]  # closed when nobody listens: sending then raises
        if opened is None:
            raise OSError(errno.ENOTCONN, "no socket")
        opened.setblocking(False)
        opened.send(line)


def sinks(where: str, path: Path, address: Path) -> tuple[Sink, ...]:
    """What ``[log] lines`` of the terminal's settings names: file, journal, both or off."""
    made: dict[str, Callable[[], Sink]] = {"file": lambda: LineFile(path), "journal": lambda: Datagrams(address)}
    return tuple(make() for name, make in made.items() if where in (name, "both"))
