"""One PDF job: frozen values in, a whole file in its place or nothing."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing.certificates import Progress, silent
from nhi_center.printing.documents import Content, protect, render


# no repr: it would carry the person, or the password, into a log or a traceback
@dataclass(frozen=True, slots=True, repr=False)
class PdfJob:
    """``target`` is replaced atomically; with a ``password`` the file is encrypted and no plain copy ever exists."""

    content: Content
    target: Path
    password: str = ""
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class PdfResult:
    """What was written."""

    path: Path
    sha256: str
    size: int


def produce(job: PdfJob, progress: Progress = silent) -> PdfResult:
    """Makes and writes the document. Raises OperatorError, OperatorCancelled, EnvironmentTrouble PR-03."""
    data = render(job.content, progress)
    if job.encrypted:
        data = protect(data, job.password)
    write_whole(job.target, data)
    return PdfResult(job.target, hashlib.sha256(data).hexdigest(), len(data))


def write_whole(target: Path, data: bytes) -> None:
    """Writes beside the target, to the disk, then takes its place: a reader sees the old file or the new one.

    Raises EnvironmentTrouble PR-03.
    """
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise EnvironmentTrouble(
            "PR-03",
            "帳票のファイルを業務フォルダーに書けませんでした。印刷はしていません。空き容量を確かめ、取扱責任者に連絡してください。",
        ) from error
