"""Code run in a process of its own, since what the kernel forbids stays forbidden: it tells what happened as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from nhi_center.settings import Segment, Settings

PORT = 18443

BEGINNING = """
import errno, json, os, socket, sys
from pathlib import Path
from nhi_center.isolation import landlock, seccomp
from nhi_center.isolation.table import table
from nhi_center.settings import load

told = {}
def tried(name, act):
    try:
        told[name] = act() or "done"
    except OSError as error:
        told[name] = errno.errorcode[error.errno]
folder = Path(sys.argv[1])
settings = load(folder / "terminal.toml")
def files():
    rules = table(settings, folder / "terminal.toml", os.environ)
    paths = ((rule.path, rule.access.value) for rule in rules.paths)
    return landlock.restrict(paths, (rule.address.port for rule in rules.ports))
"""
ENDING = "\nprint(json.dumps(told))\n"


def terminal(folder: Path, port: int = PORT, **other: Any) -> Settings:
    """A terminal's settings, written where the code looks for them."""
    from nhi_center.settings import to_toml

    settings = Settings("T04", "端末 04", True, folder / "business", Segment("127.0.0.1", port, "gateway.invalid"), **other)
    settings.business_folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "terminal.toml").write_text(to_toml(settings), encoding="utf-8")
    return settings


def told(folder: Path, code: str, *, environment: dict[str, str] | None = None, command: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the code put into ``told``. ``tried(name, act)`` keeps what an act gave, or the name of its errno."""
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **(environment or {})}
    done = subprocess.run(
        [*command, sys.executable, "-c", BEGINNING + code + ENDING, str(folder)],
        capture_output=True,
        text=True,
        env=around,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
