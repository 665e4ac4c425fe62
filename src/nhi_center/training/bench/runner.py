"""Runs the benchmarks, holds every figure against its target, and reports: a table on stdout, the same as JSON in a file."""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from nhi_center.errors import OperatorError
from nhi_center.training.bench import (
    accuracy,
    calls,
    chaos,
    commit,
    copies,
    keystrokes,
    printing,
    screens,
    search,
    start,
    store,
    sync,
    typing,
)
from nhi_center.training.bench.result import Measurement, Result, Target, judge, load_targets, target_of
from nhi_center.training.bench.room import Room, Sizes, make_room, say

Benchmark = Callable[[Room], Iterator[Measurement]]

BENCHMARKS: Mapping[str, Benchmark] = {
    "start": start.measure,
    "search": search.measure,
    "commit": commit.measure,
    "store": store.measure,
    "log": copies.measure,
    "accuracy": accuracy.measure,
    "keystrokes": keystrokes.measure,
    "calls": calls.measure,
    "print": printing.measure,
    "typing": typing.measure,
    "sync": sync.measure,
    "screens": screens.measure,
    "chaos": chaos.measure,
}

ON_REQUEST = frozenset({"screens", "chaos"})
"""Ten minutes and more in which the machine can do nothing else: left out unless they are named."""


def run(json_file: Path, only: tuple[str, ...], sizes: Sizes, targets: tuple[Target, ...] = ()) -> bool:
    """``run_bench`` with every size given; ``targets`` other than the shipped ones are for proving what a missed one does."""
    targets = targets or load_targets()
    chosen = _chosen(only)
    json_file.parent.mkdir(parents=True, exist_ok=True)
    started, load = time.monotonic(), [os.getloadavg()]
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="nhi-bench-") as folder:
        say(f"研修用の台帳({sizes.persons:,}人)を作っています")
        room = make_room(Path(folder), sizes)
        for name, benchmark in chosen.items():
            say(f"{name} を測っています")
            results.extend(judge(measurement, targets) for measurement in benchmark(room))
            load.append(os.getloadavg())
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "load_averages": [[round(figure, 2) for figure in figures] for figures in load],
    }
    ok = all(result.ok for result in results)
    body = {
        "ok": ok,
        "persons": sizes.persons,
        "seconds": round(time.monotonic() - started, 1),
        "machine": machine,
        "results": [result.to_json() for result in results],
    }
    json_file.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print("\n".join(table(results, targets)))
    return ok


def _chosen(only: tuple[str, ...]) -> Mapping[str, Benchmark]:
    unknown = [name for name in only if name not in BENCHMARKS]
    if unknown:
        raise OperatorError(f"測定 {'、'.join(unknown)} はありません。あるのは {'、'.join(BENCHMARKS)} です。", field="only")
    return {name: benchmark for name, benchmark in BENCHMARKS.items() if name in (only or BENCHMARKS.keys() - ON_REQUEST)}


def table(results: list[Result], targets: tuple[Target, ...]) -> Iterator[str]:
    """One line for each result; below it the reason of each target that was missed."""
    yield f"{'':2} {'name':28} {'value':>10} {'reference':>10} {'ratio':>8}  target"
    for result in results:
        mark = "ok" if result.ok else "NG"
        value, reference = f"{result.value:g} {result.unit}", f"{result.reference_value:g} {result.unit}"
        yield f"{mark:2} {result.name:28} {value:>10} {reference:>10} {result.ratio:>8.4g}  {result.target}"
    for result in results:
        if not result.ok:
            yield f"NG {result.name}: {target_of(result.name, targets).reason}"
