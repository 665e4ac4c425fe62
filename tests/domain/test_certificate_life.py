"""証のその後: which step follows which, and what each needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from nhi_center.domain.certificate_life import Life, LifeEvent, check, may_follow
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError

DAY = date(2026, 11, 24)
EVERY = frozenset(Life)
GOOD = {
    Life.ISSUED: LifeEvent("j", Life.ISSUED, DAY),
    Life.MAIL_RETURNED: LifeEvent("j", Life.MAIL_RETURNED, DAY, "1", cabinet="3"),
    Life.GIVEN_BACK: LifeEvent("j", Life.GIVEN_BACK, DAY, "1"),
    Life.COLLECTED: LifeEvent("j", Life.COLLECTED, DAY),
    Life.VOID: LifeEvent("j", Life.VOID, DAY, "1", due=DAY + timedelta(14)),
}


def test_nothing_follows_before_the_ward_has_the_sheet_and_nothing_of_a_spoiled_one() -> None:
    for state in JobState:
        expected = {Life.ISSUED, Life.VOID} if state in (JobState.SUBMITTED, JobState.RECEIVED) else set()
        assert may_follow(state, None, False) == expected
        assert may_follow(state, None, True) == frozenset()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Life.ISSUED, {Life.MAIL_RETURNED, Life.GIVEN_BACK, Life.COLLECTED, Life.VOID}),
        (Life.MAIL_RETURNED, {Life.ISSUED, Life.COLLECTED, Life.VOID}),
        (Life.VOID, {Life.COLLECTED}),
        (Life.GIVEN_BACK, set()),
        (Life.COLLECTED, set()),
    ],
)
def test_what_may_follow(before: Life, after: set[Life]) -> None:
    assert may_follow(JobState.SUBMITTED, before, False) == after


def test_each_step_complete_is_taken() -> None:
    for event in GOOD.values():
        check(event, EVERY, DAY)
    check(replace(GOOD[Life.VOID], reason="4", due=None), EVERY, DAY)


@pytest.mark.parametrize(
    ("what", "changes", "field"),
    [
        (Life.ISSUED, {"day": DAY + timedelta(1)}, "day"),
        (Life.MAIL_RETURNED, {"reason": ""}, "reason"),
        (Life.MAIL_RETURNED, {"cabinet": " "}, "cabinet"),
        (Life.GIVEN_BACK, {"reason": "8"}, "reason"),
        (Life.GIVEN_BACK, {"reason": "9"}, "words"),
        (Life.VOID, {"due": None}, "due"),
        (Life.VOID, {"due": DAY - timedelta(1)}, "due"),
        (Life.ISSUED, {"words": "あ" * 101}, "words"),
        (Life.ISSUED, {"words": "123456789018"}, "words"),
    ],
)
def test_what_is_missing_is_said_at_its_field(what: Life, changes: dict[str, object], field: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check(replace(GOOD[what], **changes), EVERY, DAY)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_step_that_does_not_follow_is_refused() -> None:
    with pytest.raises(OperatorError):
        check(GOOD[Life.COLLECTED], frozenset({Life.ISSUED}), DAY)
