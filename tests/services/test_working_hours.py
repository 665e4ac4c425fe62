"""業務の時間 on the real store: taken over when a sitting ends, told without names, corrected with a reason, planned."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Session
from nhi_center.domain.report_period import Kind, Period, month, year
from nhi_center.domain.working_hours import Correction, Job
from nhi_center.errors import OperatorError
from nhi_center.services import reports, screen_lock, takers, working_hours
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.services.session import sign_out
from nhi_center.storage import working_hours as storage
from tests.services.test_permissions import FUNCTIONS, needed
from tests.support import papers
from tests.support.office import PASSWORDS, advance, as_person, desk, enter, premises, signed_in
from tests.support.station import log_of
from tests.support.two_terminals import at, deliver, outgoing, two_terminals

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]
TODAY = date(2026, 11, 24)
MINUTE = 60
PLAN = {Job.ENTRY: 200, Job.OUTPUT: 80, Job.HANDOVER: 60, Job.CALLS: 120, Job.OTHER: 20}


def morning(office: Office, clerk: Session) -> None:
    """Ten minutes of receiving, twenty of keying, then away from the desk for an hour."""
    papers.register_people(office)
    advance(office.premises, minutes=10)
    papers.receive(office, clerk, F05=2)
    advance(office.premises, minutes=20)
    papers.key(office, clerk, "F05")
    screen_lock.lock(office, clerk, LockReason.KEY)
    advance(office.premises, minutes=60)
    screen_lock.unlock(office, clerk, PASSWORDS[clerk.person])


def worked(office: Office) -> dict[str, int]:
    """Minutes by job, of everybody here."""
    with office.store.read.begin() as connection:
        return {job.value: one.seconds // MINUTE for job, one in storage.by_job(connection, TODAY, TODAY).items()}


def test_a_sitting_is_taken_over_when_it_ends_and_the_lock_is_left_out(desk: Desk) -> None:
    office, clerk = desk
    morning(office, clerk)
    assert worked(office) == {"handover": 10, "entry": 20}
    advance(office.premises, minutes=7)
    sign_out(office, clerk)
    again, session = signed_in(office.premises, "k-ichiro")
    assert worked(again) == {"handover": 10, "entry": 20, "other": 7}
    sign_out(again, session)


def test_a_sitting_cut_off_is_taken_over_at_the_next_sign_in(desk: Desk) -> None:
    office, clerk = desk
    papers.register_people(office)
    advance(office.premises, minutes=15)
    papers.receive(office, clerk, F05=2)
    advance(office.premises, minutes=30)
    office.store.close()
    again, _hanako = signed_in(office.premises, "k-hanako")
    assert worked(again) == {"handover": 15}
    again.store.close()


def test_the_ward_s_own_people_have_no_hours_here(desk: Desk) -> None:
    office, clerk = desk
    sign_out(office, clerk)
    office, ward = signed_in(office.premises, "40127")
    advance(office.premises, minutes=30)
    sign_out(office, ward)
    office, clerk = signed_in(office.premises, "k-ichiro")
    assert worked(office) == {}
    office.store.close()


def test_the_room_is_told_of_jobs_and_not_of_people(desk: Desk) -> None:
    office, clerk = desk
    morning(office, clerk)
    with office.store.read.begin() as connection:
        (row,) = connection.execute(text("SELECT id, body FROM outbox WHERE kind = 'working_hours'")).all()
    assert "ichiro" not in row.body
    record = RoomRecord(1, row.id, "working_hours", "T05", json.loads(row.body))
    rows = record.body["rows"]
    odd = {"rows": [{**rows[0], "seconds": 90_000}], "at": "", "corrected": False}
    negative = {"rows": [{**rows[0], "seconds": -60}], "at": "", "corrected": False}
    by_clerk = {"rows": [{**rows[0], "seconds": -60}], "at": "", "corrected": True, "by": "k-ichiro"}
    plan = {"plan": {job.value: 1 for job in Job}, "months": ["2026-13"], "at": "", "by": "s-toko"}
    with office.store.write.begin() as connection:
        assert takers.take(office, connection, record) == ""  # one's own, come back
        assert takers.take(office, connection, replace(record, id="other", cursor=2)) == ""
        assert takers.take(office, connection, replace(record, id="other", cursor=3)) == ""
        for cursor, body, reason in (
            (4, odd, "unreadable"),
            (5, negative, "unreadable"),
            (6, by_clerk, "not-permitted"),
            (7, plan, "unreadable"),
        ):
            assert takers.take(office, connection, RoomRecord(cursor, f"bad-{cursor}", "working_hours", "T05", body)) == reason
    assert worked(office) == {"handover": 20, "entry": 40}
    found = working_hours.of_month(office, as_person(office, "s-toko"))
    assert {line.name: line.seconds // MINUTE for line in found.people if line.seconds} == {"見本 一郎": 30, "ほかの端末": 30}


def test_a_correction_is_a_row_of_its_own_with_its_reason(desk: Desk) -> None:
    office, clerk = desk
    morning(office, clerk)
    toko = as_person(office, "s-toko")
    working_hours.correct(office, toko, Correction(TODAY, "k-ichiro", Job.CALLS, 30, "電話機だけで受けた"))
    working_hours.correct(office, toko, Correction(TODAY, "k-ichiro", Job.ENTRY, -5, "席を外していた"))
    for wanted, code in (
        (Correction(TODAY, "k-ichiro", Job.ENTRY, -16, "席を外していた"), "too-much"),
        (Correction(TODAY, "40127", Job.ENTRY, 10, "区の人"), "ward"),
    ):
        with pytest.raises(OperatorError) as refused:
            working_hours.correct(office, toko, wanted)
        assert refused.value.code == code
    assert worked(office) == {"handover": 10, "entry": 15, "calls": 30}
    with pytest.raises(OperatorError) as refused:
        working_hours.correct(office, clerk, Correction(TODAY, "k-ichiro", Job.CALLS, 30, "電話"))
    assert refused.value.code == "not-permitted"
    table = reports.of_period(office, toko, month(TODAY)).table("hours")
    assert dict(table.rows)["電話問合せ"][:2] == (30, 30)
    assert table.total[:2] == (55, 25)
    acts = [one for one in log_of(office, "report") if one["facts"].get("step") == "hours_corrected"]
    assert [one["facts"]["minutes"] for one in acts] == [30, -5]
    assert "ichiro" not in json.dumps(acts)  # the ward reads the log
    own = working_hours.of_month(office, clerk)
    assert [(one.reason, one.seconds) for one in own.corrections] == [("席を外していた", -300), ("電話機だけで受けた", 1800)]
    with pytest.raises(DatabaseError, match="append-only"), office.store.write.begin() as connection:
        connection.execute(text("UPDATE working_time SET seconds = 1"))


def test_the_plan_is_the_supervisor_s_and_its_last_word_stands(desk: Desk) -> None:
    office, clerk = desk
    toko = as_person(office, "s-toko")
    working_hours.set_plan(office, toko, "2026-04", PLAN, to_year_end=True)
    working_hours.set_plan(office, toko, "2026-11", {**PLAN, Job.CALLS: 150}, to_year_end=False)
    with pytest.raises(OperatorError) as refused:
        working_hours.set_plan(office, clerk, "2026-11", PLAN, to_year_end=False)
    assert refused.value.code == "not-permitted"
    november = reports.of_period(office, toko, month(TODAY)).table("hours")
    assert november.headings[3:] == ("時間", "計画", "差", "年度累計", "累計計画")
    assert november.total[4:] == (-510, 0, 8 * 480 + 30)
    assert "参考" in november.title
    of_year = reports.of_period(office, toko, year(TODAY)).table("hours_by_month")
    assert [row[1][6] for row in of_year.rows] == [480] * 7 + [510] + [480] * 4
    assert of_year.total[6] == 12 * 480 + 30
    day = reports.of_period(office, toko, Period(Kind.DAY, TODAY, TODAY)).table("hours")
    assert day.headings == ("業務", "実績(分)", "うち修正", "時間")


def test_a_clerk_sees_his_own_hours_alone_and_the_ward_nobody_s(desk: Desk) -> None:
    office, clerk = desk
    morning(office, clerk)
    hanako = working_hours.of_month(office, as_person(office, "k-hanako"))
    assert [(line.name, line.seconds) for line in hanako.people] == [("見本 花子", 0)]
    assert (hanako.everybody, list(hanako.names), hanako.corrections) == (False, ["k-hanako"], ())
    assert hanako.seconds(["2026-11"]) // MINUTE == 30
    everybody = working_hours.of_month(office, as_person(office, "s-toko"))
    assert {line.name for line in everybody.people} >= {"見本 一郎", "見本 花子", "見本 統子"}
    for person in ("40127", "40100"):
        for name in ("of_month", "correct", "set_plan"):
            action = needed(FUNCTIONS[f"working_hours.{name}"])
            assert action is not None
            assert not as_person(office, person).may(action)
        with pytest.raises(OperatorError) as refused:
            working_hours.of_month(office, as_person(office, person))
        assert refused.value.code == "not-permitted"


def test_the_room_s_hours_and_plan_are_the_same_at_its_other_terminal(tmp_path: Path) -> None:
    pair = two_terminals(tmp_path)
    enter(pair[0], "k-ichiro", "s-toko")
    first, clerk = at(pair[0], "k-ichiro")
    second, _ward = at(pair[1], "40127")
    morning(first, clerk)
    toko = as_person(first, "s-toko")
    working_hours.correct(first, toko, Correction(TODAY, "k-ichiro", Job.CALLS, 30, "電話機だけで受けた"))
    working_hours.set_plan(first, toko, "2026-11", PLAN, to_year_end=True)
    records = outgoing(first, "working_hours")
    assert deliver(records, second, first.terminal) == ["", "", ""]
    assert deliver(records, second, first.terminal) == ["", "", ""]
    assert worked(second) == worked(first) == {"handover": 10, "entry": 20, "calls": 30}
    there = working_hours.of_month(second, as_person(second, "s-toko"))
    assert {line.name: line.seconds // MINUTE for line in there.people if line.seconds} == {"ほかの端末": 60}
    assert there.corrections == ()
    tables = [reports.of_period(office, as_person(office, "s-toko"), month(TODAY)).table("hours") for office in (first, second)]
    assert tables[0] == tables[1]
    for office in (first, second):
        office.store.close()
    for premises_ in pair:
        premises_.close()
