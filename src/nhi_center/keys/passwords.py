"""Password hashing, as the ward's verifier knows it too (domain.password_hash), with the cost fitted to this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from nhi_center.domain.password_hash import MOST, STANDARD, Cost, derive

__all__ = ["FLOOR", "MOST", "STANDARD", "Cost", "calibrated", "derive", "is_below"]

FLOOR = Cost(memory_kib=64 * 1024, passes=3, lanes=1)
"""What a record of a real terminal must cost at least (RFC 9106, second recommendation)."""
_LEAST_MS, _MOST_MS, _WANTED_MS = 150, 300, 220
_MOST_PASSES = 12


def is_below(cost: Cost, floor: Cost) -> bool:
    """Whether a password under ``cost`` is cheaper to guess than ``floor`` allows."""
    return cost.memory_kib < floor.memory_kib or cost.passes < floor.passes


def calibrated(measure: Callable[[Cost], float] | None = None) -> Cost:
    """The cost that takes this machine 150 to 300 ms, for a new record: 128 MiB, as many passes as that needs.

    A slow machine gives up memory before passes, never below ``FLOOR``; it may then take longer. ``measure`` gives milliseconds.
    """
    measure = measure or milliseconds
    cost, took = STANDARD, measure(STANDARD)
    if took > _MOST_MS:
        smaller = replace(STANDARD, memory_kib=FLOOR.memory_kib)
        return smaller if measure(smaller) < took else cost
    if took < _LEAST_MS:
        cost = replace(cost, passes=min(_MOST_PASSES, round(cost.passes * _WANTED_MS / max(took, 1))))
    return cost


def milliseconds(cost: Cost) -> float:
    """How long one password takes here: the better of two, because the first also fetches the memory."""

    def once() -> float:
        started = time.perf_counter()
        derive("見本の文句", bytes(16), cost)
        return (time.perf_counter() - started) * 1000

    return min(once(), once())
