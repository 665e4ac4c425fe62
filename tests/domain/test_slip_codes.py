"""管理票の番号: typed in either form, scanned as bars or as QR; anything else is said at the field."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.slip_codes import PREFIX, bar_content, read
from nhi_center.errors import OperatorError

TODAY = date(2026, 1, 15)
ID = "0a1b2c3d-0000-4000-8000-00000000000f"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("0115-001", ("", "2026-01-15", "0115-001")),
        ("0115001", ("", "2026-01-15", "0115-001")),
        ("０１１５－００１", ("", "2026-01-15", "0115-001")),
        ("1224-012", ("", "2025-12-24", "1224-012")),  # that day has not come yet this year
        ("20251224012", ("", "2025-12-24", "1224-012")),
        ("0115-1000", ("", "2026-01-15", "0115-1000")),
        (f" {PREFIX}{ID}\n", (ID, "", "")),
        (f"{PREFIX}{ID}".upper(), (ID, "", "")),
    ],
)
def test_what_is_read(typed: str, found: tuple[str, str, str]) -> None:
    assert read(typed, TODAY) == found


@pytest.mark.parametrize("typed", ["", "abc", "1332-001", "0230-001", "20261332001", PREFIX, f"{PREFIX}x", "S-000413", "1"])
def test_what_is_none(typed: str) -> None:
    with pytest.raises(OperatorError) as caught:
        read(typed, TODAY)
    assert caught.value.field == "slip"


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 9999))
def test_what_the_bars_say_is_read_back(day: date, sequence: int) -> None:
    number = f"{day:%m%d}-{sequence:03d}"
    assert read(bar_content(day.isoformat(), number), TODAY) == ("", day.isoformat(), number)


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 9999), st.integers(0, 13), st.integers(1, 9))
def test_one_figure_misread_is_no_other_slip(day: date, sequence: int, at: int, off: int) -> None:
    bars = bar_content(day.isoformat(), f"{day:%m%d}-{sequence:03d}")
    wrong = f"{bars[:at]}{(int(bars[at]) + off) % 10}{bars[at + 1 :]}"
    with pytest.raises(OperatorError) as caught:
        read(wrong, TODAY)
    assert (caught.value.field, caught.value.code) == ("slip", "misread")


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    with suppress(OperatorError):
        id_, day, number = read(typed, TODAY)
        assert bool(id_) != bool(day and number)
