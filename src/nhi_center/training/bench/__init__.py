"""Where every figure lives that is said about this program: each beside a reference taken in the same run."""

from __future__ import annotations

from pathlib import Path


def run_bench(json_file: Path, *, only: tuple[str, ...], persons: int, seconds: int, seed: int | None, year: float = 1) -> bool:
    """Measure everything, or what ``only`` names, on a register of ``persons`` people. False when a target is missed.

    ``seconds`` and ``seed`` are for the chaos, ``year`` (times the volume of a year) for the screens; both run only where named.

    Raises OperatorError for an unknown name (the known ones are listed), EnvironmentTrouble when the room cannot be made.
    """
    # Not at the top: the window whose start is timed lives in this package too, and would load all of it.
    from nhi_center.training.bench.room import Sizes
    from nhi_center.training.bench.runner import run

    return run(json_file, only, Sizes(persons, chaos_seconds=seconds, chaos_seed=seed, year=year))
