"""The line of a telephone: one talk at a time, what was agreed in it stands, the number rung is the call's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from nhi_center.domain.call_check import Level
from nhi_center.domain.calls import CallDraft, CallState
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services.call_list import list_today, open_callbacks
from nhi_center.services.calls import choose_person, finish_call, hang_up, hold_call, save_draft, start_call
from nhi_center.services.office import Office
from tests.services.test_calls import PERSON, PROMISED, REGISTERED, STATED, logged, promised, room, sent
from tests.support.office import advance, desk, premises

__all__ = ["desk", "premises", "room"]

Desk = tuple[Office, Session]


def states(office: Office, session: Session) -> list[CallState]:
    """Of today's calls, the oldest first."""
    return [row.call.state for row in reversed(list_today(office, session))]


def test_who_takes_another_call_has_ended_the_one_before(room: Desk) -> None:
    office, session = room
    first = start_call(office, session).call
    save_draft(office, session, first.id, CallDraft("2", text="途中まで。"))
    advance(office.premises, minutes=3)
    start_call(office, session)
    advance(office.premises, hours=2)
    assert states(office, session) == [CallState.WRAP_UP, CallState.TALKING]
    (ended,) = (row.call for row in list_today(office, session) if row.call.id == first.id)
    assert 180 <= ended.seconds(office.clock.local()) < 240
    assert ended.draft.text == "途中まで。"
    assert '"calls_ended":1' in logged(office)


def test_who_waits_on_hold_waits_on(room: Desk) -> None:
    office, session = room
    first = start_call(office, session).call
    hold_call(office, session, first.id)
    start_call(office, session)
    assert states(office, session) == [CallState.TALKING, CallState.TALKING]
    assert not hold_call(office, session, first.id).call.held_at


def test_what_was_agreed_is_booked_also_when_its_hour_has_passed(room: Desk) -> None:
    """Written up after the promised hour: the promise was made all the same, and it is overdue."""
    office, session = room
    call = start_call(office, session).call
    choose_person(office, session, call.id, STATED, PERSON.atena)
    due = datetime.fromisoformat(hang_up(office, session, call.id, PROMISED).call.ended_at).replace(hour=16, minute=0)
    advance(office.premises, days=1)
    finish_call(office, session, call.id, PROMISED)
    (row,) = open_callbacks(office, session)
    assert (datetime.fromisoformat(row.back.due), row.overdue) == (due, True)
    other = start_call(office, session).call
    with pytest.raises(OperatorError) as caught:  # in this call nobody can have agreed on yesterday
        finish_call(office, session, other.id, PROMISED)
    assert caught.value.field == "back_day"


def test_a_call_back_rings_the_number_that_was_named_not_the_one_that_called(room: Desk) -> None:
    office, session = room
    callback = promised(office, session, replace(PROMISED, phone="090-1234-5678"))
    call = start_call(office, session, callback=callback).call
    view = save_draft(office, session, call.id, replace(call.draft, name="カツラギ ミホコ"))
    assert (view.call.draft.phone, view.call.phone) == ("", REGISTERED)
    finish_call(office, session, call.id, replace(view.call.draft, text="案内。", outcome="1"))
    assert sent(office)[-1]["phone"] == REGISTERED


def test_who_rang_another_number_after_all_is_not_at_level_two(room: Desk) -> None:
    office, session = room
    call = start_call(office, session, callback=promised(office, session)).call
    assert save_draft(office, session, call.id, STATED).level is Level.CALLED_BACK
    assert save_draft(office, session, call.id, replace(STATED, phone="090-1234-5678")).level is Level.IDENTIFIED
