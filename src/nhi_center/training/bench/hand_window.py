"""The workstation worked by a practised clerk from the deck: what it costs in keys, or how soon each key is on the screen.

Run as a module in a process of its own. Arguments: the business folder of a room with the papers laid out, how many papers,
``keys``, ``paint``, ``paint-print`` (with certificates beside) or ``paint-busy`` (with a sync beside them). Prints one JSON line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import time as time_of_day
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from nhi_center import settings
from nhi_center.app import application, training_clock, workstation
from nhi_center.services.premises import open_premises
from nhi_center.synthesis.deck import Paper
from nhi_center.training.bench.hand_room import make_deck
from nhi_center.training.bench.keyer import Stroke, key_paper, tap, wait
from nhi_center.training.bench.load import Load
from nhi_center.training.bench.paint_watch import PaintWatch
from nhi_center.training.bench.typist import Typist
from nhi_center.training.room import DEMO_PEOPLE
from nhi_center.training.tour.robot import Robot, Script, find, focus_name, in_field, press, rows, sees, type_keys
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.entry.wizard import Wizard
from nhi_center.ui.workstation import Workstation

CLERK = DEMO_PEOPLE[0]


class PointerCount(QObject):
    """Every move or press of a pointer the program has seen."""

    def __init__(self, parent: QApplication) -> None:
        super().__init__(parent)
        self.moves = 0
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            self.moves += 1
        return False


def strokes(papers: tuple[Paper, ...], done: Callable[[Paper, int, int], None]) -> Iterator[Stroke]:
    """All papers, in the order their slips lie in the list. ``done`` is told the keys and pages each took."""
    waiting: dict[str, list[Paper]] = {}
    for paper in reversed(papers):
        waiting.setdefault(paper.form, []).append(paper)
    yield tap("Enter", "open")
    for number in range(len(papers)):
        yield wait(lambda: sees("entry_wizard") and focus_name().startswith("field_"))
        wizard = find("entry_wizard", Wizard)
        paper = waiting[wizard.flow.form.id].pop()
        cost = pages = 0
        for stroke in key_paper(paper):
            cost += stroke.cost
            pages += stroke.kind in ("page", "open")
            yield stroke
        done(paper, cost, pages)
        if number + 1 < len(papers):
            yield wait(lambda: focus_name() == "primary_button")
            yield tap("Ctrl+Enter", "open")
            yield wait(partial(_another, wizard))


def _another(wizard: Wizard) -> bool:
    return not sees("entry_wizard") or find("entry_wizard", Wizard) is not wizard


def sign_in(station: Workstation) -> Script:
    """To the list of what is to be keyed."""
    yield from to_the_desk(station)
    find("navigation_entry", QWidget).setFocus()
    press("Space")
    yield lambda: focus_name() == "entry_table" and rows("entry_table") > 0


def to_the_desk(station: Workstation) -> Script:
    """To the first page."""
    yield lambda: station.sign_in.isVisible() and station.sign_in.is_ready
    station.sign_in.id_field.editor.setFocus()
    yield lambda: in_field("sign_in_id")
    type_keys(CLERK.person)
    press("Enter")
    yield lambda: in_field("sign_in_password")
    type_keys(CLERK.password)
    yield lambda: find("sign_in_button", ActionButton).isEnabled()
    press("Enter")
    yield lambda: station.window.isVisible() and bool(focus_name())


def main() -> int:
    folder, count, mode = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    qt = application()
    papers = make_deck(count)
    watch = PaintWatch() if mode != "keys" else None
    premises = open_premises(settings.load(folder / "terminal.toml"), training_clock(time_of_day(9, 0)))
    station = workstation(qt, premises)
    pointer = PointerCount(qt)
    load = Load(station, folder)
    told: list[dict[str, object]] = []
    failed: list[Exception] = []

    def note(paper: Paper, cost: int, pages: int) -> None:
        told.append({"form": paper.form, "keys": cost, "pages": pages})

    def finished(error: Exception | None) -> None:
        load.stop()
        trouble = error or load.failed
        if trouble is not None:
            failed.append(trouble)
        QApplication.exit()

    def begin(error: Exception | None) -> None:
        if error is not None:
            finished(error)
            return
        if mode in ("paint-print", "paint-busy"):
            load.start(syncing=mode == "paint-busy")
        typist = Typist(strokes(papers, note), finished, watch)
        typist.setParent(station)
        typist.start()

    station.show()
    robot = Robot(sign_in(station), begin)
    robot.setParent(station)
    robot.start()
    try:
        qt.exec()
    finally:
        station.close()
    if failed:
        print(f"{type(failed[0]).__name__}: {failed[0]}", file=sys.stderr)
        return 1
    body = {
        "papers": told,
        "pointer": pointer.moves,
        "paint": watch.to_json() if watch else {},
        "printed": load.printed,
        "synced": load.synced,
    }
    print(json.dumps(body), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
