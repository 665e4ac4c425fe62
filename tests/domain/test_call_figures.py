"""電話の集計: counted once each, by hour and by 分類; a late call-back is one whose time has passed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.call_figures import CallFact, figures
from nhi_center.domain.calls import CallBack, Outcome

JST = timezone(timedelta(hours=9))
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=JST)


def fact(hour: int, seconds: int = 60, category: str = "Q06", outcome: str = "1") -> CallFact:
    begun = NOW.replace(hour=hour)
    return CallFact(category, outcome, begun.isoformat(), (begun + timedelta(seconds=seconds)).isoformat())


def back(due: datetime, done: str = "") -> CallBack:
    return CallBack("b", "c", "0312345678", due.isoformat(), "", True, "k", NOW.isoformat(), done)


def test_nothing_gives_nothing() -> None:
    found = figures((), (), NOW)
    assert (found.total.calls, found.categories, found.hours, found.promised, found.late) == (0, (), (), 0, 0)
    assert found.lengths == ()
    assert found.total.at_once == 0


def test_by_hour_without_a_gap_and_by_category() -> None:
    calls = (fact(9, 30), fact(9, 90, outcome="2"), fact(11, 600, "Q01"))
    found = figures(calls, (), NOW)
    assert [(line.hour, line.calls, line.answered) for line in found.hours] == [(9, 2, 1), (10, 0, 0), (11, 1, 1)]
    assert [(line.category, line.calls, line.at_once, line.middle, line.longest) for line in found.categories] == [
        ("Q01", 1, 100, 600, 600),
        ("Q06", 2, 50, 30, 90),
    ]
    assert (found.total.calls, found.total.having(Outcome.TO_WARD), found.total.at_once) == (3, 1, 67)


def test_late_is_kept_late_or_still_open_after_its_time() -> None:
    early, past = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
    backs = (
        back(early),
        back(past),
        back(past, (past - timedelta(minutes=1)).isoformat()),
        back(past, (past + timedelta(minutes=1)).isoformat()),
    )
    found = figures((), backs, NOW)
    assert (found.promised, found.late) == (4, 2)


def test_by_length_up_to_and_with_the_minute() -> None:
    found = figures((fact(9, 60), fact(9, 61), fact(9, 180, outcome="2"), fact(9, 1201)), (), NOW)
    assert [(line.words, line.calls, line.answered) for line in found.lengths] == [
        ("1分まで", 1, 1),
        ("3分まで", 2, 1),
        ("5分まで", 0, 0),
        ("10分まで", 0, 0),
        ("20分まで", 0, 0),
        ("20分超", 1, 1),
    ]
    assert found.total.mean == round((60 + 61 + 180 + 1201) / 4)


facts = st.builds(fact, st.integers(8, 17), st.integers(0, 7200), st.sampled_from(["Q01", "Q06", ""]), st.sampled_from("12345"))


@given(st.lists(facts, max_size=40))
def test_every_call_is_counted_once(calls: list[CallFact]) -> None:
    found = figures(calls, (), NOW)
    total, answered = found.total, sum(call.outcome == Outcome.ANSWERED for call in calls)
    for lines in (found.categories, found.hours, found.lengths):
        assert sum(line.calls for line in lines) == len(calls)
    assert total.having(Outcome.ANSWERED) == sum(line.having(Outcome.ANSWERED) for line in found.categories) == answered
    assert sum(line.answered for line in found.hours) == sum(line.answered for line in found.lengths) == answered
    assert total.calls == sum(total.outcomes) == len(calls)
    assert total.outcomes == tuple(sum(call.outcome == outcome for call in calls) for outcome in Outcome)
