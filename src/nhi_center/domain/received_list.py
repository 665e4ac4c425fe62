"""受付一覧(氏名入り): the one list with people's names that may leave, and what it takes (特記 6, 9; 受託 運用7).

Supervisor and ward staff sign it, for a reason, under a 承諾番号 of the ward for 個人の行を含む書き出し; all else that leaves is
counts alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nhi_center.domain.copies import Approval, Kind, check_approval
from nhi_center.errors import OperatorError

ITEMS = "管理票番号・届出の種類・受付日・枚数・氏名"
"""項目, as 情報管理台帳 names them."""


class Reason(StrEnum):
    """Why it leaves, chosen from a list: words of one's own could name a person, and the manifest is not encrypted."""

    ASKED = "1"
    INSPECTION = "2"
    RECOUNT = "3"
    COMPLAINT = "4"

    @property
    def label(self) -> str:
        return {
            "1": "区の求めによる報告(特14)",
            "2": "立入り調査(特15から17)",
            "3": "書類の突合",
            "4": "問合せ・苦情の調査",
        }[self.value]


# no repr: it would carry names into a log or a traceback
@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One paper: its 管理票, kind, day and sheets, and the people it is about, as the register writes them; "" not keyed yet."""

    slip: str
    kind: str
    day: str
    sheets: int
    name: str


def reason_of(code: str) -> Reason:
    """Raises OperatorError at ``reason``."""
    try:
        return Reason(code)
    except ValueError:
        raise OperatorError("書き出す理由を選んでください。", field="reason", code="no-reason") from None


def consent(number: str, given: Iterable[Approval], used: int, day: date) -> Approval:
    """The ward's consent this list leaves under: the one of this number, or a new one for this copy alone, which the ward staff
    gives by signing. ``used``: how many copies stand under the number already.

    Raises OperatorError at ``number``: it is empty or too long, is for other copies or days, or was for one copy that is made.
    """
    check_approval(number, (Kind.EXPORT,), day, day)
    known = next((one for one in given if one.number == number.strip()), None)
    if known is None:
        return Approval(number.strip(), (Kind.EXPORT,), False, day, day)
    if not known.covers(Kind.EXPORT, day):
        raise OperatorError(
            "この承諾番号は、個人の行を含む書き出しか、今日のものではありません。", field="number", code="no-consent"
        )
    if used and not known.standing:
        raise OperatorError("この承諾番号は、もう別の写しに使いました。", field="number", code="number-used")
    return known


def check_lines(lines: int, shown: int) -> None:
    """Raise OperatorError when there is nothing to write, or it is not what was shown any more."""
    if not lines:
        raise OperatorError("この期間に受け付けた書類はありません。", code="nothing-received")
    if lines != shown:
        raise OperatorError("署名の前に行数が変わりました。もう一度開いて確かめてください。", code="changed")
