"""The bytes of an IPP request and its answer (RFC 8010), with the tags, operations and statuses we use (RFC 8011)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

VERSION: Final = (1, 1)
"""Every CUPS and every network printer answers it; nothing we ask needs 2.0. Answers of any 1.x or 2.x are read."""

_LAST_DELIMITER: Final = 0x0F
_MOST: Final = 0x7FFF  # a name or value longer than this has no length the wire can say (RFC 8010, 3.6 and 3.8)


class MalformedMessage(Exception):
    """These bytes are no IPP message."""


class Group(IntEnum):
    """Delimiters that begin a group of attributes (RFC 8010, 3.5.1)."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Tag(IntEnum):
    """Kinds of values (RFC 8010, 3.5.2). What an answer holds besides these is kept as bytes."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    NATURAL_LANGUAGE = 0x48
    MIME_MEDIA_TYPE = 0x49


class Operation(IntEnum):
    """RFC 8011, 5.4.15."""

    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_PRINTER_ATTRIBUTES = 0x000B
    HOLD_JOB = 0x000C
    RELEASE_JOB = 0x000D


class Status(IntEnum):
    """The statuses that get words of their own (RFC 8011, appendix B). Below 0x0100 the request was done."""

    FORBIDDEN = 0x0401
    NOT_AUTHENTICATED = 0x0402
    NOT_AUTHORIZED = 0x0403
    NOT_POSSIBLE = 0x0404
    TIMEOUT = 0x0405
    NOT_FOUND = 0x0406
    GONE = 0x0407
    TOO_LARGE = 0x0408
    DOCUMENT_FORMAT = 0x040A
    NOT_SUPPORTED = 0x0501
    UNAVAILABLE = 0x0502
    DEVICE_ERROR = 0x0504
    TEMPORARY = 0x0505
    NOT_ACCEPTING = 0x0506
    BUSY = 0x0507


Data = int | bool | str | bytes

_TEXTS: Final = frozenset(Tag) - {Tag.INTEGER, Tag.BOOLEAN, Tag.ENUM}
_WITH_LANGUAGE: Final = frozenset({0x35, 0x36})
_BEGIN_COLLECTION: Final = 0x34
_END_COLLECTION: Final = 0x37


@dataclass(frozen=True, slots=True)
class Value:
    """One value: int for INTEGER and ENUM, bool, str for the texts, bytes for a tag that is not in ``Tag``.

    A text that came with a language of its own (0x35, 0x36) is its str alone; a collection (0x34) is passed over as ``b""``.
    """

    tag: int
    data: Data


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name with one value, or with several of a 1setOf; those may have different tags."""

    name: str
    values: tuple[Value, ...]

    @classmethod
    def of(cls, tag: Tag, name: str, *data: Data) -> Attribute:
        return cls(name, tuple(Value(tag, item) for item in data))


@dataclass(frozen=True, slots=True)
class AttributeGroup:
    """``kind`` is a ``Group``, or another delimiter of a later RFC."""

    kind: int
    attributes: tuple[Attribute, ...]

    def values(self, name: str) -> tuple[Data, ...]:
        """The values of the first attribute of this name; none when it is not there."""
        return next((tuple(value.data for value in found.values) for found in self.attributes if found.name == name), ())


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer: ``code`` is the operation or the status. The document, if any, follows as ``data``."""

    code: int
    request_id: int
    groups: tuple[AttributeGroup, ...]
    data: bytes = b""
    version: tuple[int, int] = VERSION

    def group(self, kind: Group) -> AttributeGroup:
        """The first group of this kind; an empty one when there is none."""
        return next((group for group in self.groups if group.kind == kind), AttributeGroup(kind, ()))


def encode(message: Message) -> bytes:
    """Raises ValueError for a value that its tag or the length field cannot hold, and for an attribute without values."""
    try:
        parts = [struct.pack(">BBHi", *message.version, message.code, message.request_id)]
        for group in message.groups:
            parts.append(bytes((group.kind,)))
            parts.extend(_encode_attribute(attribute) for attribute in group.attributes)
    except (struct.error, UnicodeEncodeError) as error:
        raise ValueError("no IPP message holds this") from error
    return b"".join((*parts, bytes((Group.END,)), message.data))


def _encode_attribute(attribute: Attribute) -> bytes:
    if not attribute.name or not attribute.values:
        raise ValueError("an attribute has a name and a value")
    # The further values of a 1setOf repeat the tag, with an empty name (RFC 8010, 3.1.5).
    names = (attribute.name, *[""] * (len(attribute.values) - 1))
    return b"".join(
        bytes((value.tag,)) + _with_length(name.encode("ascii")) + _with_length(_encode_value(value))
        for name, value in zip(names, attribute.values, strict=True)
    )


def _encode_value(value: Value) -> bytes:
    tag, data = value.tag, value.data
    if tag == Tag.BOOLEAN and isinstance(data, bool):
        return struct.pack(">?", data)
    if tag in (Tag.INTEGER, Tag.ENUM) and isinstance(data, int) and not isinstance(data, bool):
        return struct.pack(">i", data)
    if tag in _TEXTS and isinstance(data, str):
        return data.encode("utf-8")
    raise ValueError(f"tag {tag:#04x} does not hold {type(data).__name__}")


def _with_length(data: bytes) -> bytes:
    if len(data) > _MOST:
        raise ValueError("longer than the wire can say")
    return struct.pack(">H", len(data)) + data


def decode(data: bytes) -> Message:
    """Raises MalformedMessage, and nothing else, for bytes that end early or break the grammar of RFC 8010, 3.2.

    Texts are read as UTF-8; bytes that are none, as from an old printer, become U+FFFD rather than an error.
    """
    reader = _Reader(data)
    major, minor, code, request_id = struct.unpack(">BBHi", reader.take(8))
    if major not in (1, 2):
        raise MalformedMessage("version")
    groups: list[AttributeGroup] = []
    kind = reader.byte()
    while kind != Group.END:
        if not 0 < kind <= _LAST_DELIMITER:
            raise MalformedMessage("a value outside a group")
        attributes, next_kind = _read_attributes(reader)
        groups.append(AttributeGroup(kind, attributes))
        kind = next_kind
    return Message(code, request_id, tuple(groups), reader.rest(), (major, minor))


class _Reader:
    """Takes bytes from the front; asking for more than there is raises MalformedMessage."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise MalformedMessage("ends early")
        part, self._at = self._data[self._at : end], end
        return part

    def byte(self) -> int:
        return self.take(1)[0]

    def field(self) -> bytes:
        """A field behind its length of two bytes."""
        return self.take(int.from_bytes(self.take(2), "big"))

    def rest(self) -> bytes:
        return self._data[self._at :]


def _read_attributes(reader: _Reader) -> tuple[tuple[Attribute, ...], int]:
    """The attributes of one group, and the delimiter that ends it."""
    found: list[tuple[str, list[Value]]] = []
    while (tag := reader.byte()) > _LAST_DELIMITER:
        name, raw = reader.field(), reader.field()
        if tag == _BEGIN_COLLECTION:
            _pass_over_collection(reader)
            raw = b""
        value = Value(tag, _decode_value(tag, raw))
        if name:
            found.append((name.decode("ascii", "replace"), [value]))
        elif found:
            found[-1][1].append(value)
        else:
            raise MalformedMessage("a further value without a first")
    return tuple(Attribute(name, tuple(values)) for name, values in found), tag


def _pass_over_collection(reader: _Reader) -> None:
    """To the end of a collection (RFC 8010, 3.1.6), which may hold others. A depth of any number costs no stack."""
    depth = 1
    while depth:
        tag = reader.byte()
        if tag <= _LAST_DELIMITER:
            raise MalformedMessage("a collection without an end")
        reader.field()
        reader.field()
        depth += (tag == _BEGIN_COLLECTION) - (tag == _END_COLLECTION)


def _decode_value(tag: int, raw: bytes) -> Data:
    if tag in (Tag.INTEGER, Tag.ENUM):
        if len(raw) != 4:
            raise MalformedMessage("an integer has four bytes")
        return int.from_bytes(raw, "big", signed=True)
    if tag == Tag.BOOLEAN:
        if raw not in (b"\x00", b"\x01"):
            raise MalformedMessage("a boolean is 0 or 1")
        return raw == b"\x01"
    if tag in _WITH_LANGUAGE:
        inner = _Reader(raw)
        inner.field()
        raw, over = inner.field(), inner.rest()
        if over:
            raise MalformedMessage("more than a language and a text")
        return raw.decode("utf-8", "replace")
    if tag in _TEXTS:
        return raw.decode("utf-8", "replace")
    return raw
