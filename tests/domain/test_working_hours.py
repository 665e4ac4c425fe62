"""業務の時間 from the log: which stretch belongs to which job, and what is a pause."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Action
from nhi_center.domain.working_hours import (
    Correction,
    Job,
    Mark,
    Plan,
    check_correction,
    check_plan,
    job_of,
    months_of,
    stretches,
    to_year_end,
)
from nhi_center.errors import OperatorError

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
JST = timedelta(hours=9)
DAY = date(2026, 11, 24)


def marks(*told: tuple[int, str, str], who: str = "k-ichiro") -> list[Mark]:
    """(minute, act, step)."""
    return [Mark(NINE + timedelta(minutes=minute), who, action, step) for minute, action, step in told]


def worked(*told: tuple[int, str, str]) -> dict[str, int]:
    return {one.job.value: one.seconds // 60 for one in stretches(marks(*told), JST)}


def test_the_time_before_an_act_is_its_job_s() -> None:
    assert worked(
        (0, "sign_in", ""), (10, "handover", "count"), (40, "enter", "finish"), (45, "print", ""), (50, "sign_out", "")
    ) == {
        "handover": 10,
        "entry": 30,
        "output": 10,
    }


def test_what_any_job_needs_goes_with_what_follows_and_at_the_end_with_what_was() -> None:
    assert worked((0, "sign_in", ""), (5, "search", ""), (6, "view_person", ""), (20, "call", ""), (25, "sign_out", "")) == {
        "calls": 25
    }
    assert worked((0, "sign_in", ""), (5, "search", ""), (8, "sign_out", "")) == {"other": 8}
    assert worked((0, "sign_in", ""), (5, "enter", ""), (9, "search", ""), (10, "lock", "by_hand")) == {"entry": 10}


def test_locks_are_left_out_and_so_is_what_nobody_touched_before_one() -> None:
    lock = (20, "lock", LockReason.IDLE.value)
    assert worked((0, "sign_in", ""), (10, "enter", ""), lock, (80, "unlock", ""), (90, "enter", ""), (95, "sign_out", "")) == {
        "entry": 25
    }
    assert worked((0, "sign_in", ""), (10, "enter", ""), (20, "lock", "by_hand"), (90, "sign_out", "")) == {"entry": 20}


def test_a_sitting_that_never_ended_ends_with_its_last_act() -> None:
    crash = [*marks((0, "sign_in", ""), (10, "enter", "")), *marks((200, "sign_in", ""), (230, "call", ""), who="k-hanako")]
    found = stretches(crash, JST)
    assert [(one.person, one.job, one.seconds) for one in found] == [("k-hanako", Job.CALLS, 1800), ("k-ichiro", Job.ENTRY, 600)]


def test_others_who_sign_beside_him_take_nothing_of_his_time() -> None:
    beside = Mark(NINE + timedelta(minutes=5), "40127", "handover", "sign")
    own = marks((0, "sign_in", ""), (10, "enter", ""), (12, "sign_out", ""))
    assert [(one.person, one.seconds) for one in stretches([own[0], beside, *own[1:]], JST)] == [("k-ichiro", 720)]
    ended = (25, "unlock", "ended")
    assert worked((0, "sign_in", ""), (10, "enter", ""), (20, "lock", "by_hand"), ended, (26, "sign_out", "")) == {"entry": 20}


def test_a_day_is_the_office_s_and_a_clock_set_back_takes_nothing_off() -> None:
    late = datetime(2026, 11, 24, 14, 50, tzinfo=UTC)
    night = [
        Mark(late, "a", "sign_in"),
        Mark(late + timedelta(minutes=20), "a", "enter"),
        Mark(late + timedelta(minutes=5), "a", "call"),
    ]
    assert [(one.day, one.job, one.seconds) for one in stretches(night, JST)] == [(date(2026, 11, 25), Job.ENTRY, 1200)]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 40),
            st.sampled_from(["sign_in", "enter", "search", "call", "lock", "idle", "unlock", "sign_out", "print"]),
        )
    )
)
def test_never_more_than_the_time_that_passed(steps: list[tuple[int, str]]) -> None:
    at, told = NINE, []
    for gap, action in steps:
        at += timedelta(minutes=gap)
        told.append(Mark(at, "a", "lock" if action == "idle" else action, LockReason.IDLE.value if action == "idle" else ""))
    found = stretches(told, JST)
    assert sum(one.seconds for one in found) <= (at - NINE).total_seconds()
    assert all(one.seconds > 0 for one in found)
    assert len({(one.day, one.person, one.job) for one in found}) == len(found)


def test_every_act_has_one_job_or_is_of_any() -> None:
    assert {job_of(action.value) for action in Action} == {*Job, None}
    assert (job_of("denied"), job_of(Action.REPORT), job_of(Action.VERIFY)) == (None, Job.OTHER, Job.ENTRY)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"day": date(2026, 11, 25)}, "day"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"minutes": -11}, "minutes"),
        ({"reason": " "}, "reason"),
        ({"reason": "あ" * 101}, "reason"),
        ({"reason": "個人番号 123456789018"}, "reason"),
    ],
)
def test_a_correction_is_whole(change: dict[str, object], field: str) -> None:
    plain = {"day": DAY, "person": "k-ichiro", "job": Job.CALLS, "minutes": -10, "reason": "席を外していた"}
    check_correction(Correction(**plain), 600, DAY)  # type: ignore[arg-type]
    with pytest.raises(OperatorError) as refused:
        check_correction(Correction(**{**plain, **change}), 600, DAY)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_months_and_the_plan() -> None:
    assert months_of(date(2026, 11, 3), date(2027, 1, 31)) == ("2026-11", "2026-12", "2027-01")
    assert to_year_end("2027-02") == ("2027-02", "2027-03")
    assert len(to_year_end("2026-04")) == 12
    plan = Plan({"2026-11": {Job.ENTRY: 100, Job.CALLS: 50}, "2026-12": {Job.ENTRY: 90}})
    assert (plan.of(("2026-11", "2026-12"), Job.ENTRY), plan.of(("2026-11",)), plan.of(("2026-10",))) == (190, 150, 0)
    with pytest.raises(OperatorError) as refused:
        check_plan({**dict.fromkeys(Job, 0), Job.CALLS: 2001})
    assert refused.value.field == "calls"


def test_a_clock_that_is_set_gives_no_hours() -> None:
    """Yesterday's date is put right in the middle of a sitting: a day nobody has worked."""
    a_day = 24 * 60
    ahead = marks((0, "sign_in", ""), (30, "enter", ""), (a_day + 40, "enter", ""), (a_day + 60, "sign_out", ""))
    back = marks((60, "sign_in", ""), (90, "enter", ""), (0, "enter", ""), (20, "sign_out", ""))
    assert [sum(one.seconds for one in stretches(told, JST)) // 60 for told in (ahead, back)] == [50, 50]
