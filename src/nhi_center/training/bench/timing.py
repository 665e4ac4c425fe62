"""Stop watches. Two things that are compared take turns, so that whatever else the machine does meets both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def take_turns(one: Callable[[int], object], other: Callable[[int], object], times: int) -> tuple[list[float], list[float]]:
    """Milliseconds of ``one(n)`` and ``other(n)`` for n in 0..times-1; who goes first changes at every turn."""
    ones: list[float] = []
    others: list[float] = []
    for number in range(times):
        pair = ((ones, one), (others, other))
        for kept, act in pair if number % 2 == 0 else reversed(pair):
            started = time.perf_counter_ns()
            act(number)
            kept.append((time.perf_counter_ns() - started) / 1e6)
    return ones, others


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0..1) of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, min(len(ranked) - 1, -int(-share * len(ranked) // 1) - 1))]
