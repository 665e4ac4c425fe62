"""Every act becomes one line after it was committed: to the file, to the system's log, in order, none missing, none twice."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import socket
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nhi_center.domain import canonical
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import audit_log
from nhi_center.services.event_lines import AT_ONCE, EventLines
from nhi_center.services.event_sinks import Datagrams, LineFile
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in, sign_out
from nhi_center.storage import audit
from tests.support import papers, rfc5424
from tests.support.office import as_person, desk, premises, signed_in

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def entries(office: Office) -> list[bytes]:
    with office.store.read.begin() as connection:
        return [entry for entry, _hash in audit.every(connection)]


def agrees(line: bytes, entry: bytes) -> bool:
    """Whether a line, read by the RFC's grammar alone, says what the entry says, and nothing else."""
    read, body = rfc5424.read(line), canonical.decode(entry)
    facts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in body["facts"].items()}
    step = facts.pop("step", "")
    facts = {name: value for name, value in facts.items() if name != "person" or value.startswith("p:")}
    own = {"seq": str(body["seq"]), "actor": body["actor"], "subject": body["subject"], "step": step}
    return (
        (read.at, read.host, read.app, read.process, read.kind)
        == (body["at"], body["terminal"], "nhi-center", "-", body["action"])
        and dict(read.data["act@32473"]) == {name: value for name, value in own.items() if value}
        and dict(read.data.get("facts@32473", [])) == facts
    )


def all_agree(lines: list[bytes], entries: list[bytes]) -> bool:
    return len(lines) == len(entries) and all(agrees(line, entry) for line, entry in zip(lines, entries, strict=True))


def file_lines(office: Office) -> list[bytes]:
    return office.settings.event_lines.read_bytes().splitlines()


def work(office: Office, session: Session) -> None:
    """A morning with a refusal and a wrong password in it."""
    papers.register_people(office)
    papers.receive(office, session, F02=2)
    papers.key(office, session, "F02")
    with pytest.raises(OperatorError):
        audit_log.page(office, session)
    with pytest.raises(OperatorError):
        sign_in(office.premises, "k-hanako", "これは合言葉ではありません")


def test_each_entry_of_a_morning_is_one_line_that_says_the_same(desk: Room) -> None:
    office, session = desk
    work(office, session)
    stored = entries(office)
    assert len(stored) > 12
    assert {rfc5424.read(line).kind for line in file_lines(office)} >= {"sign_in", "handover", "enter", "denied"}
    assert all_agree(file_lines(office), stored)
    path = office.settings.event_lines
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    assert [
        (told.receiver, told.waiting, told.lost, told.trouble) for told in office.premises.event_lines.state(office.store)
    ] == [("file", 0, 0, "")]


def test_no_name_and_no_persons_number_stands_in_a_line(desk: Room) -> None:
    office, session = desk
    work(office, session)
    text = office.settings.event_lines.read_text(encoding="utf-8")
    assert "見本" not in text
    assert ' person="' not in text.replace(' person="p:', "")


def test_what_a_killed_program_had_not_told_follows_in_order_and_nothing_twice(desk: Room) -> None:
    office, session = desk
    work(office, session)
    path = office.settings.event_lines
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-4]) + lines[-4][: len(lines[-4]) // 2])  # killed within a line, the page cache lost
    again = EventLines(office.settings)
    again.catch_up(office.store)
    assert path.read_bytes() == whole


def test_a_line_told_but_not_counted_is_not_told_again(desk: Room) -> None:
    office, session = desk
    papers.receive(office, session, F02=1)
    (office.settings.event_lines.parent / "told-file").write_bytes(b"0000000003")
    before = file_lines(office)
    EventLines(office.settings).catch_up(office.store)
    assert file_lines(office) == before


def test_lines_the_ward_took_away_are_not_written_again(desk: Room) -> None:
    office, session = desk
    office.settings.event_lines.unlink()
    count = len(entries(office))
    lines = EventLines(office.settings)
    papers.receive(replace_lines(office, lines), session, F02=1)
    assert all_agree(file_lines(office), entries(office)[count:])


def replace_lines(office: Office, lines: EventLines) -> Office:
    return replace(office, premises=replace(office.premises, event_lines=lines))


def test_an_act_stands_while_the_disk_takes_no_line_and_the_lines_follow(desk: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    office, session = desk
    real = os.write

    def full(handle: int, data: bytes) -> int:
        if data.startswith(b"<"):
            raise OSError(errno.ENOSPC, "no space left on device")
        return real(handle, data)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        papers.receive(office, session, F02=1)
        (told,) = office.premises.event_lines.state(office.store)
        assert (told.trouble, told.lost) == ("ENOSPC", 0)
        assert told.waiting > 3
    papers.receive(office, session, F05=1)
    assert all_agree(file_lines(office), entries(office))
    assert office.premises.event_lines.state(office.store)[0].trouble == ""


def test_a_fault_of_our_own_does_not_break_the_act_and_is_shown(desk: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    office, session = desk

    def fault(_sink: LineFile, _line: bytes) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(LineFile, "put", fault)
        papers.receive(office, session, F02=1)
    (told,) = office.premises.event_lines.state(office.store)
    assert (told.trouble, told.waiting > 0) == ("ZeroDivisionError", True)
    papers.receive(office, session, F05=1)
    assert office.premises.event_lines.state(office.store)[0].trouble == ""
    assert all_agree(file_lines(office), entries(office))


def test_half_a_line_on_a_full_disk_is_taken_back(tmp_path: Path) -> None:
    sink = LineFile(tmp_path / "lines.log")
    sink.put(b"<110>1 first")
    limit = len(b"<110>1 first\n") + 4
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        with pytest.raises(OSError, match="half a line"):
            sink.put(b"<110>1 second")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)
    assert (tmp_path / "lines.log").read_bytes() == b"<110>1 first\n"


def test_a_long_gap_is_not_caught_up_under_somebodys_hands(desk: Room) -> None:
    office, session = desk
    for _ in range(AT_ONCE + 10):
        with pytest.raises(OperatorError):
            audit_log.page(office, session)
    shutil.rmtree(office.settings.event_lines.parent)
    fresh = replace_lines(office, EventLines(office.settings))
    with pytest.raises(OperatorError):
        audit_log.page(fresh, session)
    assert len(file_lines(office)) == AT_ONCE
    fresh.premises.event_lines.catch_up(office.store)
    assert all_agree(file_lines(office), entries(office))


def test_a_log_shorter_than_what_was_told_goes_on_and_is_shown(desk: Room) -> None:
    office, session = desk
    last = len(entries(office))
    (office.settings.event_lines.parent / "told-file").write_bytes(b"%010d" % (last + 40))
    office.settings.event_lines.unlink()
    fresh = replace_lines(office, EventLines(office.settings))
    papers.receive(fresh, session, F02=1)
    (told,) = fresh.premises.event_lines.state(office.store)
    assert told.ahead == 39
    assert all_agree(file_lines(office), entries(office)[last:])


def test_files_turn_over_by_size_and_the_oldest_goes(tmp_path: Path) -> None:
    sink = LineFile(tmp_path / "lines.log", most_bytes=100, files=3)
    for number in range(40):
        sink.put(b"<110>1 line %02d" % number)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lines.log", "lines.log.1", "lines.log.2"]
    kept = [line for name in ("lines.log.2", "lines.log.1", "lines.log") for line in (tmp_path / name).read_bytes().splitlines()]
    assert kept == [b"<110>1 line %02d" % number for number in range(40 - len(kept), 40)]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())
    (tmp_path / "lines.log").write_bytes(b"")
    assert sink.last() == (tmp_path / "lines.log.1").read_bytes().splitlines()[-1]


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "log"))
        heard.settimeout(5)
        yield heard


def received(listener: socket.socket) -> list[bytes]:
    listener.setblocking(False)
    found = []
    try:
        while True:
            found.append(listener.recv(65_536))
    except BlockingIOError:
        return found


def journal(office: Office, address: Path) -> Office:
    settings = replace(office.settings, lines="journal", log_socket=address)
    return replace_lines(office, EventLines(settings))


def test_the_systems_log_hears_each_entry_as_one_datagram(desk: Room, listener: socket.socket, tmp_path: Path) -> None:
    office, session = desk
    count = len(entries(office))
    told = journal(office, tmp_path / "log")
    papers.receive(told, session, F02=1)
    heard = received(listener)
    assert all_agree(heard, entries(office))
    assert len(heard) > count
    assert not any(line.endswith((b"\n", b"\0")) for line in heard)
    told.premises.event_lines.close()


def test_a_system_log_that_is_not_there_or_full_neither_stops_nor_delays_an_act(
    desk: Room, listener: socket.socket, tmp_path: Path
) -> None:
    office, session = desk
    missing = journal(office, tmp_path / "nobody")
    papers.receive(missing, session, F02=1)
    assert missing.premises.event_lines.state(office.store)[0].trouble in ("ENOENT", "EBADF")
    full = Datagrams(tmp_path / "log")
    with pytest.raises(BlockingIOError):
        fill(full)
    received(listener)
    full.put(b"<110>1 2026-11-24T00:30:00Z T04 nhi-center - sync -")
    assert len(received(listener)) == 1
    full.close()
    missing.premises.event_lines.close()


def test_a_system_log_started_anew_hears_what_it_missed(desk: Room, tmp_path: Path) -> None:
    office, session = desk
    address = tmp_path / "log"
    told = journal(office, address)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as first:
        first.bind(str(address))
        papers.receive(told, session, F02=1)
        heard = received(first)
    address.unlink()
    papers.receive(told, session, F05=1)
    assert told.premises.event_lines.state(office.store)[0].waiting > 0
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as second:
        second.bind(str(address))
        told.premises.event_lines.catch_up(office.store)
        heard += received(second)
    assert all_agree(heard, entries(office))
    told.premises.event_lines.close()


def test_a_line_too_long_for_a_datagram_is_counted_and_the_next_follows(
    desk: Room, listener: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, session = desk
    told = journal(office, tmp_path / "log")
    told.premises.event_lines.catch_up(office.store)
    received(listener)
    real = Datagrams.put

    def put(sink: Datagrams, line: bytes) -> None:
        real(sink, line + b"x" * 4_000_000 if b" denied " in line else line)

    monkeypatch.setattr(Datagrams, "put", put)
    with pytest.raises(OperatorError):
        audit_log.page(told, session)
    papers.receive(told, session, F02=1)
    assert told.premises.event_lines.state(office.store)[0].lost == 1
    assert all_agree(received(listener), entries(office)[-len(received_kinds(office)) :])
    told.premises.event_lines.close()


def fill(sink: Datagrams) -> None:
    """A socket takes a bounded number of datagrams; a blocking one would stand here for ever."""
    while True:
        sink.put(b"<110>1 2026-11-24T00:30:00Z T04 nhi-center - sync -")


def received_kinds(office: Office) -> list[bytes]:
    """The entries behind the refused one."""
    stored = entries(office)
    refused = max(place for place, entry in enumerate(stored) if b'"action":"denied"' in entry)
    return stored[refused + 1 :]


def test_lines_can_be_switched_off(desk: Room) -> None:
    office, session = desk
    before = file_lines(office)
    off = replace_lines(office, EventLines(replace(office.settings, lines="off")))
    papers.receive(off, session, F02=1)
    assert file_lines(office) == before
    assert off.premises.event_lines.state(office.store) == ()


def test_the_next_person_begins_where_the_last_one_ended(desk: Room) -> None:
    office, session = desk
    sign_out(office, session)
    again, hanako = signed_in(office.premises, "k-hanako")
    assert all_agree(file_lines(again), entries(again))
    assert as_person(again, "k-hanako").person == hanako.person
    again.store.close()
