"""期限・年齢 in a room: found once, on closed days too, whole or not at all; settled by a person; nobody protected is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

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
from nhi_center.storage import certificates, register
from nhi_center.storage import turning as storage
from tests.support.office import advance, as_person, desk, premises
from tests.support.papers import NEWCOMER
from tests.support.print_room import Room, card, room, silent

__all__ = ["desk", "premises", "room"]

LONG_INSURED = (Period(date(2010, 4, 1), "A2"),)


def born(birth: date, atena: str, **facts: object) -> Person:
    return replace(NEWCOMER, atena=atena, birth=birth, periods=LONG_INSURED, number=atena[-7:], **facts)  # type: ignore[arg-type]


def comes(office: Office, *people: Person) -> None:
    with office.store.write.begin() as connection:
        register.put_people(connection, enumerate(people, start=50_000))


def seen(office: Office, session: Session) -> list[tuple[Turn, date, str]]:
    return [(row.item.turn, row.item.day, row.item.atena) for row in turning.listing(office, session)]


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
    (row,) = turning.listing(office, clerk)
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
    (row,) = turning.listing(office, clerk)
    with pytest.raises(OperatorError) as caught:
        turning.settle(office, clerk, row.item.id, "8")
    assert caught.value.field == "settled"
    turning.settle(office, clerk, row.item.id, "1")
    with pytest.raises(OperatorError) as caught:
        turning.settle(office, as_person(office, "k-hanako"), row.item.id, "3")
    assert caught.value.code == "settled-already"
    (row,) = turning.listing(office, clerk)
    assert (row.item.settled, row.item.settled_by) == ("1", "k-ichiro")
    assert not any(task.key == "turning" for task in today.today(office, clerk).tasks)
    advance(office.premises, days=1)
    assert turning.listing(office, clerk) == ()


def test_nobody_under_protection_is_shown_or_counted(desk: Room) -> None:
    office, clerk = desk
    turning.look(office, clerk)
    day = office.clock.today() + timedelta(days=1)
    comes(office, born(day.replace(year=day.year - 75), "90000040", protected=True))
    advance(office.premises, days=1)
    turning.look(office, clerk)
    assert turning.listing(office, clerk) == ()
    assert not any(task.key == "turning" for task in today.today(office, clerk).tasks)


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
    assert turning.listing(office, clerk) == ()
    assert turning.look(office, clerk) == 1


def test_births_are_read_by_their_index(desk: Room) -> None:
    office, _clerk = desk
    with office.store.read.begin() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT body FROM person WHERE birth BETWEEN '1951-11-24' AND '1951-11-25'"
        ).all()
    assert any("ix_person_birth" in str(row) for row in plan)
