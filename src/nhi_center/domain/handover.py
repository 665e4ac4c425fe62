"""受渡し: ward and contractor count the same papers blind, compare, and both sign what they see (枚数確認(署名)).

The receiver's signature ends custody of the giver. A difference is counted again by both; one that stands is signed by both
as it is and written down as an incident (受託者の運用 5, 事故・差異の記録).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nhi_center.domain.custody import DocumentKind
from nhi_center.domain.operators import Role
from nhi_center.errors import OperatorError

STATEMENT = "handover"
"""The kind under which a handover is signed, recorded and sealed."""

MOST = 9999
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}
ROUNDS_BEFORE_DIFFERENCE = 2
"""A difference may stand only after both have counted again."""


MEDIA: Mapping[str, str] = {"1": "手渡し", "2": "鍵付きケース", "3": "庁内便"}
"""方法: by what means the papers came or go, typed by number."""
CONDITIONS: Mapping[str, str] = {"1": "異状なし", "2": "封なし・封切れ", "3": "汚れ・破れ", "4": "ぬれ"}
"""状態: of the bundle as the receiver sees it."""


class Side(StrEnum):
    """渡した側 and 受け取った側."""

    GIVER = "giver"
    RECEIVER = "receiver"

    @property
    def other(self) -> Side:
        return Side.RECEIVER if self is Side.GIVER else Side.GIVER


class Direction(StrEnum):
    """区→受託者 (``IN``) or 受託者→区 (``OUT``)."""

    IN = "in"
    OUT = "out"

    @property
    def label(self) -> str:
        return "区 → 受託者" if self is Direction.IN else "受託者 → 区"

    def is_ward(self, side: Side) -> bool:
        """Whether this side is the ward's."""
        return (side is Side.GIVER) == (self is Direction.IN)

    def side_label(self, side: Side) -> str:
        return "区" if self.is_ward(side) else "受託者"

    def roles(self, side: Side) -> tuple[Role, ...]:
        """Who may sign for a side."""
        return (Role.WARD_STAFF, Role.WARD_ADMIN) if self.is_ward(side) else (Role.CLERK, Role.SUPERVISOR)


class Phase(StrEnum):
    """Where a handover stands: 1 双方が数える, 2 合わせる, 3 署名, 4 受領証."""

    COUNTING = "counting"
    COMPARED = "compared"
    SIGNED = "signed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"counting": "数えています", "compared": "署名待ち", "signed": "受渡し済", "cancelled": "取消し"}[self.value]


@dataclass(frozen=True, slots=True)
class Handover:
    """便: one visit's papers in one direction. ``number`` counts within the day and is never used again.

    ``medium`` and ``condition`` are codes of ``MEDIA`` and ``CONDITIONS``. ``promised``: until when (ISO) somebody at the counter
    was promised this one application (至急), "" for a usual 便.
    """

    id: str
    day: str
    number: int
    direction: Direction
    section: str
    state: str
    round: int
    opened_at: str
    ended_at: str
    medium: str = "1"
    condition: str = "1"
    promised: str = ""

    @property
    def label(self) -> str:
        return f"第{self.number}便"

    @property
    def settled_on(self) -> str:
        """The day it was signed or cancelled (ISO), while it is open the day it was opened: one may stand open over night."""
        return self.ended_at[:10] or self.day

    @property
    def urgent(self) -> bool:
        """至急: one application and what was made for it, beside the usual 便."""
        return bool(self.promised)

    @property
    def means(self) -> str:
        """By what means, and in what condition."""
        return f"{MEDIA[self.medium]} {CONDITIONS[self.condition]}"


@dataclass(frozen=True, slots=True)
class Count:
    """What one side counted of one kind: 件 (applications only) and 枚 or 点."""

    kind: str
    cases: int
    sheets: int


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """Both counts of one kind, seen only when both sides have counted. ``expected`` is the ledger's, for what goes out."""

    kind: DocumentKind
    giver: Count
    receiver: Count
    expected: Count | None = None

    @property
    def agrees(self) -> bool:
        return self.sides_agree and self.ledger_agrees

    @property
    def sides_agree(self) -> bool:
        return (self.giver.cases, self.giver.sheets) == (self.receiver.cases, self.receiver.sheets)

    @property
    def ledger_agrees(self) -> bool:
        return self.expected is None or (self.expected.cases, self.expected.sheets) == (self.receiver.cases, self.receiver.sheets)

    @property
    def words(self) -> str:
        """一致, or how much differs."""
        if self.agrees:
            return "一致"
        if self.giver.sheets != self.receiver.sheets:
            return f"{abs(self.giver.sheets - self.receiver.sheets)}{self.kind.unit} 違います"
        if self.giver.cases != self.receiver.cases:
            return f"{abs(self.giver.cases - self.receiver.cases)}件 違います"
        return "台帳と違います"


@dataclass(frozen=True, slots=True)
class Totals:
    """合計 of one side: 件, 枚, 点 and 通."""

    cases: int
    sheets: int
    items: int
    letters: int = 0

    @property
    def words(self) -> str:
        """5枚 2点 1通; 0枚 when there is nothing."""
        others = [f"{count}{unit}" for count, unit in ((self.items, "点"), (self.letters, "通")) if count]
        return " ".join([f"{self.sheets}枚", *others])


def totals(kinds: Mapping[str, DocumentKind], counts: Sequence[Count]) -> Totals:
    sheets, items, letters = (
        sum(count.sheets for count in counts if kinds[count.kind].unit == unit) for unit in ("枚", "点", "通")
    )
    return Totals(sum(count.cases for count in counts), sheets, items, letters)


def parse_count(text: str, field: str) -> int:
    """A typed count; full-width digits are read too and an empty field is zero. Raises OperatorError at ``field``."""
    folded = text.strip().translate(_FULL_WIDTH)
    if not folded:
        return 0
    if not (folded.isascii() and folded.isdigit()):
        raise OperatorError("数を数字で入れてください(例 12)。", field=field, code="not-a-count")
    if len(folded) > len(str(MOST)):
        raise OperatorError(f"{MOST}までの数を入れてください。", field=field, code="not-a-count")
    return int(folded)


def check_counts(kinds: Sequence[DocumentKind], counts: Sequence[Count]) -> None:
    """One side's counts must cover every line and make sense. Raises OperatorError at ``<kind>_cases`` or ``<kind>_sheets``."""
    if [count.kind for count in counts] != [kind.id for kind in kinds]:
        raise OperatorError("すべての行を数えてください。", code="lines-missing")
    for kind, count in zip(kinds, counts, strict=True):
        if not (0 <= count.cases <= MOST and 0 <= count.sheets <= MOST):
            raise OperatorError(f"0から{MOST}までの数を入れてください。", field=f"{kind.id}_sheets", code="not-a-count")
        if not kind.has_cases and count.cases:
            raise OperatorError(f"{kind.title}は件数を入れません。", field=f"{kind.id}_cases", code="not-a-count")
        if kind.has_cases and count.cases > count.sheets:
            raise OperatorError("枚数が件数より少なくなっています。", field=f"{kind.id}_sheets", code="fewer-sheets-than-cases")
        if kind.has_cases and count.sheets and not count.cases:
            raise OperatorError("件数を入れてください。", field=f"{kind.id}_cases", code="no-cases")
    if not any(count.sheets for count in counts):
        first = next((f"{kind.id}_cases" if kind.has_cases else f"{kind.id}_sheets" for kind in kinds), "")
        raise OperatorError("数えた件数と枚数を入れてください。", field=first, code="nothing-counted")


def check_one_application(kinds: Sequence[DocumentKind], counts: Sequence[Count]) -> None:
    """至急 is one application. Raises OperatorError at its ``<kind>_sheets``."""
    if sum(count.cases for count in counts) != 1:
        first = next((kind.id for kind in kinds if kind.has_cases), "")
        raise OperatorError("至急の便は1件だけです。", field=f"{first}_sheets", code="one-application")


def compare(
    kinds: Sequence[DocumentKind], giver: Sequence[Count], receiver: Sequence[Count], expected: Sequence[Count] | None
) -> tuple[ComparedLine, ...]:
    """The lines side by side; a kind neither side found, and the ledger does not expect, is left out."""
    gave, got = ({count.kind: count for count in counts} for counts in (giver, receiver))
    ledger = None if expected is None else {count.kind: count for count in expected}
    lines = (ComparedLine(kind, gave[kind.id], got[kind.id], ledger[kind.id] if ledger is not None else None) for kind in kinds)
    return tuple(line for line in lines if line.giver.sheets or line.receiver.sheets or (line.expected and line.expected.sheets))


def share(sheets: Sequence[int], counted: Count) -> tuple[int, ...]:
    """How much of each paper of one kind left, of ``sheets`` that lay ready, in this order, when ``counted`` was found.

    Where as many cases were counted as there are papers, each of them went, if only with one sheet.
    """
    left, gone = counted.sheets, []
    each = 1 if counted.cases >= len(sheets) else 0
    for position, ready in enumerate(sheets, start=1):
        part = min(ready, max(0, left - each * (len(sheets) - position)))
        gone.append(part)
        left -= part
    return tuple(gone)


def differs(lines: Sequence[ComparedLine]) -> bool:
    return any(not line.agrees for line in lines)


def check_signable(lines: Sequence[ComparedLine], round_: int) -> None:
    """Raise OperatorError while a difference has not been counted again."""
    if differs(lines) and round_ < ROUNDS_BEFORE_DIFFERENCE:
        raise OperatorError("数が違います。署名の前に、もう一度、双方で数えてください。", code="recount-first")


def contents(
    handover: Handover,
    lines: Sequence[ComparedLine],
    references: Mapping[str, Sequence[str]],
    giver: str,
    receiver: str,
    unkeyed: Mapping[str, str] | None = None,
    questions: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What both sign: exactly the lines on the screen, who, which 便, and the opaque numbers of the papers behind them.

    ``unkeyed``: by 管理票, why an application goes back as it came; ``questions``: the 疑義照会票 with which one goes.
    """
    return {
        "handover": handover.id,
        "number": handover.number,
        "day": handover.day,
        "direction": handover.direction.value,
        "section": handover.section,
        "medium": MEDIA[handover.medium],
        "condition": CONDITIONS[handover.condition],
        "urgent": handover.promised,
        "round": handover.round,
        "lines": [_line(line) for line in lines],
        "references": {kind: list(numbers) for kind, numbers in references.items()},
        "unkeyed": dict(unkeyed or {}),
        "questions": dict(questions or {}),
        "difference": differs(lines),
        "giver": giver,
        "receiver": receiver,
    }


def _line(line: ComparedLine) -> dict[str, Any]:
    both = {
        "kind": line.kind.id,
        "title": line.kind.title,
        "unit": line.kind.unit,
        "giver": {"cases": line.giver.cases, "sheets": line.giver.sheets},
        "receiver": {"cases": line.receiver.cases, "sheets": line.receiver.sheets},
    }
    if line.expected is not None:
        both["expected"] = {"cases": line.expected.cases, "sheets": line.expected.sheets}
    return both
