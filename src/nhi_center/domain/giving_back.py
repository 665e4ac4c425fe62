"""返す: applications that go back to the ward unkeyed, each with its reason.

The contractor decides nothing about a case: what it may not or cannot key it returns, and the ward sees why before it signs.
"""

from __future__ import annotations

from collections.abc import Mapping

from nhi_center.domain.entry import Application, State
from nhi_center.domain.free_words import check_words
from nhi_center.errors import OperatorError

REASONS: Mapping[str, str] = {
    "1": "対象外(他課・他係)",
    "2": "不備",
    "3": "添付不足",
    "4": "他人の書類の混入",
    "5": "現金・金券が添えてある",
    "6": "区の依頼",
    "7": "原本(届出は残す)",
    "9": "その他",
}
"""Typed by number. A doubt (疑義) is not returned but asked (F4): its paper goes with the 疑義照会票, and comes back under the
same number."""
ORIGINAL = "7"
"""The one reason for which the application stays: only the original goes back, at once."""
LONGEST = 60


def check(application: Application, reason: str, words: str) -> None:
    """Raise OperatorError unless this one may be returned unkeyed, for a reason on the list.

    ``words`` go to the ward on the receipt: never a name or a number of a person.
    """
    if application.state not in (State.RECEIVED, State.DRAFTING):
        raise OperatorError(
            f"この届出は今「{application.state.label}」です。入力の前か下書きの書類だけを返せます。", code="not-this-step"
        )
    if reason not in REASONS or reason == ORIGINAL:
        raise OperatorError("返す理由を番号で選んでください。", field="reason", code="no-reason")
    check_words(reason, words, LONGEST)


def check_original(items: int, here: int) -> None:
    """Raise OperatorError at ``items`` unless that many originals of its 便 are still in the tray."""
    if not here:
        raise OperatorError(
            "この便の原本は受付トレイにありません。枚数に数えた添付は、届出とともに返します。", field="items", code="no-original"
        )
    if not 1 <= items <= here:
        raise OperatorError(f"返す原本の点数を、1から{here}までの数で入れてください。", field="items", code="not-a-count")
