from __future__ import annotations

import pytest

from nhi_center.domain.purpose import CHOICES, LABELS, LONGEST, Purpose, PurposeKind
from nhi_center.errors import OperatorError


@pytest.mark.parametrize("sentence", ["", "   ", "ため", "長" * (LONGEST + 1), "番号は 123456789018 の人"])
def test_another_purpose_says_what_it_is_and_holds_no_individual_number(sentence: str) -> None:
    with pytest.raises(OperatorError) as refused:
        Purpose(PurposeKind.OTHER, sentence=sentence).check()
    assert refused.value.field == "purpose"


def test_a_case_has_an_id_and_the_others_have_none() -> None:
    for kind in PurposeKind:
        right = Purpose(kind, case="a" if kind.has_case else "", sentence="返戻の封筒の宛先を確かめる")
        right.check()
        with pytest.raises(ValueError, match="case"):
            Purpose(kind, case="" if kind.has_case else "a", sentence=right.sentence).check()


def test_words() -> None:
    assert Purpose(PurposeKind.ENTRY, "id", "0124-018").words == "届出の入力 0124-018"
    assert Purpose(PurposeKind.OTHER, sentence="返戻の確認").words == "その他 返戻の確認"
    assert [(number, kind.label) for number, kind in CHOICES] == [
        ("1", "窓口からの照会"),
        ("2", "届出の準備"),
        ("3", "書類の確認"),
        ("9", "その他"),
    ]
    assert {kind.value for kind in PurposeKind} < set(LABELS)
