"""Sign-ins at the operating system, as it wrote them: wtmp (utmp(5), glibc on x86_64) or the database of wtmpdb.

Read strictly: what does not have exactly this form is not guessed at. Both files are only read.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

WTMP = Path("var/log/wtmp")
WTMPDB = Path("var/lib/wtmpdb/wtmp.db")

RECORD = struct.Struct("<h2xi32s4s32s256s2hi2i16s20x")
"""ut_type, ut_pid, ut_line, ut_id, ut_user, ut_host, ut_exit, ut_session, ut_tv, ut_addr_v6: 384 bytes."""

AT_ONCE = 200
"""Records read in one go: the rest follows with the next."""

_SHUTDOWN, _BOOT, _PERSON, _LAST_KIND = 1, 2, 7, 9
_DB_BOOT, _DB_PERSON = 1, 3


class Unreadable(Exception):
    """A source that cannot be read here; the message says why, in words for the screen."""


@dataclass(frozen=True, slots=True)
class Record:
    """``kind``: person (signed in), boot or shutdown. ``at`` in seconds since 1970; ``remote``: from another machine."""

    kind: str
    user: str
    remote: bool
    at: int


@dataclass(frozen=True, slots=True)
class Place:
    """How far a source has been read: which file (inode, or 0 for the database), and the byte or row behind the last one."""

    file: int
    offset: int


def read_records(root: Path, after: Place | None) -> tuple[tuple[Record, ...], Place]:
    """The records behind ``after``, oldest first, at most AT_ONCE, and the place behind them.

    Without ``after``: none, and the place behind the last one, for what was before this terminal is not ours. Raises Unreadable.
    """
    try:
        if (root / WTMPDB).exists():
            return _from_database(root / WTMPDB, after)
        return _from_file(root / WTMP, after)
    except FileNotFoundError:
        raise Unreadable("OSのサインインの記録(wtmp)がありません。") from None
    except PermissionError:
        raise Unreadable("OSのサインインの記録(wtmp)を読む権限がありません。") from None
    except (OSError, sqlite3.Error):
        raise Unreadable("OSのサインインの記録(wtmp)を読めません。") from None
    except ValueError:
        raise Unreadable("OSのサインインの記録(wtmp)の形が違います。") from None


def _from_file(path: Path, after: Place | None) -> tuple[tuple[Record, ...], Place]:
    status = path.stat()
    if after is None:
        return (), Place(status.st_ino, status.st_size - status.st_size % RECORD.size)
    if after.file != status.st_ino:
        older = path.with_name(f"{path.name}.1")  # logrotate put it aside: first what was still unread there
        if older.exists() and older.stat().st_ino == after.file:
            found, end = _parse(older, after.offset)
            if found or end < older.stat().st_size:
                return found, Place(after.file, end)
        after = Place(status.st_ino, 0)
    elif status.st_size < after.offset:
        after = Place(status.st_ino, 0)
    found, end = _parse(path, after.offset)
    return found, Place(status.st_ino, end)


def _parse(path: Path, offset: int) -> tuple[tuple[Record, ...], int]:
    """Whole records only: one that is just being written is read the next time."""
    with path.open("rb") as file:
        os.lseek(file.fileno(), offset, os.SEEK_SET)
        data = file.read(RECORD.size * AT_ONCE)
    whole = len(data) - len(data) % RECORD.size
    records = (_record(RECORD.unpack_from(data, at)) for at in range(0, whole, RECORD.size))
    return tuple(record for record in records if record is not None), offset + whole


def _record(fields: tuple[int | bytes, ...]) -> Record | None:
    """Raises ValueError for what no login program writes."""
    kind, user, host, seconds = int(fields[0]), _text(fields[4]), _text(fields[5]), int(fields[9])
    if not 0 <= kind <= _LAST_KIND or seconds < 0:
        raise ValueError("not a record")
    if kind == _PERSON and user:
        return Record("person", user, bool(any(bytes(fields[11]))) or _is_remote(host), seconds)
    if kind == _BOOT:
        return Record("boot", "", False, seconds)
    if kind == _SHUTDOWN and user == "shutdown":
        return Record("shutdown", "", False, seconds)
    return None


def _text(field: int | bytes) -> str:
    """A field of fixed width, ended by NUL unless it is full. Raises ValueError when something follows the NUL or is no text."""
    if not isinstance(field, bytes):
        raise ValueError("not a text")
    text, _nul, rest = field.partition(b"\0")
    if rest.strip(b"\0"):
        raise ValueError("something behind the end")
    return text.decode("utf-8")


def _is_remote(host: str) -> bool:
    """A display (":0") and a kernel's release stand there too; they are this machine's own."""
    return bool(host) and not host.startswith(":") and host not in ("login screen", "localhost")


def _from_database(path: Path, after: Place | None) -> tuple[tuple[Record, ...], Place]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=2.0)) as connection:
        last = int(connection.execute("SELECT coalesce(max(ID), 0) FROM wtmp").fetchone()[0])
        if after is None or after.file != 0:
            return (), Place(0, last)
        first = 0 if last < after.offset else after.offset
        rows = connection.execute(
            "SELECT ID, Type, User, Login, RemoteHost FROM wtmp WHERE ID > ? ORDER BY ID LIMIT ?", (first, AT_ONCE)
        ).fetchall()
    found = []
    for _id, kind, user, login, host in rows:
        at = int(login) // 1_000_000
        if kind == _DB_PERSON:
            found.append(Record("person", str(user), _is_remote(host or ""), at))
        elif kind == _DB_BOOT:
            found.append(Record("boot", "", False, at))
    return tuple(found), Place(0, int(rows[-1][0]) if rows else last)
