from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from nhi_center.domain.today import Task, Urgency, by_hour, due_state, in_order, urgency_of

NOW = datetime(2026, 11, 24, 14, 32, tzinfo=timezone(timedelta(hours=9)))


@pytest.mark.parametrize(
    ("due", "promised", "since", "expected"),
    [
        ("2026-11-24T14:00:00+09:00", False, "", Urgency.OVERDUE),
        ("2026-11-24T14:00:00+09:00", True, "", Urgency.OVERDUE),
        ("2026-11-24T14:45:00+09:00", True, "", Urgency.URGENT),
        ("2026-11-24T16:00:00+09:00", False, "", Urgency.TODAY),
        ("2026-11-25T10:00:00+09:00", False, "", Urgency.NORMAL),
        ("", True, "2026-11-24", Urgency.NORMAL),
        ("", False, "2026-11-20", Urgency.TODAY),
    ],
)
def test_urgency(due: str, promised: bool, since: str, expected: Urgency) -> None:
    assert urgency_of(due, NOW, promised=promised, since=since) is expected


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("", ""),
        ("2026-11-24T14:45:30+09:00", "あと 13分"),
        ("2026-11-24T17:00:00+09:00", "あと 2時間"),
        ("2026-11-25T10:00:00+09:00", ""),
        ("2026-11-24T14:00:00+09:00", "32分超過"),
        ("2026-11-24T09:00:00+09:00", "5時間超過"),
        ("2026-11-20T09:00:00+09:00", "4日超過"),
    ],
)
def test_how_long_until(due: str, words: str) -> None:
    assert due_state(due, NOW) == words


def line(key: str, urgency: Urgency, due: str = "") -> Task:
    return Task(key=key, urgency=urgency, what="入力", title="", due=due, screen="entry")


def test_the_most_urgent_comes_first_and_the_rest_keeps_its_order() -> None:
    tasks = (
        line("last", Urgency.NORMAL),
        line("today", Urgency.TODAY),
        line("later", Urgency.URGENT, "2026-11-24T15:00:00+09:00"),
        line("sooner", Urgency.URGENT, "2026-11-24T14:45:00+09:00"),
        line("late", Urgency.OVERDUE, "2026-11-24T14:00:00+09:00"),
        line("very last", Urgency.NORMAL),
    )
    assert [task.key for task in in_order(tasks)] == ["late", "sooner", "later", "today", "last", "very last"]


def test_an_overdue_call_back_stands_before_everything_else() -> None:
    def task(key: str, urgency: Urgency, due: str, leads: bool) -> Task:
        return Task(key=key, urgency=urgency, what="", title="", due=due, screen="", leads=leads)

    tasks = [
        task("window", Urgency.OVERDUE, "2026-11-24T14:00:00+09:00", False),
        task("urgent", Urgency.URGENT, "2026-11-24T14:45:00+09:00", False),
        task("back", Urgency.OVERDUE, "2026-11-24T14:20:00+09:00", True),
        task("back today", Urgency.TODAY, "2026-11-24T14:40:00+09:00", True),
    ]
    assert [one.key for one in in_order(tasks)] == ["back", "window", "urgent", "back today"]


def test_the_chart_shows_the_morning_and_every_hour_with_work() -> None:
    assert [hour.hour for hour in by_hour({}, {}, 9)] == [9, 10, 11, 12, 13, 14]
    flow = by_hour({8: 9}, {16: 3}, 15)
    assert [hour.hour for hour in flow] == [8, 9, 10, 11, 12, 13, 14, 15, 16]
    assert (flow[0].received, flow[0].keyed, flow[-1].keyed) == (9, 0, 3)
