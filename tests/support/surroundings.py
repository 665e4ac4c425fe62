"""The surroundings of a test run, set when this is imported: no display, no desktop session, a home folder of its own.

conftest imports it before any test, and so before Qt, keyring or PostgreSQL read these once.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="nhi-tests-"))

_FOLDERS = {
    "HOME": "home",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
    "XDG_RUNTIME_DIR": "run",
}
_SESSION = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "QT_STYLE_OVERRIDE", "QT_SCALE_FACTOR", "TZ")

for _name, _folder in _FOLDERS.items():
    (HOME / _folder).mkdir(parents=True, mode=0o700, exist_ok=True)
    os.environ[_name] = str(HOME / _folder)
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for _name in _SESSION:
    os.environ.pop(_name, None)
