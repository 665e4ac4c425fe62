"""Measurements, the targets of resources/bench/targets.toml, and what comes of holding one against the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from nhi_center import resources


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure and what it is held against, both from the same run. ``reference`` says in words what that was."""

    name: str
    value: float
    unit: str
    reference: str
    reference_value: float

    @property
    def ratio(self) -> float:
        """value / reference_value."""
        return self.value / self.reference_value


@dataclass(frozen=True, slots=True)
class Target:
    """``most`` is the largest allowed ratio (the machine cancels out) or value (a limit of people's patience), as ``on`` says.

    ``names`` is a shell pattern over the names of measurements.
    """

    names: str
    on: Literal["ratio", "value"]
    most: float
    reason: str

    def met_by(self, measurement: Measurement) -> bool:
        return (measurement.ratio if self.on == "ratio" else measurement.value) <= self.most

    def words(self, unit: str) -> str:
        return f"ratio <= {self.most:g}" if self.on == "ratio" else f"value <= {self.most:g} {unit}"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report; the fields are those of the JSON file, in its order."""

    name: str
    value: float
    unit: str
    reference: str
    reference_value: float
    ratio: float
    target: str
    ok: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def load_targets() -> tuple[Target, ...]:
    """The shipped targets, in the order of the file."""
    return parse_targets(resources.read_toml("bench/targets.toml"))


def parse_targets(body: Mapping[str, Any]) -> tuple[Target, ...]:
    """Raises ValueError for a target without a reason, or on something else than ratio or value."""
    targets = []
    for entry in body["target"]:
        target = Target(str(entry["names"]), entry["on"], float(entry["most"]), str(entry["reason"]).strip())
        if target.on not in ("ratio", "value") or not target.reason:
            raise ValueError(f"target {target.names}")
        targets.append(target)
    return tuple(targets)


def target_of(name: str, targets: tuple[Target, ...]) -> Target:
    """The first target whose pattern fits. Raises LookupError: what is measured has a target."""
    for target in targets:
        if fnmatchcase(name, target.names):
            return target
    raise LookupError(f"no target for {name}")


def judge(measurement: Measurement, targets: tuple[Target, ...]) -> Result:
    """The measurement as a line of the report."""
    target = target_of(measurement.name, targets)
    return Result(
        name=measurement.name,
        value=_rounded(measurement.value),
        unit=measurement.unit,
        reference=measurement.reference,
        reference_value=_rounded(measurement.reference_value),
        ratio=_rounded(measurement.ratio),
        target=target.words(measurement.unit),
        ok=target.met_by(measurement),
    )


def _rounded(value: float) -> float:
    """Four significant digits: more would pretend."""
    return float(f"{value:.4g}")
