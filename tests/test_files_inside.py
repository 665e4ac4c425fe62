"""Nothing leaves the business folder: links, second names, ``..``, mounts, and folders exchanged between the look and the use."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from nhi_center import files
from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import folder_inside, undone_inside, write_inside


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "business/documents").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    return tmp_path / "business"


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(EnvironmentTrouble) as caught:
        act()
    assert caught.value.code == "ST-11"


def everything(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.rglob("*"))


def test_a_plain_folder_is_made_and_written(root: Path) -> None:
    target = root / "documents/more/a.pdf"
    write_inside(root, target, b"first")
    write_inside(root, target, b"second")
    assert target.read_bytes() == b"second"
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.parent.stat().st_mode & 0o777 == 0o700
    assert everything(target.parent) == ["a.pdf"]


@pytest.mark.parametrize("there", [b"before", None])
@pytest.mark.parametrize("written", [True, False])
def test_what_is_undone_is_what_lay_there_before(root: Path, there: bytes | None, written: bool) -> None:
    target = root / "documents/a.pdf"
    if there is not None:
        write_inside(root, target, there)

    def undone() -> None:
        with undone_inside(root, target):
            if written:
                write_inside(root, target, b"after")
            raise LookupError

    with pytest.raises(LookupError):
        undone()
    assert {one.name: one.read_bytes() for one in target.parent.iterdir()} == ({} if there is None else {"a.pdf": there})
    with undone_inside(root, target):
        write_inside(root, target, b"after")
    assert {one.name: one.read_bytes() for one in target.parent.iterdir()} == {"a.pdf": b"after"}


def test_the_business_folder_itself_may_be_reached_by_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    write_inside(tmp_path / "link", tmp_path / "link/documents/a", b"x")
    assert (root / "documents/a").read_bytes() == b"x"


@pytest.mark.parametrize("where", ["../outside/a", "documents/../../outside/a", "documents/../a"])
def test_no_way_up(root: Path, tmp_path: Path, where: str) -> None:
    refused(lambda: write_inside(root, root / where, b"x"))
    refused(lambda: write_inside(root, tmp_path / "outside/a", b"x"))
    assert everything(tmp_path / "outside") == []


def test_a_linked_folder_is_not_entered_at_any_depth(root: Path, tmp_path: Path) -> None:
    (root / "spool").symlink_to(tmp_path / "outside")
    (root / "documents/inner").symlink_to("../../outside")
    (root / "documents/file").write_bytes(b"")
    for target in (root / "spool/a", root / "spool/deeper/a", root / "documents/inner/a", root / "documents/file/a"):
        refused(partial(write_inside, root, target, b"x"))
    assert everything(tmp_path / "outside") == []


def test_a_linked_file_is_replaced_and_what_it_names_stays(root: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "outside/theirs"
    theirs.write_bytes(b"theirs")
    (root / "documents/soft").symlink_to(theirs)
    os.link(theirs, root / "documents/hard")
    for name in ("soft", "hard"):
        write_inside(root, root / "documents" / name, b"ours")
        assert (root / "documents" / name).read_bytes() == b"ours"
    assert theirs.read_bytes() == b"theirs"


def test_a_mount_from_elsewhere_is_outside(root: Path, tmp_path: Path) -> None:
    command = ["mount", "--bind", str(tmp_path / "outside"), str(root / "documents")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no folder can be mounted here (run as root): {done.stderr.strip()}")
    try:
        refused(lambda: write_inside(root, root / "documents/a", b"x"))
    finally:
        subprocess.run(["umount", "--lazy", str(root / "documents")], check=True)
    assert everything(tmp_path / "outside") == []


@pytest.mark.parametrize("moment", ["fsync", "rename"])
@pytest.mark.parametrize("way", ["moved out", "link in its place", "another in its place"])
def test_a_folder_exchanged_between_the_look_and_the_use(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, way: str
) -> None:
    """The real call is made, right after somebody has exchanged the folder."""
    real = getattr(os, moment)
    done: list[bool] = []

    def exchange(*arguments: int, **named: int) -> object:
        if not done:
            done.append(True)
            (root / "documents").rename(tmp_path / "outside/documents")
            if way == "link in its place":
                (root / "documents").symlink_to(tmp_path / "outside")
            elif way == "another in its place":
                (root / "documents").mkdir()
        return real(*arguments, **named)

    monkeypatch.setattr(os, moment, exchange)
    refused(lambda: write_inside(root, root / "documents/a", b"secret"))
    assert done
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_with_a_second_name_is_not_ours_alone(root: Path, tmp_path: Path) -> None:
    one = root / "documents/one"
    one.write_bytes(b"")
    descriptor = os.open(one, os.O_RDONLY)
    try:
        files.require_own_file(descriptor)
        os.link(one, tmp_path / "outside/two")
        refused(lambda: files.require_own_file(descriptor))
    finally:
        os.close(descriptor)


def test_no_handle_is_left_open(root: Path, tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    (root / "spool").symlink_to(tmp_path / "outside")
    for _time in range(5):
        refused(lambda: write_inside(root, root / "spool/a", b"x"))
        write_inside(root, root / "documents/a", b"x")
        with folder_inside(root, root / "documents"):
            pass
    assert len(os.listdir("/proc/self/fd")) == before
