"""``log``: the ward's verifier over copies of a long log, as they lie beside the store: stored bytes in, proof out.

Reference: every line of the same files through SHA-256 once, which nobody can do without.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import audit
from nhi_center.domain.audit import Countersign, Head
from nhi_center.domain.audit_check import check_files
from nhi_center.domain.audit_file import Header, State, countersign_line, file_name, framed, header_line, sealed_block
from nhi_center.domain.merkle import leaf_hash
from nhi_center.domain.trust import Trust
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import Room, say
from nhi_center.training.bench.timing import take_turns

TERMINAL = "T04"
ENTRIES_PER_PERSON = 10
"""A million entries for the hundred thousand persons a reported figure is made of."""
PER_BLOCK, PER_DAY, ROUNDS = 200, 50_000, 3
_AT = "2026-11-24T00:00:00.000+00:00"


@dataclass(frozen=True, slots=True)
class Copies:
    """The files by name, whose signatures count, and the newest head the gateway has confirmed."""

    files: tuple[tuple[str, bytes], ...]
    trust: Trust
    countersigned: Countersign


class _Pen:
    """Writes a log with keys of its own; the gateway confirms every head."""

    def __init__(self) -> None:
        self._terminal, self._gateway = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.state = State.start(TERMINAL)
        self.confirmed: Countersign | None = None

    @property
    def trust(self) -> Trust:
        gateway, terminal = (key.public_key().public_bytes_raw().hex() for key in (self._gateway, self._terminal))
        return Trust(gateway, {TERMINAL: terminal}, {})

    def day(self, day: str, last: int) -> bytes:
        """One file, up to entry ``last``."""
        parts = [header_line(Header(TERMINAL, day, self.state))]
        frame = framed(b"", parts[0])
        while self.state.seq < last:
            rows = self._rows(min(PER_BLOCK, last - self.state.seq))
            block, frame = sealed_block(frame, rows, self._head(), lambda payload: self._terminal.sign(payload).hex())
            line = countersign_line(self._confirm())
            parts += [block, line]
            frame = framed(frame, line)
        return b"".join(parts)

    def _rows(self, count: int) -> list[tuple[bytes, bytes]]:
        rows, hash_ = [], self.state.hash
        for seq in range(self.state.seq + 1, self.state.seq + 1 + count):
            facts = {"step": "draft", "page": seq % 9}
            entry = audit.entry_bytes(seq, _AT, TERMINAL, "k-ichiro", "enter", f"{seq:032x}", facts)
            hash_ = audit.link(hash_, entry)
            rows.append((hash_, entry))
        tree = self.state.tree.extended([leaf_hash(entry) for _hash, entry in rows])
        self.state = State(self.state.seq + count, hash_, tree)
        return rows

    def _head(self) -> Head:
        state = self.state
        head = Head(TERMINAL, state.seq, state.hash.hex(), state.tree.root().hex(), _AT)
        return replace(head, signature=self._terminal.sign(audit.head_bytes(head)).hex())

    def _confirm(self) -> Countersign:
        state = self.state
        one = Countersign(TERMINAL, state.seq, state.hash.hex(), state.tree.root().hex(), _AT)
        self.confirmed = replace(one, signature=self._gateway.sign(audit.countersign_bytes(one)).hex())
        return self.confirmed


def written(entries: int) -> Copies:
    """A log of so many entries, a file for every PER_DAY of them."""
    pen, files = _Pen(), []
    for number, first in enumerate(range(0, entries, PER_DAY)):
        day = f"{20260000 + 101 + number % 28 + 100 * (number // 28)}"
        files.append((file_name(TERMINAL, day), pen.day(day, min(first + PER_DAY, entries))))
    if pen.confirmed is None:
        raise ValueError("entries")
    return Copies(tuple(files), pen.trust, pen.confirmed)


def measure(room: Room) -> Iterator[Measurement]:
    """Milliseconds for a thousand entries; the best of a few rounds, because everything else only adds."""
    entries = room.sizes.persons * ENTRIES_PER_PERSON
    say(f"  操作記録 {entries:,}件の写しを作っています")
    copies = written(entries)
    lines = [line for _name, data in copies.files for line in data.split(b"\n")]

    def prove(_number: int) -> None:
        (checked,) = check_files(copies.files, copies.trust, copies.countersigned)
        if (checked.first, checked.last, checked.anchored) != (1, entries, entries):
            raise AssertionError("the copies were written whole")

    def only_hash(_number: int) -> None:
        for line in lines:
            hashlib.sha256(line).digest()

    say("  写しを確かめています")
    values, references = take_turns(prove, only_hash, ROUNDS)
    per_thousand = 1000 / entries
    words = "同じ行を SHA-256 に一度通すだけ"
    yield Measurement("log.verify_1000", min(values) * per_thousand, "ms", words, min(references) * per_thousand)
