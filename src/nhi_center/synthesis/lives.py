"""Eligibility periods (資格期間) that could have happened: every day follows from a fact by the table of reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from random import Random

from nhi_center.domain.calendar import birthday75
from nhi_center.domain.eligibility import acquisition_date, loss_date
from nhi_center.domain.people import Period
from nhi_center.synthesis.material import Picker

_LONGEST_DAYS = 25 * 365
_SHORTEST_DAYS = 45
_SAME_DAY_MOVES = 0.2

_ACQUIRED = Picker(("A2", "A1", "A4", "A5"), (62, 30, 4, 4))
_ACQUIRED_FOREIGN = Picker(("A7", "A1", "A2"), (60, 25, 15))
_LOST_STAYING = Picker(("L2", "L4", "L5"), (88, 7, 5))
_LOST_ANY = Picker(("L2", "L1", "L3", "L4", "L5"), (52, 33, 6, 5, 4))


class Standing(Enum):
    """How a person stands to NHI on the register's day."""

    INSURED = "insured"
    FORMER = "former"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Life:
    """``leaves``: the person may have moved out or died, which a head with family at home has not."""

    birth: date
    foreign: bool
    leaves: bool


def periods(rng: Random, life: Life, standing: Standing, today: date) -> tuple[Period, ...]:
    """Periods in order, not overlapping. Empty when there was no room for one (born too late, 75 too early)."""
    if standing is Standing.NEVER:
        return ()
    aged_out = birthday75(life.birth)
    end = min(today, aged_out - timedelta(days=1))
    if standing is Standing.INSURED:
        current = _acquired(rng, life, end)
        return (*_earlier(rng, life, current.acquired), current)
    if aged_out <= today and rng.random() < 0.85:
        period = _acquired(rng, life, aged_out - timedelta(days=_SHORTEST_DAYS))
        return (Period(period.acquired, period.acquired_code, loss_date("L6", aged_out), "L6"),)
    closed = _closed(rng, life, end)
    return (closed,) if closed else ()


def _acquired(rng: Random, life: Life, latest: date) -> Period:
    young = (latest - life.birth).days < 18 * 365
    if young and not life.foreign and rng.random() < 0.7:
        return Period(acquisition_date("A3", life.birth), "A3")
    earliest = max(life.birth, latest - timedelta(days=_LONGEST_DAYS))
    code = (_ACQUIRED_FOREIGN if life.foreign else _ACQUIRED).pick(rng)
    # Recent days are likelier: people come and go.
    back = int((latest - earliest).days * rng.random() ** 2)
    return Period(acquisition_date(code, latest - timedelta(days=back)), code)


def _closed(rng: Random, life: Life, latest: date) -> Period | None:
    """One period that began and ended by ``latest``; None when the person is too young for it."""
    last_start = latest - timedelta(days=_SHORTEST_DAYS)
    if last_start <= life.birth:
        return None
    opened = _acquired(rng, life, last_start)
    first_fact = opened.acquired + timedelta(days=30)
    fact = first_fact + timedelta(days=rng.randrange((latest - first_fact).days))
    if life.foreign and life.leaves and rng.random() < 0.15:
        return Period(opened.acquired, opened.acquired_code, loss_date("L8", fact), "L8")
    code = (_LOST_ANY if life.leaves else _LOST_STAYING).pick(rng)
    same_day = code == "L1" and rng.random() < _SAME_DAY_MOVES
    return Period(opened.acquired, opened.acquired_code, loss_date(code, fact, same_day), code)


def _earlier(rng: Random, life: Life, before: date) -> tuple[Period, ...]:
    """Some were insured here once before, and had other cover in between."""
    if rng.random() >= 0.12 or (before - life.birth).days < 20 * 365:
        return ()
    staying = Life(life.birth, life.foreign, leaves=False)
    closed = _closed(rng, staying, before - timedelta(days=1))
    return (closed,) if closed and closed.lost and closed.lost <= before else ()
