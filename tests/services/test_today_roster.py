"""本日の業務 tells of trainings and periods thirty days before they end, and of what waits on the roster."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from nhi_center.domain.operators import Session
from nhi_center.domain.today import Task, Urgency
from nhi_center.services import roster
from nhi_center.services.clock import JST, TrainingClock
from nhi_center.services.office import Office
from nhi_center.services.today import today
from tests.services.test_roster_gate import report
from tests.support.office import as_person, desk, premises
from tests.support.roster import KATSURA, designation, with_company

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]


def lines(office: Office, person: str, day: date | None = None) -> list[Task]:
    if day:
        clock = TrainingClock(datetime(day.year, day.month, day.day, 9, tzinfo=JST))
        office = replace(office, premises=replace(office.premises, clock=clock))
    return [task for task in today(office, as_person(office, person)).tasks if task.key.startswith("roster-")]


def test_nothing_is_said_while_all_is_in_order(desk: Desk) -> None:
    for person in ("k-ichiro", "s-toko", "40127"):
        assert lines(desk[0], person) == []
        assert lines(desk[0], person, date(2027, 2, 28)) == []


def test_thirty_days_before_the_person_and_the_supervisor_are_told(desk: Desk) -> None:
    own = lines(desk[0], "k-ichiro", date(2027, 3, 1))
    assert {task.title for task in own} == {
        "法令・条例の周知",
        "個人情報の取扱い",
        "情報セキュリティ",
        "事故対応訓練",
        "従事の期間",
    }
    assert {(task.person, task.state, task.urgency) for task in own} == {("", "あと 30日", Urgency.TODAY)}
    every = lines(desk[0], "s-toko", date(2027, 3, 1))
    assert {task.person for task in every} == {"", "見本 一郎", "見本 花子"}
    assert lines(desk[0], "40127", date(2027, 3, 1)) == []


def test_what_has_ended_stands_in_red(desk: Desk) -> None:
    ended = lines(desk[0], "k-ichiro", date(2027, 4, 1))
    assert [(task.what, task.urgency) for task in ended] == [
        ("従事の期間", Urgency.OVERDUE),
        ("研修", Urgency.OVERDUE),
    ]


def test_what_waits_is_told_to_who_acts_next(desk: Desk) -> None:
    office = with_company(desk[0])
    toko = as_person(office, "s-toko")
    roster.propose(office, toko, "k-midori", designation())
    assert [task.about for task in lines(office, "s-toko")] == ["1人"]
    assert lines(office, "40127") == []
    report(office, "k-midori")
    assert lines(office, "s-toko") == []
    assert [task.about for task in lines(office, "40127")] == ["20261124-T04-1"]
    roster.begin_leaving(office, toko, "k-midori", date(2026, 12, 31), "辞退")
    (owed,) = [task for task in lines(office, "s-toko") if task.what == "退任の手続"]
    assert (owed.title, owed.person) == ("退職時誓約・鍵の返却・入室カードの返却", KATSURA)
