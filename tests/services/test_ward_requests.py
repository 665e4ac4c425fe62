"""連絡票: from the call to the ward and back, in the company's name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.ward_requests import KINDS
from nhi_center.errors import OperatorError
from nhi_center.services import ward_requests as service
from nhi_center.services.call_list import read_record
from nhi_center.services.calls import choose_person, drop_call, finish_call, start_call
from nhi_center.services.day_close import open_items
from nhi_center.services.today import today
from tests.services.test_calls import ANSWERED, INDIVIDUAL_NUMBER, PERSON, STATED, Desk, logged, room, sent
from tests.support.office import advance, as_person, desk, premises

__all__ = ["desk", "premises", "room"]

WORDS = "再交付の申請書を自宅へ送ってほしい。"


def asked(room: Desk) -> tuple[str, str]:
    """(call, request): about the person, while he is on the line."""
    office, session = room
    call = start_call(office, session).call
    choose_person(office, session, call.id, STATED, PERSON.atena)
    return call.id, service.ask_ward(office, session, call.id, "1", "資格係", WORDS).id


def test_the_ward_sees_it_answers_it_and_the_record_shows_the_answer(room: Desk) -> None:
    office, session = room
    call, request = asked(room)
    finish_call(office, session, call, ANSWERED)
    ward = as_person(office, "40127")
    (row,) = service.waiting(office, ward)
    assert (row.number, row.title, row.section, row.name, row.words) == ("連1124-01", KINDS["1"], "資格係", PERSON.name, WORDS)
    assert "一郎" not in str(row)
    assert "k-ichiro" not in str(row)
    service.settle(office, ward, request, " 本日郵送した。 ")
    assert service.waiting(office, ward) == ()
    (shown,) = read_record(office, session, call).requests
    assert (shown.answer, shown.number) == ("本日郵送した。", "連1124-01")
    events = [body["event"] for body in sent(office)]
    assert events == ["ward_request", "recorded", "ward_request_settled"]
    assert sent(office)[0]["call"] == call
    for again in (lambda: service.settle(office, ward, request, "もう一度"), lambda: service.settle(office, ward, "?", "済")):
        with pytest.raises(OperatorError) as caught:
            again()
        assert caught.value.code == "already-settled"


def test_it_is_open_at_the_day_close_and_on_the_wards_first_page(room: Desk) -> None:
    office, session = room
    _call, request = asked(room)
    ward = as_person(office, "40127")

    def open_count() -> int:
        with office.store.read.begin() as connection:
            return next(item.count for item in open_items(office, connection, session.person) if item.kind == "ward_requests")

    def lines() -> list[str]:
        return [task.title for task in today(office, ward).tasks if task.key == "ward_requests"]

    assert (open_count(), lines()) == (1, ["電話からの連絡 1件"])
    service.settle(office, ward, request, "郵送した。")
    assert (open_count(), lines()) == (0, [])


@pytest.mark.parametrize(
    ("kind", "section", "words", "field"),
    [
        ("7", "資格係", WORDS, "kind"),
        ("1", "", WORDS, "section"),
        ("1", "資格係", " ", "words"),
        ("9", "資格係", "あ" * 201, "words"),
        ("1", "資格係", f"番号は {INDIVIDUAL_NUMBER}", "words"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(room: Desk, kind: str, section: str, words: str, field: str) -> None:
    office, session = room
    call = start_call(office, session).call
    with pytest.raises(OperatorError) as caught:
        service.ask_ward(office, session, call.id, kind, section, words)
    assert caught.value.field == field
    assert sent(office) == []


@pytest.mark.parametrize("answer", ["", "あ" * 201, INDIVIDUAL_NUMBER])
def test_an_answer_says_what_was_done(room: Desk, answer: str) -> None:
    office, _session = room
    _call, request = asked(room)
    with pytest.raises(OperatorError) as caught:
        service.settle(office, as_person(office, "40127"), request, answer)
    assert caught.value.field == "answer"
    assert len(service.waiting(office, as_person(office, "40127"))) == 1


def test_whose_call_it_is(room: Desk) -> None:
    office, session = room
    hanako = as_person(office, "k-hanako")
    call = start_call(office, session).call
    with pytest.raises(OperatorError) as caught:
        service.ask_ward(office, hanako, call.id, "1", "資格係", WORDS)
    assert caught.value.code == "not-own"
    finish_call(office, session, call.id, replace(ANSWERED, name="", birth="", address=""))
    assert service.ask_ward(office, hanako, call.id, "9", "保険料係", WORDS).number == "連1124-01"
    dropped = start_call(office, session).call
    drop_call(office, session, dropped.id)
    for unknown in (dropped.id, "?"):
        with pytest.raises(OperatorError) as caught:
            service.ask_ward(office, session, unknown, "1", "資格係", WORDS)
        assert caught.value.code == "unknown"


def test_numbers_run_by_the_day_and_what_is_settled_stands(room: Desk) -> None:
    office, session = room
    call, request = asked(room)
    assert service.ask_ward(office, session, call, "2", "資格係", WORDS).number == "連1124-02"
    advance(office.premises, days=1)
    assert service.ask_ward(office, session, call, "3", "資格係", WORDS).number == "連1125-01"
    service.settle(office, as_person(office, "40127"), request, "郵送した。")
    for change in ("UPDATE ward_request SET answer = 'x' WHERE answer <> ''", "DELETE FROM ward_request"):
        with pytest.raises(DatabaseError), office.store.write.begin() as connection:
            connection.execute(text(change))


def test_the_log_tells_no_word_of_it(room: Desk) -> None:
    office, _session = room
    _call, request = asked(room)
    service.settle(office, as_person(office, "40127"), request, "窓口で渡した。")
    log = logged(office)
    assert '"step":"ward_request"' in log
    for value in ("再交付", "窓口", "葛"):
        assert value not in log


def test_each_asks_what_his_role_may(room: Desk) -> None:
    office, session = room
    call, request = asked(room)
    with pytest.raises(OperatorError):
        service.ask_ward(office, as_person(office, "40127"), call, "1", "資格係", WORDS)
    for act in (lambda: service.waiting(office, session), lambda: service.settle(office, session, request, "済")):
        with pytest.raises(OperatorError) as caught:
            act()
        assert caught.value.code == "not-permitted"


def test_a_call_from_which_the_ward_was_asked_is_not_taken_back(room: Desk) -> None:
    call = start_call(*room).call
    service.ask_ward(*room, call.id, "1", "資格係", WORDS)
    with pytest.raises(OperatorError) as caught:
        drop_call(*room, call.id)
    assert caught.value.code == "not-empty"
