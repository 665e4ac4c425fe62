"""Every page one person may open, opened by key: from the key to the page with its data, painted.

Run as a module in a process of its own. Arguments: the business folder of a room, and whose pages. Prints one JSON line: the
milliseconds of each page by its name, and of its inner pages as ``screen.page``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import time as time_of_day
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QApplication

from nhi_center import settings
from nhi_center.app import application, training_clock, workstation
from nhi_center.services.premises import open_premises
from nhi_center.training.bench.played import to_the_desk
from nhi_center.training.room import DEMO_PEOPLE
from nhi_center.training.tour.robot import Robot, Script, TourFault, find
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.pages import ENTRIES
from nhi_center.ui.workstation import Workstation

_NOT_OPENED = frozenset({"damage"})
"""Shown when the database is damaged, and then alone."""


class Settled:
    """Holds once nothing that ``root`` waits for is under way, and the event loop has come round: what came is on the screen."""

    def __init__(self, station: Workstation, root: Callable[[], QObject]) -> None:
        self._station, self._root, self._quiet = station, root, False

    def __call__(self) -> bool:
        quiet = self._station.runner.pending_within(self._root()) == 0
        twice = quiet and self._quiet
        self._quiet = quiet
        return twice


def open_all(station: Workstation, told: dict[str, float]) -> Script:
    """Each page for the first time since the sign-in, which also makes it."""
    window = station.window
    for entry in ENTRIES:
        allowed = entry.action is None or (station.session is not None and station.session.may(entry.action))
        if entry.name in _NOT_OPENED or entry.overlay or not allowed:
            continue
        yield lambda: station.runner.pending == 0
        began = time.monotonic()
        _open(station, entry)
        yield Settled(station, lambda name=entry.name: window.screen_named(name) or window)  # type: ignore[misc]
        told[entry.name] = _since(began)
        screen = window.screen_named(entry.name)
        if isinstance(screen, PagedScreen):
            yield from _inner_pages(station, screen, told)


def _inner_pages(station: Workstation, screen: PagedScreen, told: dict[str, float]) -> Script:
    first, *others = screen.panels
    told[f"{screen.name}.{first}"] = told.pop(screen.name)
    for page in others:
        yield lambda: station.runner.pending == 0
        began = time.monotonic()
        find(f"{screen.name}_{page}_button", QAbstractButton).click()
        yield Settled(station, lambda: screen)
        told[f"{screen.name}.{page}"] = _since(began)


def _open(station: Workstation, entry: ScreenEntry) -> None:
    """As Space on its name in the left column does; what another page opens, as that page does."""
    if entry.navigation:
        find(f"navigation_{entry.name}", QAbstractButton).click()
    elif not station.window.open_screen(entry.name, {}):
        raise TourFault(f"{entry.name} does not open")


def _since(began: float) -> float:
    return round(1000 * (time.monotonic() - began), 1)


def main() -> int:
    folder, person = Path(sys.argv[1]), sys.argv[2]
    who = next(one for one in DEMO_PEOPLE if one.person == person)
    qt = application()
    station = workstation(qt, open_premises(settings.load(folder / "terminal.toml"), training_clock(time_of_day(9, 0))))
    told: dict[str, float] = {}
    failed: list[Exception] = []

    def script() -> Script:
        yield from to_the_desk(station, who)
        yield from open_all(station, told)

    def done(error: Exception | None) -> None:
        failed.extend([error] if error is not None else [])
        QApplication.exit()

    robot = Robot(script(), done)
    robot.setParent(station)
    station.show()
    robot.start()
    try:
        qt.exec()
    finally:
        station.close()
    if failed:
        print(f"{type(failed[0]).__name__}: {failed[0]} {told}", file=sys.stderr)
        return 1
    print(json.dumps(told), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
