"""What the machine says is read as it is written, and what is not in its form is not guessed at."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from nhi_center.isolation.os_events import ClockEvent, Clocks, Device, block_devices, clock_events, clocks, usb_devices
from nhi_center.isolation.wtmp import AT_ONCE, RECORD, Place, Record, Unreadable, read_records
from tests.support import machine

AT = 1_795_480_200
NOW = Clocks(machine.BOOT_ID, 1_795_480_200.0, 5000.0, 5000.0)


def test_a_record_is_as_long_as_the_systems_own() -> None:
    assert RECORD.size == len(machine.record(7, "k-ichiro")) == 384


def test_sign_ins_starts_and_ends_are_read_and_the_rest_left_out(tmp_path: Path) -> None:
    _, begin = read_records(tmp_path, wtmp_place(tmp_path))
    machine.wtmp(
        tmp_path,
        machine.record(2, "reboot", "~", "6.12.0-amd64", AT),
        machine.record(1, "runlevel", "~", "6.12.0-amd64", AT + 1),
        machine.record(6, "LOGIN", "tty1", at=AT + 2),
        machine.record(7, "k-ichiro", "tty2", ":0", AT + 3),
        machine.record(7, "admin", "pts/0", "192.0.2.7", AT + 4, b"\xc0\x00\x02\x07"),
        machine.record(8, "", "tty2", at=AT + 5),
        machine.record(1, "shutdown", "~", "6.12.0-amd64", AT + 6),
    )
    found, place = read_records(tmp_path, begin)
    assert found == (
        Record("boot", "", False, AT),
        Record("person", "k-ichiro", False, AT + 3),
        Record("person", "admin", True, AT + 4),
        Record("shutdown", "", False, AT + 6),
    )
    assert read_records(tmp_path, place) == ((), place)


def wtmp_place(root: Path) -> Place:
    machine.wtmp(root)
    return read_records(root, None)[1]


def test_the_systems_own_tool_reads_our_records_alike(tmp_path: Path) -> None:
    """``last`` of util-linux over the same bytes: the records of these tests are the system's form."""
    path = machine.wtmp(tmp_path, machine.record(7, "k-ichiro", "tty2", "192.0.2.7", AT))
    tool = Path("/usr/bin/last")
    if not tool.exists():
        pytest.skip("util-linux has no last here (Debian 13)")
    said = subprocess.run([tool, "-f", path, "--time-format", "iso"], capture_output=True, text=True, timeout=30, check=True)
    assert said.stdout.split()[:3] == ["k-ichiro", "tty2", "192.0.2.7"]


def test_what_was_before_this_terminal_is_not_ours(tmp_path: Path) -> None:
    machine.wtmp(tmp_path, machine.record(7, "k-ichiro"))
    assert read_records(tmp_path, None)[0] == ()


def test_a_record_being_written_waits_and_many_are_read_in_turns(tmp_path: Path) -> None:
    place = wtmp_place(tmp_path)
    path = machine.wtmp(tmp_path, *(machine.record(7, f"u{number}") for number in range(AT_ONCE + 3)))
    with path.open("ab") as file:
        file.write(machine.record(7, "late")[:100])
    first, place = read_records(tmp_path, place)
    second, place = read_records(tmp_path, place)
    assert [record.user for record in first + second] == [f"u{number}" for number in range(AT_ONCE + 3)]
    assert read_records(tmp_path, place) == ((), place)


def test_a_file_put_aside_is_read_to_its_end_first(tmp_path: Path) -> None:
    place = wtmp_place(tmp_path)
    path = machine.wtmp(tmp_path, machine.record(7, "before"))
    os.rename(path, path.with_name("wtmp.1"))
    machine.wtmp(tmp_path, machine.record(7, "after"))
    first, place = read_records(tmp_path, place)
    second, place = read_records(tmp_path, place)
    assert [record.user for record in first + second] == ["before", "after"]


def test_a_file_emptied_is_read_from_its_beginning(tmp_path: Path) -> None:
    machine.wtmp(tmp_path, machine.record(7, "before"), machine.record(7, "before"))
    place = read_records(tmp_path, None)[1]
    path = machine.wtmp(tmp_path)
    path.write_bytes(machine.record(7, "after"))
    assert [record.user for record in read_records(tmp_path, place)[0]] == ["after"]


@pytest.mark.parametrize(
    "broken",
    [
        machine.record(10, "k"),
        machine.record(-1, "k"),
        machine.record(7, "k", at=-5),
        machine.record(7, "k").replace(b"k\0\0", b"k\0x", 1),
        b"\xff" * 384,
        machine.record(7, "k").replace(b"k\0", b"\xff\0", 1),
    ],
)
def test_a_file_of_another_form_is_not_guessed_at(tmp_path: Path, broken: bytes) -> None:
    place = wtmp_place(tmp_path)
    machine.wtmp(tmp_path, broken)
    with pytest.raises(Unreadable, match="形が違います"):
        read_records(tmp_path, place)


def test_the_database_of_debian_13_is_read_and_not_written(tmp_path: Path) -> None:
    path = machine.wtmpdb(tmp_path, (1, "reboot", AT * 1_000_000, ""))
    _, place = read_records(tmp_path, None)
    machine.wtmpdb(
        tmp_path,
        (1, "reboot", AT * 1_000_000, "6.12.0-amd64"),
        (2, "runlevel", (AT + 1) * 1_000_000, ""),
        (3, "k-ichiro", (AT + 2) * 1_000_000, ""),
        (3, "admin", (AT + 3) * 1_000_000, "192.0.2.7"),
    )
    before = path.read_bytes()
    found, place = read_records(tmp_path, place)
    assert [(record.kind, record.user, record.at) for record in found] == [
        ("boot", "", AT),
        ("person", "k-ichiro", AT + 2),
        ("person", "admin", AT + 3),
    ]
    assert [record.remote for record in found] == [False, False, True]
    assert read_records(tmp_path, place) == ((), place)
    assert path.read_bytes() == before
    path.write_bytes(b"no database at all")
    with pytest.raises(Unreadable):
        read_records(tmp_path, place)


def test_a_source_that_is_not_there_says_so(tmp_path: Path) -> None:
    for read in (block_devices, usb_devices, clocks, lambda root: read_records(root, None)):
        with pytest.raises(Unreadable) as why:
            read(tmp_path)
        assert str(why.value).endswith("。")


def test_disks_are_told_from_what_the_kernel_makes_up(tmp_path: Path) -> None:
    machine.whole(tmp_path)
    assert block_devices(tmp_path) == (Device("block", "sda", "MODEL 1", False),)
    machine.disk(tmp_path, "sdb", bus="pci0000:00/usb1/1-2/host6", model="STICK")
    machine.disk(tmp_path, "mmcblk0", bus="platform/mmc0")
    machine.disk(tmp_path, "sdc", removable=True)
    assert [(device.name, device.removable) for device in block_devices(tmp_path)] == [
        ("mmcblk0", True),
        ("sda", False),
        ("sdb", True),
        ("sdc", True),
    ]


def test_usb_devices_that_hold_data_are_told(tmp_path: Path) -> None:
    machine.whole(tmp_path)
    machine.usb(tmp_path, "1-2", "0781:5567", "08")
    machine.usb(tmp_path, "1-10", "0fe6:0002", "0a")
    assert usb_devices(tmp_path) == (
        Device("usb", "1-1", "0fe6:0001", False),
        Device("usb", "1-10", "0fe6:0002", False),
        Device("usb", "1-2", "0781:5567", True),
    )


def later(*, real: float = 60, boot: float = 60, monotonic: float = 60, boot_id: str = machine.BOOT_ID) -> Clocks:
    return Clocks(boot_id, NOW.real + real, NOW.boot + boot, NOW.monotonic + monotonic)


@pytest.mark.parametrize(
    ("now", "events"),
    [
        (later(), ()),
        (later(real=61.9), ()),
        (later(real=120), (ClockEvent("time", 60),)),
        (later(real=-3540), (ClockEvent("time", -3600),)),
        (later(real=3660, boot=3660), (ClockEvent("slept", 3600),)),
        (later(real=3600, boot=3660), (ClockEvent("slept", 3600), ClockEvent("time", -60))),
        (replace(later(real=600, boot_id="another"), boot=20.0, monotonic=20.0), (ClockEvent("started", 20),)),
        (replace(later(real=-600, boot_id="another"), boot=20.0), (ClockEvent("started", 20), ClockEvent("time", -600))),
    ],
)
def test_steps_of_the_clock_are_told_from_sleeps_and_starts(now: Clocks, events: tuple[ClockEvent, ...]) -> None:
    assert clock_events(NOW, now) == events


def test_this_machines_own_clocks_hold_between_two_looks() -> None:
    first = clocks(Path("/"))
    assert clock_events(first, clocks(Path("/"))) == ()
