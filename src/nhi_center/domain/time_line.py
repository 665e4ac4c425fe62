"""資格の経過 of one person as pieces of a line: insured here, covered elsewhere, not here, and what is under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nhi_center.domain import eligibility
from nhi_center.domain.people import Period

_OTHER_COVER = ("L2", "L5", "L6", "L7")


@dataclass(frozen=True, slots=True)
class Stretch:
    """One piece of the line. ``kind``: insured, away (covered elsewhere, or not here for the reason of ``label``) or now (今回).

    ``end`` is the first day that is not of it; None while it lasts.
    """

    kind: str
    label: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Mark:
    """An application on the line: what it is, from which day, and whether it is still under way (今回)."""

    label: str
    start: date
    pending: bool


def stretches(periods: tuple[Period, ...], change: Period | None = None) -> tuple[Stretch, ...]:
    """The pieces of the line, oldest first; ``change`` is the period this application makes or closes."""
    pieces: list[Stretch] = []
    closes = change is not None and change.lost is not None
    for index, period in enumerate(periods):
        pieces.append(Stretch("insured", "国保", period.acquired, period.lost))
        following = periods[index + 1].acquired if index + 1 < len(periods) else None
        if following is None and change is not None and not closes:
            following = change.acquired
        if period.lost is not None and following != period.lost:
            label = f"{eligibility.reason(period.lost_code).label} {period.lost_code}"
            away = f"他保険({label})" if period.lost_code in _OTHER_COVER else label
            pieces.append(Stretch("away", away, period.lost, following))
    if change is not None:
        pieces.append(Stretch("now", "今回", change.lost if closes and change.lost else change.acquired, None))
    return tuple(pieces)
