"""A machine in a folder: wtmp as login programs write it, devices as the kernel lists them, for readers that take a root."""

from __future__ import annotations

import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

BOOT_ID = "0c8f1f0e-6a52-4a3b-9f61-3f6f2d3c7a10"


def record(kind: int, user: str = "", line: str = "tty2", host: str = "", at: int = 1_795_480_200, address: bytes = b"") -> bytes:
    """struct utmp of glibc on x86_64, field by field (utmp(5))."""
    return b"".join(
        (
            struct.pack("<hxxi", kind, 4242),
            line.encode().ljust(32, b"\0"),
            b"2\0\0\0",
            user.encode().ljust(32, b"\0"),
            host.encode().ljust(256, b"\0"),
            struct.pack("<hh", 0, 0),
            struct.pack("<iii", 0, at, 250_000),
            address.ljust(16, b"\0"),
            bytes(20),
        )
    )


def wtmp(root: Path, *records: bytes) -> Path:
    path = root / "var/log/wtmp"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(b"".join(records))
    return path


def wtmpdb(root: Path, *rows: tuple[int, str, int, str]) -> Path:
    """(type, user, login in microseconds, remote host), in the table wtmpdb makes."""
    path = root / "var/lib/wtmpdb/wtmp.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER,"
            " Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT"
        )
        connection.executemany("INSERT INTO wtmp (Type, User, Login, TTY, RemoteHost) VALUES (?, ?, ?, 'tty2', ?)", rows)
        connection.commit()
    return path


def disk(root: Path, name: str, *, bus: str = "pci0000:00/0000:00:1f.2/ata1", removable: bool = False, model: str = "") -> Path:
    """A disk as /sys/class/block lists it: a link to where the device stands."""
    place = root / "sys/devices" / bus / "block" / name
    (place / "device").mkdir(parents=True)
    (place / "removable").write_text(f"{int(removable)}\n")
    if model:
        (place / "device/model").write_text(f"{model}  \n")
    listed = root / "sys/class/block"
    listed.mkdir(parents=True, exist_ok=True)
    (listed / name).symlink_to(Path("../..") / place.relative_to(root / "sys"))
    return place


def partition(root: Path, of: Path, name: str) -> None:
    (of / name).mkdir()
    (of / name / "partition").write_text("1\n")
    (root / "sys/class/block" / name).symlink_to(Path("../..") / (of / name).relative_to(root / "sys"))


def usb(root: Path, name: str, ids: str, *classes: str, **attributes: str) -> None:
    """A USB device with one interface of each class, and other attributes of its own: serial, removable, bDeviceClass."""
    folder = root / "sys/bus/usb/devices"
    (folder / name).mkdir(parents=True)
    vendor, product = ids.split(":")
    (folder / name / "idVendor").write_text(f"{vendor}\n")
    (folder / name / "idProduct").write_text(f"{product}\n")
    for attribute, value in attributes.items():
        (folder / name / attribute).write_text(f"{value}\n")
    for number, kind in enumerate(classes):
        interface = folder / f"{name}:1.{number}"
        interface.mkdir()
        (interface / "bInterfaceClass").write_text(f"{kind}\n")


def unplugged(root: Path, name: str) -> None:
    for entry in list((root / "sys/bus/usb/devices").iterdir()):
        if entry.name.partition(":")[0] == name:
            shutil.rmtree(entry)


def started(root: Path, boot_id: str = BOOT_ID) -> None:
    path = root / "proc/sys/kernel/random/boot_id"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{boot_id}\n")


def whole(root: Path) -> Path:
    """A terminal with one disk, a keyboard and a record of its start."""
    started(root)
    wtmp(root, record(2, "reboot", "~"))
    partition(root, disk(root, "sda", model="MODEL 1"), "sda1")
    disk(root, "loop0", bus="virtual")
    usb(root, "usb1", "1d6b:0002", "09")
    usb(root, "1-1", "0fe6:0001", "03")
    inputs(root, input_device("0011", "0001", "0001", "AT keyboard", keys="7fffffff"))
    return root


def input_device(
    bus: str,
    vendor: str,
    product: str,
    name: str,
    *,
    keys: str,
    handlers: str = "sysrq kbd event2",
    serial: str = "",
    place: str = "",
) -> str:
    """One paragraph of /proc/bus/input/devices (drivers/input/input.c)."""
    return (
        f"I: Bus={bus} Vendor={vendor} Product={product} Version=0111\n"
        f'N: Name="{name}"\n'
        "P: Phys=usb-0000:00:14.0-2/input0\n"
        f"S: Sysfs={place or '/devices/virtual/input/input9'}\n"
        f"U: Uniq={serial}\n"
        f"H: Handlers={handlers} \n"
        "B: PROP=0\n"
        "B: EV=120013\n"
        f"B: KEY={keys}\n"
    )


def inputs(root: Path, *devices: str) -> None:
    """What is attached now, in place of what was."""
    path = root / "proc/bus/input/devices"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(devices), encoding="utf-8")
