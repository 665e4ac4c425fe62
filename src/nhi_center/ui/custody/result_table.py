"""Step 2: both counts side by side, line by line, with what differs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt

from nhi_center.domain.handover import ComparedLine, Count, Phase, Side, totals
from nhi_center.services.handover_view import HandoverView
from nhi_center.ui.common.table import Cell, Column, DataTable

_RED = "#ce0000"
_MOST_ROWS = 8
"""At the smallest window the panels of the signatures stand below so many; more rows move."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line, or the totals when ``line`` is None. Numbers are text as shown."""

    title: str
    numbers: tuple[str, str, str, str]
    line: ComparedLine | None
    hint: str


class ResultTable(DataTable):
    """書類の種類 × 区・受託者. The ward's column stands left whichever way the papers go."""

    def __init__(self) -> None:
        super().__init__(
            (
                Column("書類の種類", _title, 196),
                *(
                    Column(head, partial(_number, at), 93, "right")
                    for at, head in enumerate(("区 件", "区 枚", "受託者 件", "受託者 枚"))
                ),
                Column("結果", _result),
            ),
            name="count_table",
            label="数えた件数と枚数",
            empty="この便では何も数えていません。",
            row_key=lambda row: row.title,
        )

    def show_lines(self, view: HandoverView) -> None:
        """Only when both have counted; a cancelled 便 may have nothing to show."""
        ward_first = (Side.GIVER, Side.RECEIVER) if view.handover.direction.is_ward(Side.GIVER) else (Side.RECEIVER, Side.GIVER)
        again = "もう一度、双方で数えてください" if view.phase is Phase.COMPARED and not view.signable else ""
        rows = [_Row(line.kind.title, _numbers(line, ward_first), line, _hint(line, again)) for line in view.lines]
        if rows:
            kinds = {line.kind.id: line.kind for line in view.lines}
            sums = [totals(kinds, [_side(line, side) for line in view.lines]) for side in ward_first]
            numbers = (str(sums[0].cases), sums[0].words, str(sums[1].cases), sums[1].words)
            rows.append(_Row("合計", numbers, None, ""))
        self.set_rows(rows)
        self.set_height_for(max(2, min(len(rows), _MOST_ROWS)))
        if len(rows) > _MOST_ROWS:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        wrong = next((at for at, row in enumerate(rows) if row.line is not None and not row.line.agrees), None)
        if wrong is None:
            self.clearSelection()
        else:
            self.select(wrong)


def _hint(line: ComparedLine, again: str) -> str:
    """The ledger's number is told only when both have counted twice: nobody should count towards it."""
    if line.agrees or again:
        return "" if line.agrees else again
    if line.expected is None or line.ledger_agrees:
        return ""
    cases = f"{line.expected.cases}件 " if line.kind.has_cases else ""
    return f"台帳では {cases}{line.expected.sheets}{line.kind.unit}"


def _side(line: ComparedLine, side: Side) -> Count:
    return line.giver if side is Side.GIVER else line.receiver


def _numbers(line: ComparedLine, sides: tuple[Side, Side]) -> tuple[str, str, str, str]:
    one, other = (_side(line, side) for side in sides)
    unit = line.kind.unit if line.kind.unit != "枚" else ""
    cases = [str(count.cases) if line.kind.has_cases else "–" for count in (one, other)]
    return cases[0], f"{one.sheets}{unit}", cases[1], f"{other.sheets}{unit}"


def _title(row: _Row) -> Cell:
    strong = row.line is None or not row.line.agrees
    return Cell(strong=row.title) if strong else Cell(row.title)


def _number(at: int, row: _Row) -> Cell:
    if row.line is None:
        return Cell(strong=row.numbers[at])
    differs = row.numbers[at] != row.numbers[(at + 2) % 4]
    if differs and at >= 2:
        return Cell(strong=row.numbers[at], colour=_RED)
    return Cell(strong=row.numbers[at]) if not row.line.agrees else Cell(row.numbers[at])


def _result(row: _Row) -> Cell:
    if row.line is None:
        return Cell("")
    return Cell(row.hint, chip=row.line.words, tone="done" if row.line.agrees else "error")
