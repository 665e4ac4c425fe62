"""The output side of a history: certificates printed by one, checked by another, all that is done handed out."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from random import Random

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import STATEMENT as SPOILED
from nhi_center.domain.certificate_jobs import approval_contents
from nhi_center.domain.custody import Balance, DocumentKind
from nhi_center.domain.handover import Count, Direction
from nhi_center.domain.holds import Stage
from nhi_center.domain.paper_count import Moment
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import (
    certificate_checks,
    certificate_printing,
    certificates,
    handover,
    holds,
    paper,
    paper_count,
)
from nhi_center.storage import handover as pieces_of
from nhi_center.training.history.clock import HistoryClock
from nhi_center.training.history.crew import HANAKO, ICHIRO, TOKO, WARD, Crew
from nhi_center.training.history.papers import countersign

_PACK, _LEAST = 500, 120
_SPOILED = 0.012
_REASONS = "123"
_SECTION = "医療保険年金課 資格係"


class Output:
    """What happens to a paper once the ward has reviewed it."""

    def __init__(self, crew: Crew, clock: HistoryClock, rng: Random) -> None:
        self._crew, self._clock, self._rng, self._office = crew, clock, rng, crew.office

    def fill_trays(self) -> None:
        """A new pack into every tray that runs low, its numbers going on where the last one's ended."""
        session = self._crew.session(TOKO)
        for stock in certificates.queue(self._office, session).stocks:
            if stock.left < _LEAST:
                first = max((pack.first + pack.opened for pack in stock.packs), default=1)
                paper.receive(self._office, session, stock.prefix, first, _PACK)

    def print_all(self) -> None:
        """Everything that can be printed, by the 取扱責任者; what may not goes to the ward with a question."""
        session = self._crew.session(TOKO)
        certificates.propose(self._office, session)
        queue = certificates.queue(self._office, session)
        for row in queue.rows:
            if row.job.state is JobState.BLOCKED and not {Block.HELD, Block.RETURNED} & set(row.job.blocks):
                self._ask(row.job.id, row.job.blocks[0].sentence)
        ready = [row.job.id for row in queue.rows if row.job.state is JobState.QUEUED and row.drawable]
        certificate_printing.print_jobs(self._office, session, ready, lambda _done, _total, _words: self._clock.advance(12))
        self._check()
        shutil.rmtree(self._office.settings.spool, ignore_errors=True)  # carried away from the printer

    def _ask(self, job: str, sentence: str) -> None:
        """As it cannot be made here, the ward takes the application back."""
        session = self._crew.session(TOKO)
        certificates.ask_ward(self._office, session, job, sentence)
        asked = {row.hold.id: row for row in holds.listing(self._office, session) if row.stage is Stage.ASKED}
        for hold in (row.hold for row in asked.values() if row.hold.question == sentence):
            holds.send(self._office, session, hold.id, sentence)

    def _check(self) -> None:
        """検品 by somebody who did not print; what is spoiled is approved and printed again."""
        session = self._crew.session(HANAKO)
        for row in certificates.queue(self._office, session).rows:
            if row.job.state is not JobState.NEEDS_CHECK:
                continue
            self._clock.advance(8)
            if self._rng.random() >= _SPOILED:
                certificate_checks.check_good(self._office, session, row.job.id)
                continue
            certificate_checks.report_spoiled(self._office, session, row.job.id, self._rng.choice(_REASONS))
            with self._office.store.read.begin() as connection:
                contents = approval_contents(certificates.found(connection, row.job.id))
            signature = self._crew.sign(TOKO, SPOILED, contents)
            certificate_checks.approve(self._office, session, row.job.id, signature)

    def hand_out(self) -> None:
        """受託者 → 区: all that lies in the output tray."""
        try:
            view = handover.open_handover(self._office, self._crew.session(TOKO), Direction.OUT, _SECTION)
        except OperatorError as nothing:
            if nothing.code != "nothing-ready":
                raise
            return
        with self._office.store.read.begin() as connection:
            found = pieces_of.pieces(connection, view.handover.id)
        countersign(self._crew, self._clock, view, _counts(view.kinds, found), giver=TOKO, receiver=WARD)

    def count_paper(self) -> None:
        """終業の用紙の点検: what lies there is what the book says."""
        session = self._crew.session(ICHIRO)
        for stock in paper_count.book(self._office, session).stocks:
            if stock.packs:
                first = next(iter(stock.upcoming(1)), "")
                paper_count.count(self._office, session, stock.prefix, Moment.CLOSING, stock.left, first)


def _counts(kinds: Sequence[DocumentKind], pieces: Sequence[Balance]) -> list[Count]:
    cases = Counter(piece.account.kind for piece in pieces)
    sheets: Counter[str] = Counter()
    for piece in pieces:
        sheets[piece.account.kind] += piece.sheets
    return [Count(kind.id, cases[kind.id] if kind.has_cases else 0, sheets[kind.id]) for kind in kinds]
