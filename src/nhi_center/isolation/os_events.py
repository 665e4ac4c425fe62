"""What the operating system knows and our log should: devices, steps of the clock, starts and sleeps. Only read, never set.

Every reader takes the root folder of the machine, so that tests put a whole machine into a folder.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from nhi_center.isolation.wtmp import Unreadable

STEP_SECONDS = 2.0
"""Less than this is how clocks are kept right (NTP lets them run faster or slower); more is a step."""

SLEEP_SECONDS = 1.0
_STORAGE_CLASS = "08"


@dataclass(frozen=True, slots=True, order=True)
class Device:
    """One device: ``bus`` block or usb, the kernel's name, what it is (USB: vendor:product), and whether it can be taken away."""

    bus: str
    name: str
    model: str
    removable: bool


@dataclass(frozen=True, slots=True)
class Clocks:
    """The machine's three clocks at one moment, in seconds, and which start of the machine they belong to."""

    boot_id: str
    real: float
    boot: float
    monotonic: float


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """``kind``: time (the clock was set), slept, or started. ``seconds``: by how much, or how long."""

    kind: str
    seconds: int


def block_devices(root: Path) -> tuple[Device, ...]:
    """Real disks and card readers, without their partitions and without what is only made up by the kernel. Raises Unreadable."""
    folder = root / "sys/class/block"
    found = []
    for entry in _listed(folder, "ディスクの一覧"):
        place = entry.resolve()
        if "virtual" in place.parts or (place / "partition").exists():
            continue
        by_usb = any(part.startswith("usb") for part in place.parts)
        removable = by_usb or _read(place / "removable") == "1" or entry.name.startswith(("mmcblk", "sr"))
        found.append(Device("block", entry.name, _read(place / "device/model"), removable))
    return tuple(sorted(found))


def usb_devices(root: Path) -> tuple[Device, ...]:
    """What is plugged in, without hubs of the machine itself. ``removable`` says that it can hold data. Raises Unreadable."""
    entries = _listed(root / "sys/bus/usb/devices", "USBの一覧")
    found = []
    for entry in entries:
        if ":" in entry.name or entry.name.startswith("usb"):
            continue
        interfaces = (other for other in entries if other.name.startswith(f"{entry.name}:"))
        holds_data = any(_read(interface / "bInterfaceClass") == _STORAGE_CLASS for interface in interfaces)
        found.append(Device("usb", entry.name, f"{_read(entry / 'idVendor')}:{_read(entry / 'idProduct')}", holds_data))
    return tuple(sorted(found))


def clocks(root: Path) -> Clocks:
    """Now. Raises Unreadable when the machine does not say which start this is."""
    boot_id = _read(root / "proc/sys/kernel/random/boot_id")
    if not boot_id:
        raise Unreadable("OSの起動の番号(boot_id)を読めません。")
    real, boot, monotonic = (
        time.clock_gettime(clock) for clock in (time.CLOCK_REALTIME, time.CLOCK_BOOTTIME, time.CLOCK_MONOTONIC)
    )
    return Clocks(boot_id, real, boot, monotonic)


def clock_events(before: Clocks, now: Clocks) -> tuple[ClockEvent, ...]:
    """What happened to the clocks between two readings.

    Within one start the time since then tells what the time of day should be; across a start only a clock that went back shows.
    """
    if before.boot_id != now.boot_id:
        back = now.real - before.real
        stepped = (ClockEvent("time", round(back)),) if back < -STEP_SECONDS else ()
        return (ClockEvent("started", round(now.boot)), *stepped)
    found = []
    slept = (now.boot - now.monotonic) - (before.boot - before.monotonic)
    if slept > SLEEP_SECONDS:
        found.append(ClockEvent("slept", round(slept)))
    step = (now.real - now.boot) - (before.real - before.boot)
    if abs(step) > STEP_SECONDS:
        found.append(ClockEvent("time", round(step)))
    return tuple(found)


def _listed(folder: Path, what: str) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        raise Unreadable(f"{what}({'/'.join(('', *folder.parts[-4:]))})がありません。") from None
    except OSError:
        raise Unreadable(f"{what}を読めません。") from None


def _read(path: Path) -> str:
    """A line of the kernel; "" when there is none: a device may vanish while it is looked at."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
