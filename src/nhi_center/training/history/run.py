"""``nhi-center-gateway train --history``: a fresh training house, worked in for months, and what is said while it goes on."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from types import FrameType

from nhi_center.domain.calendar import ClosedDays
from nhi_center.errors import OperatorCancelled, OperatorError
from nhi_center.gateway.cli import BUSINESS_DATE
from nhi_center.gateway.training_data import load_material
from nhi_center.keys import passwords
from nhi_center.keys.holding import hold_terminal
from nhi_center.services.calls import closed_days
from nhi_center.synthesis.ward import people
from nhi_center.training.history.seasons import Workday, workdays
from nhi_center.training.history.year import Done, catch_up, work_year
from nhi_center.training.house import PERSONS, SEED, House, training_folder
from nhi_center.training.opening import database_of

SINCE = date(2025, 4, 1)
"""The fiscal year in which the longest history begins."""
_COST = passwords.Cost(memory_kib=1024, passes=1, lanes=1)
"""The passwords of a training room stand on its sign-in window: a slow hash keeps nobody out, and a year asks for thousands."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``months`` of work before the training day, at ``scale`` times the year's volume (1: 12,500 applications, 10,000 calls)."""

    months: int
    scale: float
    persons: int = PERSONS
    seed: int = SEED

    def days(self, closed: ClosedDays) -> tuple[Workday, ...]:
        return workdays(BUSINESS_DATE - timedelta(days=1), self.months, self.scale, self.seed, closed)


def run(home: Path | None, wanted: Wanted, *, fresh: bool) -> bool:
    """Make the house and work in it; what it holds stands in ``home``, else where ``nhi-center training`` looks.

    False when it was stopped with Ctrl+C: the house is whole then and holds the days that were worked. Raises OperatorError when
    a house is there already and ``fresh`` does not say that it may go, else as ``House`` and the services do.
    """
    folder = home or training_folder()
    if (folder / "business").exists() and not fresh:
        raise OperatorError(
            "前の研修が残っています。その入力を消して作り直してよければ --fresh を付けてください。", field="fresh"
        )
    with house_with_history(folder, wanted, database_of(home)) as (_house, done, whole):
        _say(f"届出・申請 {done.papers:,}件、電話 {done.calls:,}件、{done.days}日分の仕事を作りました({folder})。")
        return whole


@contextmanager
def house_with_history(
    folder: Path, wanted: Wanted, database: str, *, cost: passwords.Cost = _COST
) -> Iterator[tuple[House, Done, bool]]:
    """The house, answering, with its months of work; what was done, and whether all of it was."""
    days = wanted.days(closed_days())
    _say(f"{days[0].day} から {days[-1].day} まで、{len(days)}日分の仕事を作ります。Ctrl+C で、その日を終えて止まります。")
    house = House(folder, persons=wanted.persons, seed=wanted.seed, fresh=True, database=database, cost=cost, since=SINCE)
    with house:
        everybody = tuple(islice(people(load_material(), wanted.persons, wanted.seed, BUSINESS_DATE), wanted.persons))
        progress = Progress()
        with hold_terminal(house.settings.business_folder):
            with progress.stops_by_key():
                try:
                    work_year(house.settings, everybody, days, wanted.seed, progress)
                except OperatorCancelled:
                    _say("止めました。ここまでの日は、終業点検まで済んでいます。続きからは作れません(作り直すときは --fresh)。")
            catch_up(house.settings, BUSINESS_DATE)
        yield house, progress.done, not progress.stopped


class Progress:
    """A line a day; after Ctrl+C it stops when the day is closed, after a second one at once."""

    def __init__(self) -> None:
        self.stopped = False
        self.done = Done()
        self._began = time.monotonic()

    def __call__(self, number: int, total: int, today: Workday, done: Done) -> None:
        self.done = done
        took = time.monotonic() - self._began
        _say(
            f"{today.day} ({number}/{total}日) 届出 {len(today.forms)}件 電話 {today.calls}件"
            f" | 計 {done.papers:,}件 {done.calls:,}件、{took:,.0f}秒、残りおよそ{took / number * (total - number) / 60:,.0f}分"
        )
        if self.stopped:
            raise OperatorCancelled

    @contextmanager
    def stops_by_key(self) -> Iterator[None]:
        def stop(_number: int, _frame: FrameType | None) -> None:
            if self.stopped:
                raise KeyboardInterrupt
            self.stopped = True
            _say("この日を終えてから止まります。すぐに止めるには、もう一度 Ctrl+C(その日は途中のまま残ります)。")

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
