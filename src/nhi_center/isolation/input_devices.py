"""Keyboards and what poses as one: to the kernel a hand scanner is a keyboard. Read from /proc/bus/input/devices, none opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nhi_center.isolation.wtmp import Unreadable

LISTED = "proc/bus/input/devices"
MOST_BYTES = 1_000_000
_TYPES_CODES = frozenset({*range(2, 12), 28})
"""KEY_1 to KEY_0 and KEY_ENTER (linux/input-event-codes.h): who can press these can type a code."""


@dataclass(frozen=True, slots=True, order=True)
class InputDevice:
    """One device that can type. ``product`` is vendor:product (hexadecimal); ``serial`` "" where it tells none."""

    product: str
    serial: str
    name: str


def keyboards(root: Path) -> tuple[InputDevice, ...]:
    """Everything attached that can type figures and Enter, each once however many parts it shows. Raises Unreadable."""
    try:
        with (root / LISTED).open("rb") as file:
            text = file.read(MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        raise Unreadable(f"入力機器の一覧(/{LISTED})がありません。") from None
    except OSError:
        raise Unreadable("入力機器の一覧を読めません。") from None
    return tuple(sorted({_device(root, block) for block in _blocks(text) if _types(block)}))


def _blocks(text: str) -> Iterator[dict[str, str]]:
    """One device is a paragraph of lines such as ``I: Bus=0003 Vendor=0c2e ...`` and ``B: KEY=...``."""
    for paragraph in text.split("\n\n"):
        block: dict[str, str] = {}
        for line in paragraph.splitlines():
            kind, _colon, rest = line.partition(": ")
            if kind == "I":
                block |= dict(part.split("=", 1) for part in rest.split() if "=" in part)
            elif kind in "NSUHB" and "=" in rest:
                name, _equals, value = rest.partition("=")
                block[name] = value.strip().strip('"')
        if block:
            yield block


def _types(block: dict[str, str]) -> bool:
    return "kbd" in block.get("Handlers", "").split() and _bits(block.get("KEY", "")) >= _TYPES_CODES


def _bits(words: str) -> set[int]:
    """Which bits a bitmap of the kernel has: words of 64 bits, the highest first (32 on a 32-bit machine, which this is not)."""
    found: set[int] = set()
    for at, word in enumerate(reversed(words.split())):
        try:
            value = int(word, 16)
        except ValueError:
            return set()
        found |= {64 * at + bit for bit in range(64) if value >> bit & 1}
    return found


def _device(root: Path, block: dict[str, str]) -> InputDevice:
    product = f"{block.get('Vendor', '').lower()}:{block.get('Product', '').lower()}"
    return InputDevice(product, block.get("Uniq", "") or _serial(root, block.get("Sysfs", "")), block.get("Name", ""))


def _serial(root: Path, place: str) -> str:
    """Of the USB device the keyboard is a part of; "" for any other."""
    top = root / "sys"
    folder = top / place.lstrip("/")
    if not place or ".." in folder.parts:
        return ""
    for parent in (folder, *folder.parents):
        if parent == top:
            break
        if (parent / "idVendor").is_file():
            try:
                return (parent / "serial").read_text(encoding="utf-8", errors="replace").strip()
            except OSError:
                return ""
    return ""
