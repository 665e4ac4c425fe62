"""HOME, TMPDIR and the XDG folders inside the business folder: whatever a library keeps or forgets, it stays there.

The clerk's own folders held two things the window needs: the permission to draw on the display, and the address of the kana-kanji
conversion. Both are named by their full path before the folders move.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

from nhi_center.settings import Settings

_FOLDERS = {
    "HOME": "",
    "TMPDIR": "tmp",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
}


def move_in(settings: Settings, environment: MutableMapping[str, str], root: Path = Path("/")) -> None:
    """Make the folders and name them in ``environment``."""
    _keep_display(environment)
    _keep_conversion(environment, root)
    for name, folder in _FOLDERS.items():
        place = settings.home / folder
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        environment[name] = str(place)
    tempfile.tempdir = None  # asked before, Python would remember the old one


def tidy(settings: Settings) -> None:
    """Remove what an earlier run of the program left in TMPDIR."""
    temporary = settings.home / _FOLDERS["TMPDIR"]
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(mode=0o700, exist_ok=True)


def _keep_display(environment: MutableMapping[str, str]) -> None:
    home = environment.get("HOME", "")
    if home and "XAUTHORITY" not in environment and (Path(home) / ".Xauthority").exists():
        environment["XAUTHORITY"] = str(Path(home) / ".Xauthority")


def _keep_conversion(environment: MutableMapping[str, str], root: Path) -> None:
    """The file that Qt's IBus part would look for below XDG_CONFIG_HOME; Qt and IBus name it by machine and display."""
    if "IBUS_ADDRESS_FILE" in environment or not environment.get("HOME"):
        return
    config = Path(environment.get("XDG_CONFIG_HOME") or Path(environment["HOME"]) / ".config")
    machine = next((text for name in ("etc/machine-id", "var/lib/dbus/machine-id") if (text := _read(root / name))), "")
    environment["IBUS_ADDRESS_FILE"] = str(config / "ibus" / "bus" / f"{machine}-{_display(environment)}")


def _display(environment: MutableMapping[str, str]) -> str:
    if wayland := environment.get("WAYLAND_DISPLAY"):
        return f"unix-{wayland}"
    host, _colon, number = environment.get("DISPLAY", "").partition(":")
    return f"{host or 'unix'}-{number.partition('.')[0] or '0'}"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
