"""自己点検 of a store: is every page what was written (HMAC), and does the structure hold.

Both run on a connection of their own, never on the lanes' engines: a check in the lane of drafts would hold them up. On a
store of a million people they take 1.4 s and 3.3 s; ``integrity_check``, which takes a minute, is never run.

``opened`` gives the connection: ``Store.connect``, or ``engine.connect`` with path and key. ``report(done, total, words)``
is called between steps, and often within ``quick``; it may raise to stop. ``token`` is the job's: cancelling it interrupts.
Both raise OperatorCancelled when they are stopped, EnvironmentTrouble ST-* when the file cannot be opened at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlcipher3 import dbapi2

from nhi_center.errors import OperatorCancelled
from nhi_center.storage.trouble import told_apart

Report = Callable[[int, int, str], None]
Opened = Callable[[], Any]

_EVERY = 20_000
"""Steps of SQLite's machine between two looks at whether to go on."""

_UNREADABLE = (dbapi2.SQLITE_CORRUPT, dbapi2.SQLITE_NOTADB)
_PAGE = re.compile(r"\bpage (\d+)", re.IGNORECASE)


class Token(Protocol):
    """What a job's token offers (tasks.JobToken)."""

    def on_cancel(self, interrupt: Callable[[], object] | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """One damaged place: the page of the file where it can be named, else 0, and SQLite's own words (never a value)."""

    page: int
    words: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found in a file of ``pages`` pages."""

    pages: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        return not self.faults


def quick(opened: Opened, report: Report, token: Token | None = None) -> Checked:
    """``quick_check``: rows, trees and free pages."""
    return _run(opened, _quick_faults, "構造", report, token)


def cipher(opened: Opened, report: Report, token: Token | None = None) -> Checked:
    """``cipher_integrity_check``: every page of the file against its HMAC. Finds a single changed bit.

    It reads the file itself, beside whoever writes: a page that is just being written may look wrong once. A fault counts
    when it is still there at a second look.
    """

    def faults(connection: Any) -> Iterator[str]:
        first = {row[0] for row in connection.execute("PRAGMA cipher_integrity_check")}
        if first:
            yield from (row[0] for row in connection.execute("PRAGMA cipher_integrity_check").fetchall() if row[0] in first)

    return _run(opened, faults, "ページの指紋", report, token)


def _quick_faults(connection: Any) -> Iterator[str]:
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check")]
    except dbapi2.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) not in _UNREADABLE:
            raise
        found = ["a page cannot be read"]
    yield from (line for line in found if line != "ok")


def _run(opened: Opened, faults: Callable[[Any], Iterator[str]], words: str, report: Report, token: Token | None) -> Checked:
    report(0, 1, words)
    with told_apart():
        connection = opened()
        try:
            pages = int(connection.execute("PRAGMA page_count").fetchone()[0])
            with _stoppable(connection, lambda: report(0, 1, words), token):
                found = tuple(Fault(_page(line), line.splitlines()[-1]) for line in faults(connection))
        finally:
            connection.close()
    report(1, 1, words)
    return Checked(pages, found)


@contextmanager
def _stoppable(connection: Any, look: Callable[[], None], token: Token | None) -> Iterator[None]:
    """``look`` is asked every so often and may raise; the token interrupts. Either ends the statement at once."""
    stopped: list[BaseException] = []

    def go_on() -> int:
        try:
            look()
        except BaseException as error:
            stopped.append(error)
            return 1
        return 0

    connection.set_progress_handler(go_on, _EVERY)
    if token is not None:
        token.on_cancel(connection.interrupt)
    try:
        yield
    except dbapi2.OperationalError:
        if stopped:
            raise stopped[0] from None
        raise
    finally:
        if token is not None:
            token.on_cancel(None)
        connection.set_progress_handler(None, 0)
    if stopped:
        raise OperatorCancelled


def _page(line: str) -> int:
    named = _PAGE.search(line)
    return int(named.group(1)) if named else 0
