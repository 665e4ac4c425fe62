"""書損(白紙): numbered sheets destroyed before anything was printed on them; and which number lies on top after a stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nhi_center.domain.print_jobs import PaperStock, serial
from nhi_center.errors import OperatorError

REASONS: Mapping[str, str] = {
    "1": "重ねて送られた",
    "2": "入れるときの折れ・破れ",
    "3": "汚れ・しわ",
    "4": "紙づまり",
    "5": "用紙の印刷の不良",
}
"""Typed by number."""
STATEMENT = "blank-spoiled"
"""Kind of the statement the second person signs."""
MOST = 500
NO_PAPER = "この用紙はありません。F11 で受け入れた用紙を選んでください。"


@dataclass(frozen=True, slots=True)
class Blanks:
    """The lowest blank numbers of the pack, from ``first`` to ``last``."""

    prefix: str
    first: int
    last: int

    @property
    def sheets(self) -> int:
        return self.last - self.first + 1

    @property
    def numbers(self) -> tuple[str, str]:
        return serial(self.prefix, self.first), serial(self.prefix, self.last)


def next_of(pack: PaperStock | None) -> int:
    """The lowest blank number. Raises OperatorError at ``prefix`` when none is left."""
    if pack is None or not pack.left:
        raise OperatorError(NO_PAPER, field="prefix", code="no-paper")
    return pack.first + pack.taken


def blanks_to(pack: PaperStock | None, prefix: str, last: int) -> Blanks:
    """All blank sheets up to ``last``: they lie in their order, so what is destroyed begins with the lowest.

    Raises OperatorError at ``last``.
    """
    first = next_of(pack)
    end = pack.first + pack.opened - 1 if pack else 0
    if not first <= last <= end:
        words = f"白紙の番号は {serial(prefix, first)} から {serial(prefix, end)} までです。紙の番号を確かめてください。"
        raise OperatorError(words, field="last", code="paper-order")
    if last - first >= MOST:
        raise OperatorError(f"一度に{MOST}枚までです。", field="last", code="range")
    return Blanks(prefix, first, last)


def check_reason(reason: str) -> None:
    """Raise OperatorError at ``reason`` for one that is not on the list."""
    if reason not in REASONS:
        raise OperatorError("書損の理由を番号で選んでください。", field="reason", code="no-reason")


def contents(blanks: Blanks, reason: str, reported_by: str) -> dict[str, object]:
    """What the second person sees and signs: which numbers, why, and who says so."""
    first, last = blanks.numbers
    return {"first": first, "last": last, "sheets": blanks.sheets, "reason": reason, "reported_by": reported_by}


@dataclass(frozen=True, slots=True)
class TopSheet:
    """The number that lies on top, as seen, and the one the book says."""

    prefix: str
    seen: int
    expected: int

    @property
    def agrees(self) -> bool:
        return self.seen == self.expected

    @property
    def difference(self) -> int:
        """How many sheets are not accounted for; negative: so many too many lie there."""
        return self.seen - self.expected

    @property
    def sentence(self) -> str:
        """What it means and what to do."""
        seen, expected = serial(self.prefix, self.seen), serial(self.prefix, self.expected)
        if self.agrees:
            return f"{seen} で合っています。続けて印刷できます。"
        if self.difference > 0:
            last = serial(self.prefix, self.seen - 1)
            gap = expected if self.difference == 1 else f"{expected} から {last} まで"
            return (
                f"{gap}の {self.difference}枚が説明できません。まだ印刷しないでください。"
                "傷んだ紙があれば「書損(白紙)」に記録し、見つからなければ用紙を数えて差異を残してください。"
            )
        return (
            f"次は {expected} のはずですが、{seen} が上にあります。その番号は使用済みの記録です。まだ印刷しないでください。"
            "出ていない証があれば一覧で 3 を押し、なければ用紙の順番を確かめてください。"
        )
