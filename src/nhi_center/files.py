"""Files that are replaced whole or not at all, what keeps them in the business folder, and the words for a disk that is full."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def replace_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write ``data`` beside ``path``, flush it to disk, and put it in its place in one step.

    Raises EnvironmentTrouble ST-05 when the disk is full: the old file stands as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(beside, data, mode)
        os.replace(beside, path)
        flush_folder(path.parent)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if is_full(error):
            raise disk_full() from None
        raise


def _write(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Bring the names in ``folder`` to the disk: a rename is durable only then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_room(folder: Path, needed: int) -> None:
    """Raise EnvironmentTrouble ST-05 before anything is begun when ``folder`` has not ``needed`` bytes free."""
    if shutil.disk_usage(folder).free < needed:
        raise disk_full(needed)


def is_full(error: BaseException) -> bool:
    """Whether the system says that there is no room."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def disk_full(needed: int = 0) -> EnvironmentTrouble:
    """ST-05 in words for what is not typed at a screen. ``needed``: bytes that must be free for it."""
    room = f"({-(-needed // 1_000_000):,} MB 以上の空きが必要です)" if needed else ""
    return EnvironmentTrouble(
        "ST-05",
        f"ディスクがいっぱいで書けませんでした{room}。前のものは、そのまま残っています。空きを作ってから、もう一度操作してください。",
    )


_BLOCK = 1024 * 1024


def overwrite(path: Path) -> None:
    """Overwrite a plain file with zeros to its end, flush it, and remove it. A link is removed and never followed.

    What a disk has put aside of it before (a journal, worn cells) stays there: only a key that is gone helps against that.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
    else:
        with os.fdopen(descriptor, "wb") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                left = os.fstat(descriptor).st_size
                while left > 0:
                    left -= file.write(bytes(min(left, _BLOCK)))
                file.flush()
                os.fsync(descriptor)
    path.unlink()
    flush_folder(path.parent)


# -- nothing leaves the business folder --


@contextmanager
def folder_inside(root: Path, folder: Path) -> Iterator[int]:
    """A handle on ``folder``, made where it is missing, and reached from ``root`` by plain folders alone: no link, no ``..``, no
    other file system mounted over it. What is done through the handle stays in the folder that was looked at.

    Raises EnvironmentTrouble ST-11 when ``folder`` leads anywhere else, OSError as the system does.
    """
    handle = os.open(root, _FOLDER)
    try:
        mount = _mount_of(handle)
        for name in _steps(root, folder):
            with suppress(FileExistsError):
                os.mkdir(name, 0o700, dir_fd=handle)
            handle, before = _step(handle, name), handle
            os.close(before)
            if _mount_of(handle) != mount:
                raise outside()
        yield handle
    finally:
        os.close(handle)


def write_inside(root: Path, target: Path, data: bytes, mode: int = 0o600) -> None:
    """Write ``target`` whole or not at all, in the folder that ``folder_inside`` finds. A link of that name is replaced, never
    followed; when the folder is another one by the end, what was written is taken away again.

    Raises EnvironmentTrouble ST-11, and OSError as the system does.
    """
    with folder_inside(root, target.parent) as handle:
        draft = f".{target.name}.{secrets.token_hex(4)}.part"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=handle)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            require_still(root, target.parent, handle)
            os.rename(draft, target.name, src_dir_fd=handle, dst_dir_fd=handle)
            os.fsync(handle)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(draft, dir_fd=handle)
            raise
        try:
            require_still(root, target.parent, handle)
        except EnvironmentTrouble:
            with suppress(FileNotFoundError):
                os.unlink(target.name, dir_fd=handle)
            raise


@contextmanager
def undone_inside(root: Path, target: Path) -> Iterator[None]:
    """While the block runs ``target`` may be written (``write_inside``); when it raises, what lay there before lies there again,
    or nothing. What was there is kept by a second name meanwhile, so that it needs no room.

    Raises EnvironmentTrouble ST-11, and OSError as the system does.
    """
    before = f".{target.name}.{secrets.token_hex(4)}.before"
    with folder_inside(root, target.parent) as handle:
        try:
            os.link(target.name, before, src_dir_fd=handle, dst_dir_fd=handle, follow_symlinks=False)
            there = True
        except FileNotFoundError:
            there = False
        try:
            yield
        except BaseException:
            with suppress(FileNotFoundError):
                if there:
                    os.replace(before, target.name, src_dir_fd=handle, dst_dir_fd=handle)
                else:
                    os.unlink(target.name, dir_fd=handle)
            raise
        finally:
            with suppress(FileNotFoundError):  # a rename onto another name of the same file leaves both
                os.unlink(before, dir_fd=handle)


def require_still(root: Path, folder: Path, handle: int) -> None:
    """Raise EnvironmentTrouble ST-11 when the way to ``folder`` does not lead to what ``handle`` holds any more."""
    try:
        with folder_inside(root, folder) as now:
            same = os.path.sameopenfile(now, handle)
    except OSError:
        same = False
    if not same:
        raise outside()


def require_own_file(descriptor: int) -> None:
    """Raise EnvironmentTrouble ST-11 unless an open file is a plain one with no second name: that might lie anywhere."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        raise outside()


def outside() -> EnvironmentTrouble:
    """ST-11 in words."""
    return EnvironmentTrouble(
        "ST-11",
        "書き出し先が業務フォルダーの外を指しているので、書きませんでした。フォルダーはそのままにして、取扱責任者に連絡してください。",
    )


def _steps(root: Path, folder: Path) -> tuple[str, ...]:
    try:
        names = folder.relative_to(root).parts
    except ValueError:
        raise outside() from None
    if ".." in names:
        raise outside()
    return names


def _step(handle: int, name: str) -> int:
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=handle)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise outside() from None
        raise


def _mount_of(handle: int) -> str:
    """Which mount it lies on: a folder mounted from elsewhere has another number, on the same disk too."""
    lines = Path(f"/proc/self/fdinfo/{handle}").read_text(encoding="ascii").splitlines()
    return next((line.removeprefix("mnt_id:").strip() for line in lines if line.startswith("mnt_id:")), "")
