"""What the operating system saw comes into our log once, without a name that is not ours."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nhi_center.domain import canonical
from nhi_center.domain.operators import Session
from nhi_center.services import audit_log, os_events
from nhi_center.services.office import Office, Premises
from nhi_center.services.os_events import STEPS, collect
from nhi_center.services.session import sign_out
from nhi_center.storage import audit, watch
from tests.support import machine, rfc5424
from tests.support.office import as_person, desk, premises, signed_in

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


@pytest.fixture
def root(tmp_path: Path, desk: Room) -> Path:
    """A machine that has been looked at once."""
    made = machine.whole(tmp_path / "machine")
    collect(desk[0], root=made)
    return made


def entries(office: Office) -> list[dict[str, Any]]:
    with office.store.read.begin() as connection:
        found = [canonical.decode(entry) for entry, _hash in audit.every(connection)]
    return [body for body in found if str(body["facts"].get("step", "")).startswith("os_")]


def test_what_was_there_before_is_not_an_event(desk: Room, root: Path) -> None:
    assert collect(desk[0], root=root).events == ()
    assert entries(desk[0]) == []


def test_a_sign_in_names_our_people_and_nobody_else(desk: Room, root: Path) -> None:
    office = desk[0]
    machine.wtmp(
        root,
        machine.record(7, "k-ichiro", at=1_795_480_200),
        machine.record(7, "taro.sample", host="192.0.2.7"),
        machine.record(7, "taro.sample"),
    )
    collect(office, root=root)
    first, second, third = entries(office)
    happened = datetime.fromtimestamp(1_795_480_200, UTC).isoformat()
    assert first["facts"] == {"step": "os_sign_in", "user": "k-ichiro", "remote": False, "happened_at": happened}
    assert (first["actor"], first["action"]) == ("T04", "self_check")
    assert second["facts"]["user"].startswith("u:")
    assert second["facts"]["user"] == third["facts"]["user"]
    assert (second["facts"]["remote"], third["facts"]["remote"]) == (True, False)
    text = office.settings.event_lines.read_text(encoding="utf-8")
    assert "taro" not in text
    assert "192.0.2.7" not in text


def test_a_stick_that_comes_and_goes_is_two_entries_and_two_lines(desk: Room, root: Path) -> None:
    office = desk[0]
    machine.usb(root, "1-2", "0781:5567", "08")
    collect(office, root=root)
    collect(office, root=root)
    for name in ("1-2", "1-2:1.0"):
        shutil.rmtree(root / "sys/bus/usb/devices" / name)
    collect(office, root=root)
    assert [(body["facts"]["step"], body["facts"]["device"], body["facts"]["removable"]) for body in entries(office)] == [
        ("os_device_in", "usb 1-2 0781:5567", True),
        ("os_device_out", "usb 1-2 0781:5567", True),
    ]
    lines = [rfc5424.read(line) for line in office.settings.event_lines.read_bytes().splitlines()]
    assert [(line.pri, line.text) for line in lines[-2:]] == [
        (13 * 8 + 5, "動作点検 装置をつないだ"),
        (13 * 8 + 5, "動作点検 装置を外した"),
    ]


def test_a_clock_that_was_set_while_nobody_was_signed_in_is_told(desk: Room, root: Path) -> None:
    office = desk[0]
    with office.store.write.begin() as connection:
        kept = watch.state(connection, "os_clocks")
        assert kept is not None
        watch.put_state(connection, "os_clocks", kept | {"real": f"{float(kept['real']) + 86_400:.3f}"})
    collect(office, root=root)
    (entry,) = entries(office)
    assert (entry["facts"]["step"], entry["facts"]["seconds"]) == ("os_time", -86_400)
    assert collect(office, root=root).events == ()


def test_a_start_is_told_once_by_its_record_or_by_the_clocks(desk: Room, root: Path) -> None:
    office = desk[0]
    machine.started(root, "another-start")
    machine.wtmp(root, machine.record(1, "shutdown", "~"), machine.record(2, "reboot", "~"))
    assert [event.step for event in collect(office, root=root).events] == ["os_shutdown", "os_started"]
    (root / "var/log/wtmp").unlink()
    machine.started(root, "a-third-start")
    assert [event.step for event in collect(office, root=root).events] == ["os_started"]


def test_a_person_whose_program_was_killed_is_told_at_the_next_sign_in(premises: Premises) -> None:
    office, session = signed_in(premises, "40127")
    sign_out(office, session)
    office, session = signed_in(premises, "40127")
    assert collect(office, signed_in=True).events == ()
    office.store.close()  # as a kill leaves it: no sign-out
    office, session = signed_in(premises, "40128")
    assert [event.step for event in collect(office, signed_in=True).events if event.step == "os_unclean"] == ["os_unclean"]
    sign_out(office, session)


def test_a_source_that_cannot_be_read_is_named_and_the_others_go_on(desk: Room, root: Path) -> None:
    office = desk[0]
    shutil.rmtree(root / "sys/bus/usb")
    machine.disk(root, "sdb", bus="pci0000:00/usb1/1-2")
    collected = collect(office, root=root)
    assert {source.name: source.reason for source in collected.sources if source.reason} == {
        "USB": "USBの一覧(/sys/bus/usb/devices)がありません。"
    }
    assert [event.step for event in collected.events] == ["os_device_in"]
    assert [source.reason for source in os_events.sources(office, root) if source.reason] == [
        "USBの一覧(/sys/bus/usb/devices)がありません。"
    ]


def test_every_event_and_every_fact_has_its_word(desk: Room, root: Path) -> None:
    words = audit_log.glossary()
    assert set(STEPS) <= set(words.steps)
    machine.wtmp(root, machine.record(7, "k-ichiro"))
    machine.usb(root, "1-2", "0781:5567", "08")
    collect(desk[0], root=root)
    page = audit_log.page(desk[0], as_person(desk[0], "s-toko"))
    assert page.lines[0].what == "動作点検 装置をつないだ"
    assert "取り外せる" in page.lines[0].facts
    assert all(name in words.facts for body in entries(desk[0]) for name in body["facts"] if name != "step")
