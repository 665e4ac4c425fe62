"""一斉更新 as its page shows it: the orders, how far each lot is, who gets nothing and why; and the lists of them on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nhi_center.domain import renewal as rules
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.renewal import Candidate, Renewal
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import register
from nhi_center.storage import renewal as storage
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot. ``waiting`` sheets are not put out yet, ``queued`` wait for the printer, ``to_check`` for 検品, ``stopped`` were
    pulled out in the queue, ``done`` are good. ``first`` and ``last`` are the numbers of the paper used so far."""

    number: int
    sheets: int
    households: int
    waiting: int
    queued: int
    to_check: int
    stopped: int
    done: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class RenewalView:
    """One order as the page shows it. ``left_out``: how many get nothing for now, as far as this person may know of them."""

    renewal: Renewal
    lots: tuple[Lot, ...]
    left_out: int

    @property
    def sheets(self) -> int:
        return sum(lot.sheets for lot in self.lots)


@dataclass(frozen=True, slots=True, repr=False)
class LeftOut:
    """Who gets nothing for now, and why, in words."""

    atena: str
    name: str
    insured_number: str
    why: tuple[str, ...]
    pulled: bool


def listing(office: Office, session: Session) -> tuple[RenewalView, ...]:
    """Every order, the newest first."""
    with reading(office, session, Action.PRINT) as connection:
        return tuple(_view(connection, session, renewal) for renewal in storage.every(connection))


def orders(office: Office, session: Session) -> tuple[RenewalView, ...]:
    """As ``listing`` for the ward, whose ``left_out`` counts the hidden ones too."""
    with reading(office, session, Action.ISSUE) as connection:
        return tuple(_view(connection, session, renewal) for renewal in storage.every(connection))


def left_out(office: Office, session: Session, renewal_id: str) -> tuple[LeftOut, ...]:
    """Who gets nothing for now. Of 支援措置 the contractor learns nothing, not even that there is somebody."""
    with reading(office, session, Action.PRINT) as connection:
        return left_out_of(connection, session, renewal_id)


def left_out_of(connection: Connection, session: Session, renewal_id: str) -> tuple[LeftOut, ...]:
    """As ``left_out``, inside another reading."""
    rows = []
    for one in _left_out(connection, session, renewal_id):
        person = register.find(connection, one.atena)
        numbers = (person.symbol, person.number, person.branch) if person else ()
        why = [Block(block).sentence for block in one.blocks]
        if one.pulled:
            why.insert(0, f"引抜き: {rules.PULL_REASONS[one.pulled]}")
        elif one.state is JobState.BLOCKED:
            why.insert(0, Block.CHANGED.sentence)
        if one.detail:
            why.append(f"文字 {one.detail}")
        number = "-".join(part for part in numbers if part)
        rows.append(LeftOut(one.atena, person.name if person else "", number, tuple(why), bool(one.pulled)))
    return tuple(rows)


def _left_out(connection: Connection, session: Session, renewal_id: str) -> list[Candidate]:
    hidden = session.role.is_contractor
    out = (one for one in storage.candidates(connection, renewal_id) if not one.out)
    return [one for one in out if not (hidden and is_hidden(connection, one))]


def is_hidden(connection: Connection, one: Candidate) -> bool:
    """By the register of today: 支援措置 may have begun, or ended, since the extraction."""
    person = register.find(connection, one.atena)
    return Block.PROTECTED in one.blocks or person is None or person.protected


def _view(connection: Connection, session: Session, renewal: Renewal) -> RenewalView:
    households = storage.households(connection, renewal.id)
    by_lot: dict[int, list[tuple[int, str, int, int, str, str]]] = {}
    for row in storage.lot_states(connection, renewal.id):
        by_lot.setdefault(row[0], []).append(row)
    lots = tuple(_lot(number, rows, households.get(number, 0)) for number, rows in by_lot.items())
    return RenewalView(renewal, lots, len(_left_out(connection, session, renewal.id)))


_STEP: Mapping[str, str] = {
    "": "waiting",
    JobState.QUEUED: "queued",
    JobState.BLOCKED: "stopped",
    **dict.fromkeys((JobState.PRINTING, JobState.NEEDS_CHECK, JobState.SPOILED_WAITING), "to_check"),
}


def _lot(number: int, rows: Iterable[tuple[int, str, int, int, str, str]], households: int) -> Lot:
    counts = dict.fromkeys(("waiting", "queued", "to_check", "stopped", "done"), 0)
    firsts, lasts = [], []
    for _lot_number, state, sheets, _households, first, last in rows:
        counts[_STEP.get(state, "done")] += sheets
        firsts += [first] if first else []
        lasts += [last] if last else []
    return Lot(number, sum(counts.values()), households, **counts, first=min(firsts, default=""), last=max(lasts, default=""))
