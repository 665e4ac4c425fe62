"""What the operating system tells of its own age: when packages were last changed, when malware signatures came (Debian)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

PACKAGES = Path("/var/lib/dpkg/status")
SIGNATURES = (Path("/var/lib/clamav/daily.cld"), Path("/var/lib/clamav/daily.cvd"))
RELEASE = Path("/etc/os-release")


def system_name() -> str:
    """Such as ``debian 12``; "" where it does not say."""
    try:
        lines = RELEASE.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    return " ".join(said.get(name, "").strip('"') for name in ("ID", "VERSION_ID")).strip()


def patched_on() -> date | None:
    """The day a package was last installed or updated; None where that is not told."""
    return _changed(PACKAGES)


def signatures_on() -> date | None:
    """The day of the newest malware signatures; None without a scanner whose files are known."""
    return max((day for day in map(_changed, SIGNATURES) if day is not None), default=None)


def _changed(path: Path) -> date | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone().date()
    except OSError:
        return None
