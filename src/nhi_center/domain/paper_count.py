"""用紙の点検: blank numbered sheets counted by hand in the morning and in the evening, against what the book says is left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.print_jobs import PaperStock, serial
from nhi_center.errors import OperatorError


class Moment(StrEnum):
    OPENING = "opening"
    CLOSING = "closing"

    @property
    def label(self) -> str:
        return "始業" if self is Moment.OPENING else "終業"


@dataclass(frozen=True, slots=True)
class PaperCount:
    """One count. ``first``: the lowest number that lies there, "" where none does; ``expected``: what the book said then."""

    prefix: str
    day: str
    moment: Moment
    first: str
    counted: int
    expected: int
    reason: str
    at: str
    by: str

    @property
    def difference(self) -> int:
        return self.counted - self.expected


def coming_of(stock: PaperStock | None, prefix: str) -> str:
    """The number that should lie lowest, "" where nothing should lie."""
    return serial(prefix, stock.first + stock.taken) if stock and stock.left else ""


def agrees(stock: PaperStock | None, prefix: str, counted: int, first: str) -> bool:
    """As many as the book says, from the number it says."""
    return counted == (stock.left if stock else 0) and (not counted or first == coming_of(stock, prefix))


def check(stock: PaperStock | None, prefix: str, counted: int, first: str, reason: str) -> int:
    """What was expected. Raises OperatorError at ``counted``, ``first`` or ``reason``: a difference needs a word why.

    The lowest number on the pile tells a sheet that is missing from one that was never counted in.
    """
    expected = stock.left if stock else 0
    if counted < 0:
        raise OperatorError("数えた枚数を入れてください。", field="counted", code="not-a-count")
    if counted and not first:
        raise OperatorError("いちばん小さい用紙番号を入れてください。", field="first", code="no-number")
    coming = coming_of(stock, prefix)
    refuse_individual_number(reason, "reason")
    if not agrees(stock, prefix, counted, first) and not reason.strip():
        shown = f"記録では {expected}枚{f'、{coming} から' if coming else ''}です。"
        words = f"{shown}もう一度数えて、違うときは分かっていることを書いてください。差異として残ります。"
        raise OperatorError(words, field="reason", code="differs")
    return expected
