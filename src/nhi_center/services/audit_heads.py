"""Signed heads of the log and the files they end (操作記録の写し): what the ward can check alone, written while the day goes on.

A head is a row first and its block of a file second. A write that was cut off, a lost file: both are made good from the store at
the next head, and by the same hand.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from nhi_center.domain.audit import Head, head_bytes
from nhi_center.domain.audit_file import (
    Frame,
    Header,
    State,
    countersign_line,
    file_name,
    framed,
    header_line,
    read_frame,
    sealed_block,
)
from nhi_center.domain.merkle import leaf_hash
from nhi_center.domain.operators import Action
from nhi_center.errors import EnvironmentTrouble
from nhi_center.link.wire import MAX_ENTRIES
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin
from nhi_center.storage import audit as storage
from nhi_center.storage.audit import KeptHead
from nhi_center.storage.engine import Connection
from nhi_center.storage.trouble import told_apart

_READ_AT_ONCE = MAX_ENTRIES
"""A head stands at least this often, so that what lies between two of them fits into one message to the segment."""

_CANNOT_WRITE = (
    "操作記録の写しをファイルに書けません。記録そのものは保存されています。ディスクの空きを確かめ、取扱責任者へ連絡してください。"
)


def seal_head(office: Office) -> Head | None:
    """Sign the log as it stands and bring the files up to it; None while it has no entry.

    Raises EnvironmentTrouble ST-* when the store fails, AU-01 when the files cannot be written: the head stands then, and the
    next one writes them.
    """
    with told_apart(), office.store.write.begin() as connection:
        head = _sign_on(office, connection)
    write_files(office)
    return head


def _sign_on(office: Office, connection: Connection) -> Head | None:
    """Heads over everything behind the last one."""
    kept = storage.newest_head(connection, office.terminal)
    head, state = (kept.head, kept.state) if kept else (None, State.start(office.terminal))
    today = f"{office.clock.today():%Y%m%d}"
    day = max(today, kept.day) if kept else today  # a clock set back must not put a block before those that are written
    while rows := storage.entries(connection, state.seq + 1, _READ_AT_ONCE):
        tree = state.tree.extended([leaf_hash(entry) for _seq, entry, _hash in rows])
        state = State(rows[-1][0], rows[-1][2], tree)
        head = _signed(office, state)
        storage.keep_head(connection, KeptHead(head, tree, day))
    return head


def _signed(office: Office, state: State) -> Head:
    """The terminal's word that its log stands so."""
    now = office.clock.now().isoformat(timespec="seconds")
    head = Head(office.terminal, state.seq, state.hash.hex(), state.tree.root().hex(), now)
    return replace(head, signature=office.premises.terminal.sign(head_bytes(head)))


def write_files(office: Office) -> None:
    """Bring every file to what the store holds: missing ones, the newest, and the one before, which may end in a torn write.

    A file that is not the beginning of what the store holds is set aside under another name, and that is kept in the log.
    Raises EnvironmentTrouble AU-01.
    """
    try:
        with _alone(office.settings.segments), told_apart(), office.store.read.begin() as connection:
            strange = _write_days(office, connection)
    except OSError:
        raise EnvironmentTrouble("AU-01", _CANNOT_WRITE) from None
    for day in strange:
        with begin(office, terminal_session(office), Action.SELF_CHECK, step="set_aside", day=day):
            pass


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer at a time: heads are signed in more than one lane."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write_days(office: Office, connection: Connection) -> list[str]:
    """Gives the days whose file was set aside."""
    days, strange = storage.days(connection), []
    for place, day in enumerate(days):
        path = office.settings.segments / file_name(office.terminal, day)
        if path.exists() and place < len(days) - 2:
            continue
        heads = storage.heads(connection, office.terminal, day)
        frame = _whole_part(path, heads)
        if frame is not None and frame.head is not None:
            blocks = b"".join(_blocks(office, connection, heads, frame.head.seq, frame.countersigned, frame.hash))
            if blocks or path.stat().st_size > frame.end:
                _put(path, frame.end, blocks)
            continue
        data = whole_copy(office, connection, day, heads)
        if path.exists() and not data.startswith(path.read_bytes()):
            _set_aside(path)
            strange.append(day)
        _put(path, 0, data)
    return strange


def whole_copy(office: Office, connection: Connection, day: str, heads: Sequence[KeptHead]) -> bytes:
    """A file of ``day`` with the blocks of all these heads, which follow one another."""
    before = storage.newest_head(connection, office.terminal, heads[0].head.seq - 1)
    state = before.state if before else State.start(office.terminal)
    header = header_line(Header(office.terminal, day, state))
    return header + b"".join(_blocks(office, connection, heads, state.seq, 0, framed(b"", header)))


def _blocks(
    office: Office, connection: Connection, heads: Sequence[KeptHead], done: int, confirmed: int, frame: bytes
) -> Iterator[bytes]:
    """What a file lacks that has the blocks up to entry ``done``, the gateway's heads up to ``confirmed`` and this frame."""
    anchors = storage.anchors(connection, office.terminal, confirmed + 1, heads[-1].head.seq)
    for kept in heads:
        seq = kept.head.seq
        if seq > done:
            rows = storage.entries(connection, done + 1, seq - done)
            block, frame = sealed_block(
                frame, ((hash_, entry) for _, entry, hash_ in rows), kept.head, office.premises.terminal.sign
            )
            yield block
            done = seq
        if seq in anchors:
            line = countersign_line(anchors[seq])
            frame = framed(frame, line)
            yield line


def _whole_part(path: Path, heads: Sequence[KeptHead]) -> Frame | None:
    """How far a file is whole that ends with one of these heads; None for any other, and for none."""
    try:
        frame = read_frame(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return frame if frame.head in {kept.head for kept in heads} else None


def _set_aside(path: Path) -> None:
    number = 1
    while (other := path.with_name(f"{path.name}.aside-{number}")).exists():
        number += 1
    path.rename(other)


def _put(path: Path, end: int, data: bytes) -> None:
    """Cut the file off at ``end``, append, and wait for the disk."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        file.truncate(end)
        file.seek(end)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
