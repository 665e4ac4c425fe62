"""The spool folder as a printer: a PDF for each hand-over and one line in a manifest.

For training, tests and rooms where a separate station prints. As with every printer, "handed" is not yet paper in hand.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from nhi_center.domain import canonical
from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import folder_inside, outside, require_own_file
from nhi_center.printing.files import write_whole

MANIFEST = "manifest.jsonl"
OUTSIDE = outside().code
_JOB_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """``handed``: the device or spool has it, which is not yet paper in hand. ``failed``: it has not; ``detail`` says why."""

    state: Literal["handed", "failed"]
    detail: str


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """One line of the manifest: what was handed over, never for whom. ``attempt`` counts the hand-overs of one job."""

    job_id: str
    attempt: int
    serial: str
    copies: int
    file: str
    sha256: str
    state: str = "handed"


_NOT_WRITTEN = PrintOutcome("failed", "印刷先のフォルダーに書けませんでした。何も印刷していません。空き容量を確かめてください。")


class SpoolPrinter:
    """Implements the ``Printer`` port on a folder right in the business folder, and writes nowhere else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, job_id: str, pdf: Path, copies: int, *, serial: str = "") -> PrintOutcome:
        """Copies the PDF in and writes its manifest line; both are on the disk when this says ``handed``.

        Raises ValueError for a job id that could leave the folder or for no copies.
        """
        if not _JOB_ID.fullmatch(job_id) or copies < 1:
            raise ValueError("job_id or copies")
        try:
            data = pdf.read_bytes()
            if not data.startswith(b"%PDF-"):
                return PrintOutcome("failed", "帳票のファイルが壊れています。もう一度作り直してください。")
            attempt = 1 + sum(entry.job_id == job_id for entry in self.entries())
            name = f"{job_id}.pdf" if attempt == 1 else f"{job_id}-{attempt}.pdf"
            write_whole(self.folder / name, data, within=self.folder.parent)
            self._note(SpoolEntry(job_id, attempt, serial, copies, name, hashlib.sha256(data).hexdigest()))
        except EnvironmentTrouble as trouble:
            if trouble.code == OUTSIDE:
                return PrintOutcome("failed", trouble.message)
            return _NOT_WRITTEN
        except OSError:
            return _NOT_WRITTEN
        return PrintOutcome("handed", name)

    def _note(self, entry: SpoolEntry) -> None:
        """The one file here that is written where it stands: it must be a plain one with no second name."""
        with folder_inside(self.folder.parent, self.folder) as folder:
            handle = os.open(MANIFEST, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
        with os.fdopen(handle, "r+b") as manifest:
            require_own_file(manifest.fileno())
            whole = manifest.read().rfind(b"\n") + 1
            manifest.seek(whole)
            manifest.truncate()  # what a crash cut off
            manifest.write(canonical.encode(asdict(entry)) + b"\n")
            manifest.flush()
            os.fsync(manifest.fileno())

    def entries(self) -> tuple[SpoolEntry, ...]:
        """The manifest. A last line cut off by a crash was never reported as handed and is left out."""
        try:
            lines = (self.folder / MANIFEST).read_bytes().split(b"\n")
        except FileNotFoundError:
            return ()
        return tuple(SpoolEntry(**canonical.decode(line)) for line in lines[:-1])
