from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys.holding import hold_terminal, require_own_disk

MOUNTS = """21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 21 0:40 / /srv/room rw,relatime shared:3 - nfs4 server:/room rw
31 30 8:2 / /srv/room/own rw,relatime - ext4 /dev/sdb1 rw
32 21 0:41 / /mnt/my\\040share rw - cifs //server/share rw
33 21 0:42 / /home/a/far rw - fuse.sshfs a@b:/ rw
34 21 0:43 / /host rw - 9p host rw
"""


@pytest.mark.parametrize("folder", ["/srv/room", "/srv/room/business", "/mnt/my share/x", "/home/a/far/b", "/host/x"])
def test_a_folder_on_the_network_is_refused(folder: str, tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    with pytest.raises(EnvironmentTrouble) as caught:
        require_own_disk(Path(folder), tmp_path / "mounts")
    assert caught.value.code == "ST-09"


@pytest.mark.parametrize("folder", ["/", "/srv", "/srv/room/own/x", "/srv/roommate", "/mnt/my"])
def test_a_folder_on_its_own_disk_is_taken(folder: str, tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    require_own_disk(Path(folder), tmp_path / "mounts")
    require_own_disk(Path(folder), tmp_path / "nowhere")


def test_this_machines_own_list_is_understood(tmp_path: Path) -> None:
    require_own_disk(tmp_path)
    assert Path("/proc/self/mountinfo").exists()


def test_one_program_per_terminal_until_it_ends(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from nhi_center.keys.holding import hold_terminal\n"
        f"with hold_terminal(Path({str(tmp_path)!r})): print('held', flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(EnvironmentTrouble) as caught, hold_terminal(tmp_path):
            pytest.fail("two programs")
        assert caught.value.code == "ST-06"
        other.kill()
    with hold_terminal(tmp_path):
        assert stat.S_IMODE((tmp_path / "terminal.lock").stat().st_mode) == 0o600
