"""``nhi-center-gateway train --history``: months of work in a training house, made by the workstation's own programs.

They run in a process of their own, as the gateway's do for the house: neither side loads anything of the other.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from nhi_center.errors import OperatorError

MOST_MONTHS = 18
USUAL_SCALE = 1.0
_MODULE = "nhi_center.training.history"

Months = Annotated[
    int,
    typer.Option(
        help="研修の部屋に、何か月分の仕事を作るか(0は作りません)。--home は研修の置き場所(nhi-center training と同じ)です。",
        min=0,
        max=MOST_MONTHS,
    ),
]
Scale = Annotated[
    float, typer.Option(help="仕事の量。1 で一年に届出・申請およそ12,500件、電話およそ10,000件です。", min=0.01, max=3)
]


def work(months: int, scale: float, persons: int, seed: int, home: Path | None, *, fresh: bool) -> None:
    """Make the house with its history, however long it takes. Raises typer.Exit with the status of the process that does.

    Raises OperatorError where the training parts are not installed.
    """
    if find_spec("nhi_center.training") is None:
        raise OperatorError("このサーバには、研修の部品が入っていません。研修は installer/run.sh で開きます。", field="history")
    words = [str(months), str(scale), str(persons), str(seed), "fresh" if fresh else "kept", *([str(home)] if home else [])]
    with subprocess.Popen([sys.executable, "-P", "-m", _MODULE, *words], stdin=subprocess.DEVNULL) as process:
        status = None
        while status is None:
            with suppress(KeyboardInterrupt):  # Ctrl+C reaches both; the process says what it leaves
                status = process.wait()
    if status:
        raise typer.Exit(status)
