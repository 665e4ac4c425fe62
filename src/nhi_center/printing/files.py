"""Files that are whole or not there."""

from __future__ import annotations

from pathlib import Path

from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import folder_inside, write_inside


def free_name(folder: Path, stem: str, suffix: str, within: Path) -> Path:
    """A file that is not there yet: ``stem.suffix``, else ``stem-2.suffix``, and so on. Makes the folder.

    Raises EnvironmentTrouble PR-03, and ST-11 when the folder leads out of ``within``.
    """
    try:
        with folder_inside(within, folder):
            pass
    except OSError:
        raise EnvironmentTrouble("PR-03", "書き出し先のフォルダーを使えません。取扱責任者に連絡してください。") from None
    path, copy = folder / f"{stem}{suffix}", 1
    while path.exists():
        copy += 1
        path = folder / f"{stem}-{copy}{suffix}"
    return path


def write_whole(target: Path, data: bytes, within: Path | None = None) -> None:
    """Writes beside the target, to the disk, then takes its place: a reader sees the old file or the new one.

    Raises EnvironmentTrouble PR-03, and ST-11 when the target's folder leads out of ``within`` (None: its own folder, which must
    be there).
    """
    try:
        write_inside(within or target.parent, target, data)
    except OSError as error:
        raise EnvironmentTrouble(
            "PR-03",
            "帳票のファイルを業務フォルダーに書けませんでした。印刷はしていません。空き容量を確かめ、取扱責任者に連絡してください。",
        ) from error
