"""照合の割合: which rate stands, and what may be set."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import sampling
from nhi_center.domain.sampling import ALL, LEAST, Rate
from nhi_center.errors import OperatorError

DAY = date(2026, 11, 24)
FORMS, PEOPLE = ("F02", "F05"), ("k-ichiro", "k-hanako", "s-toko")


def rate(percent: int, form: str = "", person: str = "", *, days: int = 0, by: str = "s-toko", at: str = "10:00") -> Rate:
    return Rate(
        f"{form}{person}{percent}{days}{at}", form, person, percent, DAY + timedelta(days), "実績", by, f"2026-11-24T{at}"
    )


def test_without_a_table_everything_is_keyed_twice() -> None:
    assert sampling.percent((), ("F02",), "k-ichiro", DAY) == ALL


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ((rate(50), rate(40, "F02")), 40),
        ((rate(40, "F02"), rate(30, "", "k-ichiro")), 30),
        ((rate(30, "", "k-ichiro"), rate(20, "F02", "k-ichiro")), 20),
        ((rate(50), rate(60, days=-1)), 50),
        ((rate(50, at="09:00"), rate(60, at="11:00")), 60),
        ((rate(50, days=1),), ALL),
        ((rate(50, "F05"), rate(50, "", "k-hanako")), ALL),
        ((rate(50, by="k-ichiro"),), ALL),
    ],
    ids=["form", "person", "both", "latest day", "last set", "still to come", "of others", "set by himself"],
)
def test_the_closest_and_latest_stands(rates: tuple[Rate, ...], expected: int) -> None:
    assert sampling.percent(rates, ("F02",), "k-ichiro", DAY) == expected
    assert sampling.percent(tuple(reversed(rates)), ("F02",), "k-ichiro", DAY) == expected


def test_an_envelope_goes_by_its_strictest_form() -> None:
    assert sampling.percent((rate(20, "F02"), rate(70, "F05")), FORMS, "k-ichiro", DAY) == 70
    assert sampling.percent((rate(20, "F02"),), FORMS, "k-ichiro", DAY) == ALL


@given(
    st.lists(
        st.builds(
            rate,
            st.integers(LEAST, ALL),
            st.sampled_from(("", *FORMS)),
            st.sampled_from(("", *PEOPLE)),
            days=st.integers(-3, 3),
            by=st.sampled_from(PEOPLE),
        ),
        max_size=8,
    ),
    st.sampled_from(FORMS),
    st.sampled_from(PEOPLE),
)
def test_never_below_the_least_and_never_by_ones_own_word(rates: list[Rate], form: str, person: str) -> None:
    found = sampling.in_force(rates, form, person, DAY)
    assert LEAST <= sampling.percent(rates, (form,), person, DAY) <= ALL
    assert found is None or (found.set_by != person and found.from_day <= DAY and found.form in ("", form))


def test_the_draw_takes_its_share() -> None:
    for share in (LEAST, 37, ALL):
        assert sum(sampling.drawn(share, number) for number in range(100)) == share


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (rate(LEAST - 1), "percent"),
        (rate(ALL + 1), "percent"),
        (rate(50, days=-1), "from_day"),
        (Rate("1", "", "", 50, DAY, "  ", "s-toko", ""), "reason"),
        (rate(50, "", "s-toko"), "person"),
    ],
)
def test_what_may_not_be_set(wrong: Rate, field: str) -> None:
    with pytest.raises(OperatorError) as caught:
        sampling.check(wrong, DAY)
    assert caught.value.field == field


def test_a_rate_survives_the_way_to_another_terminal() -> None:
    one = rate(30, "F02", "k-ichiro", days=4)
    assert sampling.from_json(sampling.to_json(one)) == one
    for broken in ({"percent": 5}, {"percent": "50"}, {"percent": True}, {"person": 3}, {"from_day": "きょう"}):
        with pytest.raises((ValueError, TypeError)):
            sampling.from_json({**sampling.to_json(one), **broken})
