from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from nhi_center.domain.handover import Direction
from nhi_center.domain.operators import Session
from nhi_center.domain.today import Today, Urgency
from nhi_center.services import (
    calls,
    certificates,
    custody,
    entry,
    entry_list,
    handover,
    holds,
    paper,
    review,
    today,
    urgent,
    verification,
)
from nhi_center.services.office import Office
from tests.support import certificates as certificate_support
from tests.support import papers
from tests.support.holds import sent
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def numbers(page: Today) -> dict[str, int]:
    return {figure.key: figure.number for figure in page.figures}


def lines(page: Today) -> list[tuple[str, str]]:
    return [(task.what, task.about) for task in page.tasks]


def test_a_fresh_day_says_nothing_is_open(desk: Room) -> None:
    page = today.today(*desk)
    assert set(numbers(page).values()) == {0}
    assert page.tasks == ()
    assert (page.room.people, page.room.supervisors, page.room.verifiers) == (3, 1, None)
    assert sum(hour.received + hour.keyed for hour in page.flow) == 0
    status = today.status(*desk)
    assert (status.sheets_on_hand, status.callbacks, status.refused, status.late) == (0, 0, 0, False)
    assert set(status.counts.values()) == {0}


def test_the_numbers_are_those_of_the_screens(desk: Room) -> None:
    papers.register_people(desk[0])
    papers.receive(*desk, F02=2, F05=1, F15=3)
    papers.key(*desk, "F02")
    office, clerk = desk
    other, ward = as_person(office, "k-hanako"), as_person(office, "40127")
    mine, hers = numbers(today.today(office, clerk)), numbers(today.today(office, other))
    assert mine["to_key"] == hers["to_key"] == entry_list.to_key(office, clerk) == 2
    assert mine["to_verify"] == len(verification.waiting(office, clerk)) == 0
    assert hers["to_verify"] == len(verification.waiting(office, other)) == 1
    assert numbers(today.today(office, ward))["to_review"] == len(review.waiting(office, ward))
    assert mine["on_hand"] == custody.on_hand(office, clerk).sheets == 6
    assert today.status(office, other).counts["verification"] == 1
    assert today.today(office, clerk).room.verifiers == 2


def test_the_day_s_flow_counts_sheets(desk: Room) -> None:
    papers.register_people(desk[0])
    papers.receive(*desk, F02=2, F05=1)
    papers.key(*desk, "F02")
    flow = today.today(*desk).flow
    assert (sum(hour.received for hour in flow), sum(hour.keyed for hour in flow)) == (3, 2)


def test_each_role_sees_its_own_lines(desk: Room) -> None:
    office, clerk = desk
    papers.register_people(office)
    papers.receive(*desk, F02=2, F05=1)
    id_ = papers.key(*desk, "F02")
    ward, supervisor = as_person(office, "40127"), as_person(office, "s-toko")
    assert lines(today.today(office, clerk)) == [("入力", "受渡し 第1便")]
    verify = today.today(office, as_person(office, "k-hanako")).tasks[-1]
    assert (verify.what, verify.state, verify.params["application"]) == ("照合", "入力 見本 一郎", id_)
    assert lines(today.today(office, ward)) == []
    assert ("終業点検", "") in lines(today.today(office, supervisor))


def test_the_ward_reads_no_clerk_s_name(desk: Room) -> None:
    office = desk[0]
    papers.register_people(office)
    papers.receive(*desk, F02=2)
    papers.key(*desk, "F02")
    page = repr(today.today(office, as_person(office, "40127")))
    assert "一郎" not in page
    assert "花子" not in page


def test_a_draft_is_a_line_for_its_keyer_alone(desk: Room) -> None:
    office = desk[0]
    papers.register_people(office)
    papers.receive(*desk, F02=2)
    slip = custody.unsorted_slips(*desk)[0]
    entry.open_slip(*desk, slip.id)
    (own,) = today.today(*desk).tasks
    assert (own.what, own.title, own.screen) == ("下書き", entry.form_title("F02", "2026-11-24"), "entry")
    assert today.today(office, as_person(office, "k-hanako")).tasks == ()
    assert today.today(office, as_person(office, "s-toko")).tasks[0].state == "入力 見本 一郎"


def test_a_question_is_the_ward_s_to_answer_and_comes_back(desk: Room) -> None:
    office = desk[0]
    papers.register_people(office)
    papers.receive(*desk, F02=2)
    opened = entry.open_slip(*desk, custody.unsorted_slips(*desk)[0].id)
    entry.count_sheets(*desk, opened.application.id, 2)
    holds.hold(*desk, opened.application.id, "世帯主の氏名が読めません。")
    ward, supervisor = as_person(office, "40127"), as_person(office, "s-toko")
    assert today.today(office, ward).tasks == ()
    assert today.today(*desk).tasks[0].what == "責任者の確認待ち"
    (settle, *_close) = today.today(office, supervisor).tasks
    assert (settle.what, settle.urgency, settle.screen) == ("保留の確認", Urgency.TODAY, "holds")
    assert (today.status(office, supervisor).counts["holds"], today.status(office, ward).counts["questions"]) == (1, 0)
    sent(office)
    (asked,) = today.today(office, ward).tasks
    assert (asked.what, asked.urgency, asked.screen) == ("照会への回答", Urgency.TODAY, "questions")
    assert today.today(*desk).tasks[0].what == "照会の回答待ち"
    holds.answer_hold(office, ward, asked.params["hold"], "見本 太郎です。")
    assert [(task.what, task.state) for task in today.today(*desk).tasks] == [("下書き", "区の回答あり")]


def test_an_urgent_one_stands_first_and_then_is_late(desk: Room) -> None:
    office = desk[0]
    papers.receive(*desk, F02=2, F05=1)
    slip = next(slip for slip in custody.unsorted_slips(*desk) if slip.kind == "F05")
    urgent.set_urgent(*desk, slip.id, 30)
    first = today.today(*desk).tasks[0]
    assert (first.urgency, first.what) == (Urgency.URGENT, "入力")
    assert first.state in ("あと 29分", "あと 30分")
    with office.store.write.begin() as connection:
        past = (office.clock.local() - timedelta(minutes=10, seconds=5)).isoformat(timespec="seconds")
        connection.execute(text("UPDATE application SET urgent_until = :past"), {"past": past})
    assert (today.today(*desk).tasks[0].urgency, today.today(*desk).tasks[0].state) == (Urgency.OVERDUE, "10分超過")


def test_an_open_handover_and_an_open_call_are_lines(desk: Room) -> None:
    view = handover.open_handover(*desk, Direction.IN, papers.SECTION)
    call = calls.start_call(*desk)
    found = {task.screen: task.params for task in today.today(*desk).tasks}
    assert found == {"custody": {"handover": view.handover.id}, "call": {"call": call.call.id}}
    assert [task.screen for task in today.today(desk[0], as_person(desk[0], "k-hanako")).tasks] == ["custody"]


def test_certificates_are_counted_as_their_screen_counts_them(desk: Room) -> None:
    office, gateway = certificate_support.trusting(desk[0])
    clerk = desk[1]
    papers.register_people(office)
    certificate_support.ward_sets(office, gateway)
    certificate_support.settled(office, clerk, "F02")
    certificates.propose(office, clerk)
    page = today.today(office, clerk)
    assert numbers(page)["to_print"] == certificates.counts(office, clerk).waiting == 1
    assert ("出力", "資格確認書 1枚", "用紙が足りません") in [(task.what, task.title, task.about) for task in page.tasks]
    paper.receive(office, clerk, "S", 413, 100)
    page = today.today(office, clerk)
    assert ("出力", "用紙 S-000413") in lines(page)
    assert next(figure.detail for figure in page.figures if figure.key == "to_print") == "用紙 残 100枚"
    assert today.status(office, clerk).to_print == 1
    office.premises.pdf.stop()


def test_rows_that_wait_too_long_are_said(desk: Room) -> None:
    office = desk[0]
    papers.receive(*desk, F02=2)
    assert not today.status(*desk).late
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET made_at = '2020-01-01T00:00:00+00:00'"))
    assert today.status(*desk).late
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'refused'"))
    status = today.status(*desk)
    assert (status.unsent, status.late, status.alarms) == (0, False, frozenset({"inspection"}))
    assert today.today(office, as_person(office, "s-toko")).tasks[0].screen == "inspection"
