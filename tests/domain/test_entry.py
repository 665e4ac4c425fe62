from __future__ import annotations

import itertools

import pytest

from nhi_center.domain.entry import TRANSITIONS, State, check_transition
from nhi_center.errors import OperatorError


def test_the_way_of_an_ordinary_application() -> None:
    way = [State.RECEIVED, State.DRAFTING, State.ENTERED, State.VERIFIED, State.REVIEWED, State.DONE]
    for frm, to in itertools.pairwise(way):
        check_transition(frm, to)


@pytest.mark.parametrize(
    "skipped", [(State.DRAFTING, State.VERIFIED), (State.ENTERED, State.REVIEWED), (State.VERIFIED, State.DONE)]
)
def test_no_step_is_skipped(skipped: tuple[State, State]) -> None:
    with pytest.raises(OperatorError) as caught:
        check_transition(*skipped)
    assert caught.value.code == "not-this-step"
    assert skipped[0].label in caught.value.message


@pytest.mark.parametrize("ended", [State.DONE, State.RETURNED])
def test_what_is_ended_stays_ended_but_for_a_withdrawal(ended: State) -> None:
    for to in State:
        if (ended, to) == (State.DONE, State.RETURNED):
            check_transition(ended, to)
            continue
        with pytest.raises(OperatorError):
            check_transition(ended, to)


def test_a_hold_goes_back_to_where_it_came_from_or_to_the_ward() -> None:
    for came in (State.DRAFTING, State.ENTERED, State.VERIFIED, State.REVIEWED):
        check_transition(came, State.HELD)
        check_transition(State.HELD, came, held_from=came)
        check_transition(State.HELD, State.RETURNED, held_from=came)
    with pytest.raises(OperatorError):
        check_transition(State.HELD, State.REVIEWED, held_from=State.DRAFTING)


def test_every_state_has_its_word_and_its_ways() -> None:
    assert set(TRANSITIONS) == set(State)
    assert len({state.label for state in State}) == len(State)
