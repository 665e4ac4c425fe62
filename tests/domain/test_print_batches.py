"""印刷の束: which steps there are, and when what is left may go to another printer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhi_center.domain.print_batches import Batch, BatchState, after_crash, check_movable, check_not_held, move
from nhi_center.errors import OperatorError

BATCH = Batch("b", "束1", "S", "p1", 1)
STEPS = {
    BatchState.WAITING: "held printing cancelled done",
    BatchState.HELD: "waiting cancelled",
    BatchState.PRINTING: "stopped done",
    BatchState.STOPPED: "printing held cancelled done",
    BatchState.DONE: "",
    BatchState.CANCELLED: "",
}


@pytest.mark.parametrize("state", BatchState)
@pytest.mark.parametrize("target", BatchState)
def test_only_these_steps_exist(state: BatchState, target: BatchState) -> None:
    if target.value in STEPS[state].split():
        assert move(state, target) is target
    else:
        with pytest.raises(OperatorError) as caught:
            move(state, target)
        assert state.label in caught.value.message


def test_a_crash_stops_only_what_was_printing() -> None:
    assert [after_crash(state) for state in BatchState] == [
        BatchState.STOPPED if state is BatchState.PRINTING else state for state in BatchState
    ]


def test_of_a_held_batch_nothing_is_printed_by_itself() -> None:
    check_not_held(None)
    for state in BatchState:
        if state is not BatchState.HELD:
            check_not_held(replace(BATCH, state=state))
    with pytest.raises(OperatorError) as caught:
        check_not_held(replace(BATCH, state=BatchState.HELD))
    assert caught.value.code == "print-held"


@pytest.mark.parametrize(
    ("state", "printer", "reason", "field"),
    [
        (BatchState.WAITING, "p2", "", "reason"),
        (BatchState.WAITING, "p1", "1", "printer"),
        (BatchState.PRINTING, "p2", "1", ""),
        (BatchState.DONE, "p2", "1", ""),
    ],
)
def test_what_may_not_be_moved(state: BatchState, printer: str, reason: str, field: str) -> None:
    check_movable(replace(BATCH, state=BatchState.STOPPED), "p2", "1")
    with pytest.raises(OperatorError) as caught:
        check_movable(replace(BATCH, state=state), printer, reason)
    assert caught.value.field == field
