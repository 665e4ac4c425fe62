"""番号の枠: the parts of the numbers never overlap, and every number still fits the paper."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from nhi_center.domain import slip_codes
from nhi_center.domain.custody import slip_number
from nhi_center.domain.numbers import LAST_SHARED, MOST_PLACES, Kind, is_own, own_range, period_of, periods_ahead

FRIDAY = date(2026, 11, 27)


def test_no_two_places_share_a_number_and_none_is_a_blocks() -> None:
    ranges = [own_range(place) for place in range(1, MOST_PLACES + 1)]
    assert all(not set(one) & set(other) for one, other in combinations(ranges, 2))
    assert all(is_own(number) and number <= 9999 for one in ranges for number in one)
    assert not is_own(LAST_SHARED)
    assert not own_range(0)
    assert not own_range(MOST_PLACES + 1)


def test_numbers_are_kept_ready_until_monday() -> None:
    assert periods_ahead(Kind.SLIP, FRIDAY) == ("2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30")
    assert periods_ahead(Kind.QUERY, FRIDAY) == ("R8",)
    assert periods_ahead(Kind.QUERY, date(2027, 3, 30)) == ("R8", "R9")
    assert period_of(Kind.CALL, FRIDAY) == "2026-11-27"


def test_a_number_of_the_own_range_is_typed_and_scanned_like_any_other() -> None:
    number = slip_number(FRIDAY, own_range(1)[0])
    assert number == "1127-5000"
    for typed in (number, "11275000", slip_codes.bar_content("2026-11-27", number)):
        assert slip_codes.read(typed, FRIDAY) == ("", "2026-11-27", number)
