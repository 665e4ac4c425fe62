"""The workstation at which a practised clerk takes the forty calls: what each costs in keys after hang-up.

Run as a module in a process of its own. Argument: the business folder of a room. Prints one JSON line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import time as time_of_day
from pathlib import Path

from PySide6.QtWidgets import QApplication

from nhi_center import settings
from nhi_center.app import application, training_clock, workstation
from nhi_center.services.premises import open_premises
from nhi_center.training.bench.call_hands import CallCost, take_call
from nhi_center.training.bench.calls import make_scripts
from nhi_center.training.bench.hand_window import PointerCount, to_the_desk
from nhi_center.training.bench.keyer import Stroke
from nhi_center.training.bench.typist import Typist
from nhi_center.training.tour.robot import Robot


def strokes(costs: list[CallCost]) -> Iterator[Stroke]:
    """All calls one after the other; ``costs`` gets one entry each."""
    for script in make_scripts():
        costs.append(CallCost())
        yield from take_call(script, costs[-1])


def main() -> int:
    qt = application()
    premises = open_premises(settings.load(Path(sys.argv[1]) / "terminal.toml"), training_clock(time_of_day(9, 0)))
    station = workstation(qt, premises)
    pointer = PointerCount(qt)
    costs: list[CallCost] = []
    failed: list[Exception] = []

    def finished(error: Exception | None) -> None:
        if error is not None:
            failed.append(error)
        QApplication.exit()

    def begin(error: Exception | None) -> None:
        if error is not None:
            finished(error)
            return
        typist = Typist(strokes(costs), finished)
        typist.setParent(station)
        typist.start()

    station.show()
    robot = Robot(to_the_desk(station), begin)
    robot.setParent(station)
    robot.start()
    try:
        qt.exec()
    finally:
        station.close()
    if failed:
        print(f"call {len(costs)}: {type(failed[0]).__name__}: {failed[0]}", file=sys.stderr)
        return 1
    told = [{"after": cost.after, "later": cost.later} for cost in costs]
    print(json.dumps({"calls": told, "pointer": pointer.moves}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
