"""期限・年齢 in a room: found once, on closed days too, whole or not at all; settled by a person; nobody protected is shown."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.operators import Session
from nhi_center.domain.people import Period, Person
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.turning import Turn
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import today, turning
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in
from nhi_center.storage import certificates, register
from nhi_center.storage import turning as storage
from tests.support.office import PASSWORDS, advance, as_person, desk, premises
from tests.support.papers import NEWCOMER
from tests.support.print_room import Room, card, room, silent

__all__ = ["desk", "premises", "room"]

ROOT = Path(__file__).resolve().parents[2]
LONG_INSURED = (Period(date(2010, 4, 1), "A2"),)


def born(birth: date, atena: str, **facts: Any) -> Person:
    return replace(NEWCOMER, atena=atena, birth=birth, periods=LONG_INSURED, number=atena[-7:], **facts)


def comes(office: Office, *people: Person) -> None:
    with office.store.write.begin() as connection:
        register.put_people(connection, enumerate(people, start=50_000))


def seen(office: Office, session: Session) -> list[tuple[Turn, date, str]]:
    return [(row.item.turn, row.item.day, row.item.atena) for row in turning.listing(office, session).rows]


def test_the_weekend_is_looked_at_on_monday(desk: Room) -> None:
    office, clerk = desk
    today_ = office.clock.today()
    assert turning.look(office, clerk) == 0
    days = {day: today_ + timedelta(days=day) for day in range(1, 5)}
    people = {day: born(at.replace(year=at.year - 75), f"900000{day:02}") for day, at in days.items()}
    comes(office, *people.values())
    assert turning.look(office, clerk) == 0, "once a day"
    advance(office.premises, days=3)
    assert turning.look(office, clerk) == 3
    assert seen(office, clerk) == [(Turn.SEVENTY_FIVE, today_ + timedelta(days=day), people[day].atena) for day in (1, 2, 3)]
    assert turning.look(office, as_person(office, "k-hanako")) == 0
    advance(office.premises, days=1)
    assert turning.look(office, clerk) == 1, "the days before are looked at again and give nothing twice"


def test_who_comes_late_is_found_and_who_is_not_insured_is_not(desk: Room) -> None:
    office, clerk = desk
    turning.look(office, clerk)
    day = office.clock.today() + timedelta(days=1)
    advance(office.premises, days=2)
    turning.look(office, clerk)
    left = replace(
        born(day.replace(year=day.year - 75), "90000010"),
        periods=(replace(LONG_INSURED[0], lost=date(2020, 1, 1), lost_code="L1"),),
    )
    comes(office, born(day.replace(year=day.year - 75), "90000011"), left)
    advance(office.premises, days=1)
    assert turning.look(office, clerk) == 1
    assert [atena for _turn, _day, atena in seen(office, clerk)] == ["90000011"]


def test_seventy_is_told_from_the_month_before(desk: Room) -> None:
    office, clerk = desk
    turning.look(office, clerk)  # on 24 November
    comes(office, born(date(1956, 12, 9), "90000020"))
    advance(office.premises, days=6)
    assert turning.look(office, clerk) == 0
    advance(office.premises, days=1)
    assert turning.look(office, clerk) == 1
    assert seen(office, clerk) == [(Turn.SEVENTY, date(2027, 1, 1), "90000020")]


def test_a_document_that_has_run_out_and_the_one_that_took_its_place(room: Room) -> None:
    office, clerk = room
    turning.look(office, clerk)
    job = card(room).job
    printing.print_jobs(office, clerk, [job.id], silent)
    checks.check_good(office, as_person(office, "k-hanako"), job.id)
    runs_out = office.clock.today() + timedelta(days=1)
    with office.store.write.begin() as connection:
        now = certificates.find(connection, job.id)
        assert now is not None
        gone = replace(now, state=JobState.SUBMITTED, snapshot={**now.snapshot, "valid_until": runs_out.isoformat()})
        certificates.update(connection, now, gone, "2026-11-24T10:00:00", "k-hanako")
    advance(office.premises, days=1)
    assert turning.look(office, clerk) == 0, "the last day is a good day"
    advance(office.premises, days=1)
    assert turning.look(office, clerk) == 1
    (row,) = turning.listing(office, clerk).rows
    assert (row.item.turn, row.item.day, row.document, row.newer) == (Turn.EXPIRED, runs_out, now.serial, "")
    assert now.kind is Kind.ELIGIBILITY


def test_settled_once_and_gone_the_next_day(desk: Room) -> None:
    office, clerk = desk
    turning.look(office, clerk)
    day = office.clock.today() + timedelta(days=1)
    comes(office, born(day.replace(year=day.year - 75), "90000030"))
    advance(office.premises, days=1)
    turning.look(office, clerk)
    assert any(task.key == "turning" for task in today.today(office, clerk).tasks)
    (row,) = turning.listing(office, clerk).rows
    with pytest.raises(OperatorError) as caught:
        turning.settle(office, clerk, row.item.id, "8")
    assert caught.value.field == "settled"
    turning.settle(office, clerk, row.item.id, "1")
    with pytest.raises(OperatorError) as caught:
        turning.settle(office, as_person(office, "k-hanako"), row.item.id, "3")
    assert caught.value.code == "settled-already"
    (row,) = turning.listing(office, clerk).rows
    assert (row.item.settled, row.item.settled_by) == ("1", "k-ichiro")
    assert not any(task.key == "turning" for task in today.today(office, clerk).tasks)
    advance(office.premises, days=1)
    assert turning.listing(office, clerk).rows == ()


def test_nobody_under_protection_is_shown_or_counted(desk: Room) -> None:
    office, clerk = desk
    turning.look(office, clerk)
    day = office.clock.today() + timedelta(days=1)
    comes(office, born(day.replace(year=day.year - 75), "90000040", protected=True))
    advance(office.premises, days=1)
    turning.look(office, clerk)
    assert turning.listing(office, clerk).rows == ()
    assert not any(task.key == "turning" for task in today.today(office, clerk).tasks)


def test_the_ward_sees_to_who_is_under_protection(desk: Room) -> None:
    office, clerk = desk
    ward = as_person(office, "40127")
    turning.look(office, clerk)
    day = office.clock.today() + timedelta(days=1)
    birth = day.replace(year=day.year - 75)
    comes(office, born(birth, "90000041", protected=True), born(birth, "90000042"))
    advance(office.premises, days=1)
    assert turning.look(office, clerk) == 2
    found = turning.for_ward(office, ward)
    hidden, other = sorted(found.rows, key=lambda row: row.item.atena)
    assert (hidden.protected, other.protected, found.looked) == (True, False, day)
    (task,) = [task for task in today.today(office, ward).tasks if task.key == "turning"]
    assert (task.screen, task.state) == ("ward_book", "1件"), "the other line is the contractor's"
    for act, who, item in ((turning.settle, clerk, hidden), (turning.settle_for_ward, ward, other)):
        with pytest.raises(OperatorError) as caught:
            act(office, who, item.item.id, "3")
        assert caught.value.code == "settled-already"
    with pytest.raises(OperatorError) as caught:
        turning.settle_for_ward(office, ward, hidden.item.id, "1")
    assert caught.value.field == "settled"
    turning.settle_for_ward(office, ward, hidden.item.id, "3")
    turning.settle(office, clerk, other.item.id, "1")
    assert {(row.item.settled, row.item.settled_by) for row in turning.for_ward(office, ward).rows} == {("3", ""), ("1", "")}
    assert not any(task.key == "turning" for task in today.today(office, ward).tasks)


def test_a_document_to_31_july_has_run_out_on_1_august_a_sunday(room: Room) -> None:
    office, clerk = room
    job = card(room).job
    printing.print_jobs(office, clerk, [job.id], silent)
    checks.check_good(office, as_person(office, "k-hanako"), job.id)
    until = date(2027, 7, 31)
    with office.store.write.begin() as connection:
        now = certificates.find(connection, job.id)
        assert now is not None
        gone = replace(now, state=JobState.SUBMITTED, snapshot={**now.snapshot, "valid_until": until.isoformat()})
        certificates.update(connection, now, gone, "2026-11-24T10:00:00", "k-hanako")
    advance(office.premises, days=(date(2027, 7, 30) - office.clock.today()).days)
    turning.look(office, clerk)
    assert (Turn.EXPIRED, until) not in [(turn, day) for turn, day, _atena in seen(office, clerk)]
    advance(office.premises, days=3)  # Friday to Monday 2 August
    turning.look(office, clerk)
    assert [(turn, day) for turn, day, _atena in seen(office, clerk)].count((Turn.EXPIRED, until)) == 1


def test_a_killed_process_leaves_the_days_to_be_looked_at_again(desk: Room) -> None:
    before, session = desk
    turning.look(before, session)
    days = [before.clock.today() + timedelta(days=number) for number in (1, 2, 3)]
    comes(before, *(born(day.replace(year=day.year - 75), f"9000007{number}") for number, day in enumerate(days)))
    before.store.close()  # one process at a time has the store
    command = [sys.executable, "-m", "tests.support.killed_turning", str(before.settings.business_folder)]
    killed = subprocess.run(command, env={**os.environ, "PYTHONPATH": "src:."}, cwd=ROOT, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    office, clerk = sign_in(before.premises, session.person, PASSWORDS[session.person])
    advance(office.premises, days=3)
    assert turning.listing(office, clerk).rows == ()
    assert turning.look(office, clerk) == 3
    assert [day for _turn, day, _atena in seen(office, clerk)] == days, "each once"
    assert turning.look(office, as_person(office, "k-hanako")) == 0
    office.store.close()


def test_a_crash_in_the_middle_leaves_the_days_to_be_looked_at_again(desk: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    office, clerk = desk
    turning.look(office, clerk)
    day = office.clock.today() + timedelta(days=1)
    comes(office, born(day.replace(year=day.year - 75), "90000050"))
    advance(office.premises, days=1)
    keep = storage.keep_look

    def power_goes(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(storage, "keep_look", power_goes)
    with pytest.raises(KeyboardInterrupt):
        turning.look(office, clerk)
    monkeypatch.setattr(storage, "keep_look", keep)
    assert turning.listing(office, clerk).rows == ()
    assert turning.look(office, clerk) == 1


def test_births_are_read_by_their_index(desk: Room) -> None:
    office, _clerk = desk
    with office.store.read.begin() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT body FROM person WHERE birth BETWEEN '1951-11-24' AND '1951-11-25'"
        ).all()
    assert any("ix_person_birth" in str(row) for row in plan)


def test_the_first_look_finds_who_turns_seventy_next_month_and_nobody_of_the_past(desk: Room) -> None:
    office, clerk = desk
    comes(office, born(date(1956, 11, 9), "90000070"), born(date(1951, 11, 9), "90000071"))  # on 24 November 2026
    assert turning.look(office, clerk) == 1
    assert seen(office, clerk) == [(Turn.SEVENTY, date(2026, 12, 1), "90000070")]
