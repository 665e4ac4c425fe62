"""電話の集計: how many calls at which hour and about what, how long, how many answered at once. Of nobody in particular."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nhi_center.domain.calls import CallBack, Outcome
from nhi_center.domain.reports import averages

LENGTHS = (1, 3, 5, 10, 20)
"""Minutes up to which the lengths of calls are counted together; what is longer stands last."""


@dataclass(frozen=True, slots=True)
class CallFact:
    """One recorded call without its contents. Times: ISO in the office's zone."""

    category: str
    outcome: str
    started_at: str
    ended_at: str

    @property
    def seconds(self) -> int:
        return max(0, int((datetime.fromisoformat(self.ended_at) - datetime.fromisoformat(self.started_at)).total_seconds()))


@dataclass(frozen=True, slots=True)
class HourLine:
    """One hour of the day over the whole period."""

    hour: int
    calls: int
    answered: int

    @property
    def words(self) -> str:
        return f"{self.hour}時"


@dataclass(frozen=True, slots=True)
class LengthLine:
    """Calls of up to so many minutes, and more than the line before says; ``minutes`` 0: longer than any."""

    minutes: int
    calls: int
    answered: int

    @property
    def words(self) -> str:
        return f"{self.minutes}分まで" if self.minutes else f"{LENGTHS[-1]}分超"


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One 分類: calls, how many of them had each result (in the order of ``Outcome``), and the mean, the middle and the longest
    length in seconds."""

    category: str
    calls: int
    outcomes: tuple[int, ...]
    mean: int
    middle: int
    longest: int

    @property
    def at_once(self) -> int:
        """一次回答率: per cent answered in the call itself."""
        return round(100 * self.having(Outcome.ANSWERED) / self.calls) if self.calls else 0

    def having(self, outcome: Outcome) -> int:
        """Calls with this result."""
        return self.outcomes[list(Outcome).index(outcome)]


@dataclass(frozen=True, slots=True)
class CallFigures:
    """``total`` has no 分類. ``promised`` call-backs of the period, ``late`` kept or still open after their time."""

    total: CategoryLine
    categories: tuple[CategoryLine, ...]
    hours: tuple[HourLine, ...]
    lengths: tuple[LengthLine, ...]
    promised: int
    late: int


def figures(calls: Sequence[CallFact], backs: Iterable[CallBack], now: datetime) -> CallFigures:
    """Of the calls of a period, and the call-backs promised in it."""
    by_category: dict[str, list[CallFact]] = {}
    by_hour: dict[int, list[CallFact]] = {}
    for call in calls:
        by_category.setdefault(call.category, []).append(call)
        by_hour.setdefault(datetime.fromisoformat(call.started_at).hour, []).append(call)
    span = range(min(by_hour, default=0), max(by_hour, default=-1) + 1)
    promises = list(backs)
    return CallFigures(
        total=_line("", calls),
        categories=tuple(_line(code, by_category[code]) for code in sorted(by_category)),
        hours=tuple(HourLine(hour, len(by_hour.get(hour, ())), _answered(by_hour.get(hour, ()))) for hour in span),
        lengths=_lengths(calls),
        promised=len(promises),
        late=sum(_late(back, now) for back in promises),
    )


def _line(category: str, calls: Sequence[CallFact]) -> CategoryLine:
    lengths = sorted(call.seconds for call in calls)
    counts = Counter(call.outcome for call in calls)
    return CategoryLine(
        category,
        calls=len(calls),
        outcomes=tuple(counts[outcome] for outcome in Outcome),
        mean=averages(lengths)[0],
        middle=lengths[(len(lengths) - 1) // 2] if lengths else 0,
        longest=lengths[-1] if lengths else 0,
    )


def _lengths(calls: Sequence[CallFact]) -> tuple[LengthLine, ...]:
    """Every length there may be, so that two periods stand beside each other."""
    if not calls:
        return ()
    found: dict[int, list[CallFact]] = {minutes: [] for minutes in (*LENGTHS, 0)}
    for call in calls:
        found[next((minutes for minutes in LENGTHS if call.seconds <= 60 * minutes), 0)].append(call)
    return tuple(LengthLine(minutes, len(some), _answered(some)) for minutes, some in found.items())


def _answered(calls: Sequence[CallFact]) -> int:
    return sum(call.outcome == Outcome.ANSWERED for call in calls)


def _late(back: CallBack, now: datetime) -> bool:
    kept = datetime.fromisoformat(back.done_at) if back.done_at else now
    return kept > datetime.fromisoformat(back.due)
