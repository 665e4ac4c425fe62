"""室内の件数: a report has the numbers of every terminal, each as its own terminal counted them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from nhi_center.domain import room_figures as rules
from nhi_center.domain.operators import Session
from nhi_center.domain.report_period import Kind, Period, month, year
from nhi_center.domain.reports import STATEMENT, Table, contents
from nhi_center.domain.room_figures import APPLICATIONS, MOST, TITLES, DayFigures
from nhi_center.services import figures, reports, room_figures
from nhi_center.services.office import Office
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from nhi_center.storage import room_figures as storage
from nhi_center.storage.figures import Span
from nhi_center.training.history.crew import Crew
from tests.support.office import LOCKERS, advance, as_person, desk, premises
from tests.support.postgres import RunningGateway
from tests.support.terminals import Desk, exchange, gateway, take_in, terminals
from tests.support.two_terminals import deliver, outgoing

__all__ = ["desk", "gateway", "premises"]

Room = tuple[Office, Session]
TODAY = date(2026, 11, 24)
NOON = "2026-11-24T12:00:00+09:00"


def told(day: date = TODAY, at: str = NOON, **numbers: int) -> DayFigures:
    return DayFigures(day, {**dict.fromkeys(TITLES, 0), **numbers}, at)


def room_table(office: Office, first: date = TODAY, last: date = TODAY) -> Table:
    with office.store.read.begin() as connection:
        return room_figures.tables(connection, first, last)[0]


def line(table: Table, words: str) -> dict[str, int]:
    return dict(zip(APPLICATIONS, dict(table.rows)[words], strict=True))


# -- rules --


def test_what_is_told_comes_back_as_it_was() -> None:
    one = told(received=3, pending=2)
    assert rules.from_json(rules.to_json(one)) == one


@pytest.mark.parametrize(
    "change",
    [
        {"day": "11/24"},
        {"at": "noon"},
        {"numbers": {}},
        {"numbers": {**dict.fromkeys(TITLES, 0), "received": -1}},
        {"numbers": {**dict.fromkeys(TITLES, 0), "received": MOST + 1}},
        {"numbers": {**dict.fromkeys(TITLES, 0), "received": True}},
        {"numbers": {**dict.fromkeys(TITLES, 0), "received": "3"}},
        {"numbers": {**dict.fromkeys(TITLES, 0), "name": 1}},
    ],
)
def test_what_is_no_such_thing_is_refused(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        rules.from_json({**rules.to_json(told()), **change})


def test_days_add_up_but_what_is_left_is_that_of_the_last() -> None:
    total = rules.summed([told(received=3, pending=3), told(TODAY + timedelta(1), received=2, reviewed=4, pending=1)])
    assert (total["received"], total["reviewed"], total["pending"]) == (5, 4, 1)
    assert rules.summed([]) == dict.fromkeys(TITLES, 0)


def test_a_running_day_is_told_by_the_hour_and_an_ended_one_at_once() -> None:
    now = datetime.fromisoformat(NOON)
    assert rules.is_due(None, TODAY, now, closed=False)
    assert not rules.is_due(told(), TODAY, now + timedelta(minutes=59), closed=False)
    assert rules.is_due(told(), TODAY, now + timedelta(minutes=60), closed=False)
    assert rules.is_due(told(), TODAY, now, closed=True)
    assert rules.is_due(told(), TODAY + timedelta(1), now, closed=False)


# -- between terminals --


@pytest.fixture
def two(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with terminals(gateway, tmp_path, "one", "two") as (one, other):
        check_in(*one, "k-ichiro", LOCKERS["k-ichiro"])
        exchange(one, other)
        yield one, other


def test_the_report_has_a_line_for_each_terminal_and_their_sum(two: tuple[Desk, Desk]) -> None:
    one, other = two
    take_in(one, 2, 4)
    take_in(other, 3, 6)
    exchange(one, other, one)
    for here, there in (one, other), (other, one):
        table = room_table(here[0])
        assert [words for words, _numbers in table.rows] == ["この端末", f"端末 {there[0].terminal}"]
        assert table.total == table.sums()
        assert table.total == (5, 0, 0, 0, 0, 0, 5)
    assert line(room_table(one[0]), "この端末")["received"] == 2
    report = reports.of_period(one[0], as_person(one[0], "s-toko"), Period(Kind.DAY, TODAY, TODAY))
    assert report.table("room_applications") == room_table(one[0])
    assert report.sources["room_figures"] == 2
    signature = Crew(one[0]).sign("s-toko", STATEMENT, contents(report))
    sheet = reports.summary_sheet(report, signature, signature, company="見本", sample=True)
    assert [table.rows[0][0] for table in sheet.tables if table.title.startswith("室内の全端末")] == 2 * ["この端末"]
    assert ("室内の端末の件数", "2") in sheet.tables[-1].rows


def test_it_is_told_again_when_an_hour_has_gone_by_and_something_was_done(two: tuple[Desk, Desk]) -> None:
    one, other = two
    take_in(one, 2, 4)
    exchange(one, other)
    assert line(room_table(other[0]), f"端末 {one[0].terminal}")["received"] == 2
    take_in(one, 1, 1)
    exchange(one, other)
    assert line(room_table(other[0]), f"端末 {one[0].terminal}")["received"] == 2, "not with every exchange"
    advance(one[0].premises, hours=1)
    exchange(one, other)
    assert line(room_table(other[0]), f"端末 {one[0].terminal}")["received"] == 3
    advance(one[0].premises, hours=1)
    synchronise(one[0])
    assert said_of(one[0]) == 2, "nothing new is not told"


def said_of(office: Office) -> int:
    with office.store.read.begin() as connection:
        found = connection.execute(text("SELECT count(*) FROM audit WHERE json_extract(entry, '$.facts.step') = 'day_figures'"))
        return int(found.scalar_one())


def test_what_was_left_stays_left_on_days_on_which_nothing_was_told(two: tuple[Desk, Desk]) -> None:
    one, other = two
    take_in(one, 2, 4)
    exchange(one, other)
    tomorrow = TODAY + timedelta(1)
    theirs = line(room_table(other[0], tomorrow, tomorrow), f"端末 {one[0].terminal}")
    assert (theirs["received"], theirs["pending"]) == (0, 2)
    before = TODAY - timedelta(1)
    assert not room_table(other[0], before, before).rows, "that day nobody had told anything yet"


# -- one terminal alone --


def test_alone_there_is_no_such_table_in_a_report(desk: Room) -> None:
    office, _session = desk
    report = reports.of_period(office, as_person(office, "s-toko"), month(TODAY))
    assert not any(table.rows or table.total for table in report.tables if table.key.startswith("room_"))


def test_days_that_were_not_told_are_told_when_it_can_be_and_of_a_day_off_nothing_is(desk: Room) -> None:
    office, _session = desk
    take_in(desk, 2, 2)
    advance(office.premises, days=3)
    room_figures.tell(office)
    days = [body["day"] for _id, _kind, body in outgoing(office, room_figures.KIND)]
    assert days == [TODAY.isoformat()]
    room_figures.tell(office)
    assert len(outgoing(office, room_figures.KIND)) == 1


def test_its_days_are_those_of_the_report(desk: Room) -> None:
    office, _session = desk
    take_in(desk, 3, 5)
    with office.store.read.begin() as connection:
        own = storage.own(connection, Span(TODAY, TODAY))
        whole = storage.own(connection, Span(year(TODAY).first, year(TODAY).last))
        (applications,) = (t for t in figures.gather(connection, TODAY, TODAY, office.clock.local()) if t.key == "applications")
    assert own == whole
    assert applications.total == tuple(
        own[name] for name in ("received", "entered", "verified", "reviewed", "sent_back", "returned", "pending")
    )


def test_bad_records_and_ones_own_are_left_out_and_the_newest_of_a_day_stands(desk: Room) -> None:
    office, _session = desk
    bodies = [
        rules.to_json(told(received=5)),
        {**rules.to_json(told(received=9)), "numbers": {"received": 9}},
        rules.to_json(told(received=7)),
    ]
    records = [(f"00000000-0000-4000-8000-{n:012}", room_figures.KIND, body) for n, body in enumerate(bodies)]
    assert deliver(records, office, "T77") == ["", "unreadable", ""]
    assert line(room_table(office), "端末 T77")["received"] == 7
    deliver(records[:1], office, office.terminal)
    assert [words for words, _numbers in room_table(office).rows] == ["この端末", "端末 T77"]
