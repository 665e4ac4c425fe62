"""目的: why a person of the register is opened. It is the case in hand, or, without one, what the opener says it is for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nhi_center.domain.identifiers import find_individual_number
from nhi_center.errors import OperatorError

SHORTEST, LONGEST = 4, 100


class PurposeKind(StrEnum):
    """The value stands in the log. The first four have a case, whose id stands beside it; the others have none."""

    ENTRY = "entry"
    VERIFICATION = "verification"
    REVIEW = "review"
    CALL = "call"
    COUNTER = "counter"
    PREPARATION = "preparation"
    PAPERS = "papers"
    OTHER = "other"

    @property
    def label(self) -> str:
        return LABELS[self.value]

    @property
    def has_case(self) -> bool:
        return self in (PurposeKind.ENTRY, PurposeKind.VERIFICATION, PurposeKind.REVIEW, PurposeKind.CALL)


LABELS = {
    "entry": "届出の入力",
    "verification": "照合",
    "review": "区の審査",
    "call": "電話の問合せ",
    "counter": "窓口からの照会",
    "preparation": "届出の準備",
    "papers": "書類の確認",
    "other": "その他",
    "search": "台帳の確認",
}
"""The codes of the log in words; ``search`` stands in logs from before the purpose was asked."""

CHOICES = (("1", PurposeKind.COUNTER), ("2", PurposeKind.PREPARATION), ("3", PurposeKind.PAPERS), ("9", PurposeKind.OTHER))
"""What is asked, by its number, when no case is open."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """``case``: id of the application, call or promise of a call-back in hand. ``number``: its number, for the screen alone.
    ``sentence``: of OTHER, in the opener's words; it is kept in the store and never in the log."""

    kind: PurposeKind
    case: str = ""
    number: str = ""
    sentence: str = ""

    @property
    def words(self) -> str:
        return " ".join(part for part in (self.kind.label, self.number or self.sentence) if part)

    def check(self) -> None:
        """Raises OperatorError at ``purpose`` when the sentence of OTHER says nothing or holds a 個人番号, ValueError for a case
        without an id."""
        if self.kind.has_case != bool(self.case):
            raise ValueError("case")
        if self.kind is not PurposeKind.OTHER:
            return
        if not SHORTEST <= len(self.sentence.strip()) <= LONGEST:
            raise OperatorError(
                f"何のために開くのかを{SHORTEST}字から{LONGEST}字で書いてください。", field="purpose", code="no-purpose"
            )
        if find_individual_number(self.sentence) is not None:
            raise OperatorError(
                "個人番号とみられる12桁の数字は書けません。消してください。", field="purpose", code="individual-number"
            )
