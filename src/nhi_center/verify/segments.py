"""A folder of copies of the log, read one file at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nhi_center.domain.audit import Countersign
from nhi_center.domain.audit_check import Checked, check_files
from nhi_center.domain.audit_file import SUFFIX
from nhi_center.domain.trust import Trust


def check_folder(folder: Path, trust: Trust, countersigned: Countersign | None = None) -> tuple[Checked, ...]:
    """Prove every copy in a folder, terminal by terminal. Raises AuditFault as ``check_files`` does, OSError when unreadable."""
    return check_files(_files(folder), trust, countersigned)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stem.rsplit("-", 1)):
        yield path.name, path.read_bytes()
