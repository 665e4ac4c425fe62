"""事故・おそれ reported by people and found by the program: every terminal has it, and the ward gets it in writing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from nhi_center.domain.devices import Attached
from nhi_center.domain.incident_report import LONGEST_ITEMS, LONGEST_WORDS, Kind, Report
from nhi_center.domain.incidents import IN_WORDS, LONGEST, Step
from nhi_center.domain.operators import Session
from nhi_center.domain.paper_count import Moment
from nhi_center.errors import OperatorError
from nhi_center.isolation import guard
from nhi_center.services import devices, incidents, isolation, paper_blanks, paper_count, procedures
from nhi_center.services.incident_sheet import make_report
from nhi_center.services.incidents import IncidentRow
from nhi_center.services.office import Office
from nhi_center.services.session import sign_out
from tests.support.office import advance, as_person, desk, enter, premises
from tests.support.pdf_words import words_of
from tests.support.print_room import room
from tests.support.two_terminals import at, deliver, outgoing, two_terminals

__all__ = ["desk", "premises", "room"]

Desk = tuple[Office, Session]
NOW = "2026-11-24T08:30"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    first, second = two_terminals(tmp_path)
    enter(first, "k-ichiro")
    made = at(first, "k-ichiro"), at(second, "40127")
    yield made
    for person in made:
        sign_out(*person)
    first.close()
    second.close()


def now(office: Office) -> str:
    return office.clock.local().isoformat(timespec="minutes")


def lost(office: Office, **changes: object) -> Report:
    facts: dict[str, Any] = {
        "found_at": now(office),
        "found_by": "",
        "words": "保管庫から出した届出1枚が見当たらない。",
        "persons": 1,
        "items": "氏名、住所",
    }
    return Report(Kind.LOSS, happened=False, **{**facts, **changes})


def only(office: Office, session: Session) -> IncidentRow:
    (row,) = incidents.listing(office, session)
    return row


def test_anybody_reports_and_the_clock_runs_from_the_discovery(desk: Desk) -> None:
    office, clerk = desk
    found_at = office.clock.local()
    advance(office.premises, minutes=20)
    id_ = incidents.report(office, clerk, lost(office, found_at=found_at.isoformat(timespec="minutes")))
    row = only(*desk)
    assert (row.incident.id, row.incident.kind.label, row.found_by) == (id_, "紛失・滅失", "見本 一郎")
    assert row.subject == "おそれ 1人 氏名、住所"
    assert not row.incident.overdue(office.clock.local(), row.tell_minutes)
    advance(office.premises, minutes=11)
    assert row.incident.overdue(office.clock.local(), row.tell_minutes)
    incidents.tell(office, clerk, id_, "40100", "")
    incidents.write(office, as_person(office, "40127"), id_, "窓口でも探した。")
    assert only(*desk).incident.told is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": " "}, "words"),
        ({"words": "番号は 123456789018 です"}, "words"),
        ({"items": "あ" * 121}, "items"),
        ({"found_at": "2030-01-01T09:00+09:00"}, "found_at"),
        ({"found_by": "誰か"}, "found_by"),
        ({"persons": -1}, "persons"),
    ],
)
def test_a_mistake_stands_at_its_field_and_nothing_is_kept(desk: Desk, changes: dict[str, object], field: str) -> None:
    office, clerk = desk
    with pytest.raises(OperatorError) as refused:
        incidents.report(office, clerk, lost(office, **changes))
    assert refused.value.field == field
    assert incidents.listing(*desk) == ()
    assert outgoing(office, "incident") == []


def test_people_type_numbers_and_times() -> None:
    assert (incidents.how_many(""), incidents.how_many(" 12 ")) == (None, 12)
    with pytest.raises(OperatorError) as refused:
        incidents.how_many("数人")
    assert refused.value.field == "persons"


@pytest.mark.parametrize(
    ("typed", "now", "meant"),
    [
        ("", "2026-11-24T00:10:20", "2026-11-24T00:10:20"),
        ("9：05", "2026-11-24T10:10:20", "2026-11-24T09:05:00"),
        ("11/23 23:55", "2026-11-24T00:10:20", "2026-11-23T23:55:00"),
        ("１１/２３　23:55", "2026-11-24T00:10:20", "2026-11-23T23:55:00"),
        ("12/31 17:20", "2027-01-04T08:40:00", "2026-12-31T17:20:00"),
    ],
)
def test_an_evening_is_written_down_the_next_morning(typed: str, now: str, meant: str) -> None:
    assert incidents.moment(datetime.fromisoformat(now), typed, "told_at") == datetime.fromisoformat(meant)


@pytest.mark.parametrize("typed", ["9時", "25:00", "13/1 9:00", "11/23", "9:00:00", "-1:00"])
def test_what_is_no_time_is_told_with_the_form_of_one(typed: str) -> None:
    with pytest.raises(OperatorError, match="11/23 17:20") as refused:
        incidents.moment(datetime.fromisoformat("2026-11-24T09:00:00"), typed, "told_at")
    assert refused.value.field == "told_at"


def test_the_ward_was_told_the_evening_before(desk: Desk) -> None:
    office, clerk = desk
    found_at = office.clock.local()
    id_ = incidents.report(office, clerk, lost(office, found_at=found_at.isoformat(timespec="minutes")))
    advance(office.premises, hours=24)
    incidents.tell(office, as_person(office, "k-ichiro"), id_, "40100", f"{found_at.month}/{found_at.day} 18:20")
    told = only(*desk).incident.told
    assert told is not None
    assert told.told_at == f"{found_at.date()}T18:20+09:00"


def test_every_terminal_of_the_room_has_it_once(pair: tuple[Desk, Desk]) -> None:
    (first, clerk), (second, other) = pair
    id_ = incidents.report(first, clerk, lost(first))
    incidents.write(first, clerk, id_, "双方で探した。")
    incidents.tell(first, clerk, id_, "40100", "")
    records = outgoing(first, "incident")
    for _twice in range(2):
        assert deliver(records, second, first.terminal) == ["", "", ""]
    row = only(second, other)
    assert (row.incident.terminal, row.about) == (first.terminal, "保管庫から出した届出1枚が見当たらない。")
    assert [entry.step for entry in row.incident.entries] == [Step.WRITTEN, Step.TOLD]
    incidents.close(second, as_person(second, "40100"), id_, "区で見つかった。")
    assert deliver(outgoing(second, "incident"), first, second.terminal) == [""]
    assert only(first, clerk).incident.state == "終結"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"by": "nobody"}, "unknown-author"),
        ({"step": "closed"}, "not-permitted"),
        ({"step": "closed", "by": "T04"}, "unknown-author"),
        ({"step": "ended"}, "unreadable"),
        ({"at": "きのう"}, "unreadable"),
    ],
)
def test_what_another_terminal_may_not_say_is_not_believed(pair: tuple[Desk, Desk], changes: dict[str, str], reason: str) -> None:
    (first, clerk), (second, other) = pair
    incidents.write(first, clerk, incidents.report(first, clerk, lost(first)), "双方で探した。")
    opened, (id_, kind, body) = outgoing(first, "incident")
    assert deliver([opened, (id_, kind, {**body, **changes})], second, "T04") == ["", reason]
    assert only(second, other).incident.entries == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"found_at": "2026-11-24T08:30"}, "unreadable"),
        ({"found_at": "2030-01-01T08:30+09:00"}, "in-future"),
        ({"persons": 1.5}, "unreadable"),
        ({"words": "番号は 123456789018 です"}, "individual-number"),
    ],
)
def test_a_report_no_terminal_would_write_is_not_believed(pair: tuple[Desk, Desk], changes: dict[str, Any], reason: str) -> None:
    (first, clerk), (second, other) = pair
    incidents.report(first, clerk, lost(first))
    ((id_, kind, body),) = outgoing(first, "incident")
    assert deliver([(id_, kind, {**body, "report": {**body["report"], **changes}})], second, first.terminal) == [reason]
    assert incidents.listing(second, other) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"told_at": "きのう"}, "unreadable"),
        ({"told_at": ""}, "unreadable"),
        ({"told_at": "2026-11-24T08:30"}, "unreadable"),
        ({"told_at": "2030-01-01T08:30+09:00"}, "unreadable"),
        ({"told_to": "k-ichiro"}, "not-ward"),
        ({"words": "番号は 123456789018 です"}, "individual-number"),
        ({"words": "あ" * 401}, "unreadable"),
        ({"step": "cause", "told_at": "", "told_to": ""}, "unreadable"),
    ],
)
def test_an_entry_no_terminal_would_write_is_not_believed(pair: tuple[Desk, Desk], changes: dict[str, str], reason: str) -> None:
    (first, clerk), (second, other) = pair
    incidents.tell(first, clerk, incidents.report(first, clerk, lost(first)), "40100", "")
    opened, (id_, kind, body) = outgoing(first, "incident")
    assert deliver([opened, (id_, kind, {**body, **changes})], second, first.terminal) == ["", reason]
    assert only(second, other).incident.entries == ()


def test_a_device_whose_number_looks_like_somebody_s_hides_no_record(desk: Desk) -> None:
    office, _clerk = desk
    devices._hold(office, [Attached("0951:1666", "123456789018", "1-1", holds_data=True)])
    row = only(*desk)
    assert "装置(0951:1666 (12桁の番号))がつながった" in row.about


def test_paper_whose_number_is_wrong_opens_one(room: Desk) -> None:
    office, clerk = room
    lying = {stock.prefix: stock for stock in paper_count.book(office, clerk).stocks}["S"]
    paper_count.count(office, clerk, "S", Moment.OPENING, lying.left - 2, "S0000001", "二枚足りない")
    row = only(office, clerk)
    assert row.incident.kind is Kind.SERIAL
    assert "差 -2枚" in row.about
    top = paper_blanks.confirm_next(office, clerk, "S", "1").expected
    assert paper_blanks.confirm_next(office, clerk, "S", str(top)).agrees
    assert [one.incident.kind for one in incidents.listing(office, clerk)] == [Kind.SERIAL, Kind.SERIAL]


def test_the_right_number_of_sheets_from_a_wrong_one_on_opens_one_too(room: Desk) -> None:
    office, clerk = room
    lying = {stock.prefix: stock for stock in paper_count.book(office, clerk).stocks}["S"]
    paper_count.count(office, clerk, "S", Moment.OPENING, lying.left, "S0000999", "上の一枚がない")
    assert "S0000999から" in only(office, clerk).about
    for counted in (lying.left - 5, lying.left - 5):
        paper_count.count(office, clerk, "S", Moment.OPENING, counted, lying.upcoming(1)[0], "数え直した")
    found = [row.about for row in incidents.listing(office, clerk)]
    assert len(found) == 2, "another number of the same moment is another record, the same told again is not"
    assert any("差 -5枚" in about for about in found)


def test_a_refused_connect_opens_one_a_day_and_a_refused_import_none(desk: Desk) -> None:
    office, _clerk = desk
    for act, target in (("connect", "192.0.2.7 port 443"), ("connect", "192.0.2.7 port 443"), ("import", "smtplib")):
        guard._kept.add(act, target)
    isolation.record(office)
    guard._kept.add("connect", "192.0.2.7 port 443")
    isolation.record(office)
    row = only(*desk)
    assert (row.incident.kind, row.incident.report and row.incident.report.happened) == (Kind.CONNECTION, False)
    assert "192.0.2.7 port 443、2回" in row.about
    guard._kept.add("connect", "192.0.2.7 port 8080")
    isolation.record(office)
    only(*desk)
    guard._kept.add("connect", "192.0.2.8 port 443")
    isolation.record(office)
    assert len(incidents.listing(*desk)) == 2


def test_first_next_and_last_report_in_writing(desk: Desk) -> None:
    office, clerk = desk
    id_ = incidents.report(office, clerk, lost(office, my_number=True))
    first = make_report(office, clerk, id_)
    incidents.write(office, clerk, id_, "保管庫の中を二人で探した。")
    incidents.tell(office, clerk, id_, "40100", "")
    second = make_report(office, clerk, id_)
    for step, words in ((Step.CAUSE, "封筒に入れたまま戻した。"), (Step.PREVENTION, "封筒を開いて数える。")):
        incidents.write(office, clerk, id_, words, step)
    last = make_report(office, clerk, id_)
    assert [path.name for path in (first, second, last)] == [
        f"incident-20261124-{stage}.pdf" for stage in ("first", "next", "last")
    ]
    told = [words_of(path) for path in (first, second, last)]
    assert "事故報告書 第1報" in told[0]
    assert "個人番号を含む" in told[0]
    assert told[0].count("調査中") == 5
    assert "続報(第2報)" in told[1]
    assert "保管庫の中を二人で探した。" in told[1]
    assert "最終報告" in told[2]
    assert "封筒を開いて数える。" in told[2]
    assert [entry.words for entry in only(*desk).incident.of(Step.REPORTED)] == [
        f"{stage} {path.name}" for stage, path in zip(("第1報", "続報", "最終報告"), (first, second, last), strict=True)
    ]


def test_whatever_can_be_recorded_can_be_printed(desk: Desk) -> None:
    office, clerk = desk
    longest = lost(office, words="無" * LONGEST_WORDS, occurred="夕" * LONGEST_ITEMS, items="名" * LONGEST_ITEMS, my_number=True)
    id_ = incidents.report(office, clerk, longest)
    for step in IN_WORDS:
        incidents.write(office, clerk, id_, "探" * LONGEST, step)
    incidents.write(office, clerk, id_, "探\n" * (LONGEST // 2 - 1))
    told = words_of(make_report(office, clerk, id_)).replace("\n", "").replace("\r", "")
    assert (told.count("夕"), told.count("名")) == (LONGEST_ITEMS, LONGEST_ITEMS)


def test_a_character_that_no_font_has_keeps_no_report_from_being_made(desk: Desk) -> None:
    office, clerk = desk
    id_ = incidents.report(office, clerk, lost(office, words="届出がない😱。\t①の束", occurred="けさ😱", items="氏名😱"))
    incidents.write(office, clerk, id_, "😱探した。")
    told = words_of(make_report(office, clerk, id_))
    for wanted in ("届出がない〓。 ①の束", "けさ〓", "氏名〓", "〓探した。"):
        assert wanted in told


def test_procedures_are_at_hand_without_any_record(desk: Desk) -> None:
    found = procedures.at_hand(*desk)
    assert found.procedures[0].title == "共通: まずすること"
    assert len(found.procedures) == 5
    assert (found.contacts, found.reported, found.drill) == (None, None, None)
