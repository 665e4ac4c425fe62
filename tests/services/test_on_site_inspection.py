"""立入り調査: by two or more of the ward, over every measure, once a fiscal year; findings with due dates; told to the room."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from nhi_center.domain import on_site_inspection as rules
from nhi_center.domain.on_site_inspection import Finding, Inspection, Line, Verdict
from nhi_center.domain.operators import Session, Signature
from nhi_center.domain.seal import SealFault
from nhi_center.errors import OperatorError
from nhi_center.services import controls, on_site_inspection, on_site_sheet, takers, today
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.storage import on_site_inspection as storage
from nhi_center.verify import documents
from tests.support.office import PASSWORDS, advance, as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
BOTH = tuple((person, PASSWORDS[person]) for person in ("40127", "40128"))
DUE = date(2026, 12, 10)
FIRST = controls.measures()[0].id


def begun(office: Office) -> Session:
    ward = as_person(office, "40127")
    on_site_inspection.begin_inspection(office, ward, BOTH)
    return ward


def look(office: Office, ward: Session, unfit: str = "") -> None:
    """Every measure fits but one."""
    for measure in controls.measures():
        bad = measure.id == unfit
        line = Line(measure.id, Verdict.UNFIT if bad else Verdict.FIT, "写しがない" if bad else "", DUE if bad else None)
        on_site_inspection.write_line(office, ward, line)


def ended(office: Office, unfit: str = "") -> Inspection:
    ward = begun(office)
    look(office, ward, unfit)
    return on_site_inspection.end_inspection(office, ward, BOTH)


@pytest.mark.parametrize(
    ("people", "field", "code"),
    [
        (BOTH[:1], "person", "four-eyes"),
        ((BOTH[0], BOTH[0]), "person", "four-eyes"),
        ((BOTH[0], ("s-toko", PASSWORDS["s-toko"])), "person", "wrong-role"),
        ((BOTH[0], ("99999", "nobody has this one")), "person", "wrong-role"),
        ((BOTH[1], ("40100", PASSWORDS["40100"])), "person", "not-among"),
        ((BOTH[0], ("40128", "not-his-password")), "password", "wrong-password"),
        ((("40127", "not-her-password"), BOTH[1]), "own_password", "wrong-password"),
    ],
)
def test_only_two_or_more_of_the_ward_begin_one(desk: Room, people: tuple[tuple[str, str], ...], field: str, code: str) -> None:
    office, _clerk = desk
    with pytest.raises(OperatorError) as refused:
        on_site_inspection.begin_inspection(office, as_person(office, "40127"), people)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert on_site_inspection.on_site(office, as_person(office, "40127")).inspections == ()


def test_three_may_inspect_together_and_all_three_sign(desk: Room) -> None:
    office, _clerk = desk
    three, ward = (*BOTH, ("40100", PASSWORDS["40100"])), as_person(office, "40127")
    on_site_inspection.begin_inspection(office, ward, three)
    look(office, ward)
    with pytest.raises(OperatorError) as refused:
        on_site_inspection.end_inspection(office, ward, BOTH)
    assert refused.value.code == "other-people"
    assert len(on_site_inspection.end_inspection(office, ward, three).ended) == 3


def test_the_checklist_is_every_measure_with_what_the_product_says(desk: Room) -> None:
    office, _clerk = desk
    ward = begun(office)
    checklist = on_site_inspection.on_site(office, ward).checklist
    assert [row.measure.id for row in checklist] == [measure.id for measure in controls.measures()]
    on_site_inspection.write_line(office, ward, Line(FIRST, Verdict.FIT))
    written = on_site_inspection.on_site(office, ward).checklist[0]
    assert written.line is not None
    assert written.line.shown == written.standing.state.value == "met"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (Line(FIRST, Verdict.UNFIT, "", DUE), "words"),
        (Line(FIRST, Verdict.UNFIT, "写しがない"), "due"),
        (Line(FIRST, Verdict.UNFIT, "写しがない", date(2026, 11, 1)), "due"),
        (Line(FIRST, Verdict.FIT, "", DUE), "due"),
        (Line(FIRST, Verdict.FIT, "個人番号 123456789018"), "words"),
    ],
)
def test_a_finding_has_words_and_a_day_to_come(desk: Room, line: Line, field: str) -> None:
    office, _clerk = desk
    ward = begun(office)
    with pytest.raises(OperatorError) as refused:
        on_site_inspection.write_line(office, ward, line)
    assert refused.value.field == field


def test_it_ends_only_whole_and_then_stands(desk: Room) -> None:
    office, _clerk = desk
    ward = begun(office)
    with pytest.raises(OperatorError, match="44"):
        on_site_inspection.end_inspection(office, ward, BOTH)
    look(office, ward, FIRST)
    done = on_site_inspection.end_inspection(office, ward, BOTH)
    assert (done.state, len(done.lines), len(done.findings)) == ("指摘あり", 44, 1)
    with pytest.raises(OperatorError) as refused:
        on_site_inspection.write_line(office, ward, Line(FIRST, Verdict.FIT))
    assert refused.value.code == "not-begun"
    with office.store.read.begin() as connection:
        assert storage.lines(connection, done.id) == {}


def test_one_that_is_given_up_keeps_its_reason_and_counts_for_nothing(desk: Room) -> None:
    office, _clerk = desk
    ward = begun(office)
    with pytest.raises(OperatorError):
        on_site_inspection.begin_inspection(office, ward, BOTH)
    on_site_inspection.give_up(office, ward, "火災報知器の点検と重なった")
    found = on_site_inspection.on_site(office, ward)
    assert [one.state for one in found.inspections] == ["取りやめ"]
    assert rules.newest_of(found.inspections, 2026) is None
    on_site_inspection.begin_inspection(office, ward, BOTH)


def test_a_finding_goes_from_the_company_to_the_ward_and_ends(desk: Room) -> None:
    office, _clerk = desk
    done = ended(office, FIRST)
    ward, company = as_person(office, "40128"), as_person(office, "s-toko")
    with pytest.raises(OperatorError) as refused:
        on_site_inspection.settle(office, ward, done.id, FIRST, "済み")
    assert refused.value.code == "no-answer"
    with pytest.raises(OperatorError) as refused:
        on_site_inspection.answer(office, ward, done.id, FIRST, "区が答える")
    assert refused.value.code == "own-side"
    on_site_inspection.answer(office, company, done.id, FIRST, "写しを置いた")
    on_site_inspection.settle(office, ward, done.id, FIRST, "現物を確かめた")
    (finding,) = on_site_inspection.on_site(office, ward).findings
    assert finding.state == "終わり"
    with pytest.raises(OperatorError):
        on_site_inspection.answer(office, company, done.id, FIRST, "もう一度")


def test_from_february_the_first_page_reminds_the_ward_until_it_is_done(desk: Room) -> None:
    office, _clerk = desk
    ward = as_person(office, "40127")

    def told(person: str) -> list[str]:
        return [task.title for task in today.today(office, as_person(office, person)).tasks if task.key == "controls-on_site"]

    assert told("40127") == []
    advance(office.premises, days=68)
    assert told("40127") == []  # 31 January
    advance(office.premises, days=1)
    assert told("40127") == ["令和8年度の立入り調査がまだです(3月31日まで)"]
    assert told("s-toko") == []
    look(office, begun(office))
    on_site_inspection.end_inspection(office, ward, BOTH)
    assert told("40127") == []


SIGNED = (Signature("40127", "見本 区子", "ward_staff", "2026-11-24T12:00:00+09:00", "", ""),) * 2


def inspection(day: date) -> Inspection:
    return Inspection(day.isoformat(), day, "T04", (), f"{day}T09:00:00+09:00", SIGNED, f"{day}T12:00:00+09:00", SIGNED)


@pytest.mark.parametrize(
    ("day", "done", "due"),
    [
        (date(2027, 1, 31), None, False),
        (date(2027, 2, 1), None, True),
        (date(2027, 3, 31), date(2026, 3, 31), True),
        (date(2027, 3, 31), date(2026, 4, 1), False),
        (date(2027, 4, 1), None, False),
    ],
)
def test_the_fiscal_year_runs_from_april_to_march(day: date, done: date | None, due: bool) -> None:
    assert bool(rules.reminder([inspection(done)] if done else [], day)) is due


def test_a_finding_is_overdue_the_day_after_its_day() -> None:
    finding = Finding("1", Line(FIRST, Verdict.UNFIT, "写しがない", DUE))
    assert not finding.overdue(DUE)
    assert finding.overdue(date(2026, 12, 11))


def test_the_sheet_has_every_measure_and_both_signatures(desk: Room) -> None:
    office, _clerk = desk
    done = ended(office, FIRST)
    sheet = on_site_sheet.sheet_of(office, done)
    assert len(sheet.parts[0].rows) == 44
    assert "写しがない(期限 2026-12-10) 回答待ち" in sheet.parts[1].notes[0]
    assert [row[0] for row in sheet.parts[2].rows] == ["見本 区子", "見本 区郎"]
    path = on_site_sheet.make_sheet(office, as_person(office, "s-toko"), done.id)
    proven = documents.check(path.read_bytes(), office.premises.trust, rules.END)
    assert [one.person for one in proven.signers] == [person for person, _name in done.inspectors]
    assert len(proven.contents["lines"]) == len(done.lines)
    with pytest.raises(SealFault):
        documents.check(path.read_bytes().replace(b"%PDF", b"%PDX", 1), office.premises.trust, rules.END)
    with pytest.raises(OperatorError):
        on_site_sheet.make_sheet(office, as_person(office, "s-toko"), "no such")
    office.premises.pdf.stop()


def records_of(office: Office) -> list[RoomRecord]:
    with office.store.read.begin() as connection:
        rows = connection.execute(text("SELECT id, body FROM outbox WHERE kind = 'on_site_inspection' ORDER BY id")).all()
    return [RoomRecord(at, row.id, "on_site_inspection", "T05", json.loads(row.body)) for at, row in enumerate(rows, 1)]


def test_another_terminals_inspection_is_believed_by_its_signatures(desk: Room) -> None:
    office, _clerk = desk
    ended(office, FIRST)
    begin, end = records_of(office)
    other = {**begin.body, "inspection": "other"}
    lines = [{**line, "verdict": "fit", "words": "", "due": ""} for line in end.body["body"]["lines"]]
    whitewashed = {**end.body, "body": {**end.body["body"], "lines": lines}}
    alone = {**begin.body, "body": {**begin.body["body"], "signatures": begin.body["body"]["signatures"][:1]}}
    clerk = {"inspection": begin.body["inspection"], "act": "settled", "body": {"measure": FIRST, "words": "済み"}}
    with office.store.write.begin() as connection:
        for at, body in enumerate((other, whitewashed, alone, {**clerk, "at": "2026-11-24T12:00:00+09:00", "by": "k-ichiro"})):
            reason = takers.take(office, connection, replace(begin, id=f"bad-{at}", cursor=at + 10, body=body))
            assert reason in ("bad-signature", "four-eyes", "not-permitted"), at
        assert takers.take(office, connection, replace(begin, cursor=20)) == ""
        assert takers.take(office, connection, replace(end, cursor=21)) == ""
        (one,) = storage.every(connection)
    assert (one.state, len(one.findings)) == ("指摘あり", 1)
