"""The real window at a bench: opened over a room, signed in, and played from the first stroke to the last."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import time as time_of_day
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from nhi_center import settings
from nhi_center.app import application, training_clock, workstation
from nhi_center.services.premises import open_premises
from nhi_center.training.bench.keyer import Stroke
from nhi_center.training.bench.load import Load
from nhi_center.training.bench.paint_watch import PaintWatch
from nhi_center.training.bench.typist import Typist
from nhi_center.training.room import DEMO_PEOPLE, DemoPerson
from nhi_center.training.tour.robot import Robot, Script, find, focus_name, in_field, press, type_keys
from nhi_center.ui.common.parts import ActionButton
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


class PlayedWindow:
    """``pointer`` counts its moves; ``watch``, if ``watched``, how soon each key is painted; ``load``: what goes on beside."""

    def __init__(self, folder: Path, load: Callable[[Workstation], Load] | None = None, *, watched: bool = False) -> None:
        self._qt = application()
        premises = open_premises(settings.load(folder / "terminal.toml"), training_clock(time_of_day(9, 0)))
        self.station = workstation(self._qt, premises)
        self.pointer = PointerCount(self._qt)
        self.load = load(self.station) if load else None
        self.watch = PaintWatch() if watched else None
        self._failed: Exception | None = None

    def play(self, first: Script, strokes: Iterator[Stroke], told: Callable[[], Mapping[str, object]]) -> int:
        """After the script ``first`` play the strokes; print ``told()`` with the pointer's moves as one JSON line. Gives 1, and
        says why on stderr, when it did not come to the end."""

        def begin(error: Exception | None) -> None:
            if error is not None:
                self._finished(error)
                return
            if self.load is not None:
                self.load.start()
            typist = Typist(strokes, self._finished, self.watch)
            typist.setParent(self.station)
            typist.start()

        self.station.show()
        robot = Robot(first, begin)
        robot.setParent(self.station)
        robot.start()
        try:
            self._qt.exec()
        finally:
            self.station.close()
        if self._failed is not None:
            print(f"{type(self._failed).__name__}: {self._failed}", file=sys.stderr)
            return 1
        print(json.dumps({**told(), "pointer": self.pointer.moves}), flush=True)
        return 0

    def _finished(self, error: Exception | None) -> None:
        if self.load is not None:
            self.load.stop()
            error = error or self.load.failed
        self._failed = error
        QApplication.exit()


def to_the_desk(station: Workstation, who: DemoPerson = CLERK) -> Script:
    """To the first page."""
    yield lambda: station.sign_in.isVisible() and station.sign_in.is_ready
    station.sign_in.id_field.editor.setFocus()
    yield lambda: in_field("sign_in_id")
    type_keys(who.person)
    press("Enter")
    yield lambda: in_field("sign_in_password")
    type_keys(who.password)
    yield lambda: find("sign_in_button", ActionButton).isEnabled()
    press("Enter")
    yield lambda: station.window.isVisible() and bool(focus_name())
