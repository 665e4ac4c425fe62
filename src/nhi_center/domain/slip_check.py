"""照合 of 管理票: each label or paper is read in turn; what is unknown, read twice, already returned or missing is told.

A help for who sorts and counts. It never takes the place of the count of either side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nhi_center.domain.custody import Slip


class Verdict(StrEnum):
    """What one reading says."""

    RIGHT = "right"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    RETURNED = "returned"
    QUESTION = "question"
    ELSEWHERE = "elsewhere"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Verdict.RIGHT: "確認",
    Verdict.DUPLICATE: "重複",
    Verdict.UNKNOWN: "未知",
    Verdict.RETURNED: "返却済",
    Verdict.QUESTION: "疑義で区へ",
    Verdict.ELSEWHERE: "この便以外",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: the number that was typed or scanned ("" where it is none of ours), and the 管理票 it is, if there is one."""

    typed: str
    slip: Slip | None
    under_question: bool = False
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One reading with what it says. ``sequence`` counts from 1."""

    sequence: int
    reading: Reading
    verdict: Verdict

    @property
    def number(self) -> str:
        return self.reading.slip.number if self.reading.slip else self.reading.typed


@dataclass(slots=True)
class SlipCheck:
    """The readings of one 便 so far. ``expected`` by id of the 管理票, in the order of their numbers."""

    expected: Mapping[str, Slip]
    lines: list[Line] = field(default_factory=list)

    def take(self, reading: Reading) -> Line:
        """One more reading."""
        line = Line(len(self.lines) + 1, reading, self._judge(reading))
        self.lines.append(line)
        return line

    def _judge(self, reading: Reading) -> Verdict:
        slip = reading.slip
        if slip is None:
            return Verdict.UNKNOWN
        if slip.returned or (reading.under_question and slip.id not in self.expected):
            return Verdict.QUESTION if reading.under_question else Verdict.RETURNED
        if slip.id not in self.expected:
            return Verdict.ELSEWHERE
        return Verdict.DUPLICATE if slip.id in self._right() else Verdict.RIGHT

    def _right(self) -> set[str]:
        return {line.reading.slip.id for line in self.lines if line.verdict is Verdict.RIGHT and line.reading.slip}

    @property
    def missing(self) -> tuple[Slip, ...]:
        """足りない: expected, and not read."""
        right = self._right()
        return tuple(slip for id_, slip in self.expected.items() if id_ not in right)

    def count(self, verdict: Verdict) -> int:
        return sum(line.verdict is verdict for line in self.lines)

    @property
    def clean(self) -> bool:
        """Everything expected was read, and nothing else but the same once more."""
        return not self.missing and all(line.verdict in (Verdict.RIGHT, Verdict.DUPLICATE) for line in self.lines)
