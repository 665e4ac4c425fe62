"""Files that are whole or not there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """A file that is not there yet: ``stem.suffix``, else ``stem-2.suffix``, and so on. Makes the folder.

    Raises EnvironmentTrouble PR-03.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        raise EnvironmentTrouble("PR-03", "書き出し先のフォルダーを使えません。取扱責任者に連絡してください。") from None
    path, copy = folder / f"{stem}{suffix}", 1
    while path.exists():
        copy += 1
        path = folder / f"{stem}-{copy}{suffix}"
    return path


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
