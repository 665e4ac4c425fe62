"""A program that dies leaves nothing of its memory behind, and nobody of the same user looks into it while it lives."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

NOBODY = 65534
_ASKED = "import ctypes, resource; print(ctypes.CDLL(None).prctl(3), *resource.getrlimit(resource.RLIMIT_CORE))"
_PRIVATE = "from nhi_center.isolation.memory import keep_to_ourselves; keep_to_ourselves()"


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    def loose() -> None:
        soft_and_hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (soft_and_hard, soft_and_hard))

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, env=environment, preexec_fn=loose, check=False
    )


def test_nothing_of_it_is_written_to_a_file(tmp_path: Path) -> None:
    assert run(_ASKED, tmp_path).stdout.split()[0] == "1"
    assert run(f"{_PRIVATE}; {_ASKED}", tmp_path).stdout.split() == ["0", "0", "0"]
    died = run(f"{_PRIVATE}; import os; os.abort()", tmp_path)
    assert died.returncode == -signal.SIGABRT
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("act", "told"), [("pass", "0"), ("keep_to_ourselves()", "3")])
def test_a_process_of_the_same_user_does_not_look_into_it(tmp_path: Path, act: str, told: str) -> None:
    code = f"""
import ctypes, os
from nhi_center.isolation.memory import keep_to_ourselves
if os.geteuid() == 0:  # root looks into everything
    os.setuid({NOBODY})
    ctypes.CDLL(None).prctl(4, 1)
{act}
child = os.fork()
if not child:
    try:
        open(f"/proc/{{os.getppid()}}/environ", "rb").close()
    except PermissionError:
        os._exit(3)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert run(code, tmp_path).stdout.strip() == told
