"""監督の記録: said by the side whose word it is, answered by the other, ended by the ward; told to the room."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from nhi_center.domain import control_records as rules
from nhi_center.domain.control_records import RecordKind, Wanted
from nhi_center.domain.controls import Standing
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import control_records, controls, takers, today
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.storage import control_records as storage
from tests.support.office import advance, as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
TODAY = date(2026, 11, 24)
GUIDANCE = Wanted(RecordKind.GUIDANCE, TODAY, "鍵の管理", "鍵の返却を毎日記録すること", date(2026, 12, 1))
CARD = Wanted(RecordKind.TWO_FACTOR, TODAY, "OSのICカード", "職員証のICカードと暗証番号でOSにサインインする")


def measure(office: Office, id_: str) -> Standing:
    found = controls.report(office, as_person(office, "40127"))
    return next(one for one in found.standings if one.measure.id == id_)


def test_guidance_is_answered_by_the_company_and_ended_by_the_ward(desk: Room) -> None:
    office, _clerk = desk
    ward, company = as_person(office, "40127"), as_person(office, "s-toko")
    id_ = control_records.write(office, ward, GUIDANCE)
    assert measure(office, "clause_20").state.label == "記録による"
    for act, code in (
        (lambda: control_records.settle(office, ward, id_, "済み"), "no-answer"),
        (lambda: control_records.answer(office, ward, id_, "区の答え"), "own-side"),
    ):
        with pytest.raises(OperatorError) as refused:
            act()
        assert refused.value.code == code
    control_records.answer(office, company, id_, "本日から記録します")
    control_records.settle(office, ward, id_, "記録を確かめた")
    (record,) = control_records.records(office, company).records
    assert (record.state, record.last_day, record.answers[0].by) == ("終わり", "2026-11-24", "s-toko")
    with pytest.raises(OperatorError) as refused:
        control_records.answer(office, company, id_, "もう一度")
    assert refused.value.code == "settled"


def test_an_answer_that_is_late_asks_for_action_on_the_page_and_the_first_page(desk: Room) -> None:
    office, _clerk = desk
    control_records.write(office, as_person(office, "40127"), GUIDANCE)
    advance(office.premises, days=8)
    assert measure(office, "clause_20").state.label == "要対応"
    page = today.today(office, as_person(office, "s-toko"))
    assert [task.title for task in page.tasks if task.key == "controls-records"] == ["回答のない記録 1件"]


def test_how_two_factor_sign_in_is_provided_is_a_record_and_its_lack_is_seen(desk: Room) -> None:
    office, _clerk = desk
    assert "二要素認証の方法の記録がありません。" in measure(office, "ward_system_3").sentence
    control_records.write(office, as_person(office, "40127"), CARD)
    assert "二要素認証の方法の記録 1件。" in measure(office, "ward_system_3").sentence
    texts = [measure.does + measure.evidence for measure in controls.measures()]
    assert not [text for text in texts if "鍵置き場" in text or "キーリング" in text]


@pytest.mark.parametrize(
    ("person", "change", "field"),
    [
        ("s-toko", {}, "kind"),
        ("40127", {"kind": RecordKind.PROCEDURES, "due": None}, "kind"),
        ("40127", {"due": None}, "due"),
        ("40127", {"due": date(2026, 11, 1)}, "due"),
        ("40127", {"kind": RecordKind.PUBLICATION}, "due"),
        ("40127", {"day": date(2026, 11, 25)}, "day"),
        ("40127", {"title": " "}, "title"),
        ("40127", {"words": "個人番号 123456789018"}, "words"),
    ],
)
def test_each_side_says_what_is_its_to_say_and_whole(desk: Room, person: str, change: dict[str, Any], field: str) -> None:
    office, _clerk = desk
    with pytest.raises(OperatorError) as refused:
        control_records.write(office, as_person(office, person), replace(GUIDANCE, **change))
    assert refused.value.field == field


def test_every_kind_can_be_written_by_exactly_one_side(desk: Room) -> None:
    office, _clerk = desk
    for kind in RecordKind:
        due = date(2026, 12, 1) if kind.answered else None
        sides = [one for one in ("s-toko", "40127") if kind in control_records.kinds_of(as_person(office, one))]
        assert len(sides) == 1
        control_records.write(office, as_person(office, sides[0]), Wanted(kind, TODAY, kind.label, "記録の本文", due))
    found = control_records.records(office, as_person(office, "40127")).records
    assert {one.wanted.kind for one in found} == set(RecordKind)
    path = control_records.make_book(office, as_person(office, "40127"))
    assert path.read_bytes().startswith(b"%PDF")
    office.premises.pdf.stop()


def test_what_another_terminal_recorded_is_taken_once_and_from_who_may(desk: Room) -> None:
    office, _clerk = desk
    control_records.write(office, as_person(office, "40127"), GUIDANCE)
    with office.store.read.begin() as connection:
        row = connection.execute(text("SELECT id, body FROM outbox WHERE kind = 'control_record'")).one()
    record = RoomRecord(1, row.id, "control_record", "T05", json.loads(row.body))
    clerk = replace(record, id="bad-1", cursor=2, body={**record.body, "by": "k-ichiro", "record": "other"})
    shapeless = replace(record, id="bad-2", cursor=3, body={**record.body, "body": {"kind": "apology"}})
    told = {"record": record.body["record"], "act": "answered", "body": {"words": "本日から記録します"}}
    answer = replace(record, id="good", cursor=4, body={**told, "at": "2026-11-24T15:00:00+09:00", "by": "s-toko"})
    with office.store.write.begin() as connection:
        assert takers.take(office, connection, clerk) == "not-permitted"
        assert takers.take(office, connection, shapeless) == "unreadable"
        assert takers.take(office, connection, replace(record, cursor=5)) == ""
        assert takers.take(office, connection, answer) == ""
        assert takers.take(office, connection, replace(answer, cursor=6)) == ""
        (one,) = storage.every(connection)
    assert [said.words for said in one.answers] == ["本日から記録します"]
    assert rules.fold([]) == ()
