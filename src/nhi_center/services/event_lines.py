"""The log of acts told to the ward's own monitoring, line by line, after each act was committed (監視への通知).

Lines are read from the log itself, in its order, from where each receiver stands: what a crash, a full disk or a missing socket
kept back follows as soon as it can, and nothing is told twice to a file. Telling never breaks an act and never waits.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nhi_center import resources
from nhi_center.domain.audit_words import Glossary
from nhi_center.domain.event_line import ENTRY_ID, format_line, line_of, parse_line
from nhi_center.services.event_sinks import Sink, sinks
from nhi_center.settings import Settings

if TYPE_CHECKING:
    from nhi_center.storage.store import Store

AT_ONCE = 50
"""Lines that one act may tell: a long gap is caught up at sign-in and every minute, not under somebody's hands."""
PAGE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """How far one receiver is. ``waiting``: not told yet; ``lost``: can never be told; ``trouble`` says why, "" when all is well.

    ``ahead``: it had been told more entries than the log now has.
    """

    receiver: str
    told: int
    waiting: int
    lost: int
    trouble: str
    ahead: int


class EventLines:
    """One terminal's lines. Any thread. Nothing is opened before the first line."""

    def __init__(self, settings: Settings, made: Callable[[str, Path, Path], tuple[Sink, ...]] = sinks) -> None:
        folder = settings.event_lines.parent
        self._receivers = tuple(
            _Receiver(sink, folder / f"told-{sink.name}")
            for sink in made(settings.lines, settings.event_lines, settings.log_socket)
        )
        self._lock = threading.Lock()
        self._words: Glossary | None = None
        self._broken = ""

    def tell(self, store: Store, seq: int, entry: bytes) -> None:
        """Tell the entry just committed, and what is owed before it. Never raises; the rest of a long gap is ``catch_up``'s."""
        try:
            with self._lock:
                line = b""
                for receiver in self._receivers:
                    if receiver.told == seq - 1:  # the usual case costs no look into the store
                        line = line or self._line(entry)
                        receiver.take(seq, line)
                    elif receiver.told is None or receiver.told < seq:
                        self._tell_one(receiver, store, AT_ONCE)
                self._broken = ""
        except Exception as error:  # the act stands, whatever becomes of its line; ``state`` shows what is missing
            self._broken = type(error).__name__

    def catch_up(self, store: Store) -> None:
        """Tell everything that is missing, in order. Raises only what the store raises."""
        with self._lock:
            for receiver in self._receivers:
                self._tell_one(receiver, store, 0)
            self._broken = ""

    def state(self, store: Store) -> tuple[Told, ...]:
        """How far each receiver is; () when lines are switched off."""
        from nhi_center.storage import audit

        with store.read.begin() as connection:
            last, _hash = audit.last(connection, "")
        with self._lock:
            return tuple(receiver.state(last, self._broken) for receiver in self._receivers)

    def close(self) -> None:
        with self._lock:
            for receiver in self._receivers:
                receiver.close()

    def _tell_one(self, receiver: _Receiver, store: Store, most: int) -> None:
        from nhi_center.storage import audit

        while True:
            with store.read.begin() as connection:
                if receiver.told is None:
                    receiver.find_place(audit.last(connection, "")[0])
                rows = audit.entries(connection, receiver.place + 1, most or PAGE)
            for seq, entry, _hash in rows:
                try:
                    line = self._line(entry)
                except (ValueError, KeyError):
                    receiver.lose(seq)
                    continue
                if not receiver.take(seq, line):
                    return
            if most or len(rows) < PAGE:
                return

    def _line(self, entry: bytes) -> bytes:
        if self._words is None:
            self._words = Glossary.parse(resources.read_toml("audit_words.toml"))
        return format_line(line_of(entry, self._words))


class _Receiver:
    """One sink and how far it has been told: kept beside the lines, and for a file in the file itself, which knows best."""

    def __init__(self, sink: Sink, file: Path) -> None:
        self.sink = sink
        self.told: int | None = None
        self._file = file
        self._handle = -1
        self._lost = 0
        self._ahead = 0
        self._trouble = ""

    @property
    def place(self) -> int:
        return self.told or 0

    def find_place(self, last: int) -> None:
        """Where to go on. A log shorter than what was told (a copy put back) goes on with its newest entry, and that is shown."""
        told = self._seq_of_last()
        if told is None:
            told = self._kept()
        if told > last:
            self._ahead, told = told - last, last - 1
        self.told = told

    def take(self, seq: int, line: bytes) -> bool:
        """Put one line; False when it must wait. What is too long for a datagram is counted as lost, and the next follows."""
        try:
            self.sink.put(line)
            self._trouble = ""
        except OSError as error:
            self._trouble = errno.errorcode.get(error.errno or 0, "EIO")
            if error.errno != errno.EMSGSIZE:
                return False
            self._lost += 1
        self._went_on(seq)
        return True

    def lose(self, seq: int) -> None:
        """An entry that is not a line: counted, and the next follows."""
        self._lost += 1
        self._went_on(seq)

    def _went_on(self, seq: int) -> None:
        self.told = seq
        with suppress(OSError):
            self._keep(seq)

    def state(self, last: int, broken: str) -> Told:
        waiting = last - self.told if self.told is not None else last
        return Told(self.sink.name, self.place, max(0, waiting), self._lost, self._trouble or broken, self._ahead)

    def _seq_of_last(self) -> int | None:
        with suppress(OSError, ValueError, KeyError):
            line = self.sink.last()
            return int(parse_line(line).element(ENTRY_ID)["seq"]) if line else None
        return None

    def _kept(self) -> int:
        try:
            return int(self._file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def close(self) -> None:
        self.sink.close()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _keep(self, seq: int) -> None:
        """Ten figures over the ten that stand there: after a crash it is one of the two numbers."""
        if self._handle < 0:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        os.pwrite(self._handle, b"%010d" % seq, 0)
