"""A line is exactly what RFC 5424 allows, says what its entry says, and comes back as it went."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import event_line
from nhi_center.domain.audit import entry_bytes
from nhi_center.domain.event_line import EventLine, Severity, format_line, line_of, parse_line
from nhi_center.services.audit_log import glossary
from tests.support import rfc5424

AT = "2026-11-24T00:30:00.125+00:00"
NAMES = st.text(st.sampled_from([chr(code) for code in range(33, 127) if chr(code) not in '="]']), min_size=1, max_size=32)
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=32)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
PARAMETERS = st.lists(st.tuples(NAMES, TEXTS), max_size=4).map(tuple)
ELEMENTS = st.dictionaries(NAMES, PARAMETERS, max_size=3).map(lambda found: tuple(found.items()))


def entry(action: str, *, subject: str = "", **facts: Any) -> bytes:
    return entry_bytes(7, AT, "T04", "k-ichiro", action, subject, facts)


@given(host=VISIBLE, kind=VISIBLE, data=ELEMENTS, words=TEXTS, facility=st.integers(0, 23), severity=st.integers(0, 7))
def test_whatever_is_written_is_read_back(host: str, kind: str, data: Any, words: str, facility: int, severity: int) -> None:
    line = EventLine(facility, severity, AT, host, kind, data, words)
    written = format_line(line)
    assert parse_line(written) == line
    other = rfc5424.read(written)
    assert (other.pri, other.host, other.kind, other.text) == (facility * 8 + severity, host, kind, words)
    assert other.data == {name: list(parameters) for name, parameters in data}


@given(words=st.text(max_size=40), value=st.text(max_size=40))
def test_no_text_breaks_a_line_or_leaves_its_field(words: str, value: str) -> None:
    written = format_line(EventLine(13, 6, AT, "T04", "sync", (("act@32473", (("subject", value),)),), words))
    assert not any(octet < 32 for octet in written)
    read = rfc5424.read(written)
    assert list(read.data) == ["act@32473"]
    assert [name for name, _value in read.data["act@32473"]] == ["subject"]


def test_an_entry_becomes_a_line_with_everything_a_program_needs() -> None:
    line = format_line(line_of(entry("handover", subject="b-1", step="count", sheets=12, agrees=True), glossary()))
    read = rfc5424.read(line)
    assert (read.pri, read.at, read.host, read.app, read.kind) == (13 * 8 + 6, AT, "T04", "nhi-center", "handover")
    assert dict(read.data["act@32473"]) == {"seq": "7", "actor": "k-ichiro", "subject": "b-1", "step": "count"}
    assert dict(read.data["facts@32473"]) == {"sheets": "12", "agrees": "true"}
    assert read.text == "受渡し 枚数を数えた"
    assert line.count(rfc5424.BOM) == 1


@pytest.mark.parametrize(
    ("action", "facts", "facility", "severity"),
    [
        ("sign_in", {}, 10, Severity.INFORMATIONAL),
        ("wrong_password", {"asked": "sign_in"}, 10, Severity.WARNING),
        ("denied", {"asked": "inspect"}, 13, Severity.WARNING),
        ("inspect", {"step": "verify", "intact": False}, 13, Severity.ERROR),
        ("inspect", {"step": "verify", "intact": True}, 13, Severity.INFORMATIONAL),
        ("self_check", {"errors": 1}, 13, Severity.ERROR),
        ("self_check", {"errors": 0}, 13, Severity.INFORMATIONAL),
        ("self_check", {"step": "os_device_in"}, 13, Severity.NOTICE),
        ("rekey", {}, 13, Severity.NOTICE),
    ],
)
def test_what_was_refused_or_is_rare_stands_higher(action: str, facts: dict[str, Any], facility: int, severity: int) -> None:
    line = line_of(entry(action, **facts), glossary())
    assert (line.facility, line.severity) == (facility, severity)


def test_a_persons_number_never_leaves_and_his_pseudonym_does() -> None:
    assert "1234567" not in format_line(line_of(entry("enter", person="1234567"), glossary())).decode()
    assert line_of(entry("enter", person="p:00ff"), glossary()).element("facts@32473") == {"person": "p:00ff"}


def test_a_terminals_name_that_no_header_allows_is_written_without_its_signs() -> None:
    assert rfc5424.read(format_line(EventLine(13, 6, AT, "端末 4", "sync", ()))).host == "___4"
    assert rfc5424.read(format_line(EventLine(13, 6, AT, "", "sync", ()))).host == "-"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"<110> 2026-11-24T00:30:00Z T04 nhi-center - sync -",
        b"<0110>1 2026-11-24T00:30:00Z T04 nhi-center - sync -",
        b"<192>1 2026-11-24T00:30:00Z T04 nhi-center - sync -",
        b"<110>2 2026-11-24T00:30:00Z T04 nhi-center - sync -",
        b"<110>1 2026-11-24T00:30:00 T04 nhi-center - sync -",
        b"<110>1 2026-11-24T24:30:00Z T04 nhi-center - sync -",
        b"<110>1 2026-11-24T00:30:00Z T04 nhi-center - sync",
        b'<110>1 2026-11-24T00:30:00Z T04 nhi-center - sync [a b="c]"]',
        b'<110>1 2026-11-24T00:30:00Z T04 nhi-center - sync [a b="c"',
        b'<110>1 2026-11-24T00:30:00Z T04 nhi-center - sync [a b="c"][a]',
        b'<110>1 2026-11-24T00:30:00Z T04 nhi-center - sync [a  b="c"]',
        b"<110>1 2026-11-24T00:30:00Z T04 nhi-center - sync - \xe5\x8f\x97",
        b"<110>1 2026-11-24T00:30:00Z T04 nhi-center - sync - \xef\xbb\xbf\xff",
    ],
)
def test_what_the_rfc_does_not_allow_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a UnicodeDecodeError is one, and its text is Python's
        parse_line(line)


def test_a_time_without_zone_and_a_name_with_a_bracket_are_not_written() -> None:
    with pytest.raises(ValueError, match="zone"):
        format_line(EventLine(13, 6, "2026-11-24T00:30:00", "T04", "sync", ()))
    with pytest.raises(ValueError, match="SD-NAME"):
        format_line(EventLine(13, 6, AT, "T04", "sync", (("a]", ()),)))


def test_every_fact_of_the_log_has_a_name_the_rfc_allows() -> None:
    for name in glossary().facts:
        format_line(EventLine(13, 6, AT, "T04", "sync", ((event_line.FACTS_ID, ((name, "1"),)),)))
