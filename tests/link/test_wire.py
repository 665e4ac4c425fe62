from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.audit import Countersign, Head
from nhi_center.link import wire

UUID_A = "0190a0a0-0000-7000-8000-000000000001"
UUID_B = "0190a0a0-0000-7000-8000-000000000002"
NUMBER = st.integers(0, wire.MAX_SEQ)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
BODY = st.dictionaries(TEXT, st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXT, max_size=4)
HEAD = Head("T04", 1, "ab" * 32, "ef" * 32, "2026-11-24T01:00:00+00:00", "cd" * 64)


@given(st.builds(wire.Hello, NUMBER, TEXT, TEXT, st.booleans(), TEXT))
def test_hello_comes_back_as_it_was(hello: wire.Hello) -> None:
    assert wire.parse_hello(wire.encode_hello(hello)) == hello


@given(st.lists(BODY, max_size=5), st.booleans())
def test_changes_come_back_as_they_were(bodies: list[dict[str, Any]], more: bool) -> None:
    more = more and bool(bodies)
    changes = tuple(wire.Change(n, "person", f"{n:08}", body) for n, body in enumerate(bodies, 1))
    page = wire.ChangePage(changes, len(changes), more)
    rows = [(change.cursor, change.kind, change.id, json.dumps(change.body)) for change in changes]
    assert wire.parse_changes(wire.encode_changes(rows, len(changes), more)) == page


@given(st.lists(BODY, max_size=5))
def test_records_come_back_unless_the_body_holds_a_nul(bodies: list[dict[str, Any]]) -> None:
    sent = tuple(wire.Record(n, UUID_A[:-1] + str(n), "call", body) for n, body in enumerate(bodies, 1))
    good, refused = wire.parse_records(wire.encode_records(sent))
    with_nul = {r.seq for r in sent if any("\0" in str(part) for item in r.body.items() for part in item)}
    assert {r.seq for r in refused} == with_nul
    assert good == tuple(r for r in sent if r.seq not in with_nul)


def test_a_backslash_before_u0000_is_ordinary_text() -> None:
    sent = wire.Record(1, UUID_A, "call", {"text": "\\u0000 \\\\u0000"})
    assert wire.parse_records(wire.encode_records([sent])) == ((sent,), ())


def test_refused_rows_do_not_hold_up_the_rest() -> None:
    rows = [
        {"seq": 1, "id": UUID_A, "kind": "unknown", "body": {}},
        {"seq": 2, "id": "1", "kind": "call", "body": {}},
        {"seq": 3, "id": UUID_A.upper(), "kind": "call", "body": {}},
        {"seq": 4, "id": UUID_A, "kind": "call", "body": []},
        {"seq": 5, "id": UUID_A, "kind": "call", "body": {"lone": "\ud800"}},
        {"seq": 6, "id": ["x"], "kind": ["call"], "body": {}},
        {"seq": 7, "id": UUID_B, "kind": "call", "body": {"n": 1}},
    ]
    good, refused = wire.parse_records(json.dumps({"records": rows}).encode())
    assert [r.seq for r in good] == [7]
    assert [r.seq for r in refused] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"records":[],"more":1}',
        b'{"records":{}}',
        b'{"records":[{"seq":1,"id":"x","kind":"call"}]}',
        b'{"records":[{"seq":true,"id":"x","kind":"call","body":{}}]}',
        b'{"records":[{"seq":-1,"id":"x","kind":"call","body":{}}]}',
        b'{"records":[{"seq":1.0,"id":"x","kind":"call","body":{}}]}',
        b'{"records":[{"seq":NaN,"id":"x","kind":"call","body":{}}]}',
        b'{"records":[{"seq":9223372036854775808,"id":"x","kind":"call","body":{}}]}',
        b'{"records":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"\xff",
    ],
)
def test_bytes_that_are_no_batch_are_an_error(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.parse_records(data)


def test_records_must_rise() -> None:
    record = wire.Record(2, UUID_A, "call", {})
    with pytest.raises(wire.WireError, match="order"):
        wire.parse_records(wire.encode_records([record, record]))


def test_changes_must_rise_and_next_never_goes_back() -> None:
    row = (5, "result", "x", "{}")
    with pytest.raises(wire.WireError, match="order"):
        wire.parse_changes(wire.encode_changes([row, row], 5, False))
    with pytest.raises(wire.WireError, match="next"):
        wire.parse_changes(wire.encode_changes([row], 4, False))


def test_an_empty_page_promises_nothing_more() -> None:
    """A terminal would ask for it for ever."""
    with pytest.raises(wire.WireError):
        wire.parse_changes(wire.encode_changes([], 4, True))


def test_segment_comes_back_as_it_was() -> None:
    segment = wire.Segment((b'{"seq":1}',), 1, HEAD)
    assert wire.parse_segment(wire.encode_segment(segment)) == segment


@pytest.mark.parametrize(
    "segment",
    [
        wire.Segment((), 1, HEAD),
        wire.Segment((b"x", b"y"), 1, HEAD),
        wire.Segment((b"x",), 0, HEAD),
        wire.Segment((b"x",), 1, Head("T04", 1, "AB" * 32, "ef" * 32, "", "cd" * 64)),
        wire.Segment((b"x",), 1, Head("T04", 1, "ab" * 32, "ef" * 31, "", "cd" * 64)),
        wire.Segment((b"x",), 1, Head("T04", 1, "ab" * 31, "ef" * 32, "", "cd" * 64)),
        wire.Segment((b"x",), 1, Head("T04", 1, "ab" * 32, "ef" * 32, "", "cd ef")),
    ],
)
def test_segment_whose_counts_or_hex_do_not_fit_is_an_error(segment: wire.Segment) -> None:
    with pytest.raises(wire.WireError):
        wire.parse_segment(wire.encode_segment(segment))


def test_entries_must_be_base64() -> None:
    data = wire.encode_segment(wire.Segment((b"abc",), 1, HEAD)).replace(b"YWJj", b"YW*j")
    with pytest.raises(wire.WireError, match="base64"):
        wire.parse_segment(data)


def test_answers_come_back_as_they_were() -> None:
    answer = wire.PushAnswer(3, 1, (wire.Refusal(9, "理由"),), 10)
    assert wire.parse_push_answer(wire.encode_push_answer(answer)) == answer
    countersign = Countersign("T04", 1, "ab" * 32, "ef" * 32, "2026-11-24T01:00:00+00:00", "cd" * 64)
    assert wire.parse_countersign(wire.encode_countersign(countersign)) == countersign
    assert wire.parse_reason(wire.encode_reason("理由")) == "理由"


@pytest.mark.parametrize("parse", [wire.parse_hello, wire.parse_changes, wire.parse_push_answer, wire.parse_countersign])
def test_errors_never_carry_the_value(parse: Callable[[bytes], object]) -> None:
    with pytest.raises(wire.WireError) as caught:
        parse('{"name":"見本 太郎"}'.encode())
    assert "見本" not in str(caught.value)


def test_fingerprint_does_not_depend_on_the_order_of_fields() -> None:
    def of(body: dict[str, int], data: bytes = b"") -> bytes:
        return wire.fingerprint(wire.Record(1, UUID_A, "call", body, data))

    assert of({"a": 1, "b": 2}) == of({"b": 2, "a": 1}) == of({}, b'{"a":1,"b":2}')
    assert of({"a": 1}) != of({"a": 2})


@given(st.lists(st.builds(wire.Contact, TEXT, NUMBER, st.sampled_from(["", "2026-11-24T01:00:00+00:00"])), max_size=4))
def test_contacts_come_back_as_they_were(contacts: list[wire.Contact]) -> None:
    assert wire.parse_room(wire.encode_room(contacts)) == tuple(contacts)


@pytest.mark.parametrize("at", ["2026-11-24T01:00:00", "yesterday", 5, None])
def test_a_contact_without_a_moment_is_an_error(at: object) -> None:
    data = json.dumps({"terminals": [{"terminal": "T04", "cursor": 1, "at": at}]}).encode()
    with pytest.raises(wire.WireError):
        wire.parse_room(data)


@pytest.mark.parametrize("month", ["2026-00", "2026-13", "26-11", "2026-11\n", 202611])
def test_a_month_key_is_a_month_and_32_bytes(month: object) -> None:
    assert wire.parse_month_key(wire.encode_month_key("2026-11", bytes(32))) == ("2026-11", bytes(32))
    with pytest.raises(wire.WireError):
        wire.parse_month_key(json.dumps({"month": month, "key": "00" * 32}).encode())
    with pytest.raises(wire.WireError):
        wire.parse_month_key(json.dumps({"month": "2026-11", "key": "00" * 31}).encode())
    with pytest.raises(wire.WireError):
        wire.parse_kept_month(json.dumps({"kept": month}).encode())
