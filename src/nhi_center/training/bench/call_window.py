"""The workstation at which a practised clerk takes the forty calls: what each costs in keys after hang-up.

Run as a module in a process of its own. Argument: the business folder of a room. Prints one JSON line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from nhi_center.training.bench.call_hands import CallCost, take_call
from nhi_center.training.bench.calls import make_scripts
from nhi_center.training.bench.keyer import Stroke
from nhi_center.training.bench.played import PlayedWindow, to_the_desk


def strokes(costs: list[CallCost]) -> Iterator[Stroke]:
    """All calls one after the other; ``costs`` gets one entry each."""
    for script in make_scripts():
        costs.append(CallCost())
        yield from take_call(script, costs[-1])


def main() -> int:
    costs: list[CallCost] = []
    window = PlayedWindow(Path(sys.argv[1]))
    return window.play(to_the_desk(window.station), strokes(costs), lambda: {"calls": [asdict(cost) for cost in costs]})


if __name__ == "__main__":
    sys.exit(main())
