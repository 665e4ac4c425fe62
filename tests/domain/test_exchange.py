"""How long the exchange waits, and what is said of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.exchange import EVERY_MS, LONGEST_MS, clock_words, numbers_caution, wait_ms


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_it_waits_longer_and_longer_but_never_for_ever(failures: int, chance: float) -> None:
    waited = wait_ms(failures, chance)
    assert 0.8 * EVERY_MS <= waited <= 1.2 * LONGEST_MS
    assert wait_ms(failures + 1, chance) >= waited


def test_two_terminals_do_not_come_at_once() -> None:
    assert wait_ms(0, 0.0) == wait_ms(0, 1.0) == EVERY_MS
    assert (wait_ms(1, 0.0), wait_ms(1, 0.5), wait_ms(1, 1.0)) == (12_000, 15_000, 18_000)
    assert (wait_ms(2, 0.5), wait_ms(3, 0.5), wait_ms(50, 0.5)) == (30_000, 60_000, LONGEST_MS)


def test_which_clock_is_behind() -> None:
    assert clock_words(90) == "この端末の時計が、区のサーバより90秒遅れています。"
    assert clock_words(-61) == "この端末の時計が、区のサーバより61秒進んでいます。"


def test_numbers_that_run_out_say_what_to_do() -> None:
    assert "あと12" in numbers_caution("管理票", 12).words
    assert (numbers_caution("便", 0).tone, numbers_caution("便", 1).tone) == ("error", "warning")
