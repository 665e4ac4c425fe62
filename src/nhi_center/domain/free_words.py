"""Words of people's own in a record, as far as every such record asks the same of them."""

from __future__ import annotations

from collections.abc import Iterable

from nhi_center.domain.identifiers import find_individual_number
from nhi_center.errors import OperatorError

FORBIDDEN = "思想・信条、宗教、社会的差別、犯罪のことは書きません。消すか、書き直してください。"
OTHER = "9"
"""その他 on every list of reasons: it has to be written out."""


def refuse_individual_number(text: str, field: str) -> None:
    """Raise OperatorError at ``field`` when a 個人番号 stands in it (番号法 20条: it is not kept here)."""
    if find_individual_number(text) is not None:
        raise OperatorError("個人番号は入力できません。消してください。", field=field, code="individual-number")


def without_individual_number(text: str) -> str:
    """What the program itself writes down of what it found: a device may tell any twelve digits as its number."""
    while (found := find_individual_number(text)) is not None:
        text = f"{text[: found[0]]}(12桁の番号){text[found[1] :]}"
    return text


def check_words(reason: str, words: str, longest: int) -> None:
    """Raise OperatorError at ``words`` unless they may stand beside this reason: there where it is その他, and not too long."""
    if reason == OTHER and not words.strip():
        raise OperatorError("その他の理由を書いてください。", field="words", code="no-reason")
    if len(words) > longest:
        raise OperatorError(f"{longest}文字までにしてください。", field="words", code="too-long")
    refuse_individual_number(words, "words")


def forbidden_in(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """The words of what must not be collected (特記事項 5) that stand in a text; whoever wrote it is warned, not refused."""
    return tuple(word for word in words if word in text)
