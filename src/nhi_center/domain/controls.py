"""The measures of the council paper (情報公開・個人情報保護審議会): each with what the product does and how that is seen.

区 運用 1-5 and システム 1-5, 受託 運用 1-10 and システム 1-3, 特記事項 1-21. They stand in resources/controls.toml.
A measure names checks that run (``services.control_checks``), records that people write (``domain.control_records``), or both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nhi_center.domain.control_records import RecordKind

GROUPS: Mapping[str, tuple[str, int]] = {
    "ward_operation": ("区 運用", 5),
    "ward_system": ("区 システム", 5),
    "contractor_operation": ("受託 運用", 10),
    "contractor_system": ("受託 システム", 3),
    "clause": ("特記", 21),
}
"""Group, its word, and how many measures the paper has in it."""


class State(StrEnum):
    """MET: the product's checks hold. ACTION: somebody has to act. BY_RECORD: nothing to check by itself; records tell."""

    MET = "met"
    ACTION = "action"
    BY_RECORD = "by_record"

    @property
    def label(self) -> str:
        return {"met": "満たす", "action": "要対応", "by_record": "記録による"}[self.value]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. ``words`` short, after the paper's own; ``does`` what the product does; ``evidence`` where its proof lies."""

    group: str
    number: int
    words: str
    does: str
    evidence: str
    checks: tuple[str, ...]
    records: tuple[RecordKind, ...]

    @property
    def id(self) -> str:
        return f"{self.group}_{self.number}"

    @property
    def label(self) -> str:
        """区 運用1."""
        return f"{GROUPS[self.group][0]}{self.number}"


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found. ``at``: day (ISO) of the newest proof, "" when there is none. No personal value."""

    state: State
    sentence: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One measure as it stands now."""

    measure: Measure
    state: State
    found: tuple[Found, ...]
    at: str

    @property
    def sentence(self) -> str:
        """What needs somebody first."""
        order = sorted(self.found, key=lambda one: one.state is not State.ACTION)
        return "".join(one.sentence for one in order)


def measures_from_table(table: Mapping[str, Any]) -> tuple[Measure, ...]:
    """The measures in the paper's order. Raises ValueError, KeyError or TypeError unless each stands there once."""
    found = tuple(_measure(group, int(row["number"]), row) for group in GROUPS for row in table[group])
    wanted = [(group, number) for group, (_word, count) in GROUPS.items() for number in range(1, count + 1)]
    if [(one.group, one.number) for one in found] != wanted:
        raise ValueError("controls: not the measures of the paper")
    return found


def _measure(group: str, number: int, row: Mapping[str, Any]) -> Measure:
    checks, records = tuple(row.get("checks", ())), tuple(RecordKind(kind) for kind in row.get("records", ()))
    if not checks and not records:
        raise ValueError(f"controls: {group} {number} has neither check nor record")
    return Measure(group, number, row["words"], row["does"], row["evidence"], checks, records)


def standing(measure: Measure, checked: Sequence[Found], recorded: Sequence[Found]) -> Standing:
    """Met only when there are checks and all of them hold; what waits for somebody, in checks or records, goes before all."""
    found = (*checked, *recorded)
    if any(one.state is State.ACTION for one in found):
        state = State.ACTION
    else:
        state = State.MET if checked and all(one.state is State.MET for one in checked) else State.BY_RECORD
    return Standing(measure, state, found, max((one.at for one in found), default=""))


def count(standings: Iterable[Standing], state: State) -> int:
    return sum(one.state is state for one in standings)
