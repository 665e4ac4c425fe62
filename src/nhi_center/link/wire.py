"""Wire formats of protocol 1 between a terminal and the gateway: frozen values, strict parsing, one byte form.

Both sides use this module and nothing else, so that a format cannot drift. Parsing raises WireError with a static
sentence (never a received value). An unknown field is an error: a newer peer must raise PROTOCOL instead.
A record that cannot be stored becomes a Refusal and never holds up the records beside it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from nhi_center.domain import canonical
from nhi_center.domain.audit import Countersign, Head
from nhi_center.link import strict
from nhi_center.link.strict import decode as _decode
from nhi_center.link.strict import fields as _fields
from nhi_center.link.strict import flag as _flag
from nhi_center.link.strict import hexadecimal as _hex
from nhi_center.link.strict import items as _items
from nhi_center.link.strict import moment as _moment
from nhi_center.link.strict import number as _number
from nhi_center.link.strict import text as _text

WireError = strict.WireError
MAX_SEQ = strict.MAX_SEQ

PROTOCOL = 1
MAX_RECORDS = 2000
MAX_CHANGES = 2000
MAX_ENTRIES = 5000
MAX_TERMINALS = 1000
MAX_BODY_BYTES = 32 * 1024 * 1024

PATH_HELLO = "/v1/hello"
PATH_CHANGES = "/v1/changes"
PATH_RECORDS = "/v1/records"
PATH_AUDIT = "/v1/audit"
PATH_ROOM = "/v1/room"
PATH_MONTH_KEY = "/v1/month-key"

ROOM_KINDS = frozenset({
    "presence", "account", "closure", "roster", "room_key", "verification_rate", "cabinet", "call_answer", "standing",
    "day_close", "failure", "call_told", "handover_told", "contract", "control_record", "on_site_inspection",
    "incident", "working_hours", "report_words", "day_figures", "copy_approval",
})  # fmt: skip
"""Records that every terminal of the room is told: the gateway passes each on as one change, without reading its body."""
MAX_ROOM_BODY_BYTES = 64 * 1024

RECORD_KINDS = ROOM_KINDS | {
    "handover", "application", "verification", "review", "certificate", "call", "summary", "custody", "lease",
}  # fmt: skip
CHANGE_KINDS = frozenset({"person", "person_gone", "ward_setting", "result", "room", "lease"})
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

_REASON_KIND = "記録の種類が定義にありません。"
_REASON_ID = "記録の識別子の形が正しくありません。"
_REASON_BODY = "記録の内容を保存できる形にできません。"
_REASON_SIZE = "ほかの端末に伝える記録が大きすぎます。"


@dataclass(frozen=True, slots=True)
class Hello:
    """Who answers: protocol, the gateway's time (ISO, UTC), insurer (保険者番号), training, and who it takes us for."""

    protocol: int
    time: str
    insurer: str
    training: bool
    terminal: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ``id`` is the 宛名番号 (person), the setting's name, the application's (result), the 管理票's or a record's.

    ``person_gone`` has no body: he has left the register, or is not for terminals any more; which of the two is not said.
    The body of a room's change is ``{"kind", "terminal", "body"}``: another terminal's record, see ROOM_KINDS.
    """

    cursor: int
    kind: str
    id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes in cursor order. ``next`` is the cursor to ask after next time; ``more`` says that another page waits now."""

    changes: tuple[Change, ...]
    next: int
    more: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One outbox row. ``seq`` counts up on the terminal, ``id`` (UUID) makes a repeat harmless."""

    seq: int
    id: str
    kind: str
    body: Mapping[str, Any]
    data: bytes = field(default=b"", compare=False, repr=False)
    """The body's canonical form, where it was computed already."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record the gateway will never take as it is, and the reason for people."""

    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """``ack``: every record of the batch up to this seq is settled: stored (``new``, ``duplicate``) or named in ``refused``."""

    new: int
    duplicate: int
    refused: tuple[Refusal, ...]
    ack: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the audit log: entry bytes number ``first`` onwards, and the signed head after the last of them."""

    entries: tuple[bytes, ...]
    first: int
    head: Head


@dataclass(frozen=True, slots=True)
class Contact:
    """How far a terminal of the room has come: it has kept every change up to ``cursor``. ``at``: ISO, UTC; "" when never."""

    terminal: str
    cursor: int
    at: str


def fingerprint(record: Record) -> bytes:
    """SHA-256 of the canonical body: equal bodies give equal fingerprints, whatever bytes carried them."""
    return hashlib.sha256(record.data or canonical.encode(record.body)).digest()


def encode_hello(hello: Hello) -> bytes:
    body = {"protocol": hello.protocol, "time": hello.time, "insurer": hello.insurer}
    return canonical.encode({**body, "training": hello.training, "terminal": hello.terminal})


def parse_hello(data: bytes) -> Hello:
    protocol, time, insurer, training, terminal = _fields(
        _decode(data), ("protocol", "time", "insurer", "training", "terminal"), "hello"
    )
    return Hello(
        _number(protocol, "hello.protocol"),
        _text(time, "hello.time"),
        _text(insurer, "hello.insurer"),
        _flag(training, "hello.training"),
        _text(terminal, "hello.terminal"),
    )


def protocol_of(data: bytes) -> int:
    """The protocol number of a hello whose other fields may be those of a newer protocol. Raises WireError."""
    value = _decode(data)
    if not isinstance(value, dict):
        raise WireError("hello: fields")
    return _number(value.get("protocol"), "hello.protocol")


def encode_changes(rows: Sequence[tuple[int, str, str, str]], next_: int, more: bool) -> bytes:
    """A page of rows (cursor, kind, id, body as JSON text): the database writes the text, nobody reads it in between."""
    changes = ",".join(
        f'{{"body":{body},"cursor":{cursor:d},"id":{_quoted(id_)},"kind":{_quoted(kind)}}}' for cursor, kind, id_, body in rows
    )
    return f'{{"changes":[{changes}],"more":{_quoted(more)},"next":{next_:d}}}'.encode()


def _quoted(value: str | bool) -> str:
    return canonical.encode(value).decode()


def parse_changes(data: bytes) -> ChangePage:
    """Raises WireError also when cursors do not rise, ``next`` would go back behind the last change, or an empty page promises
    more: a terminal would ask for it for ever."""
    rows, next_, more = _fields(_decode(data), ("changes", "next", "more"), "changes")
    changes = tuple(_parse_change(row) for row in _items(rows, "changes", MAX_CHANGES))
    cursors = [change.cursor for change in changes]
    if any(later <= earlier for earlier, later in pairwise(cursors)):
        raise WireError("changes: order")
    page = ChangePage(changes, _number(next_, "changes.next"), _flag(more, "changes.more"))
    if cursors and page.next < cursors[-1]:
        raise WireError("changes.next: number")
    if page.more and not cursors:
        raise WireError("changes.more: empty")
    return page


def _parse_change(row: Any) -> Change:
    cursor, kind, id_, body = _fields(row, ("cursor", "kind", "id", "body"), "change")
    if kind not in CHANGE_KINDS:
        raise WireError("change.kind")
    if not isinstance(body, dict):
        raise WireError("change.body")
    return Change(_number(cursor, "change.cursor"), kind, _text(id_, "change.id"), body)


def encode_records(records: Iterable[Record]) -> bytes:
    return b'{"records":[%b]}' % b",".join(map(_encoded, records))


def _encoded(record: Record) -> bytes:
    if record.data:  # of the outbox: its id and kind are the program's own words, and what it keeps is what is sent
        return b'{"body":%b,"id":"%b","kind":"%b","seq":%d}' % (record.data, record.id.encode(), record.kind.encode(), record.seq)
    return canonical.encode({"seq": record.seq, "id": record.id, "kind": record.kind, "body": record.body})


def parse_records(data: bytes) -> tuple[tuple[Record, ...], tuple[Refusal, ...]]:
    """Records in rising seq order, and the refused ones among them. Raises WireError when no row can be told from another."""
    (rows,) = _fields(_decode(data), ("records",), "records")
    records: list[Record] = []
    refused: list[Refusal] = []
    last = 0
    for row in _items(rows, "records", MAX_RECORDS):
        seq, id_, kind, body = _fields(row, ("seq", "id", "kind", "body"), "record")
        if _number(seq, "record.seq") <= last:
            raise WireError("records: order")
        last = seq
        reason, data = _refusal_reason(id_, kind, body)
        if reason:
            refused.append(Refusal(seq, reason))
        else:
            records.append(Record(seq, id_, kind, body, data))
    return tuple(records), tuple(refused)


def _refusal_reason(id_: Any, kind: Any, body: Any) -> tuple[str, bytes]:
    """Why a record cannot be stored ("" when it can), and its canonical body."""
    if not isinstance(kind, str) or kind not in RECORD_KINDS:
        return _REASON_KIND, b""
    if not isinstance(id_, str) or not _UUID.fullmatch(id_):
        return _REASON_ID, b""
    if not isinstance(body, dict):
        return _REASON_BODY, b""
    try:
        data = canonical.encode(body)
    except (ValueError, RecursionError):
        return _REASON_BODY, b""
    if kind in ROOM_KINDS and len(data) > MAX_ROOM_BODY_BYTES:
        return _REASON_SIZE, b""
    # PostgreSQL's jsonb cannot hold U+0000.
    return _REASON_BODY if b"\\u0000" in data and b"\\u0000" in data.replace(b"\\\\", b"") else "", data


def encode_push_answer(answer: PushAnswer) -> bytes:
    refused = [{"seq": r.seq, "reason": r.reason} for r in answer.refused]
    return canonical.encode({"new": answer.new, "duplicate": answer.duplicate, "refused": refused, "ack": answer.ack})


def parse_push_answer(data: bytes) -> PushAnswer:
    new, duplicate, rows, ack = _fields(_decode(data), ("new", "duplicate", "refused", "ack"), "push")
    refused = []
    for row in _items(rows, "push.refused", MAX_RECORDS):
        seq, reason = _fields(row, ("seq", "reason"), "push.refused")
        refused.append(Refusal(_number(seq, "push.seq"), _text(reason, "push.reason")))
    return PushAnswer(_number(new, "push.new"), _number(duplicate, "push.duplicate"), tuple(refused), _number(ack, "push.ack"))


def encode_segment(segment: Segment) -> bytes:
    head = segment.head
    return canonical.encode(
        {
            "entries": [base64.b64encode(entry).decode("ascii") for entry in segment.entries],
            "first": segment.first,
            "head": {
                "terminal": head.terminal,
                "seq": head.seq,
                "hash": head.hash,
                "root": head.root,
                "signed_at": head.signed_at,
                "signature": head.signature,
            },
        }
    )


def parse_segment(data: bytes) -> Segment:
    """Raises WireError also when ``first`` and the head's seq do not enclose exactly the entries."""
    rows, first, head_row = _fields(_decode(data), ("entries", "first", "head"), "audit")
    entries = []
    for row in _items(rows, "audit.entries", MAX_ENTRIES):
        try:
            entries.append(base64.b64decode(_text(row, "audit.entries").encode(), validate=True))
        except (binascii.Error, UnicodeEncodeError):
            raise WireError("audit.entries: base64") from None
    terminal, seq, hash_, root, signed_at, signature = _fields(
        head_row, ("terminal", "seq", "hash", "root", "signed_at", "signature"), "audit.head"
    )
    head = Head(
        _text(terminal, "head.terminal"),
        _number(seq, "head.seq"),
        _hex(hash_, 32, "head.hash"),
        _hex(root, 32, "head.root"),
        _moment(signed_at, "head.signed_at"),
        _hex(signature, 64, "head.signature"),
    )
    segment = Segment(tuple(entries), _number(first, "audit.first"), head)
    if segment.first < 1 or segment.first + len(entries) - 1 != head.seq:
        raise WireError("audit: count")
    return segment


def encode_countersign(countersign: Countersign) -> bytes:
    body = {
        "terminal": countersign.terminal,
        "seq": countersign.seq,
        "hash": countersign.hash,
        "root": countersign.root,
        "countersigned_at": countersign.countersigned_at,
        "signature": countersign.signature,
    }
    return canonical.encode({"countersigned": body})


def parse_countersign(data: bytes) -> Countersign:
    (row,) = _fields(_decode(data), ("countersigned",), "countersign")
    terminal, seq, hash_, root, at, signature = _fields(
        row, ("terminal", "seq", "hash", "root", "countersigned_at", "signature"), "countersigned"
    )
    return Countersign(
        _text(terminal, "countersigned.terminal"),
        _number(seq, "countersigned.seq"),
        _hex(hash_, 32, "countersigned.hash"),
        _hex(root, 32, "countersigned.root"),
        _text(at, "countersigned.countersigned_at"),
        _hex(signature, 64, "countersigned.signature"),
    )


def encode_room(contacts: Iterable[Contact]) -> bytes:
    return canonical.encode({"terminals": [{"terminal": c.terminal, "cursor": c.cursor, "at": c.at} for c in contacts]})


def parse_room(data: bytes) -> tuple[Contact, ...]:
    (rows,) = _fields(_decode(data), ("terminals",), "room")
    contacts = []
    for row in _items(rows, "room", MAX_TERMINALS):
        terminal, cursor, at = _fields(row, ("terminal", "cursor", "at"), "room.terminal")
        contacts.append(Contact(_text(terminal, "room.terminal"), _number(cursor, "room.cursor"), _moment(at, "room.at")))
    return tuple(contacts)


def encode_month_key(month: str, key: bytes) -> bytes:
    return canonical.encode({"month": month, "key": key.hex()})


def parse_month_key(data: bytes) -> tuple[str, bytes]:
    month, key = _fields(_decode(data), ("month", "key"), "month_key")
    return _month(month), bytes.fromhex(_hex(key, 32, "month_key.key"))


def encode_kept_month(month: str) -> bytes:
    return canonical.encode({"kept": month})


def parse_kept_month(data: bytes) -> str:
    (month,) = _fields(_decode(data), ("kept",), "month_key")
    return _month(month)


def _month(value: Any) -> str:
    text = _text(value, "month_key.month")
    if not MONTH.fullmatch(text):
        raise WireError("month_key.month")
    return text


def encode_reason(reason: str) -> bytes:
    return canonical.encode({"reason": reason})


def parse_reason(data: bytes) -> str:
    """The gateway's sentence of an answer that is not 200. Raises WireError."""
    (reason,) = _fields(_decode(data), ("reason",), "reason")
    return _text(reason, "reason")
