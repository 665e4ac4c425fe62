"""A terminal of the chaos in a process of its own: writes at random, sends, and may be killed at any moment.

Arguments: terminal.toml, the seed, a file for the id of every record whose act was committed, and a file whose appearance
means: set the clock right, send everything, end. What it met is one line of JSON on stdout.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import presence
from nhi_center.services.clock import TrainingClock
from nhi_center.services.office import Office
from nhi_center.services.premises import open_premises
from nhi_center.services.sync import synchronise
from nhi_center.services.work import begin
from nhi_center.settings import load
from nhi_center.training.bench.room import CLERK, OPENING, WARD_STAFF, signed_in
from nhi_center.training.bench.sync_rows import KIND, body_of

_STEPS = tuple(timedelta(minutes=minutes) for minutes in (-90, -1, 0, 3, 120, 24 * 60))
_PAUSE_SECONDS = 0.05
_CASES = 200
"""Of a case one record goes in an exchange's batch, the next behind it: with a handful of them nothing would ever catch up."""


class SteppedClock(TrainingClock):
    """Somebody, or a bad time service, sets it while the terminal works."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead

    def local(self) -> datetime:
        return super().local() + self.ahead


class Hand:
    """What the person at the terminal does. ``troubles``: how often each code was met."""

    def __init__(self, office: Office, session: Session, clock: SteppedClock, random: Random, told: Path) -> None:
        self._office, self._session, self._clock, self._random = office, session, clock, random
        self._told = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._pause = threading.Event()
        self.troubles: Counter[str] = Counter()

    def once(self) -> None:
        for _ in range(self._random.randint(1, 12)):
            self._act()
        if self._random.random() < 0.1:
            self._clock.ahead = self._random.choice(_STEPS)
            self._office.premises.link.close()
        if self._random.random() < 0.7:
            self.exchange()
        self._pause.wait(self._random.random() * _PAUSE_SECONDS)

    def exchange(self) -> bool:
        """Whether everything went over."""
        try:
            synchronise(self._office)
        except EnvironmentTrouble as trouble:
            self.troubles[trouble.code] += 1
            return False
        return True

    def finish(self) -> None:
        """The clock is set right; what still waits goes over. A line that has just come back may break off a few times more."""
        self._clock.ahead = timedelta()
        for _ in range(200):
            if self.exchange():
                return
            self._pause.wait(_PAUSE_SECONDS)
        raise TimeoutError

    def _act(self) -> None:
        if self._random.random() < 0.03:  # more would be years of coming and going in one day
            with suppress(OperatorError):  # somebody was quicker at another terminal
                self._come_or_go()
            return
        with begin(self._office, self._session, Action.CHECK_PRESENCE) as unit:
            size = self._random.choice((1, 1, 1, 40))
            cases = [self._random.randrange(_CASES) for _record in range(self._random.randint(1, 4))]
            ids = [unit.record(KIND, body_of(case) | {"note": "見本" * size}) for case in cases]
        os.write(self._told, "".join(f"{id_}\n" for id_ in ids).encode())

    def _come_or_go(self) -> None:
        inside = [stay for stay in presence.loose_ends(self._office, self._session, CLERK) if stay.inside]
        if inside:
            presence.check_out(self._office, self._session, inside[0])
        else:
            presence.check_in(self._office, self._session, CLERK, "01")


def main() -> int:
    settings, seed, told, finish = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    clock = SteppedClock(OPENING)
    with signed_in(open_premises(load(settings), clock), WARD_STAFF) as (office, session):
        hand = Hand(office, session, clock, Random(seed), told)
        while not finish.exists():
            hand.once()
        hand.finish()
        print(json.dumps(hand.troubles), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
