"""A year of the room's work, day after day, through the services and over a clock that is moved: what a history is made of.

Nothing is written past the services but the people's passwords (``crew``): permissions, four eyes, audit log, ledger and outbox
are those of real work, and the segment is a real gateway that is met at noon and in the evening.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from random import Random

from nhi_center.domain.people import Person
from nhi_center.errors import OperatorError
from nhi_center.link.client import GatewayLink
from nhi_center.services import forms, sampling, sync
from nhi_center.services.clock import JST, SystemClock, TrainingClock
from nhi_center.services.office import Office
from nhi_center.services.premises import link_settings, open_premises
from nhi_center.services.session import sign_in, sign_out
from nhi_center.settings import Settings
from nhi_center.synthesis.deck import Paper, pile
from nhi_center.training.history.clock import HistoryClock
from nhi_center.training.history.crew import ADMIN, PASSWORDS, TOKO, Crew
from nhi_center.training.history.matters import Matters
from nhi_center.training.history.output import Output
from nhi_center.training.history.papers import Papers
from nhi_center.training.history.room_day import RoomDay
from nhi_center.training.history.seasons import Workday
from nhi_center.training.history.telephone import Telephone

Progress = Callable[[int, int, Workday, "Done"], None]
"""(days done, days in all, the day, the sums so far): after each day; it may raise to stop there."""

_MORNING, _REVIEW, _OUT, _EVENING = time(8, 45), time(14, 0), time(16, 30), time(17, 5)
_BEFORE_REVIEW = 0.8
"""Of the day's turns; what is verified later waits for the ward over night."""
_PERCENT = 40
"""照合の割合 once a keyer's first 200 papers are through."""


@dataclass(slots=True)
class Done:
    """What the run has made so far. ``refused``: turns the rules did not allow; the paper of one stays where it was."""

    days: int = 0
    papers: int = 0
    calls: int = 0
    refused: int = 0


class Year:
    """One run over one open store. ``people``: of the whole register, in its order; each household files once."""

    def __init__(self, office: Office, clock: HistoryClock, people: Sequence[Person], days: Sequence[Workday], seed: int) -> None:
        self._office, self._clock, self._people, self._days = office, clock, people, days
        self._rng = Random(f"nhi-center history {seed}")
        self._crew = Crew(office)
        self._room = RoomDay(self._crew, clock)
        self._papers = Papers(self._crew, clock, self._rng)
        self._output = Output(self._crew, clock, self._rng)
        self._telephone = Telephone(self._crew, clock, self._rng)
        self._matters = Matters(self._crew, clock, Random(f"nhi-center matters {seed}"))
        self._used: set[str] = set()
        self.done = Done()

    def work(self, progress: Progress) -> Done:
        """Every day to its close. Between two days it may be stopped: the store is whole then."""
        sampling.set_rate(self._office, self._crew.session(TOKO), "", "", _PERCENT, self._days[0].day, "入力の誤りが少ないため。")
        month = 0
        for number, today in enumerate(self._days, start=1):
            if number == 1 or (month == 3 and today.day.month == 4):
                self._clock.put(_at(today.day, _MORNING))
                self._room.plan_hours()
            self._day(today, first_of_month=bool(month) and month != today.day.month)
            month = today.day.month
            self.done.days = number
            progress(number, len(self._days), today, self.done)
        return self.done

    def _day(self, today: Workday, *, first_of_month: bool) -> None:
        clock = self._clock
        clock.put(_at(today.day, _MORNING))
        self._room.begin()
        if first_of_month:
            self._room.report_month()
        self._output.fill_trays()
        self._papers.ward_answers()
        brought = pile(forms.catalogue(), self._neighbours(), today.day, today.forms, self._used, self._rng)
        self._bring_in(brought)
        turns = list(self._turns(today))
        most = round(len(turns) * _BEFORE_REVIEW)
        self._take(turns[:most], today.day, time(9, 30), _REVIEW)
        self._reviewed(today.day)
        self._matters.of_the_day()
        self._take(turns[most:], today.day, time(15, 0), _OUT)
        clock.put(_at(today.day, _OUT))
        self._output.hand_out()
        clock.put(_at(today.day, _EVENING))
        self._output.count_paper()
        sync.send(self._office, lambda _done, _total, _words: None)
        self._room.end()
        self._crew.sign_out_all()
        sync.synchronise(self._office)  # the day is closed: both sides compare what they have

    def _bring_in(self, brought: Sequence[Paper]) -> None:
        """A 便 for as many as one person counts at a time; the exchange before it fetches the 管理票 numbers."""
        for first in range(0, len(brought), _ONE_BATCH):
            sync.synchronise(self._office)
            self._papers.bring_in(brought[first : first + _ONE_BATCH])
        self.done.papers += len(brought)

    def _neighbours(self) -> Sequence[Person]:
        """The part of the register that files in these days: the year goes through all of it once."""
        share = len(self._people) / len(self._days)
        first = int(share * self.done.days)
        return self._people[first : first + max(_LEAST_NEIGHBOURS, int(2 * share))]

    def _turns(self, today: Workday) -> Iterator[Callable[[], None]]:
        """Keying, verifying and calls as they fall into one another."""
        neighbours = [person for person in self._neighbours() if person.birth < today.day]
        calls: list[Callable[[], None]] = [lambda: self._telephone.take(neighbours)] * today.calls
        self.done.calls += today.calls
        papers = [self._key_next] * len(self._papers.to_key)
        verifying = [self._verify_next] * (len(papers) + len(self._papers.to_verify))
        turns = [*papers, *verifying, *calls]
        self._rng.shuffle(turns)
        return iter(turns)

    def _key_next(self) -> None:
        if self._papers.to_key:
            self._papers.key(self._papers.to_key.popleft())

    def _verify_next(self) -> None:
        if self._papers.to_verify:
            self._papers.verify(self._papers.to_verify.popleft())

    def _take(self, turns: Sequence[Callable[[], None]], day: date, begins: time, ends: time) -> None:
        """Spread over these hours; what the rules refuse is counted, and its paper lies where it lay."""
        start, stop = _at(day, begins), _at(day, ends)
        for number, turn in enumerate(turns):
            self._clock.put(start + (stop - start) * number / len(turns))
            if number % _TURNS_BETWEEN == _TURNS_BETWEEN - 1:
                sync.synchronise(self._office)
            try:
                turn()
            except OperatorError:
                self.done.refused += 1

    def _reviewed(self, day: date) -> None:
        """Questions settled, 区の審査, the segment's answers, and what can be printed of them."""
        self._clock.put(_at(day, _REVIEW))
        self._papers.settle_questions()
        self._telephone.keep_promises()
        self._papers.review()
        sync.synchronise(self._office)
        self._output.print_all()


_ONE_BATCH = 60
"""So many papers at most come in one 便."""
_TURNS_BETWEEN = 40
"""After so many turns the segment is met again: a terminal has numbers for about a hundred calls (domain.numbers)."""
_LEAST_NEIGHBOURS = 2000
"""So many people are enough for every form to find somebody who can file it."""


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, JST)


def work_year(settings: Settings, people: Sequence[Person], days: Sequence[Workday], seed: int, progress: Progress) -> Done:
    """Work these days in a furnished and enrolled training room whose gateway answers.

    Raises what the services raise, and what ``progress`` raises; the store is closed in any case.
    """
    clock = HistoryClock(days[0].day)
    premises = open_premises(settings, clock)
    premises.link.close()
    premises = replace(premises, link=GatewayLink(link_settings(settings, premises.terminal), SystemClock().now))
    try:
        office, session = sign_in(premises, ADMIN, PASSWORDS[ADMIN])
        try:
            _not_for_every_act(office)
            sync.synchronise(office)
            return Year(office, clock, people, days, seed).work(progress)
        finally:
            sign_out(office, session)
    finally:
        premises.close()


def catch_up(settings: Settings, day: date) -> None:
    """One more exchange, by the training day's own clock, after which the room has been in contact just now."""
    premises = open_premises(settings, TrainingClock(_at(day, _MORNING)))
    try:
        office, session = sign_in(premises, ADMIN, PASSWORDS[ADMIN])
        try:
            sync.synchronise(office)
        finally:
            sign_out(office, session)
    finally:
        premises.close()


def _not_for_every_act(office: Office) -> None:
    """The disk is waited for at each checkpoint, not at each act: a power cut would lose the last acts of an invented year, and
    nothing else (SQLite, PRAGMA synchronous=NORMAL in WAL mode)."""
    connection = office.store.write.raw_connection()
    try:
        connection.cursor().execute("PRAGMA synchronous=NORMAL")
    finally:
        connection.close()
