from __future__ import annotations

import pytest

from nhi_center.domain.free_words import forbidden_in, refuse_individual_number
from nhi_center.errors import OperatorError
from nhi_center.services.forms import forbidden_words


def test_a_number_is_refused_at_its_field_and_not_repeated() -> None:
    with pytest.raises(OperatorError) as caught:
        refuse_individual_number("番号は 1234-5678-9018 です", "reason")
    assert caught.value.field == "reason"
    assert "9018" not in caught.value.message
    refuse_individual_number("R8-0001 03-5273-0142", "reason")


def test_words_of_what_must_not_be_collected_are_found() -> None:
    assert forbidden_in("支持政党と前科を話す", forbidden_words()) == ("支持政党", "政党", "前科")
    assert forbidden_in("教会の近くに住む。党ではない。", forbidden_words()) == ()
