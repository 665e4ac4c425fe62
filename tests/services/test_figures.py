"""Every figure is counted once more from the bare rows, in plain Python, over random weeks of work done by the real services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from nhi_center.domain import report_period
from nhi_center.domain.custody import ON_HAND
from nhi_center.domain.incident_report import Kind as Incident
from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Session
from nhi_center.domain.report_period import Kind, Period
from nhi_center.domain.reports import Table
from nhi_center.domain.working_hours import Correction, Job
from nhi_center.services import calls, figures, presence, reports, screen_lock, working_hours
from nhi_center.services.custody import document_kinds
from nhi_center.services.exports import Pair
from nhi_center.services.handover import Credential
from nhi_center.services.office import Office
from nhi_center.storage import figures as storage
from nhi_center.storage import presence as stays
from nhi_center.storage import register
from nhi_center.storage.engine import Connection
from tests.domain.test_call_check import PERSON
from tests.services.test_calls import ANSWERED
from tests.support import certificates, figures_office, papers
from tests.support.office import LOCKERS, PASSWORDS, advance, as_person, desk, premises

__all__ = ["desk", "premises"]

SHEETS = {"F05": 2, "F15": 3}
Rows = dict[str, list[dict[str, Any]]]
_READ = (
    "slip",
    "application",
    "application_event",
    "review",
    "movement",
    "call",
    "audit",
    "working_time",
    "working_plan",
    *figures_office.READ,
)


@pytest.fixture
def office(desk: tuple[Office, Session]) -> Iterator[Office]:
    papers.register_people(desk[0])
    with desk[0].store.write.begin() as connection:
        register.put_people(connection, [(9, PERSON)])
    yield desk[0]
    desk[0].premises.close()


def weeks(office: Office, seed: int, acts: int) -> None:
    random, clerk = Random(seed), as_person(office, "k-ichiro")
    waiting = 0
    for _act in range(acts):
        match random.choice(("receive", "receive", "key", "key", "review", "call", "office", "pause", "pause", "night", "night")):
            case "receive":
                form = random.choice(("F05", "F15"))
                papers.receive(office, clerk, **{form: SHEETS[form]})
                waiting += form == "F05"
            case "key" if waiting:
                papers.key(office, clerk, "F05")
                waiting -= 1
            case "review":
                certificates.reviewed(office, clerk, "F02")
            case "call":
                calls.finish_call(office, clerk, calls.start_call(office, clerk).call.id, ANSWERED)
            case "office":
                figures_office.something(office, clerk, random)
            case "pause":
                advance(office.premises, minutes=random.randint(1, 40))
                pause(office, clerk, random)
            case "night":
                next_morning(office, random.randint(1, 9))


def pause(office: Office, clerk: Session, random: Random) -> None:
    """The screen locks by itself or by hand; now and then the 取扱責任者 corrects the day and plans the month."""
    screen_lock.lock(office, clerk, random.choice((LockReason.IDLE, LockReason.KEY)))
    advance(office.premises, minutes=random.randint(1, 90))
    screen_lock.unlock(office, clerk, PASSWORDS[clerk.person])
    supervisor, today = as_person(office, "s-toko"), office.clock.today()
    wanted = Correction(
        today, random.choice(("k-ichiro", "k-hanako")), random.choice(tuple(Job)), random.randint(1, 60), "画面の外"
    )
    working_hours.correct(office, supervisor, wanted)
    hours = {job: random.randint(0, 300) for job in Job}
    working_hours.set_plan(office, supervisor, f"{today:%Y-%m}", hours, to_year_end=random.random() < 0.3)


def next_morning(office: Office, days: int) -> None:
    """Everybody leaves, and comes in so many days later."""
    ward = as_person(office, "40127")
    with office.store.read.begin() as connection:
        inside = [stay for person in LOCKERS for stay in stays.inside_of(connection, person)]
    for stay in inside:
        presence.check_out(office, ward, stay)
    advance(office.premises, days=days)
    for person in ("k-ichiro", "k-hanako", "s-toko"):
        presence.check_in(office, ward, person, LOCKERS[person])


def rows_of(connection: Connection) -> Rows:
    return {name: [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in _READ}


def table(tables: tuple[Table, ...], key: str) -> Table:
    return next(one for one in tables if one.key == key)


def within(period: Period, moment: str) -> bool:
    return period.first <= date.fromisoformat(moment[:10]) <= period.last


def recount_applications(rows: Rows, period: Period) -> dict[str, tuple[int, ...]]:
    plain = {one["id"]: one for one in rows["application"] if not one["envelope"]}
    found: dict[str, list[int]] = {}

    def add(form: str, column: int, number: int = 1) -> None:
        found.setdefault(form, [0] * 7)[column] += number

    for slip in rows["slip"]:
        if not slip["origin"] and within(period, slip["day"]):
            add(slip["kind"], 0)
        if date.fromisoformat(slip["day"]) <= period.last:
            of = next((one["id"] for one in plain.values() if one["slip"] == slip["id"]), "")
            upto = [e for e in rows["application_event"] if e["application"] == of and e["at"][:10] <= period.last.isoformat()]
            last = max(upto, key=lambda e: int(e["seq"]))["dst"] if upto else ""
            add(slip["kind"], 6, last not in ("done", "returned", "elsewhere"))
    for column, state in ((1, "entered"), (2, "verified"), (3, "reviewed"), (5, "returned")):
        reached = {e["application"] for e in rows["application_event"] if e["dst"] == state and within(period, e["at"])}
        for one in reached & plain.keys():
            add(plain[one]["form"], column)
    for one in rows["review"]:
        if one["decision"] == "sent_back" and within(period, one["at"]):
            add(next(a["form"] for a in rows["application"] if a["id"] == one["application"]), 4)
    return {form: tuple(numbers) for form, numbers in found.items() if any(numbers)}


def recount_sheets(rows: Rows, period: Period) -> dict[str, tuple[int, ...]]:
    places = {place.value for place in ON_HAND}
    found: dict[str, list[int]] = {}
    for one in rows["movement"]:
        numbers = found.setdefault(one["kind"], [0, 0, 0, 0])
        if within(period, one["at"]):
            for column, door, sign in ((0, "ward", 1), (1, "made", 1), (2, "returned", -1)):
                numbers[column] += sign * one["sheets"] * ((one["frm"] == door) - (one["dst"] == door))
        if date.fromisoformat(one["at"][:10]) <= period.last:
            numbers[3] += one["sheets"] * ((one["dst"] in places) - (one["frm"] in places))
    return {kind: tuple(numbers) for kind, numbers in found.items() if any(numbers)}


@pytest.mark.parametrize("seed", range(3))
def test_figures_agree_with_a_recount_of_the_ledgers(office: Office, seed: int) -> None:
    weeks(office, seed, 30)
    figures_office.review_log(office, Random(seed))
    titles = {kind.id: kind.title if kind.unit == "枚" else f"{kind.title}({kind.unit})" for kind in document_kinds().values()}
    today = office.clock.today()
    periods = [*report_period.of_kind(Kind.MONTH, today)[:4]]
    periods += [*report_period.of_kind(Kind.NOW, today), *report_period.of_kind(Kind.YEAR, today)]
    periods += [Period(Kind.DAY, day, day) for day in (today - timedelta(days=back) for back in range(0, 40, 3))]
    with office.store.read.begin() as connection:
        rows = rows_of(connection)
        for period in periods:
            tables = figures.gather(connection, period.first, period.last, office.clock.local())
            said = {titles[form]: numbers for form, numbers in recount_applications(rows, period).items()}
            assert dict(table(tables, "applications").rows) == said, period
            assert dict(table(tables, "sheets").rows) == {titles[k]: n for k, n in recount_sheets(rows, period).items()}, period
            done = [one for one in rows["call"] if one["state"] == "done" and within(period, one["day"])]
            total = table(tables, "calls").total
            assert (total[0] if total else 0) == len(done)
            check_hours(office, rows, period, tables)
            check_office(rows, period, tables)
            waits = table(tables, "waits")
            assert waits.total[0] == sum(numbers[0] for _words, numbers in waits.rows) == len(first_reviews(rows, period))


JOBS = {
    **dict.fromkeys(("enter", "verify", "hold", "adjudicate", "set_urgent"), "entry"),
    **dict.fromkeys(("print", "check_print"), "output"),
    **dict.fromkeys(("handover", "cabinet"), "handover"),
    "call": "calls",
}


def recount_hours(office: Office, rows: Rows, period: Period) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds by job: from the bare log by intervals, each looked up by the next act that tells a job; and the corrections."""
    told = [json.loads(row["entry"]) for row in rows["audit"]]
    told = [one for one in told if one["actor"] == "k-ichiro"]
    opened = [at for at, one in enumerate(told) if one["action"] in ("sign_in", "unlock")]
    shift = office.clock.local().replace(tzinfo=None) - office.clock.now().replace(tzinfo=None)
    found: dict[str, float] = {}
    for begin in opened:
        end = next((at for at in range(begin + 1, len(told)) if told[at]["action"] in ("lock", "sign_out")), None)
        if end is None:
            continue  # still going on
        if told[end]["facts"].get("step") == "idle":
            end -= 1
        for before, after in zip(told[begin:end], told[begin + 1 : end + 1], strict=True):
            place = told.index(after)
            none = ("search", "view_person", "lock", "sign_out")
            later = [one for one in told[place : end + 1] if one["action"] not in none]
            earlier = [one for one in told[begin + 1 : place] if one["action"] not in none]
            of = later[0] if later else earlier[-1] if earlier else None
            at = datetime.fromisoformat((later[0] if later else told[end])["at"]).replace(tzinfo=None) + shift
            if within(period, at.isoformat()):
                job = JOBS.get(of["action"], "other") if of else "other"
                seconds = datetime.fromisoformat(after["at"]) - datetime.fromisoformat(before["at"])
                if seconds <= timedelta(hours=4):  # more: the clock was set forward in the middle of a sitting
                    found[job] = found.get(job, 0) + seconds.total_seconds()
    corrected: dict[str, float] = {}
    for row in rows["working_time"]:
        if row["corrected"] and within(period, row["day"]):
            corrected[row["job"]] = corrected.get(row["job"], 0) + row["seconds"]
    return found, corrected


def last_plan(rows: Rows, month: str) -> dict[str, int]:
    said = sorted((row for row in rows["working_plan"] if row["month"] == month), key=lambda row: (row["at"], row["record"]))
    return {row["job"]: row["hours"] for row in said}


def check_hours(office: Office, rows: Rows, period: Period, tables: tuple[Table, ...]) -> None:
    """Within a minute: the store keeps whole seconds of every sitting and day, a table whole minutes."""
    found, corrected = recount_hours(office, rows, period)
    hours = table(tables, "hours")
    for job, (words, numbers) in zip(Job, hours.rows, strict=True):
        seconds = found.get(job.value, 0) + corrected.get(job.value, 0)
        assert words == job.label
        assert abs(numbers[0] - seconds / 60) <= 1, (period, job)
        assert numbers[1] == corrected.get(job.value, 0) / 60
        assert abs(numbers[2] - seconds / 3600) <= 0.6
        if period.kind is Kind.MONTH:
            assert numbers[3] == last_plan(rows, period.key).get(job.value, 0)
            assert numbers[4] == numbers[2] - numbers[3]
    if period.kind is Kind.YEAR:
        by_month = table(tables, "hours_by_month")
        months = [f"{period.first.year + (month < 4)}-{month:02}" for month in (*range(4, 13), 1, 2, 3)]
        assert [numbers[6] for _words, numbers in by_month.rows] == [sum(last_plan(rows, month).values()) for month in months]
        assert abs(sum(numbers[5] for _words, numbers in by_month.rows) - hours.total[2]) <= 6


def check_office(rows: Rows, period: Period, tables: tuple[Table, ...]) -> None:
    incidents = figures_office.recount_incidents(rows, period)
    assert table(tables, "incidents").total == incidents.pop("")
    assert dict(table(tables, "incidents").rows) == {Incident(kind).label: numbers for kind, numbers in incidents.items()}
    assert sorted(numbers for _words, numbers in table(tables, "trainings").rows) == figures_office.recount_trainings(
        rows, period
    )
    staff = figures_office.recount_staff(rows, period)
    assert [numbers for _words, numbers in table(tables, "staff").rows] == [staff["supervisor"], staff["clerk"]]
    reviews = sorted(numbers for _words, numbers in table(tables, "log_reviews").rows)
    assert reviews == figures_office.recount_log_reviews(rows, period)


def first_reviews(rows: Rows, period: Period) -> set[str]:
    first: dict[str, str] = {}
    plain = {one["id"] for one in rows["application"] if not one["envelope"]}
    for one in rows["application_event"]:
        if one["dst"] == "reviewed" and one["application"] in plain:
            first[one["application"]] = min(one["at"], first.get(one["application"], "9"))
    return {application for application, at in first.items() if within(period, at)}


def test_a_month_that_was_signed_stands_and_what_came_after_is_a_correction(office: Office) -> None:
    session, clerk = as_person(office, "s-toko"), as_person(office, "k-ichiro")
    papers.receive(office, clerk, F05=2)
    november = report_period.month(office.clock.today())
    advance(office.premises, days=10)
    before = reports.of_period(office, session, november)
    assert not before.frozen
    pair = Pair(*(Credential(person, PASSWORDS[person]) for person in ("s-toko", "40127")))
    reports.export(office, session, before, pair)
    with office.store.write.begin() as connection:  # as a record that another hand brought in afterwards
        connection.exec_driver_sql(
            "INSERT INTO incident (id, day, kind, handover, facts, opened_at, opened_by)"
            " SELECT 'late', day, 'difference', id, '{}', opened_at, 'k-ichiro' FROM handover LIMIT 1"
        )
    after = reports.of_period(office, session, november)
    assert after.frozen
    assert [one.rows for one in after.tables if one.rows] == [one.rows for one in before.tables if one.rows]
    december = reports.of_period(office, session, report_period.month(office.clock.today()))
    assert december.table("corrections").rows == (("事故・差異の記録 枚数差異 件", (0, 1, 1)),)
    papers_now = reports.of_period(office, session, report_period.of_kind(Kind.NOW, office.clock.today())[0])
    assert papers_now.number.startswith("N-")
    assert papers_now.table("applications").total[0] == 1


def test_what_was_corrected_in_a_month_long_signed_is_told_once(office: Office) -> None:
    """September's hours are corrected in November, when October is signed too: November says it, December not again."""
    session = as_person(office, "s-toko")
    pair = Pair(*(Credential(person, PASSWORDS[person]) for person in ("s-toko", "40127")))
    october, september = (report_period.month(date(2026, month, 1)) for month in (10, 9))
    for month in (september, october):
        reports.export(office, session, reports.of_period(office, session, month), pair)
    wanted = Correction(date(2026, 9, 15), "k-ichiro", Job.CALLS, 30, "別室での応対")
    working_hours.correct(office, session, wanted)
    november = report_period.month(office.clock.today())
    told = [row for row in reports.of_period(office, session, november).table("corrections").rows if "実績" in row[0]]
    assert told == [("令和8年9月分 業務の時間と計画 電話問合せ 実績(分)", (0, 30, 30))]
    advance(office.premises, days=10)
    reports.export(office, session, reports.of_period(office, session, november), pair)
    working_hours.correct(office, session, replace(wanted, minutes=-30, reason="取消し"))
    december = reports.of_period(office, session, report_period.month(office.clock.today()))
    told = [row for row in december.table("corrections").rows if "実績" in row[0]]
    assert told == [("令和8年9月分 業務の時間と計画 電話問合せ 実績(分)", (30, 0, -30))], "beside what was told last"


def test_a_day_claims_no_rate_of_what_is_kept_by_month(office: Office) -> None:
    """A zero there would say that the second keying found nothing."""
    with office.store.read.begin() as connection:
        for first, last, rows in ((24, 24, 1), (2, 30, 1), (1, 30, 2)):
            span = date(2026, 11, first), date(2026, 11, last)
            assert len(table(figures.gather(connection, *span, office.clock.local()), "quality").rows) == rows


def test_figures_read_before_the_months_end_do_not_close_it(office: Office) -> None:
    session = as_person(office, "s-toko")
    november = report_period.month(office.clock.today())
    shown = reports.of_period(office, session, november)
    advance(office.premises, days=10)
    pair = Pair(*(Credential(person, PASSWORDS[person]) for person in ("s-toko", "40127")))
    reports.export(office, session, shown, pair)
    assert not reports.of_period(office, session, november).frozen


def test_serials_are_told_in_runs() -> None:
    assert figures.runs(["S-000413", "S-000414", "S-000416", "T-000417"]) == (
        ("S-000413 から S-000414", 2),
        ("S-000416", 1),
        ("T-000417", 1),
    )
    assert figures.runs([]) == ()
    assert figures.runs(["S-000009", "S-000010"]) == (("S-000009 から S-000010", 2),)


def test_a_period_is_asked_for_by_index(office: Office) -> None:
    span = storage.Span(date(2026, 11, 1), date(2026, 11, 30))
    asked = {
        "application_event": "SELECT count(*) FROM application_event WHERE at >= :first AND at < :next",
        "movement": "SELECT count(*) FROM movement WHERE at >= :first AND at < :next",
        "certificate_event": "SELECT count(*) FROM certificate_event WHERE at >= :first AND at < :next",
        "working_time": "SELECT job, sum(seconds) FROM working_time WHERE day BETWEEN :first AND :last GROUP BY 1",
        "slip": "SELECT count(*) FROM slip WHERE day BETWEEN :first AND :last",
    }
    with office.store.read.begin() as connection:
        for name, query in asked.items():
            plan = " ".join(str(row) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"), span.limits))
            assert "USING" in plan
            assert f"SCAN {name}" not in plan, plan
