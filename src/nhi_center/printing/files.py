"""Files that are whole or not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import folder_inside, undone_inside, write_inside


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
        raise _not_written() from error


@contextmanager
def written(target: Path, data: bytes, within: Path) -> Iterator[None]:
    """``write_whole`` for as long as the block goes well: when it raises, what lay there before lies there again, or nothing.

    Raises as ``write_whole`` does.
    """
    with ExitStack() as undo:
        try:
            undo.enter_context(undone_inside(within, target))
        except OSError as error:
            raise _not_written() from error
        write_whole(target, data, within)
        yield


def _not_written() -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "PR-03",
        "帳票のファイルを業務フォルダーに書けませんでした。印刷はしていません。空き容量を確かめ、取扱責任者に連絡してください。",
    )
