from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.call_check import Agreement, Check, Level
from nhi_center.domain.calls import CallDraft, CallState
from nhi_center.domain.operators import Session
from nhi_center.domain.people import Period
from nhi_center.errors import OperatorError
from nhi_center.services.call_list import complete_callback, counts, list_today, open_callbacks, read_record
from nhi_center.services.calls import (
    choose_person,
    continue_call,
    drop_call,
    finish_call,
    hang_up,
    save_draft,
    start_call,
)
from nhi_center.services.office import Office
from nhi_center.storage import calls, register
from tests.domain.test_call_check import PERSON
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]
INDIVIDUAL_NUMBER = "123456789018"
REGISTERED = "0352730142"
PROTECTED = replace(PERSON, atena="00099999", household="0009999", name="見本　守", kana="ミホン　マモル", protected=True)
STATED = CallDraft(caller="2", consent="1", told=True, name="カツラギ ミホコ", birth="3450312", address="歌舞伎町1-4-1")
ANSWERED = replace(STATED, category="Q06", text="06-2 を案内。届出済み、審査中と説明。", outcome="1")
PROMISED = replace(ANSWERED, outcome="3", back_number="03-5273-0142", back_day="R8.11.24", back_time="16:00")


@pytest.fixture
def room(desk: Desk) -> Desk:
    """The desk with two people in the register."""
    office, _session = desk
    person = replace(PERSON, phone=REGISTERED, periods=(Period(date(2026, 11, 1), "A1"),), symbol="04-01", number="1234567")
    with office.store.write.begin() as connection:
        register.put_people(connection, [(1, person), (2, PROTECTED)])
    return desk


def sent(office: Office) -> list[dict[str, Any]]:
    with office.store.read.begin() as connection:
        rows = connection.execute(text("SELECT body FROM outbox WHERE kind = 'call' ORDER BY seq"))
        return [json.loads(row.body) for row in rows]


def logged(office: Office) -> str:
    with office.store.read.begin() as connection:
        return "\n".join(bytes(row.entry).decode() for row in connection.execute(text("SELECT entry FROM audit ORDER BY seq")))


def protect(office: Office, on: bool) -> None:
    with office.store.write.begin() as connection:
        cursor = 801 if on else 800
        register.put_people(connection, [(cursor, replace(PROTECTED, protected=on))])


def make_due(office: Office) -> None:
    """As if every open promise had been for this morning."""
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE call_back SET due = '2026-11-24T08:40:00+09:00'"))


def promised(office: Office, session: Session, draft: CallDraft = PROMISED) -> str:
    call = start_call(office, session).call
    choose_person(office, session, call.id, draft, PERSON.atena)
    back = finish_call(office, session, call.id, draft).back
    assert back is not None
    return back.id


def test_from_the_first_ring_to_the_record(room: Desk) -> None:
    office, session = room
    view = start_call(office, session)
    assert (view.call.number, view.call.state, view.level) == ("1124-001", CallState.TALKING, Level.GENERAL)
    assert not view.facts

    view = choose_person(office, session, view.call.id, STATED, PERSON.atena)
    assert view.check.complete
    assert (view.level, view.person_kana) == (Level.IDENTIFIED, PERSON.kana)
    assert view.call.told_at

    finished = finish_call(office, session, view.call.id, ANSWERED)
    assert finished.call.state is CallState.DONE
    assert finished.back is None
    (body,) = sent(office)
    assert body["answers"] == ["06-2"]
    assert (body["level"], body["atena"], body["direction"], body["complaint"]) == ("1", PERSON.atena, "in", False)
    assert body["check"] == {"name": "match", "birth": "match", "address": "match"}
    assert body["seconds"] >= 0
    assert '"purpose":"call"' in logged(office)


def test_the_level_rises_only_with_what_has_been_said(room: Desk) -> None:
    office, session = room
    call = start_call(office, session).call
    view = choose_person(office, session, call.id, replace(STATED, told=False), PERSON.atena)
    assert view.check.complete
    assert view.level is Level.GENERAL
    assert not view.facts
    view = save_draft(office, session, call.id, replace(STATED, address="歌舞伎町1-4-2"))
    assert view.check.address is Agreement.DIFFERENT
    assert view.level is Level.GENERAL
    assert save_draft(office, session, call.id, STATED).level is Level.IDENTIFIED
    view = save_draft(office, session, call.id, replace(STATED, caller="5"))
    assert (view.level, view.check, view.facts, view.person_name) == (Level.NEVER, Check(), (), "")


def test_a_protected_person_shows_nothing(room: Desk) -> None:
    office, session = room
    call = start_call(office, session).call
    said = replace(STATED, name="ミホン マモル")
    with pytest.raises(OperatorError) as refused:
        choose_person(office, session, call.id, said, PROTECTED.atena)
    with pytest.raises(OperatorError) as unknown:
        choose_person(office, session, call.id, said, "99999999")
    assert (refused.value.code, refused.value.message) == (unknown.value.code, unknown.value.message)
    protect(office, False)
    choose_person(office, session, call.id, said, PROTECTED.atena)
    protect(office, True)  # while the call goes on
    view = save_draft(office, session, call.id, said)
    assert (view.level, view.check, view.facts) == (Level.NEVER, Check(), ())
    assert (view.person_name, view.person_kana) == ("", "")
    finish_call(
        office, session, call.id, replace(said, category="Q06", text="区へつないだ。", outcome="2", ward_staff="見本 区子")
    )
    assert [row.person_name for row in list_today(office, session)] == [""]


def test_a_call_back_to_who_is_protected_by_now_begins_with_nobody(room: Desk) -> None:
    """The promise is kept; the person is not shown."""
    office, session = room
    back = promised(office, session)
    with office.store.write.begin() as connection:
        register.put_people(connection, [(900, replace(PERSON, protected=True))])
    view = start_call(office, session, callback=back)
    assert (view.call.draft.atena, view.person_name, view.facts) == ("", "", ())
    assert view.call.returns == back


def test_an_individual_number_is_never_stored(room: Desk, tmp_path: Path) -> None:
    office, session = room
    call = start_call(office, session).call
    save_draft(office, session, call.id, ANSWERED)
    draft = replace(ANSWERED, text=f"番号は {INDIVIDUAL_NUMBER} とのこと")
    for act in (save_draft, hang_up, finish_call):
        with pytest.raises(OperatorError) as caught:
            act(office, session, call.id, draft)
        assert caught.value.field == "text"
    with pytest.raises(OperatorError):
        choose_person(office, session, call.id, draft, PERSON.atena)
    assert continue_call(office, session, call.id).call.draft.text == ANSWERED.text
    with office.store.read.begin() as connection:
        tables = [row.name for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        everything = "".join(str(row) for name in tables for row in connection.execute(text(f'SELECT * FROM "{name}"')))
    assert INDIVIDUAL_NUMBER not in everything


def test_what_the_result_needs_is_asked_at_its_field(room: Desk) -> None:
    office, session = room
    call = start_call(office, session).call
    for draft, field in (
        (replace(ANSWERED, caller=""), "caller"),
        (replace(ANSWERED, outcome="2"), "ward_staff"),
        (replace(PROMISED, back_number=""), "back_number"),
        (replace(PROMISED, back_day="R8.11.22"), "back_day"),
    ):
        with pytest.raises(OperatorError) as caught:
            finish_call(office, session, call.id, draft)
        assert caught.value.field == field
    assert continue_call(office, session, call.id).call.state is CallState.TALKING
    assert sent(office) == []


def test_a_call_may_be_written_up_later_while_others_come_in(room: Desk) -> None:
    office, session = room
    first = start_call(office, session).call
    hang_up(office, session, first.id, STATED)
    second = start_call(office, session).call
    assert second.number == "1124-002"
    ended = continue_call(office, session, first.id).call
    assert ended.state is CallState.WRAP_UP
    assert ended.draft == replace(STATED, atena="")
    assert counts(office, session).unfinished == 2
    assert finish_call(office, session, first.id, ANSWERED).call.ended_at == ended.ended_at
    assert counts(office, session).unfinished == 1


def test_another_clerks_call_is_his(room: Desk) -> None:
    office, session = room
    hanako = as_person(office, "k-hanako")
    call = start_call(office, session).call
    for act in (lambda: continue_call(office, hanako, call.id), lambda: finish_call(office, hanako, call.id, ANSWERED)):
        with pytest.raises(OperatorError):
            act()
    assert [row.own for row in list_today(office, hanako)] == [False]


def test_a_record_stands(room: Desk) -> None:
    office, session = room
    call = start_call(office, session).call
    finish_call(office, session, call.id, ANSWERED)
    for act in (save_draft, finish_call, hang_up):
        with pytest.raises(OperatorError):
            act(office, session, call.id, ANSWERED)
    with pytest.raises(DatabaseError), office.store.write.begin() as connection:
        connection.execute(text("UPDATE call SET draft = '{}'"))


def test_a_call_begun_by_mistake_can_be_taken_back_while_it_is_empty(room: Desk) -> None:
    office, session = room
    call = start_call(office, session).call
    drop_call(office, session, call.id)
    assert list_today(office, session) == ()
    call = start_call(office, session).call
    assert call.number == "1124-002"
    save_draft(office, session, call.id, STATED)
    with pytest.raises(OperatorError):
        drop_call(office, session, call.id)


def test_a_promise_is_on_everybodys_list_until_it_is_kept(room: Desk) -> None:
    office, session = room
    callback = promised(office, session, replace(PROMISED, back_who="2"))
    hanako = as_person(office, "k-hanako")
    (row,) = open_callbacks(office, hanako)
    assert (row.number, row.owner_name, row.overdue) == ("03-****-0142", "見本 一郎", False)
    assert (counts(office, hanako).callbacks, counts(office, hanako).overdue) == (1, 0)
    make_due(office)
    assert open_callbacks(office, hanako)[0].overdue
    assert counts(office, hanako).overdue == 1
    complete_callback(office, hanako, callback)
    assert open_callbacks(office, hanako) == ()
    with pytest.raises(OperatorError):
        complete_callback(office, hanako, callback)
    assert sent(office)[-1] == {
        "event": "callback_done",
        "callback": callback,
        "done_at": sent(office)[-1]["done_at"],
        "by": "k-hanako",
    }


def test_calling_back_the_registered_number_opens_level_two(room: Desk) -> None:
    office, session = room
    callback = promised(office, session)
    view = start_call(office, session, callback=callback)
    assert view.dial == REGISTERED
    assert view.call.draft.atena == PERSON.atena
    assert view.level is Level.GENERAL
    with pytest.raises(OperatorError):
        start_call(office, session, callback=callback)
    with pytest.raises(OperatorError):
        complete_callback(office, session, callback)
    view = save_draft(office, session, view.call.id, STATED)
    assert view.level is Level.CALLED_BACK
    assert [fact.text for fact in view.facts if fact.kind == "period"] == ["取得 11月1日"]
    assert [fact.text for fact in view.facts if fact.kind == "call"] == ["前回の電話 11月24日 証が届かない(Q06)"]
    finish_call(office, session, view.call.id, ANSWERED)
    assert open_callbacks(office, session) == ()
    assert sent(office)[-1]["direction"] == "out"


def test_another_number_is_called_back_without_level_two(room: Desk) -> None:
    office, session = room
    callback = promised(office, session, replace(PROMISED, back_number="090-1234-5678"))
    view = start_call(office, session, callback=callback)
    assert save_draft(office, session, view.call.id, STATED).level is Level.IDENTIFIED


def test_the_rung_number_opens_level_two_for_its_own_person_alone(room: Desk) -> None:
    """The promise was about one person; the call that keeps it turns to another, at whose number nobody was reached."""
    office, session = room
    other = replace(PERSON, atena="00088888", household="0008888", phone="0312345678", periods=(Period(date(2026, 11, 1), "A1"),))
    with office.store.write.begin() as connection:
        register.put_people(connection, [(3, other)])
    view = start_call(office, session, callback=promised(office, session))
    assert save_draft(office, session, view.call.id, STATED).level is Level.CALLED_BACK
    turned = choose_person(office, session, view.call.id, STATED, other.atena)
    assert turned.check.complete
    assert turned.level is Level.IDENTIFIED
    assert not [fact for fact in turned.facts if fact.kind == "period"]


def test_a_call_back_in_which_something_was_said_is_recorded_not_dropped(room: Desk) -> None:
    office, session = room
    callback = promised(office, session)
    view = start_call(office, session, callback=callback)
    carried = view.call.draft
    save_draft(office, session, view.call.id, replace(carried, text="不在。また電話する。"))
    with pytest.raises(OperatorError) as caught:
        drop_call(office, session, view.call.id)
    assert caught.value.code == "not-empty"
    save_draft(office, session, view.call.id, carried)
    drop_call(office, session, view.call.id)
    assert [row.back.id for row in open_callbacks(office, session)] == [callback]


def test_facts_never_tell_numbers_or_money(room: Desk) -> None:
    office, session = room
    callback = promised(office, session)
    view = start_call(office, session, callback=callback)
    shown = " ".join(fact.text for fact in save_draft(office, session, view.call.id, STATED).facts)
    assert shown
    assert "1234567" not in shown
    assert PERSON.address not in shown


def file_papers(office: Office) -> None:
    """Two applications of the person, one of them held, and a certificate that has gone to the ward."""
    rows = [
        "INSERT INTO handover (id, day, number, direction, section, opened_at, opened_by)"
        " VALUES ('h', '2026-11-24', 1, 'in', '資格係', '', '')"
    ]
    for number, state in (("1124-001", "done"), ("1124-002", "held")):
        rows += [
            f"INSERT INTO slip (id, number, day, batch, kind) VALUES ('{number}', '{number}', '2026-11-24', 'h', 'F02')",
            "INSERT INTO application (id, slip, form, form_day, state, atena)"
            f" VALUES ('{number}', '{number}', 'F02', '2026-11-24', '{state}', '{PERSON.atena}')",
        ]
    rows += [
        "INSERT INTO certificate_job (id, application, kind, atena, snapshot, state, made_at) VALUES"
        f" ('j', '1124-001', 'shikaku', '{PERSON.atena}', '{{\"valid_until\": \"2027-09-30\"}}', 'submitted', '2026-11-24')",
        "INSERT INTO certificate_event (job, at, by, dst) VALUES ('j', '2026-11-24T16:00:00+09:00', 'k-hanako', 'submitted')",
    ]
    with office.store.write.begin() as connection:
        for row in rows:
            connection.exec_driver_sql(row)


def test_the_callers_papers_are_told_as_far_as_they_have_come(room: Desk) -> None:
    office, session = room
    file_papers(office)
    call = start_call(office, session).call
    view = choose_person(office, session, call.id, STATED, PERSON.atena)
    assert [(fact.kind, fact.text) for fact in view.facts] == [
        ("missing", "資格取得届(社保離脱など) 11月24日 受付(区で確認中)"),
        ("receipt", "資格取得届(社保離脱など) 11月24日 受付(処理済)"),
        ("sent", "証 11月24日 区へ提出"),
        ("expiry", "有効期限 令和9年9月30日"),
    ]
    assert save_draft(office, session, call.id, replace(STATED, birth="")).facts == ()


def test_level_two_hears_which_certificate(room: Desk) -> None:
    office, session = room
    file_papers(office)
    view = start_call(office, session, callback=promised(office, session))
    texts = [fact.text for fact in save_draft(office, session, view.call.id, STATED).facts]
    assert "資格確認書 11月24日 区へ提出" in texts


def test_what_is_open_is_told_at_the_day_close(room: Desk) -> None:
    office, session = room
    promised(office, session)
    hang_up(office, session, start_call(office, session).call.id, STATED)
    with office.store.read.begin() as connection:
        assert [(item.kind, item.count) for item in calls.open_items(connection)] == [("callbacks", 1), ("calls", 1)]


def test_a_recorded_call_is_read_again(room: Desk) -> None:
    office, session = room
    callback = promised(office, session)
    record = read_record(office, as_person(office, "s-toko"), callback)
    assert (record.number, record.answers, record.row.person_name) == ("03-****-0142", ("06-2",), PERSON.name)
    open_one = start_call(office, session).call
    with pytest.raises(OperatorError):
        read_record(office, session, open_one.id)


def test_ward_staff_take_no_calls(room: Desk) -> None:
    office, _session = room
    ward = as_person(office, "40127")
    with pytest.raises(OperatorError):
        start_call(office, ward)
    with pytest.raises(OperatorError):
        list_today(office, ward)
    assert counts(office, ward).today == 0


def test_the_log_tells_no_personal_value(room: Desk) -> None:
    office, session = room
    promised(office, session)
    log = logged(office)
    for value in ("カツラギ", "葛", "歌舞伎", REGISTERED, "審査中"):
        assert value not in log
