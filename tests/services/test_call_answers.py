"""回答例 of the ward: two persons, kept for good, told to the room and believed there for the signature alone."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.domain.call_answers import Answer, AnswerVersion
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.link import wire
from nhi_center.services import call_answers as service
from nhi_center.services import call_list, calls, signing, takers
from nhi_center.services.call_answers import AnswerLine, Written
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.storage import call_answers as storage
from tests.services.test_calls import ANSWERED, logged, sent
from tests.services.test_calls import room as call_room
from tests.support.office import PASSWORDS, as_person, desk, premises

__all__ = ["call_room", "desk", "premises"]

Desk = tuple[Office, Session]
DAY = date(2026, 11, 24)
NEW = Written("06-2", "Q06", "通常は一週間です。", "資格係", "何日、いつ", DAY)
SECOND = ("40127", PASSWORDS["40127"])


def line(office: Office, id_: str) -> AnswerLine:
    found = service.table(office, as_person(office, "40100"))
    return next(one for one in found.lines if one.newest.answer.id == id_)


def given(office: Office, session: Session, id_: str) -> list[str]:
    return [answer.text for answer in service.beside(office, session).book.answers if answer.id == id_]


def told(office: Office) -> dict[str, Any]:
    with office.store.read.begin() as connection:
        found = connection.execute(text("SELECT body FROM outbox WHERE kind = 'call_answer' ORDER BY seq DESC LIMIT 1"))
        body: dict[str, Any] = json.loads(found.scalar_one())
    return body


def rows(office: Office) -> int:
    with office.store.read.begin() as connection:
        return len(storage.every(connection))


def test_a_version_by_two_persons_stands_beside_the_call(desk: Desk) -> None:
    office, ichiro = desk
    assert service.write(office, as_person(office, "40100"), NEW, *SECOND) == "06-2"
    assert given(office, ichiro, "06-2") == ["通常は一週間です。"]
    one = line(office, "06-2")
    assert [version.answer.checked for version in one.versions] == [DAY, date(2026, 10, 1)]
    assert (one.state, one.newest.approved_by != "", one.versions[1].approved_by) == ("使用中", True, "")
    assert '"step":"answer_written"' in logged(office)
    assert '"approved_by":"40127"' in logged(office)
    assert told(office)["contents"]["text"] == "通常は一週間です。"
    assert service.ANSWER_KIND in wire.ROOM_KINDS


def test_a_call_cites_the_version_and_an_old_one_stays_readable(call_room: Desk) -> None:
    office, ichiro = call_room
    admin = as_person(office, "40100")
    call = calls.start_call(office, ichiro).call
    calls.finish_call(office, ichiro, call.id, replace(ANSWERED, text="06-2 と書01 を案内。"))
    service.write(office, admin, NEW, *SECOND)
    second = calls.start_call(office, ichiro).call
    calls.finish_call(office, ichiro, second.id, replace(ANSWERED, text="06-2 を案内。"))
    now = line(office, "06-2").newest.answer.version
    first_body, second_body = sent(office)
    assert first_body["answer_versions"] == {"06-2": "2026-10-01"}
    assert first_body["documents"] == ["書01"]
    assert second_body["answer_versions"] == {"06-2": now}
    service.write(office, admin, replace(NEW, follows=now, withdrawn=True), *SECOND)
    assert given(office, ichiro, "06-2") == []
    assert call_list.read_record(office, ichiro, call.id).answers == ("06-2",)
    assert [version.withdrawn for version in line(office, "06-2").versions] == [True, False, False]
    assert line(office, "06-2").state == "取下げ"


def test_a_new_answer_takes_the_next_number(desk: Desk) -> None:
    office, _ichiro = desk
    admin = as_person(office, "40100")
    assert service.write(office, admin, replace(NEW, id=""), *SECOND) == "06-5"
    assert service.write(office, admin, replace(NEW, id=""), *SECOND) == "06-6"


@pytest.mark.parametrize(
    ("change", "who", "code"),
    [
        ({}, ("40100", PASSWORDS["40100"]), "four-eyes"),
        ({}, ("s-toko", PASSWORDS["s-toko"]), "wrong-role"),
        ({}, ("40127", "wrong"), ""),
        ({"id": "06-77"}, SECOND, "unknown"),
        ({"id": "", "withdrawn": True}, SECOND, "unknown"),
        ({"id": "", "category": "Q88"}, SECOND, "unknown-category"),
        ({"follows": "another"}, SECOND, "written-meanwhile"),
        ({"section": " "}, SECOND, "no-section"),
        ({"text": ""}, SECOND, "length"),
    ],
)
def test_what_is_refused_leaves_nothing(desk: Desk, change: dict[str, Any], who: tuple[str, str], code: str) -> None:
    office, _ichiro = desk
    with pytest.raises(OperatorError) as caught:
        service.write(office, as_person(office, "40100"), replace(NEW, **change), *who)
    assert code in ("", caught.value.code)
    assert rows(office) == 0


def test_who_writes_from_an_old_reading_is_told(desk: Desk) -> None:
    office, _ichiro = desk
    admin = as_person(office, "40100")
    service.write(office, admin, NEW, *SECOND)
    with pytest.raises(OperatorError, match="先に書き直しました"):
        service.write(office, admin, NEW, *SECOND)
    assert rows(office) == 1


def test_versions_are_never_changed_nor_erased(desk: Desk) -> None:
    office, _ichiro = desk
    service.write(office, as_person(office, "40100"), NEW, *SECOND)
    for statement in ("UPDATE call_answer SET answer = '06-1'", "DELETE FROM call_answer"):
        with pytest.raises(IntegrityError, match="append-only"), office.store.write.begin() as connection:
            connection.execute(text(statement))


def take(office: Office, body: dict[str, Any], number: int) -> str:
    with office.store.write.begin() as connection:
        record = RoomRecord(number, f"{number:08}-0000-4000-8000-000000000000", service.ANSWER_KIND, "T09", body)
        return takers.take(office, connection, record)


def test_another_terminal_believes_the_signature_alone(desk: Desk) -> None:
    office, _ichiro = desk
    key = "11111111-1111-4111-8111-111111111111"
    answer = Answer("06-2", "通常は一週間です。", DAY, "資格係", ("何日",), key)
    contents = AnswerVersion(key, answer, False, "40100", "2026-11-24T10:00:00.000+09:00").contents()
    signature = asdict(signing.sign(office, *SECOND, service.STATEMENT, contents))
    body = {"contents": contents, "signature": signature}
    assert take(office, {**body, "contents": {**contents, "text": "だれでも入れます。"}}, 1) == "bad-signature"
    assert take(office, {**body, "contents": {**contents, "written_by": "k-ichiro"}}, 2) == "not-a-ward-administrator"
    assert take(office, {**body, "contents": {**contents, "written_by": "40127"}}, 3) == "not-a-ward-administrator"
    assert take(office, {**body, "signature": {**signature, "person": "s-toko"}}, 4) == "not-a-second-ward-person"
    assert take(office, {**body, "signature": {**signature, "person": "40100"}}, 5) == "not-a-second-ward-person"
    assert take(office, {"contents": contents}, 6) == "unreadable"
    assert take(office, {**body, "signature": {**signature, "value": 7}}, 7) != ""
    assert rows(office) == 0
    assert take(office, {**body, "signature": {**signature, "name": "偽名"}}, 8) == ""
    assert take(office, body, 9) == ""
    assert rows(office) == 1
    assert line(office, "06-2").newest.approved_by != "偽名"
