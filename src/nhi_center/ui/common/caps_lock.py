"""Whether CapsLock is on, where the platform tells; Qt does not."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

LIGHTS = Path("/sys/class/leds")
_VK_CAPITAL = 0x14


def caps_lock(lights: Path = LIGHTS) -> bool | None:
    """True or False as the keyboard's light says; None where nothing tells (no local keyboard, or its light is not readable)."""
    if sys.platform == "win32":
        return bool(ctypes.windll.user32.GetKeyState(_VK_CAPITAL) & 1)
    seen = [light for light in (_lit(file) for file in _brightness(lights)) if light is not None]
    return any(seen) if seen else None


def _brightness(lights: Path) -> list[Path]:
    try:
        return sorted(lights.glob("*::capslock/brightness"))
    except OSError:
        return []


def _lit(file: Path) -> bool | None:
    try:
        return int(file.read_text()) > 0
    except (OSError, ValueError):
        return None
