from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Signature
from nhi_center.domain.visit import LASTS, Visit, after_signing, known

AT = datetime(2026, 11, 24, 9, 30)
VISIT = Visit("40127", "見本　区子", AT)
WARD = Signature("40127", "見本　区子", "ward_staff", AT.isoformat(), "", "")
CLERK = replace(WARD, person="k-ichiro", name="見本　一郎", role="clerk")


def test_the_ward_is_known_whichever_way_the_papers_go() -> None:
    assert after_signing(Direction.IN, {Side.GIVER: WARD, Side.RECEIVER: CLERK}) == VISIT
    assert after_signing(Direction.OUT, {Side.GIVER: CLERK, Side.RECEIVER: WARD}) == VISIT
    assert after_signing(Direction.IN, {}) is None


def test_another_of_the_ward_takes_his_place() -> None:
    other = replace(WARD, person="40128", signed_at=(AT + timedelta(minutes=1)).isoformat())
    after = after_signing(Direction.OUT, {Side.GIVER: CLERK, Side.RECEIVER: other})
    assert after is not None
    assert after.person == "40128"


@given(st.integers(min_value=-3600, max_value=7200))
def test_it_lasts_exactly_so_long_and_no_clock_put_back_prolongs_it(seconds: int) -> None:
    now = AT + timedelta(seconds=seconds)
    lasts = 0 <= seconds < LASTS.total_seconds()
    assert (known(VISIT, now) is VISIT) == lasts
    assert (VISIT.minutes_left(now) > 0) == lasts
    assert known(None, now) is None


def test_the_minutes_that_are_left() -> None:
    assert [VISIT.minutes_left(AT + timedelta(seconds=s)) for s in (0, 1, 60, 540, 599, 600)] == [10, 10, 9, 1, 1, 0]
