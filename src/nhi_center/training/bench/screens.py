"""``screens``: every page opened over a year of work, from the key to its data on the screen; a month's report, figures and PDF.

The year is made by ``training.history`` through the services, beside a real gateway. Reference: the same page of a room in which
nobody has worked yet.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from nhi_center.app import TRAINING_DAY, training_clock
from nhi_center.domain import report_period
from nhi_center.domain.operators import Session
from nhi_center.domain.report_period import Kind, Period
from nhi_center.domain.reports import STATEMENT, contents
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.printing.sheets import PdfJob
from nhi_center.services import figures, reports
from nhi_center.services.office import Office
from nhi_center.services.premises import open_premises
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from nhi_center.settings import Settings
from nhi_center.storage import figures as storage
from nhi_center.storage.figures import Span
from nhi_center.training.bench.hand_room import lay_out, make_deck
from nhi_center.training.bench.keystrokes import run_window
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import CLERK, OPENING, SEED, WARD_STAFF, Room, say, signed_in
from nhi_center.training.history.crew import ADMIN, LOCKERS, TOKO, WARD, Crew
from nhi_center.training.history.run import Wanted, house_with_history
from nhi_center.training.house import House

MONTHS = 12
PEOPLE = (CLERK, TOKO, WARD_STAFF, ADMIN)
_EMPTY = "まだ仕事をしていない部屋の、同じ画面"


def measure(room: Room) -> Iterator[Measurement]:
    """The slowest of the four roles for each page; then the report of the busiest month."""
    wanted = Wanted(MONTHS, room.sizes.year, max(room.sizes.persons, _FEWEST), SEED)
    database = f"bench-{uuid4().hex[:12]}"
    try:
        with House(room.folder / "empty", persons=1000, seed=SEED, fresh=True, database=database, cost=room.sizes.cost) as house:
            empty = pages(house.settings, room.folder / "bytecode")
        with house_with_history(room.folder / "year", wanted, database, cost=room.sizes.cost) as (house, _done, _whole):
            yield from measured(house.settings, empty, room.folder / "bytecode")
    finally:
        shutil.rmtree(LocalPostgres(database).folder, ignore_errors=True)


_FEWEST = 20_000
"""So large a register at least, or the year runs out of households."""


def measured(settings: Settings, empty: dict[str, float], bytecode: Path) -> Iterator[Measurement]:
    """Of a room that has been worked in, while its gateway answers."""
    for page, value in pages(settings, bytecode).items():
        yield Measurement(f"screens.{page}", value, "ms", _EMPTY, empty.get(page, value))
    with signed_in(open_premises(settings, training_clock(OPENING.time())), TOKO) as (office, session):
        yield from report(office, session)


def pages(settings: Settings, bytecode: Path) -> dict[str, float]:
    """A morning's papers are brought in; then each role opens all its pages. Gives the slowest of each page."""
    with signed_in(open_premises(settings, training_clock(OPENING.time())), WARD_STAFF) as (office, session):
        synchronise(office)
        for person, locker in LOCKERS.items():
            check_in(office, session, person, locker)
    with signed_in(open_premises(settings, training_clock(OPENING.time())), CLERK) as (office, session):
        lay_out(office, session, make_deck(60))
    slowest: dict[str, float] = {}
    for person in PEOPLE:
        say(f"  {person} の画面を開いています")
        for page, value in run_window("screen_window", (str(settings.business_folder), person), bytecode).items():
            slowest[page] = max(value, slowest.get(page, 0.0))
    return slowest


def report(office: Office, session: Session) -> Iterator[Measurement]:
    """処理状況報告書 of the month with the most papers: its figures counted from the ledgers, its pages made and encrypted."""
    office.premises.pdf.start()
    with office.store.read.begin() as connection:
        busiest = max(_months(), key=lambda month: sum(storage.received(connection, Span(month.first, month.last)).values()))
        office.premises.pdf.wait_ready()
        began = time.perf_counter()
        tables = figures.gather(connection, busiest.first, busiest.last, office.clock.local())
    counted = time.perf_counter()
    now = reports.of_period(office, session, report_period.of_kind(Kind.NOW, TRAINING_DAY)[0])
    shown = replace(now, period=busiest, tables=tables)
    crew = Crew(office)
    signature, ward = (crew.sign(person, STATEMENT, contents(shown)) for person in (TOKO, WARD))
    target = office.settings.documents / "bench.pdf"
    began_pdf = time.perf_counter()
    sheet = reports.summary_sheet(shown, signature, ward, company="見本事務株式会社", sample=True)
    office.premises.pdf.make(PdfJob(sheet, target, "kumo no ue no natsu", encrypted=True, within=office.settings.business_folder))
    ended = time.perf_counter()
    target.unlink()
    took, pdf = 1000 * (counted - began), 1000 * (ended - began_pdf)
    yield Measurement("screens.report", took + pdf, "ms", "そのうち PDF を作る時間", pdf)


def _months() -> tuple[Period, ...]:
    """The twelve months before the training day's own."""
    return report_period.of_kind(Kind.MONTH, TRAINING_DAY)[1:13]
