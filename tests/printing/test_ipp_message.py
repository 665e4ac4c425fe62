"""The wire form against the example bytes of RFC 8010, appendix A, and against bytes that are no message."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nhi_center.printing.ipp_message import (
    Attribute,
    AttributeGroup,
    Group,
    MalformedMessage,
    Message,
    Operation,
    Tag,
    Value,
    decode,
    encode,
)

PREAMBLE = (
    "01 47 0012 617474726962757465732d63686172736574 0005 7574662d38"  # attributes-charset utf-8
    "48 001b 617474726962757465732d6e61747572616c2d6c616e6775616765 0005 656e2d7573"  # attributes-natural-language en-us
)
PRINTER_URI = (
    "45 000b 7072696e7465722d757269 002c 6970703a2f2f7072696e7465722e6578616d706c652e636f6d2f6970702f7072696e742f70696e6574726565"
)
LANGUAGE = (
    Attribute.of(Tag.CHARSET, "attributes-charset", "utf-8"),
    Attribute.of(Tag.NATURAL_LANGUAGE, "attributes-natural-language", "en-us"),
)
PINETREE = Attribute.of(Tag.URI, "printer-uri", "ipp://printer.example.com/ipp/print/pinetree")

# A.1 Print-Job Request
PRINT_JOB = bytes.fromhex(
    f"0101 0002 00000001 {PREAMBLE} {PRINTER_URI}"
    "42 0008 6a6f622d6e616d65 0006 666f6f626172"
    "22 0016 6970702d6174747269627574652d666964656c697479 0001 01"
    "02 21 0006 636f70696573 0004 00000014"
    "44 0005 7369646573 0013 74776f2d73696465642d6c6f6e672d65646765"
    "03 252150 44462e2e2e"
)
PRINT_JOB_MESSAGE = Message(
    0x0002,
    1,
    (
        AttributeGroup(
            Group.OPERATION,
            (
                *LANGUAGE,
                PINETREE,
                Attribute.of(Tag.NAME, "job-name", "foobar"),
                Attribute.of(Tag.BOOLEAN, "ipp-attribute-fidelity", True),
            ),
        ),
        AttributeGroup(
            Group.JOB,
            (Attribute.of(Tag.INTEGER, "copies", 20), Attribute.of(Tag.KEYWORD, "sides", "two-sided-long-edge")),
        ),
    ),
    b"%!PDF...",
)
# A.8 Get-Jobs Request: a 1setOf, whose further values have no name
GET_JOBS = bytes.fromhex(
    f"0101 000a 0000007b {PREAMBLE} {PRINTER_URI}"
    "21 0005 6c696d6974 0004 00000032"
    "44 0014 7265717565737465642d61747472696275746573 0006 6a6f622d6964"
    "44 0000 0008 6a6f622d6e616d65"
    "44 0000 000f 646f63756d656e742d666f726d6174 03"
)
GET_JOBS_MESSAGE = Message(
    0x000A,
    0x7B,
    (
        AttributeGroup(
            Group.OPERATION,
            (
                *LANGUAGE,
                PINETREE,
                Attribute.of(Tag.INTEGER, "limit", 50),
                Attribute.of(Tag.KEYWORD, "requested-attributes", "job-id", "job-name", "document-format"),
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("wire", "message"), [(PRINT_JOB, PRINT_JOB_MESSAGE), (GET_JOBS, GET_JOBS_MESSAGE)], ids=["Print-Job", "Get-Jobs"]
)
def test_the_examples_of_the_rfc(wire: bytes, message: Message) -> None:
    assert encode(message) == wire
    assert decode(wire) == message


def test_an_answer_is_read_by_group_and_name() -> None:
    """A.2 Print-Job Response (Successful)."""
    answer = decode(
        bytes.fromhex(
            f"0101 0000 00000001 {PREAMBLE}"
            "41 000e 7374617475732d6d657373616765 000d 7375636365737366756c2d6f6b"
            "02 21 0006 6a6f622d6964 0004 00000093"
            "45 0007 6a6f622d757269 0030"
            "6970703a2f2f7072696e7465722e6578616d706c652e636f6d2f6970702f7072696e742f70696e65747265652f313437"
            "23 0009 6a6f622d7374617465 0004 00000003 03"
        )
    )
    assert answer.group(Group.OPERATION).values("status-message") == ("successful-ok",)
    job = answer.group(Group.JOB)
    assert (job.values("job-id"), job.values("job-state")) == ((147,), (3,))
    assert job.values("job-impressions-completed") == answer.group(Group.PRINTER).values("job-id") == ()


def test_what_is_not_understood_does_not_hide_the_rest() -> None:
    """A collection inside a collection, a text with a language of its own, a range, Latin-1, a group of a later RFC."""
    answer = decode(
        bytes.fromhex(
            "0200 0000 00000001 04"
            "34 0009 6d656469612d636f6c 0000  4a 0000 0001 61  34 0000 0000  4a 0000 0001 62  21 0000 0004 00000001"
            "37 0000 0000  37 0000 0000"
            "35 0001 6c 0009 0002 6a61 0003 e7b499"
            "33 0001 72 0008 0000000100000009"
            "41 0001 74 0001 e9"
            "0a 44 0001 6b 0001 76 03"
        )
    )
    printer = answer.group(Group.PRINTER)
    assert printer.values("media-col") == (b"",)
    assert (printer.values("l"), printer.values("r"), printer.values("t")) == (
        ("紙",),
        (bytes.fromhex("0000000100000009"),),
        ("\ufffd",),
    )
    assert answer.groups[1] == AttributeGroup(0x0A, (Attribute.of(Tag.KEYWORD, "k", "v"),))


HEAD = bytes.fromhex("0101 0000 00000001")


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "01",  # no end
        "21 0001 61 0004 00000001 03",  # outside any group
        "00 03",
        "01 21 0001 61 0003 000001 03",
        "01 22 0001 61 0001 02 03",
        "01 44 0000 0001 61 03",  # a further value of nothing
        "01 44 ffff 61 03",
        "01 34 0001 61 0000 03",  # a collection that does not end
        "01 35 0001 61 0002 0005 03",
        "01 35 0001 61 0005 0000 0000 ff 03",
    ],
)
def test_broken_bytes_are_refused(broken: str) -> None:
    with pytest.raises(MalformedMessage):
        decode(HEAD + bytes.fromhex(broken))


@pytest.mark.parametrize("version", [b"\x00\x09", b"\x03\x00", b"HT"])
def test_another_version_is_refused(version: bytes) -> None:
    with pytest.raises(MalformedMessage):
        decode(version + PRINT_JOB[2:])


@given(st.binary(max_size=200))
@example(HEAD + b"\x01" + b"\x34\x00\x01a\x00\x00" * 50_000)
def test_any_bytes_are_a_message_or_refused(tail: bytes) -> None:
    for data in (tail, HEAD + tail, HEAD + b"\x01" + tail):
        with suppress(MalformedMessage):
            assert isinstance(decode(data), Message)


@given(st.integers(0, len(PRINT_JOB) - 9), st.integers(0, 255))
def test_a_damaged_message_is_a_message_or_refused(place: int, byte: int) -> None:
    damaged = PRINT_JOB[:place] + bytes((byte,)) + PRINT_JOB[place + 1 :]
    with suppress(MalformedMessage):
        decode(damaged)
    with pytest.raises(MalformedMessage):
        decode(PRINT_JOB[:place])


_INTEGERS = st.integers(-(2**31), 2**31 - 1)
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
_VALUES = st.one_of(
    st.builds(Value, st.sampled_from((Tag.INTEGER, Tag.ENUM)), _INTEGERS),
    st.builds(Value, st.just(Tag.BOOLEAN), st.booleans()),
    st.builds(Value, st.sampled_from((Tag.TEXT, Tag.NAME, Tag.KEYWORD, Tag.URI, Tag.MIME_MEDIA_TYPE)), _TEXTS),
)
_NAMES = st.from_regex(r"[a-z][a-z-]{0,20}", fullmatch=True)
_ATTRIBUTES = st.builds(Attribute, _NAMES, st.lists(_VALUES, min_size=1, max_size=4).map(tuple))
_GROUPS = st.builds(
    AttributeGroup, st.sampled_from((Group.OPERATION, Group.JOB, Group.PRINTER)), st.lists(_ATTRIBUTES, max_size=4).map(tuple)
)
_MESSAGES = st.builds(
    Message, st.sampled_from(Operation).map(int), _INTEGERS, st.lists(_GROUPS, max_size=3).map(tuple), st.binary(max_size=50)
)


@given(_MESSAGES)
def test_what_is_written_is_read_again(message: Message) -> None:
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "attribute",
    [
        Attribute.of(Tag.INTEGER, "copies", 2**31),
        Attribute.of(Tag.INTEGER, "copies", True),
        Attribute.of(Tag.BOOLEAN, "fidelity", 1),
        Attribute.of(Tag.NAME, "job-name", b"bytes"),
        Attribute.of(Tag.NAME, "job-name", "x" * 0x8000),
        Attribute.of(Tag.NAME, "名", "x"),
        Attribute.of(Tag.NAME, "", "x"),
        Attribute.of(Tag.NAME, "job-name", "\ud800"),
        Attribute.of(Tag.KEYWORD, "requested-attributes"),
        Attribute("range", (Value(0x33, b"12345678"),)),
    ],
)
def test_what_the_wire_cannot_hold_is_refused(attribute: Attribute) -> None:
    with pytest.raises(ValueError, match=r"."):
        encode(Message(Operation.CREATE_JOB, 1, (AttributeGroup(Group.OPERATION, (attribute,)),)))
