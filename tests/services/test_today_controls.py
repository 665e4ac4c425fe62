"""本日の業務: the contract that is missing or runs out, findings that wait, each told to who can do something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from nhi_center.domain.operators import Session
from nhi_center.services import on_site_inspection, today
from nhi_center.services.office import Office
from tests.services.test_contract import NEXT, enter_next
from tests.services.test_on_site_inspection import FIRST, ended
from tests.support.office import advance, as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def told(office: Office, person: str, key: str) -> list[tuple[str, str, str]]:
    tasks = today.today(office, as_person(office, person)).tasks
    return [(task.title, task.state, task.urgency.name) for task in tasks if task.key == f"controls-{key}"]


def test_a_contract_that_runs_out_is_told_to_who_may_enter_the_next(desk: Room) -> None:
    office, _clerk = desk
    assert told(office, "s-toko", "contract") == []
    advance(office.premises, days=100)  # 4 March: the contract ends on the 31st
    assert told(office, "s-toko", "contract") == [("次の契約の記録", "あと 27日", "TODAY")]
    assert told(office, "40100", "contract") == told(office, "s-toko", "contract")
    assert told(office, "40127", "contract") == told(office, "k-ichiro", "contract") == []
    advance(office.premises, days=28)
    assert told(office, "40100", "contract") == [("今日を含む契約の記録がありません", "取扱者はサインイン不可", "OVERDUE")]


def test_the_next_contract_ends_the_reminder(desk: Room) -> None:
    office, _clerk = desk
    enter_next(office)
    advance(office.premises, days=100)
    assert told(office, "s-toko", "contract") == []


def test_a_next_contract_that_leaves_a_gap_does_not(desk: Room) -> None:
    """On the first of April no clerk could sign in."""
    office, _clerk = desk
    enter_next(office, replace(NEXT, begins=date(2027, 5, 1)))
    advance(office.premises, days=100)
    assert told(office, "s-toko", "contract") == [("次の契約の記録", "あと 27日", "TODAY")]


def test_a_finding_stands_on_both_sides_until_the_ward_ends_it(desk: Room) -> None:
    office, _clerk = desk
    done = ended(office, FIRST)
    ward, company = as_person(office, "40127"), as_person(office, "s-toko")
    waits = [("終わっていない指摘 1件", "回答・確認待ち", "TODAY")]
    assert told(office, "40127", "findings") == told(office, "s-toko", "findings") == waits
    assert told(office, "k-ichiro", "findings") == []
    advance(office.premises, days=17)
    assert told(office, "s-toko", "findings") == [("終わっていない指摘 1件", "期限超過 1件", "OVERDUE")]
    on_site_inspection.answer(office, company, done.id, FIRST, "写しを置いた")
    on_site_inspection.settle(office, ward, done.id, FIRST, "現物を確かめた")
    assert told(office, "s-toko", "findings") == []
