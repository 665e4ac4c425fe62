"""Run alone: looks three days on at who turns and is killed when all is found and nothing committed.

python -m tests.support.killed_turning FOLDER
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from pathlib import Path

from nhi_center import settings
from nhi_center.services import turning
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in
from nhi_center.storage import turning as storage
from nhi_center.storage.engine import Connection
from tests.support.office import OPENING, PASSWORDS, HandClock, advance


def power_goes(connection: Connection, day: date, found: int, at: str, by: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    premises = open_premises(settings.load(Path(sys.argv[1]) / "terminal.toml"), HandClock(OPENING))
    office, session = sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"])
    advance(premises, days=3)
    storage.keep_look = power_goes
    turning.look(office, session)


if __name__ == "__main__":
    main()
