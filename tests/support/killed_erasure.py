"""Run alone: goes on with an erasure that was agreed on, and is killed at one point of it.

python -m tests.support.killed_erasure FOLDER DAYS_AHEAD ERASURE POINT
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from nhi_center import settings
from nhi_center.services import erasure as service
from nhi_center.services import erasure_files, month_keys
from nhi_center.services.office import Office
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in
from nhi_center.storage import audit
from nhi_center.storage import erasure as storage
from tests.support.killed_handover import power_goes
from tests.support.office import OPENING, PASSWORDS, HandClock

POINTS: dict[str, tuple[Any, str, int] | None] = {
    "keys forgotten, slots not sealed": (audit, "append", 5),
    "slots sealed": (month_keys, "destroy_here", 1),
    "a backup is overwritten": (erasure_files, "overwrite", 1),
    "backups gone, not kept": (erasure_files, "destroy", 1),
    "rows erased, not committed": (storage, "erase_rows", 1),
    "file written anew": (storage, "rewrite", 1),
    "lists gone, not kept": (erasure_files, "destroy", 2),
    "before the proof": (service, "_proof", 1),
    "all but the store's key": None,
}
"""Where the power goes: (module, function, after how many calls); None: when everything is kept."""


def main() -> None:
    folder, days, id_, point = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    clock = HandClock(OPENING)
    clock.advance(days=days)
    office, session = sign_in(open_premises(settings.load(folder / "terminal.toml"), clock), "40127", PASSWORDS["40127"])
    assert isinstance(office, Office)
    if (where := POINTS[point]) is not None:
        module, name, calls = where
        setattr(module, name, power_goes(getattr(module, name), calls))
    service.go_on(office, session, id_)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
