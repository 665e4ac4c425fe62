"""What is plugged into this machine now: USB devices, cards and discs, as /sys lists them. Only read.

Every reader takes the root folder of the machine, so that tests put a whole machine into a folder.
"""

from __future__ import annotations

from pathlib import Path

from nhi_center.domain.devices import LONGEST, Attached
from nhi_center.isolation import os_events
from nhi_center.isolation.wtmp import Unreadable

_HUB = "09"
_HOLD_DATA = frozenset({"08", "06"})
"""bInterfaceClass of mass storage and of still imaging (cameras and telephones: PTP, MTP)."""
_VENDOR = "ff"
_MTP = "MTP"


def attached(root: Path) -> tuple[Attached, ...]:
    """Everything but hubs and what the firmware calls built in. A machine without USB has its disks alone. Raises Unreadable
    where neither can be listed."""
    try:
        usb = _usb(root)
    except Unreadable:
        usb = ()
    blocks = tuple(
        Attached(f"block:{one.name}", "", one.name, True)
        for one in os_events.block_devices(root)
        if one.removable and not _by_usb(root, one.name)
    )
    return tuple(sorted((*usb, *blocks)))


def _by_usb(root: Path, name: str) -> bool:
    """Its USB device stands in the list already."""
    return any(part.startswith("usb") for part in (root / "sys/class/block" / name).resolve().parts)


def _usb(root: Path) -> tuple[Attached, ...]:
    try:
        entries = sorted((root / "sys/bus/usb/devices").iterdir())
    except OSError:
        raise Unreadable("USBの一覧がありません。") from None
    found = []
    for entry in entries:
        if ":" in entry.name or entry.name.startswith("usb") or _read(entry / "bDeviceClass") == _HUB:
            continue
        if _read(entry / "removable") == "fixed":
            continue
        parts = [other for other in entries if other.name.startswith(f"{entry.name}:")]
        product = f"{_read(entry / 'idVendor')}:{_read(entry / 'idProduct')}"
        found.append(Attached(product, _serial(entry), entry.name, any(_holds_data(part) for part in parts)))
    return tuple(found)


def _holds_data(part: Path) -> bool:
    kind = _read(part / "bInterfaceClass")
    return kind in _HOLD_DATA or (kind == _VENDOR and _MTP in _read(part / "interface"))


def _serial(entry: Path) -> str:
    """As the device says it, as far as it is plain: it stands in the log."""
    return "".join(one for one in _read(entry / "serial") if " " < one <= "~")[:LONGEST]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
