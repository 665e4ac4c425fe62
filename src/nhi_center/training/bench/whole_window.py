"""The workstation as ``nhi-center`` opens it, worked by key until the first search is answered; tells when what was on screen.

Run as a module in a process of its own. Argument: the business folder of a furnished room. Prints ``painted`` and
``answered``, each with the system's monotonic clock.
"""

from __future__ import annotations

import sys
import time
from datetime import time as time_of_day
from pathlib import Path

# The console script begins with it, so its weight is part of the start.
import nhi_center.cli  # noqa: F401
from nhi_center import settings
from nhi_center.app import application, training_clock, workstation
from nhi_center.services.premises import open_premises
from nhi_center.training.bench.bare_window import FirstPaint
from nhi_center.training.room import DEMO_PEOPLE
from nhi_center.ui.workstation import Workstation

CLERK = DEMO_PEOPLE[0]
TYPED = "ヤマ"
_failed: list[Exception] = []


def main() -> int:
    qt = application()
    premises = open_premises(settings.load(Path(sys.argv[1]) / "terminal.toml"), training_clock(time_of_day(9, 0)))
    station = workstation(qt, premises)
    FirstPaint(station.sign_in, lambda: _work(station))
    station.show()
    try:
        qt.exec()
    finally:
        station.close()
    if _failed:
        print(f"{type(_failed[0]).__name__}: {_failed[0]}", file=sys.stderr)
    return 1 if _failed else 0


def _work(station: Workstation) -> None:
    """Sign in, take the telephone (F5), search (F2): by keys, waiting only for what a person would wait for."""
    from PySide6.QtWidgets import QApplication

    from nhi_center.training.tour.robot import Robot, Script, find, focus_name, in_field, press, sees, type_keys
    from nhi_center.ui.common.parts import ActionButton
    from nhi_center.ui.common.table import DataTable

    def script() -> Script:
        station.sign_in.id_field.editor.setFocus()
        type_keys(CLERK.person)
        press("Enter")
        type_keys(CLERK.password)
        yield lambda: find("sign_in_button", ActionButton).isEnabled()
        press("Enter")
        yield lambda: station.window.isVisible() and bool(focus_name())
        press("F5")
        yield lambda: sees("call_search")
        press("F2")
        yield lambda: in_field("call_search")
        type_keys(TYPED)
        yield lambda: sees("call_people_table") and bool(find("call_people_table", DataTable).rows())
        print("answered", time.monotonic(), flush=True)

    def done(error: Exception | None) -> None:
        if error is not None:
            _failed.append(error)
        QApplication.exit()  # quit() would ask the window, which answers by signing out first

    robot = Robot(script(), done)
    robot.setParent(station)
    robot.start()


if __name__ == "__main__":
    sys.exit(main())
