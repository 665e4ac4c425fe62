"""The office day from first to last step, and the program around it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from datetime import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from nhi_center.app import application, training_clock, watch_crashes, workstation
from nhi_center.isolation import restrict
from nhi_center.services.premises import open_premises
from nhi_center.tasks.slot_watch import SlotWatch
from nhi_center.training.house import House
from nhi_center.training.tour import checking, closing, entry, handovers, manual, output, rooms, safeguards, telephone
from nhi_center.training.tour.hands import Day, as_person
from nhi_center.training.tour.record import Record
from nhi_center.training.tour.robot import Robot, Script
from nhi_center.ui.workstation import Workstation

OPENING = time(9, 0)

Step = tuple[str, Callable[[Day], Script]]
STEPS: tuple[Step, ...] = (
    ("room-opens", rooms.room_opens),
    ("handover-in", lambda day: as_person(day, "k-ichiro", lambda: handovers.handover_in(day))),
    ("entry", entry.keying),
    ("call", telephone.call),
    ("lock", safeguards.locked_and_opened),
    ("entry-goes-on", entry.keying_goes_on),
    ("verification", checking.verification),
    ("review", checking.review),
    ("output", output.output),
    ("handover-out", lambda day: as_person(day, "k-ichiro", lambda: closing.handover_out(day))),
    ("day-close", closing.day_close),
    ("everything-arrived", closing.everything_arrived),
    ("export", closing.export),
    ("roster", safeguards.roster),
    ("self-check", safeguards.self_check),
    ("log-review", safeguards.log_review),
    ("password", safeguards.password),
    ("proof", closing.log_and_proof),
)


def work_day(house: House, record: Record, pictures: Path | None = None) -> None:
    """Every step of the day in a house that answers; ``pictures``: where those of the manual go. Raises EnvironmentTrouble."""
    record.mark("house")
    qt = application()
    if restrict.reached() is not None:
        restrict.finish()
    _work(qt, house, record, pictures)


def told(record: Record) -> bool:
    """Write summary.json and say what went wrong. True when every step did what a clerk sees."""
    summary = record.write()
    for failure in record.failures:
        print(failure, file=sys.stderr)
    print(summary)
    return record.ok


def _work(qt: QApplication, house: House, record: Record, pictures: Path | None) -> None:
    watch = SlotWatch()
    watch.start()
    day = Day(house, _open(qt, house, watch, record), record)

    def finished(error: Exception | None) -> None:
        if error is not None:
            places = [f"{Path(f.filename).stem}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
            record.fail(f"{type(error).__name__}: {error} ({' > '.join(places[-4:])})")
        qt.exit(0)  # quit() would ask the windows first, and a window with somebody signed in says no

    steps = STEPS if pictures is None else with_manual(STEPS)
    robot = Robot(_script(day, steps), finished)
    robot.start()
    qt.exec()
    watch.stop()
    record.slow_slots = [f"{slot.milliseconds:.0f} ms {slot.where}" for slot in watch.slow]
    if pictures is not None and record.ok:
        print(f"  {manual.write_pictures(record.out, pictures, manual.places_of(day)):,} bytes of pictures", file=sys.stderr)
    day.station.close()


def with_manual(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The day with what only the manual needs: a question to the ward while there is work to ask about, and pages at the end."""
    names = [name for name, _script in steps]
    at = names.index("verification")
    return (*steps[:at], ("manual-question", manual.manual_question), *steps[at:], ("manual", manual.manual_pages))


def _open(qt: QApplication, house: House, watch: SlotWatch, record: Record) -> Workstation:
    premises = open_premises(house.settings, training_clock(OPENING))
    station = workstation(qt, premises)
    watch_crashes(premises, station)
    station.crashed.connect(lambda reference: record.fail(f"crash record {reference}"))
    station.window.error_presented.connect(lambda error: record.fail(f"unexpected message: {type(error).__name__} {error}"))
    station.runner.watch = watch
    station.show()
    return station


def _script(day: Day, steps: tuple[Step, ...]) -> Script:
    for name, step in steps:
        print(f"  {name}", file=sys.stderr, flush=True)
        yield from day.record.step(name, lambda chosen=step: chosen(day), day.window)  # type: ignore[misc]
