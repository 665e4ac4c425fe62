"""従事者名簿 from the proposal to the last thing given back, on the real store; its papers; and what other terminals tell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.operators import Role, Session
from nhi_center.domain.roster import Act, Decision, RosterEntry, State, designation_to_json
from nhi_center.domain.roster_training import Standing
from nhi_center.errors import OperatorError
from nhi_center.services import roster as service
from nhi_center.services import roster_papers as papers
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.roster_told import told
from nhi_center.services.takers import TAKERS
from nhi_center.storage import roster as store
from tests.support.office import as_person, desk, premises
from tests.support.roster import COMPANY, KATSURA, TODAY, designation, with_company

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]
NEW = "k-midori"


@pytest.fixture
def office(desk: Desk) -> Iterator[Office]:
    ready = with_company(desk[0])
    yield ready
    ready.premises.close()


def toko(office: Office) -> Session:
    return as_person(office, "s-toko")


def ward(office: Office) -> Session:
    return as_person(office, "40127")


def entry(office: Office, person: str = NEW) -> RosterEntry:
    (line,) = [line for line in service.roster(office, toko(office)).lines if line.entry.person == person]
    return line.entry


def words_of(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def accepted(office: Office) -> str:
    """A new clerk, reported and accepted; gives the report's number."""
    service.propose(office, toko(office), NEW, designation())
    papers.make_report(office, toko(office))
    (number,) = service.roster(office, toko(office)).reports
    service.accept(office, ward(office), number, "8新健医第0123号", TODAY)
    return number


def sent(office: Office) -> list[dict[str, Any]]:
    with office.store.read.begin() as connection:
        rows = connection.execute(text("SELECT body FROM outbox WHERE kind = 'roster' ORDER BY seq"))
        return [json.loads(row.body) for row in rows]


def refused(act: Any) -> OperatorError:
    with pytest.raises(OperatorError) as caught:
        act()
    return caught.value


# -- coming --


def test_the_training_room_is_in_order(office: Office) -> None:
    found = service.roster(office, toko(office))
    assert [(line.entry.person, line.entry.state) for line in found.lines] == [
        (person, State.ACTIVE) for person in ("k-hanako", "k-ichiro", "s-toko")
    ]
    assert not [line for line in found.lines if line.faults or line.warnings]
    assert (found.company, found.reports, found.to_report) == (COMPANY, (), 0)
    assert sent(office) == [], "furnishing a room tells nobody"


def test_a_new_person_from_the_proposal_to_the_wards_acceptance(office: Office) -> None:
    service.propose(office, toko(office), NEW, designation())
    assert entry(office).state is State.PROPOSED
    path = papers.make_report(office, toko(office))
    assert path.name == "roster-report-20261124-T04-1.pdf"
    page = words_of(path)
    for said in ("従事者指定(変更)報告書", "20261124-T04-1", KATSURA.split("\u3000")[0], "入力・照合", COMPANY, "新規"):
        assert said in page
    assert entry(office).state is State.REPORTED
    assert refused(lambda: papers.make_report(office, toko(office))).code == "nothing-to-report"
    assert service.accept(office, ward(office), "20261124-T04-1", "8新健医第0123号", TODAY) == 1
    now = entry(office)
    assert now.state is State.ACCEPTED
    assert now.accepted is not None
    assert (now.accepted.receipt, now.accepted.day, now.accepted.by) == ("8新健医第0123号", TODAY, "40127")
    assert refused(lambda: service.accept(office, ward(office), "20261124-T04-1", "1", TODAY)).code == "no-report"


def test_a_change_waits_for_its_own_acceptance(office: Office) -> None:
    accepted(office)
    service.alter(office, toko(office), NEW, designation(jobs="電話", ends=date(2027, 9, 30)))
    assert (entry(office).now.jobs, entry(office).state) == ("入力・照合", State.ACCEPTED)
    page = words_of(papers.make_report(office, toko(office)))
    assert all(said in page for said in ("変更前", "入力・照合", "電話", "20261124-T04-2"))
    service.accept(office, ward(office), "20261124-T04-2", "2", TODAY)
    assert entry(office).now.jobs == "電話"
    assert refused(lambda: service.alter(office, toko(office), NEW, entry(office).wanted)).code == "unchanged"


def test_another_companys_people_need_the_wards_decision(office: Office) -> None:
    other = designation(employer="別の株式会社")
    assert refused(lambda: service.propose(office, toko(office), NEW, other)).field == "employer"
    assert NEW not in {line.entry.person for line in service.roster(office, toko(office)).lines}
    decided = replace(other, decision=Decision("8新健医第0009号", TODAY, "医療保険年金課長"))
    service.propose(office, toko(office), NEW, decided)
    page = words_of(papers.make_report(office, toko(office)))
    assert "8新健医第0009号" in page
    assert "再委託の禁止" in page


def test_without_the_wards_setting_nobody_is_proposed(desk: Desk) -> None:
    office, _session = desk
    error = refused(lambda: service.propose(office, toko(office), NEW, designation()))
    assert (error.field, error.code) == ("employer", "no-company")


def test_an_id_is_one_persons_for_good(office: Office) -> None:
    assert refused(lambda: service.propose(office, toko(office), "k-hanako", designation())).field == "person"
    assert refused(lambda: service.propose(office, toko(office), "../etc", designation())).field == "person"


@pytest.mark.parametrize(("receipt", "days", "field"), [(" ", 0, "receipt"), ("1", 1, "day")])
def test_an_acceptance_is_whole(office: Office, receipt: str, days: int, field: str) -> None:
    service.propose(office, toko(office), NEW, designation())
    papers.make_report(office, toko(office))
    day = TODAY + timedelta(days=days)
    assert refused(lambda: service.accept(office, ward(office), "20261124-T04-1", receipt, day)).field == field


# -- pledge and training --


def test_a_pledge_keeps_the_version_of_its_text(office: Office) -> None:
    accepted(office)
    service.record_pledge(office, toko(office), NEW, TODAY)
    signed = entry(office).pledge()
    assert signed is not None
    assert (signed.version, signed.day) == (service.pledge_text().version, TODAY)
    whole = "".join(service.pledge_text().join)
    law = ("特記事項", "セキュリティポリシー", "個人情報の保護に関する法律", "新宿区個人情報の保護に関する法律施行条例")
    assert all(said in whole for said in law)
    assert "新宿区個人情報保護条例" not in whole, "abolished on 2023-03-31"
    assert refused(lambda: service.record_pledge(office, toko(office), NEW, TODAY + timedelta(days=1))).field == "day"
    assert refused(lambda: service.record_pledge(office, toko(office), NEW, TODAY, leaving=True)).code == "not-leaving"


def test_a_lesson_for_several_people_and_its_report(office: Office) -> None:
    scores: dict[str, int | None] = {"k-ichiro": 95, "k-hanako": 60}
    last = service.record_training(office, toko(office), "privacy", TODAY, "電話での本人確認の演習", scores)
    assert last == date(2027, 11, 23)
    ichiro = entry(office, "k-ichiro")
    assert (ichiro.trainings[-1].score, ichiro.trainings[-1].last_day) == (95, last)
    assert not entry(office, "k-hanako").trainings[-1].passed
    page = words_of(papers.make_training_report(office, toko(office), "privacy", TODAY))
    assert all(said in page for said in ("研修実施報告書", "電話での本人確認の演習", "95点", "60点", "再受講", "令和9年11月23日"))


@pytest.mark.parametrize(
    ("kind", "held", "content", "scores", "field"),
    [
        ("cooking", TODAY, "内容", {"k-ichiro": None}, "kind"),
        ("law", TODAY + timedelta(days=1), "内容", {"k-ichiro": None}, "held"),
        ("law", TODAY, " ", {"k-ichiro": None}, "content"),
        ("law", TODAY, "内容", {}, "people"),
        ("privacy", TODAY, "内容", {"k-ichiro": None}, "score"),
        ("privacy", TODAY, "内容", {"k-ichiro": 101}, "score"),
        ("law", TODAY, "内容", {"k-ichiro": None, "k-nobody": None}, "person"),
    ],
)
def test_a_lesson_that_is_not_whole(
    office: Office, kind: str, held: date, content: str, scores: dict[str, int | None], field: str
) -> None:
    before = entry(office, "k-ichiro").trainings
    assert refused(lambda: service.record_training(office, toko(office), kind, held, content, scores)).field == field
    assert entry(office, "k-ichiro").trainings == before, "all of a lesson or nothing"


def test_who_has_no_training_yet_is_seen(office: Office) -> None:
    accepted(office)
    (line,) = [line for line in service.roster(office, toko(office)).lines if line.entry.person == NEW]
    assert {one.standing for one in line.trainings} == {Standing.MISSING}
    assert [fault.code for fault in line.faults] == ["period", "pledge", "training"]


# -- history and other terminals --


def test_the_history_is_never_changed(office: Office) -> None:
    accepted(office)
    for statement in ("UPDATE roster_event SET by = 'x'", "DELETE FROM roster_event"):
        with pytest.raises(DatabaseError, match="append-only"), office.store.write.begin() as connection:
            connection.execute(text(statement))


def test_another_terminal_folds_the_same_entry(office: Office) -> None:
    accepted(office)
    service.record_pledge(office, toko(office), NEW, TODAY)
    with office.store.read.begin() as connection:
        rows = connection.execute(text("SELECT id, body FROM outbox WHERE kind = 'roster' ORDER BY seq"))
        records = [RoomRecord(n, row.id, "roster", "T05", json.loads(row.body)) for n, row in enumerate(rows, 1)]
    assert len(records) == 4
    before = entry(office)
    assert records[-1].body["entry"]["state"] == "accepted"
    with office.store.write.begin() as connection:
        for record in (*records, *records):
            TAKERS["roster"](office, connection, record)
        assert len(store.events(connection, NEW)) == 4
    assert entry(office) == before


def record(act: Act, by: str, body: dict[str, Any]) -> RoomRecord:
    event = {"person": NEW, "revision": 1, "act": act.value, "at": "2026-11-24T10:00:00+09:00", "by": by, "body": body}
    return RoomRecord(1, "3f0c1f9e-0000-4000-8000-000000000001", "roster", "T05", {"event": event})


def test_what_its_author_may_not_do_is_not_believed(office: Office) -> None:
    body = designation_to_json(designation())
    with office.store.write.begin() as connection:
        for act, by, contents in (
            (Act.PROPOSED, "k-ichiro", body),
            (Act.ACCEPTED, "s-toko", {"report": "1", "receipt": "1", "day": "2026-11-24"}),
        ):
            with pytest.raises(Disbelieved):
                service.take_roster(office, connection, record(act, by, contents))
        service.take_roster(office, connection, record(Act.PROPOSED, "s-toko", body))
        assert [event.act for event in store.events(connection, NEW)] == [Act.PROPOSED]


@pytest.mark.parametrize("hole", ["name", "begins", "role", "decision"])
def test_a_record_that_is_none_is_not_kept(office: Office, hole: str) -> None:
    body = {name: value for name, value in designation_to_json(designation()).items() if name != hole}
    with office.store.write.begin() as connection:
        with pytest.raises((KeyError, ValueError, TypeError)):
            service.take_roster(office, connection, record(Act.PROPOSED, "s-toko", body))
        assert store.events(connection, NEW) == ()


# -- lists --


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("roster", "従事者名簿", ("見本 一郎", "C-001", "従事中")),
        ("trainings", "研修記録", ("法令・条例の周知", "期限なし", "90点")),
        ("pledges", "誓約の状況", ("R8.4.1 (2026-04)", "見本 統子")),
        ("presence", "入退室簿", ("見本 花子", "在室", "見本 区子")),
        ("terminals", "端末一覧", ("外した人と、まだ伝わっていない端末", "該当はありません。")),
    ],
)
def test_each_list_is_a_pdf(office: Office, name: str, title: str, said: tuple[str, ...]) -> None:
    path = papers.make_list(office, toko(office), name)
    assert path.name == f"{name}-20261124.pdf"
    page = words_of(path)
    assert title in page
    assert "見本" in page.replace(" ", "")
    assert not [words for words in said if words not in page]


def test_no_list_of_another_name(office: Office) -> None:
    assert refused(lambda: papers.make_list(office, toko(office), "salaries")).code == "no-list"


def test_nobody_is_untold_before_anybody_was_removed(office: Office) -> None:
    assert told(office, toko(office)).removals == ()


def test_a_supervisor_is_proposed_like_anybody(office: Office) -> None:
    service.propose(office, toko(office), "s-mihon", designation(role=Role.SUPERVISOR))
    (line,) = [line for line in service.roster(office, toko(office)).lines if line.entry.person == "s-mihon"]
    assert "取扱責任者の職務" in {one.kind.title for one in line.trainings}


def test_the_longest_texts_still_print(office: Office) -> None:
    wide = "業" * 22
    longest = designation(
        name="葛\U000e0102" + "見" * 21, employer=wide, department=wide, jobs=wide, card="C-345678", locker="12345678"
    )
    service.propose(office, toko(office), NEW, replace(longest, decision=Decision("番号" * 10, TODAY, wide)))
    papers.make_report(office, toko(office))
    service.record_training(office, toko(office), "law", TODAY, "内容" * 14, {NEW: None})
    for name in papers.LISTS:
        papers.make_list(office, as_person(office, "40100"), name)
    papers.make_training_report(office, toko(office), "law", TODAY)
