"""電話: its clocks, the number that calls, and who else has a part in it, as the record has them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nhi_center.domain.calls import Call, CallDraft, CallState
from nhi_center.domain.today import Urgency
from nhi_center.errors import OperatorError
from nhi_center.services.call_list import counts, list_today, open_callbacks
from nhi_center.services.calls import choose_person, continue_call, finish_call, hang_up, hold_call, save_draft, start_call
from nhi_center.services.office import Office, Premises
from nhi_center.services.session import sign_out
from nhi_center.services.today import today
from nhi_center.storage import calls
from tests.services.test_calls import ANSWERED, PERSON, PROMISED, REGISTERED, STATED, Desk, logged, promised, room, sent
from tests.support.office import advance, as_person, desk, enter, premises, signed_in

__all__ = ["desk", "premises", "room"]


def test_the_record_has_talk_hold_and_wrap_up(room: Desk) -> None:
    office, session = room
    call = start_call(office, session).call
    save_draft(office, session, call.id, ANSWERED)
    advance(office.premises, seconds=20)
    assert hold_call(office, session, call.id).call.held_at
    advance(office.premises, seconds=30)
    view = hold_call(office, session, call.id)  # what has been typed stands
    assert (view.call.held_at, view.call.draft.text) == ("", ANSWERED.text)
    assert 30 <= view.call.hold_seconds < 35
    hold_call(office, session, call.id)
    advance(office.premises, seconds=5)
    hang_up(office, session, call.id, ANSWERED)
    with pytest.raises(OperatorError) as caught:
        hold_call(office, session, call.id)
    assert caught.value.code == "ended"
    second = start_call(office, session).call  # the next one comes in while the first waits
    advance(office.premises, seconds=40)
    done = finish_call(office, session, call.id, ANSWERED).call
    (body,) = sent(office)
    for name, least in (("", 55), ("talk_", 20), ("hold_", 35), ("wrap_up_", 40)):
        assert least <= body[f"{name}seconds"] < least + 5  # the clock goes on meanwhile
    assert calls_in(office, call.id) == done
    assert continue_call(office, session, second.id).call.state is CallState.TALKING
    assert '"step":"hold"' in logged(office)
    with pytest.raises(OperatorError):
        hold_call(office, as_person(office, "k-hanako"), second.id)


def calls_in(office: Office, call_id: str) -> Call | None:
    with office.store.read.begin() as connection:
        return calls.find(connection, call_id)


def test_a_number_tells_what_it_asked_before_without_a_name(room: Desk) -> None:
    office, session = room
    first = start_call(office, session).call
    choose_person(office, session, first.id, STATED, PERSON.atena)
    finish_call(office, session, first.id, replace(ANSWERED, phone="090-1234-5678"))
    promised(office, session, replace(PROMISED, phone="(090)1234-5678", back_number="03-5273-0142"))
    other = start_call(office, session).call
    assert save_draft(office, session, other.id, replace(STATED, phone="080-1234-5678")).number_calls is None
    found = save_draft(office, session, other.id, CallDraft(phone="+81 90 1234 5678")).number_calls
    assert found is not None
    assert (found.count, found.words) == (2, "この番号 2件 前回 11月24日 証が届かない(Q06) 折返し")
    assert "カツラギ" not in found.words
    promise = save_draft(office, session, other.id, CallDraft(phone="0352730142")).number_calls
    assert promise is not None  # a call was promised to it
    assert promise.count == 1
    finish_call(office, session, other.id, CallDraft("1", phone="080-1234-5678", category="Q04", text="案内。", outcome="1"))
    assert sent(office)[-1]["phone"] == "08012345678"
    assert '"number_calls":2' in logged(office)
    assert "1234" not in logged(office)


def test_a_rung_number_is_the_calls_own(room: Desk) -> None:
    office, session = room
    callback = promised(office, session)
    view = start_call(office, session, callback=callback)
    assert view.call.phone == REGISTERED
    assert view.number_calls is None  # nobody has said from where he calls
    assert save_draft(office, session, view.call.id, STATED).call.phone == REGISTERED


def test_the_record_names_consent_interpreter_section_and_office(room: Desk) -> None:
    office, session = room
    call = start_call(office, session).call
    choose_person(office, session, call.id, replace(STATED, consent=""), PERSON.atena)
    with pytest.raises(OperatorError) as caught:
        finish_call(office, session, call.id, replace(ANSWERED, consent=""))
    assert caught.value.field == "consent"
    with pytest.raises(OperatorError):  # a page that forgets its person takes nothing away
        finish_call(office, session, call.id, replace(ANSWERED, consent="", name="", birth="", address="", atena=""))
    to_ward = replace(
        ANSWERED, consent="3", consent_number="R8-12", language="5", interpreter="2", outcome="2", ward_staff="見本 区子"
    )
    finish_call(office, session, call.id, to_ward)
    body = sent(office)[-1]
    assert body["consent"] == {"code": "3", "label": "個別(番号)", "number": "R8-12"}
    assert body["interpreter"] == {"code": "2", "label": "区の電話通訳"}
    assert (body["ward_staff"], body["ward_section"], body["other_office"]) == ("見本 区子", "資格係", None)
    assert body["handed_at"] == body["ended_at"]
    second = start_call(office, session).call
    sent_on = CallDraft("1", category="Q02", text="健保へ。", outcome="5", other_office="9", other_office_name="見本組合")
    finish_call(office, session, second.id, sent_on)
    body = sent(office)[-1]
    assert body["other_office"] == {"code": "9", "label": "その他", "name": "見本組合"}
    assert (body["consent"], body["interpreter"], body["ward_section"]) == (None, None, "")


def test_a_promise_survives_the_shift(premises: Premises) -> None:
    """The clerk signs out with his call on hold and a promise open; the next morning another finds it overdue."""
    enter(premises, "k-ichiro", "k-hanako")
    office, session = signed_in(premises, "k-ichiro")
    call = start_call(office, session).call
    finish_call(office, session, call.id, replace(PROMISED, caller="1", back_who="2"))
    left = start_call(office, session).call
    hold_call(office, session, left.id)
    sign_out(office, session)
    advance(premises, days=1, hours=3)
    enter(premises, "k-hanako")
    office, session = signed_in(premises, "k-hanako")
    (row,) = open_callbacks(office, session)
    assert (row.overdue, row.booked_by_name) == (True, "見本 一郎")
    assert counts(office, session).overdue == 1
    first = today(office, session).tasks[0]
    assert (first.key, first.urgency, first.state) == (f"back-{call.id}", Urgency.OVERDUE, "20時間超過")
    (open_call,) = (row.call for row in list_today(office, session))
    assert (open_call.state, open_call.held_at) == (CallState.WRAP_UP, "")  # the line did not stay open over night
    assert open_call.seconds(office.clock.local()) < 600
    sign_out(office, session)


@pytest.mark.parametrize(
    "words",
    [{"text": "06-2 を案内。信仰のこと。"}, {"outcome": "2", "ward_staff": "信仰の担当"}, {"consent_number": "信仰 1"}],
)
def test_words_that_must_not_be_collected_are_noted_wherever_they_are_written(room: Desk, words: dict[str, Any]) -> None:
    office, session = room
    finish_call(office, session, start_call(office, session).call.id, ANSWERED)
    assert "forbidden_words" not in logged(office)
    finish_call(office, session, start_call(office, session).call.id, replace(ANSWERED, **words))
    assert "forbidden_words" in logged(office)
