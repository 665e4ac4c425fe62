"""``start``: from the start of the process to the painted sign-in window, and to the answer of the first search.

Reference: a process that shows a bare PySide6 window of the same size with one line in the same type. The two take turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import Room, say
from nhi_center.training.bench.timing import median

_BARE = (str(Path(__file__).with_name("bare_window.py")), "BIZ UDGothic", "16", "1366", "768")
_WHOLE = ("-m", "nhi_center.training.bench.whole_window")
_REFERENCE = "何もしない PySide6 の窓(同じ大きさ・同じ文字)が出るまで"
_PATIENCE_S = 120


def measure(room: Room) -> Iterator[Measurement]:
    """Medians over ``sizes.starts`` processes of each kind; the first of each, which makes the bytecode, is left out."""
    around = surroundings(room.folder / "bytecode")
    whole = (*_WHOLE, str(room.settings.business_folder))
    bare: list[float] = []
    painted: list[float] = []
    answered: list[float] = []
    for turn in range(room.sizes.starts + 1):
        say(f"  起動 {turn}/{room.sizes.starts}")
        reference = _start(_BARE, around)
        shown = _start(whole, around)
        if turn:
            bare.append(reference["painted"])
            painted.append(shown["painted"])
            answered.append(shown["answered"])
    yield Measurement("start.sign_in_painted", median(painted), "s", _REFERENCE, median(bare))
    yield Measurement("start.first_search", median(answered), "s", _REFERENCE, median(bare))


def surroundings(bytecode: Path) -> dict[str, str]:
    """No display, and bytecode kept: an installed program has it, and a source tree told not to write it would be timed
    compiling itself."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPYCACHEPREFIX": str(bytecode),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


def _start(arguments: tuple[str, ...], around: dict[str, str]) -> dict[str, float]:
    """Run it to its end and give the seconds from its start to each line it printed. Raises EnvironmentTrouble TR-02."""
    # -P: the folder of a script is no place to import from
    command = [sys.executable, "-P", *arguments]
    started = time.monotonic()
    with subprocess.Popen(
        command, env=around, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            told, trouble = process.communicate(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            told, trouble = process.communicate()
    if process.returncode != 0:
        raise EnvironmentTrouble("TR-02", f"起動を測る窓が、最後まで動きませんでした。{trouble.strip()[-500:]}")
    lines = [line.split() for line in told.splitlines()]
    return {line[0]: float(line[1]) - started for line in lines if len(line) == 2}
