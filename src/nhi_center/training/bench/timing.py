"""Stop watches. Two things that are compared take turns, so that whatever else the machine does meets both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence

Act = Callable[[], object]


def take_turns(
    one: Callable[[int], object], other: Callable[[int], object], times: int, clock: Callable[[], int] = time.perf_counter_ns
) -> tuple[list[float], list[float]]:
    """Milliseconds of ``one(n)`` and ``other(n)`` for n in 0..times-1; who goes first changes at every turn.

    ``clock``: what only computes in this thread is better told by ``time.thread_time_ns``, which does not run while others work.
    """
    ones: list[float] = []
    others: list[float] = []
    for number in range(times):
        pair = ((ones, one), (others, other))
        for kept, act in pair if number % 2 == 0 else reversed(pair):
            started = clock()
            act(number)
            kept.append((clock() - started) / 1e6)
    return ones, others


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0..1) of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, min(len(ranked) - 1, -int(-share * len(ranked) // 1) - 1))]


def median_pair(pairs: Iterable[tuple[Act, Act]]) -> tuple[float, float]:
    """Milliseconds of both acts of the pair with the median ratio; the first pair only warms.

    Who goes first changes at every pair. What a pair needs is made while the clock stands, when the pair is taken.
    """
    taken: list[tuple[float, float]] = []
    for number, (one, other) in enumerate(pairs):
        if number % 2:
            reference, value = _timed(other), _timed(one)
        else:
            value, reference = _timed(one), _timed(other)
        if number:
            taken.append((value, reference))
    taken.sort(key=lambda pair: pair[0] / pair[1])
    return taken[len(taken) // 2]


def _timed(act: Act) -> float:
    started = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - started) / 1e6
