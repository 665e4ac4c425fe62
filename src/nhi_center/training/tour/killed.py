"""A workstation that is killed while a clerk keys: run as a process of its own by the tour."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path

from nhi_center import settings
from nhi_center.app import application, training_clock, watch_crashes, workstation
from nhi_center.services.premises import open_premises
from nhi_center.training.house import House
from nhi_center.training.tour.day import OPENING
from nhi_center.training.tour.entry import KEYER, KILLED_AT, key_fields, key_receipt, open_list
from nhi_center.training.tour.hands import Day, settled, sign_in
from nhi_center.training.tour.papers import PAPERS
from nhi_center.training.tour.record import Record
from nhi_center.training.tour.robot import Robot, Script, focus_name, press


def main(settings_file: Path) -> int:
    """Key into the third paper, then die by SIGKILL. Returns only when something went wrong before."""
    os.umask(0o077)  # its pictures lie in the business folder
    terminal = settings.load(settings_file)
    qt = application()
    premises = open_premises(terminal, training_clock(OPENING))
    station = workstation(qt, premises)
    watch_crashes(premises, station)
    pictures = Path(tempfile.mkdtemp(prefix="killed-"))
    day = Day(House(terminal.business_folder.parent, persons=0, seed=0), station, Record(pictures, 0))
    station.show()
    wrong: list[Exception | None] = []

    def ended(error: Exception | None) -> None:
        wrong.append(error)
        qt.exit(1)

    robot = Robot(_keying(day), ended)
    robot.start()
    qt.exec()
    print(f"the clerk to be killed: {wrong}", file=sys.stderr)
    station.close()
    return 1


def _keying(day: Day) -> Script:
    paper = PAPERS[2]
    yield from sign_in(day, KEYER)
    yield from open_list(day)
    press("Enter")
    yield lambda: focus_name() == "field_channel" and settled(day)()
    yield from key_receipt(day, paper)
    yield from key_fields(day, {**paper.content, **paper.seeded}, until=KILLED_AT)
    yield settled(day)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
