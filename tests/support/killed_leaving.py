"""Run alone: lets what is over leave a terminal, and is killed at one point of it.

python -m tests.support.killed_leaving FOLDER DAYS_AHEAD POINT
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from nhi_center import settings
from nhi_center.services import leaving as service
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in
from nhi_center.storage import audit, leaving
from tests.support.killed_handover import power_goes
from tests.support.office import OPENING, PASSWORDS, HandClock

POINTS: dict[str, tuple[Any, str, int] | None] = {
    "one entry emptied": (leaving, "_take", 1),
    "entries emptied, calls not": (leaving, "take_papers", 1),
    "in the log, not committed": (audit, "append", 1),
    "committed": None,
}
"""Where the power goes: (module, function, after how many calls); None: when everything is kept."""


def main() -> None:
    folder, days, point = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    clock = HandClock(OPENING)
    clock.advance(days=days)
    office, _session = sign_in(open_premises(settings.load(folder / "terminal.toml"), clock), "40127", PASSWORDS["40127"])
    if (where := POINTS[point]) is not None:
        module, name, calls = where
        setattr(module, name, power_goes(getattr(module, name), calls))
    service.act(office)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
