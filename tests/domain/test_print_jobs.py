from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.print_jobs import JobState, PaperStock, after_restart, approve_spoiled, may_become, move
from nhi_center.errors import OperatorError


def test_the_usual_way() -> None:
    state = JobState.QUEUED
    for target in (JobState.PRINTING, JobState.NEEDS_CHECK, JobState.GOOD, JobState.SUBMITTED, JobState.RECEIVED):
        state = move(state, target)
    assert not any(may_become(state, target) for target in JobState)


@pytest.mark.parametrize(
    ("state", "target"),
    [
        (JobState.QUEUED, JobState.GOOD),
        (JobState.PRINTING, JobState.GOOD),
        (JobState.BLOCKED, JobState.PRINTING),
        (JobState.NEEDS_CHECK, JobState.SPOILED),
        (JobState.SPOILED_WAITING, JobState.SUBMITTED),
        (JobState.GOOD, JobState.QUEUED),
        (JobState.RECEIVED, JobState.SUBMITTED),
    ],
)
def test_no_step_is_skipped(state: JobState, target: JobState) -> None:
    with pytest.raises(OperatorError, match=state.label):
        move(state, target)


def test_a_spoiled_sheet_needs_another_person() -> None:
    with pytest.raises(OperatorError) as refused:
        approve_spoiled(JobState.SPOILED_WAITING, reported_by="a", approved_by="a")
    assert refused.value.code == "four-eyes"
    assert approve_spoiled(JobState.SPOILED_WAITING, reported_by="a", approved_by="b") is JobState.SPOILED
    with pytest.raises(OperatorError):
        approve_spoiled(JobState.GOOD, reported_by="a", approved_by="b")


def test_after_a_crash_a_person_counts() -> None:
    assert after_restart(JobState.PRINTING) is JobState.NEEDS_CHECK
    assert [after_restart(state) for state in JobState if state is not JobState.PRINTING] == [
        state for state in JobState if state is not JobState.PRINTING
    ]


def test_every_state_has_its_word() -> None:
    assert len({state.label for state in JobState}) == len(JobState)


def test_the_paper_of_a_day() -> None:
    stock = PaperStock("S", 385, 440, taken=28, spoiled=2)
    assert (stock.used, stock.left) == (26, 412)
    assert stock.upcoming(2) == ("S-000413", "S-000414")
    number, after = stock.take()
    assert (number, after.left, after.upcoming(1)) == ("S-000413", 411, ("S-000414",))
    assert after.put_back("S-000413") == stock
    assert after.spoil().difference(counted_left=410, counted_spoiled=3) == (-1, 0)


def test_paper_that_cannot_be() -> None:
    with pytest.raises(OperatorError, match="用紙A"):
        PaperStock("A", 1, 0).take()
    with pytest.raises(OperatorError):
        PaperStock("A", 1, 5).spoil()
    with pytest.raises(OperatorError):
        PaperStock("A", 1, 5, taken=2).put_back("A-000001")
    with pytest.raises(OperatorError):
        PaperStock("A", 1, 5, taken=2, spoiled=2).put_back("A-000002")
    with pytest.raises(ValueError, match="contradict"):
        PaperStock("A", 1, 5, taken=6)


@given(st.lists(st.sampled_from(["take", "spoil", "back"]), max_size=40))
def test_no_sheet_is_ever_lost_and_no_number_used_twice(acts: list[str]) -> None:
    stock = PaperStock("S", 100, 12)
    out: list[str] = []
    for act in acts:
        try:
            if act == "take":
                number, stock = stock.take()
                assert number not in out
                out.append(number)
            elif act == "spoil":
                stock = stock.spoil()
            elif out:
                stock = stock.put_back(out[-1])
                out.pop()
        except OperatorError:
            pass
        assert stock.left + stock.used + stock.spoiled == 12
        assert len(out) == stock.taken
