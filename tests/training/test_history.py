"""A history is real work: its ledgers agree with a recount, its log with the ward's verifier, its days are closed and sent."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from nhi_center.domain import report_period
from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.incidents import Step
from nhi_center.domain.report_period import Kind, Period
from nhi_center.errors import OperatorCancelled, OperatorError
from nhi_center.gateway.cli import BUSINESS_DATE, app
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.gateway.training_data import load_material
from nhi_center.services import custody, figures, forms, incidents
from nhi_center.services.clock import JST, TrainingClock
from nhi_center.services.office import Office
from nhi_center.services.premises import open_premises
from nhi_center.storage import outbox
from nhi_center.synthesis.deck import pile
from nhi_center.synthesis.ward import people
from nhi_center.training.bench import screens
from nhi_center.training.bench.room import WARD_STAFF, signed_in
from nhi_center.training.history.clock import HistoryClock
from nhi_center.training.history.crew import TOKO, Crew
from nhi_center.training.history.matters import Matters
from nhi_center.training.history.room_day import RoomDay
from nhi_center.training.history.run import SINCE, Progress, Wanted, run
from nhi_center.training.history.seasons import CALLS, PAPERS, Workday, begins, workdays
from nhi_center.training.history.year import Done, catch_up, work_year
from nhi_center.training.house import House
from tests.services.test_figures import recount_applications, recount_sheets, rows_of, table
from tests.support.office import CHEAP

EVERY_DAY = ClosedDays.of((), date(2027, 12, 31))
PERSONS, DAYS = 4000, (date(2026, 8, 28), date(2026, 8, 31), date(2026, 9, 1))
"""Over the end of a month, so that a month is reported."""


def of_month(days: tuple[Workday, ...], month: int) -> int:
    return sum(len(one.forms) for one in days if one.day.month == month)


def test_a_year_has_its_volumes_and_its_peaks() -> None:
    days = workdays(date(2026, 11, 23), 12, 1, 1, EVERY_DAY)
    assert days == workdays(date(2026, 11, 23), 12, 1, 1, EVERY_DAY), "the same seed gives the same year"
    assert days != workdays(date(2026, 11, 23), 12, 1, 2, EVERY_DAY)
    papers, calls = sum(len(one.forms) for one in days), sum(one.calls for one in days)
    assert 20_000 < papers + calls < 30_000
    assert papers == pytest.approx(PAPERS, rel=0.15)
    assert calls == pytest.approx(CALLS, rel=0.15)
    assert min(of_month(days, month) for month in (3, 4)) > 1.3 * max(of_month(days, month) for month in (1, 2, 5, 6, 11, 12))
    renewing = [sum(form in ("F13", "F15", "F16") for one in days if one.day.month == m for form in one.forms) for m in (8, 11)]
    assert renewing[0] > 2 * renewing[1]


def test_the_office_is_closed_when_it_is_closed() -> None:
    days = [one.day for one in workdays(date(2026, 1, 9), 1, 0.1, 1, EVERY_DAY)]
    assert days[0] == begins(date(2026, 1, 9), 1) == date(2025, 12, 10)
    assert not {date(2025, 12, 29), date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 4)} & set(days)
    assert begins(date(2026, 3, 31), 1) == date(2026, 3, 1)
    assert begins(date(2026, 11, 23), 12) == date(2025, 11, 24)


def test_the_clock_of_a_history_never_goes_back() -> None:
    clock = HistoryClock(date(2026, 4, 1))
    noon = clock.local() + timedelta(hours=12)
    clock.put(noon)
    clock.put(noon - timedelta(hours=3))
    assert clock.local() == noon
    assert clock.now() == noon
    clock.advance(90)
    assert clock.local() - noon == timedelta(seconds=90)


def test_each_household_files_once() -> None:
    register = tuple(islice(people(load_material(), 2000, 1, BUSINESS_DATE), 2000))
    used: set[str] = set()
    first = pile(forms.catalogue(), register, date(2026, 4, 1), ("F02",) * 10, used, Random(1))
    second = pile(forms.catalogue(), register, date(2026, 4, 2), ("F02",) * 10, used, Random(1))
    households = [paper.person.household for paper in (*first, *second)]
    assert len(set(households)) == len(households) == 20
    everybody = {person.household for person in register}
    assert not pile(forms.catalogue(), register, date(2026, 4, 3), ("F02",), everybody, Random(1)), "nobody is left: no paper"


# -- three days of it --


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Done, list[date]]]:
    database = f"history-{uuid4().hex[:12]}"
    told: list[date] = []
    wanted = {one.day: one for one in workdays(DAYS[-1], 1, 0.25, 1, EVERY_DAY)}
    days = [wanted[day] for day in DAYS]
    folder = tmp_path_factory.mktemp("house")
    try:
        with House(folder, persons=PERSONS, seed=1, fresh=True, database=database, cost=CHEAP, since=SINCE) as house:
            register = tuple(islice(people(load_material(), PERSONS, 1, BUSINESS_DATE), PERSONS))
            done = work_year(house.settings, register, days, 1, lambda _n, _all, today, _done: told.append(today.day))
            catch_up(house.settings, BUSINESS_DATE)
            yield house, done, told
    finally:
        shutil.rmtree(LocalPostgres(database).folder, ignore_errors=True)


@pytest.fixture
def office(worked: tuple[House, Done, list[date]]) -> Iterator[Office]:
    clock = TrainingClock(HistoryClock(BUSINESS_DATE).local().astimezone(JST))
    with signed_in(open_premises(worked[0].settings, clock), WARD_STAFF) as (office, _session):
        yield office


def test_every_day_was_worked_closed_and_sent(worked: tuple[House, Done, list[date]], office: Office) -> None:
    _house, done, told = worked
    assert told == list(DAYS)
    assert done.days == 3
    assert done.refused == 0
    with office.store.read.begin() as connection:
        assert list(connection.execute(text("SELECT day FROM day_close ORDER BY day")).scalars()) == [str(day) for day in DAYS]
        assert outbox.counts(connection)["refused"] == 0
        assert connection.execute(text("SELECT count(*) FROM slip")).scalar_one() == done.papers > 20
        assert connection.execute(text("SELECT count(*) FROM call WHERE state = 'done'")).scalar_one() >= done.calls > 10
        for state in ("done", "verified", "entered"):
            assert connection.execute(text("SELECT count(*) FROM application_event WHERE dst = :s"), {"s": state}).scalar_one()
        assert connection.execute(text("SELECT count(*) FROM certificate_job WHERE state = 'submitted'")).scalar_one()
        written = connection.execute(text("SELECT min(json_extract(entry, '$.at')), max(json_extract(entry, '$.at')) FROM audit"))
        first, last = written.one()
        assert first[:10] in ("2026-08-27", "2026-08-28"), "the log carries the times of the history, in UTC"
        assert last > "2026-09-01"


def test_its_figures_agree_with_a_recount_and_its_ledger_with_itself(office: Office) -> None:
    titles = {
        kind.id: kind.title if kind.unit == "枚" else f"{kind.title}({kind.unit})" for kind in custody.document_kinds().values()
    }
    august = report_period.month(DAYS[0])
    with office.store.read.begin() as connection:
        assert custody.ledger_faults(connection) == custody.ledger_faults(connection, on_hand=True) == 0
        rows = rows_of(connection)
        for period in (august, report_period.month(DAYS[-1]), Period(Kind.DAY, DAYS[1], DAYS[1])):
            tables = figures.gather(connection, period.first, period.last, office.clock.local())
            said = {titles[form]: numbers for form, numbers in recount_applications(rows, period).items()}
            assert dict(table(tables, "applications").rows) == said, period
            assert dict(table(tables, "sheets").rows) == {titles[k]: n for k, n in recount_sheets(rows, period).items()}, period
        hours = table(figures.gather(connection, august.first, august.last, office.clock.local()), "hours")
        assert hours.total[0] > 300, "minutes, of three people on two days"
        assert hours.total[hours.headings.index("計画") - 1] == 480
        signed = connection.execute(text("SELECT month FROM report")).scalars().all()
        assert signed == [august.key], "the month that ended was reported"


def test_the_wards_verifier_passes_the_log_and_the_report(worked: tuple[House, Done, list[date]], office: Office) -> None:
    settings = worked[0].settings
    files = [("audit", settings.segments)] + [("export", file) for file in settings.exports.glob("summary-*-2026-08.pdf")]
    assert len(files) == 2
    for what, file in files:
        command = [sys.executable, "-m", "nhi_center.verify.cli", what, str(file), "--trust", str(settings.trust)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_bench_counts_and_prints_its_busiest_month(office: Office) -> None:
    (measured,) = screens.report(office, Crew(office).session(TOKO))
    assert measured.name == "screens.report"
    assert measured.value > measured.reference_value > 0, "the pages are a part of it"
    assert not (office.settings.documents / "bench.pdf").exists()


class Worst(Random):
    """Everything that may happen does."""

    def random(self) -> float:
        return 0.0


def test_what_goes_wrong_is_told_in_time_reported_and_closed(worked: tuple[House, Done, list[date]]) -> None:
    clock = HistoryClock(BUSINESS_DATE)
    clock.put(datetime.combine(BUSINESS_DATE, time(10), JST))
    with signed_in(open_premises(worked[0].settings, clock), WARD_STAFF) as (office, session):
        crew = Crew(office)
        RoomDay(crew, clock).begin()
        Matters(crew, clock, Worst(1)).of_the_day()
        found = [row.incident for row in incidents.listing(office, session) if row.incident.day == str(BUSINESS_DATE)]
        assert all(one.closed and one.told for one in found)
        assert sorted((one.report.happened, len(one.of(Step.REPORTED))) for one in found if one.report) == [(False, 0), (True, 2)]
        month = report_period.month(BUSINESS_DATE)
        with office.store.read.begin() as connection:
            tables = figures.gather(connection, month.first, month.last, office.clock.local())
        assert sum(table(tables, "incidents").total) > 0


# -- stopping, and being refused --


def test_ctrl_c_ends_with_the_day_and_a_second_one_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    today = Workday(date(2026, 4, 1), ("F01", "F02"), 7)
    before = signal.getsignal(signal.SIGINT)
    with progress.stops_by_key():
        progress(1, 2, today, Done(1, 2, 7))
        os.kill(os.getpid(), signal.SIGINT)
        assert progress.stopped
        with pytest.raises(OperatorCancelled):
            progress(2, 2, today, Done(2, 4, 14))
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    told = capsys.readouterr().err
    assert "2026-04-01 (1/2日) 届出 2件 電話 7件" in told
    assert "もう一度 Ctrl+C" in told


def test_a_house_that_is_there_is_not_worked_over(tmp_path: Path) -> None:
    (tmp_path / "business").mkdir()
    with pytest.raises(OperatorError, match="--fresh"):
        run(tmp_path, Wanted(1, 1), fresh=False)
    assert [one.name for one in tmp_path.iterdir()] == ["business"]


def test_the_gateways_command_says_so_too(tmp_path: Path) -> None:
    (tmp_path / "business").mkdir()
    program = (sys.executable, "-c", "from nhi_center.gateway.cli import main; main()")
    command = (*program, "train", "--history", "1", "--scale", "0.1", "--home", str(tmp_path))
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "--fresh" in told.stderr
    assert CliRunner().invoke(app, ["train", "--history", "99"]).exit_code == 2
