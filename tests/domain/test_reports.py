from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.reports import averages, check_password, month_words, months_before, strength
from nhi_center.errors import OperatorError


@pytest.mark.parametrize(
    ("password", "repeated", "field"),
    [
        ("short", "short", "password"),
        ("aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa", "password"),
        (" 長い言葉をいくつかつなぐパスワード", " 長い言葉をいくつかつなぐパスワード", "password"),
        ("correct-horse-battery", "correct-horse-batterx", "repeated"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_at_its_field(password: str, repeated: str, field: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check_password(password, repeated)
    assert caught.value.field == field


@given(st.text(min_size=0, max_size=40))
def test_the_sentence_never_repeats_the_password_and_agrees_with_the_rule(password: str) -> None:
    said = strength(password)
    if len(password) > 3:
        assert password not in said
    if said.startswith("使えます") and password == password.strip():
        check_password(password, password)
    elif not said.startswith("使えます"):
        with pytest.raises(OperatorError):
            check_password(password, password)


def test_months() -> None:
    assert months_before(date(2026, 2, 28), 3) == ("2026-02", "2026-01", "2025-12")
    assert month_words("2026-11") == "令和8年11月分"


def test_averages() -> None:
    assert averages([]) == (0, 0)
    assert averages([10, 21, 30]) == (20, 30)
