"""Stop watches. Two things that are compared take turns, so that whatever else the machine does meets both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


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
