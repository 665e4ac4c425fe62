"""連絡票: what a caller wants that only the ward can give, as a numbered request to one of its 係, in the company's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.errors import OperatorError

KINDS = {
    "1": "申請書の郵送依頼",
    "2": "住所・氏名の相違",
    "3": "証の再送の希望",
    "4": "届出の相談",
    "9": "その他",
}
"""用件, typed by its number."""

LONGEST = 200


@dataclass(frozen=True, slots=True)
class WardRequest:
    """One request. ``call`` and ``atena``: from which call and about whom; ``settled_at`` "" while the ward has not answered."""

    id: str
    day: date
    seq: int
    call: str
    atena: str
    kind: str
    section: str
    words: str
    made_at: str
    made_by: str
    answer: str = ""
    settled_at: str = ""
    settled_by: str = ""

    @property
    def number(self) -> str:
        """連1124-01: the day and its running number within the room."""
        return f"連{self.day:%m%d}-{self.seq:02}"

    @property
    def title(self) -> str:
        return KINDS.get(self.kind, self.kind)


def check_request(kind: str, section: str, words: str) -> None:
    """Raise OperatorError at the field that is wrong."""
    if kind not in KINDS:
        raise OperatorError("用件を番号で選んでください。", field="kind", code="unknown")
    if not section.strip():
        raise OperatorError("どの係への連絡かを選んでください。", field="section", code="unknown")
    _check_words(words, "words", "区にしてほしいことを書いてください。")


def check_answer(answer: str) -> None:
    """Raise OperatorError at ``answer`` unless it says what was done."""
    _check_words(answer, "answer", "どうしたかを書いてください。受託者に伝わります。")


def _check_words(text: str, field: str, missing: str) -> None:
    if not text.strip():
        raise OperatorError(missing, field=field, code="empty")
    if len(text) > LONGEST:
        raise OperatorError(f"{LONGEST}文字までにしてください。", field=field, code="too-long")
    refuse_individual_number(text, field)
