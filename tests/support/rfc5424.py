"""RFC 5424, section 6, written down from its ABNF alone: the tests' second opinion on what the product calls a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

PRINT = "\\x21-\\x7e"
NAME = "[\\x21\\x23-\\x3c\\x3e-\\x5c\\x5e-\\x7e]{1,32}"  # PRINTUSASCII except '"' (22), "=" (3d) and "]" (5d)
DATE = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
HEADER = re.compile(
    f"<(?P<pri>[0-9]{{1,3}})>(?P<version>[1-9][0-9]{{0,2}}) (?P<at>-|{DATE}T{CLOCK}) (?P<host>-|[{PRINT}]{{1,255}})"
    f" (?P<app>-|[{PRINT}]{{1,48}}) (?P<process>-|[{PRINT}]{{1,128}}) (?P<kind>-|[{PRINT}]{{1,32}}) "
)
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Message:
    pri: int
    at: str
    host: str
    app: str
    process: str
    kind: str
    data: dict[str, list[tuple[str, str]]]
    text: str


def read(line: bytes) -> Message:
    """Octet by octet; AssertionError where the grammar does not hold."""
    head = HEADER.match(line.decode("latin-1"))
    assert head is not None, line
    pri = head["pri"]
    assert int(pri) <= 191, pri
    assert pri == str(int(pri)), "no leading zeros"
    assert head["version"] == "1"
    data, rest = _structured(line[head.end() :])
    assert rest == b"" or rest.startswith(b" "), rest
    message = rest[1:]
    assert not message or message.startswith(BOM), "Japanese words are MSG-UTF8"
    return Message(
        int(pri), head["at"], head["host"], head["app"], head["process"], head["kind"], data, message[len(BOM) :].decode("utf-8")
    )


def _structured(octets: bytes) -> tuple[dict[str, list[tuple[str, str]]], bytes]:
    if octets.startswith(b"-"):
        return {}, octets[1:]
    found: dict[str, list[tuple[str, str]]] = {}
    assert octets.startswith(b"["), octets
    while octets.startswith(b"["):
        name, octets = _name(octets[1:])
        assert name not in found, "the same SD-ID must not stand twice"
        found[name] = []
        while octets.startswith(b" "):
            key, octets = _name(octets[1:])
            assert octets.startswith(b'="')
            value, octets = _value(octets[2:])
            found[name].append((key, value))
        assert octets.startswith(b"]"), octets
        octets = octets[1:]
    return found, octets


def _name(octets: bytes) -> tuple[str, bytes]:
    found = re.match(NAME, octets.decode("latin-1"))
    assert found is not None, octets
    return found[0], octets[found.end() :]


def _value(octets: bytes) -> tuple[str, bytes]:
    value, place = bytearray(), 0
    while octets[place : place + 1] != b'"':
        one = octets[place : place + 1]
        assert one, "the value does not end"
        assert one != b"]", "']' must be escaped"
        if one == b"\\":
            place += 1
            one = octets[place : place + 1]
            assert one in (b'"', b"\\", b"]"), "only these three are escaped"
        value += one
        place += 1
    return value.decode("utf-8"), octets[place + 1 :]
