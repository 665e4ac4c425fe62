"""Names leave for a reason, under the ward's 承諾番号, when two have signed; and in no other way."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from nhi_center.domain.copies import Kind
from nhi_center.domain.erasure import Scope
from nhi_center.domain.exports import manifest_name
from nhi_center.domain.operators import Session
from nhi_center.domain.received_list import Reason
from nhi_center.domain.report_period import month
from nhi_center.errors import OperatorError
from nhi_center.services import copies, erasure_files, exports, received_list, reports
from nhi_center.services.exports import Exported, Pair
from nhi_center.services.handover import Credential
from nhi_center.verify import cli
from tests.services.test_reports import MONTH, PAIR, Room, room
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.pdf_words import words_of
from tests.support.station import log_of

__all__ = ["desk", "premises", "room"]

NUMBER = "8新健医保第99号"
TODAY = date(2026, 11, 24)


def leave(room: Room, number: str = NUMBER, reason: str = Reason.RECOUNT.value, pair: Pair = PAIR, shown: int = 3) -> Exported:
    return received_list.export(*room, MONTH, shown, reason, number, pair)


def refusal(room: Room, **given: object) -> tuple[str, str]:
    with pytest.raises(OperatorError) as caught:
        leave(room, **given)  # type: ignore[arg-type]
    return caught.value.field, caught.value.code


def opened(room: Room, made: Exported, tmp_path: Path) -> str:
    plain = tmp_path / "plain.pdf"
    with pikepdf.open(exports.path_of(room[0], made.file), password=made.password) as document:
        document.save(plain)
    return words_of(plain)


def names(room: Room) -> set[str]:
    """Everybody whom the list names."""
    with room[0].store.read.begin() as connection:
        return {line.name for line in received_list._lines(connection, MONTH)} - {""}


def given_name(name: str) -> str:
    """Invented people of citizens and staff share their family name, 見本."""
    return name.replace("\u3000", " ").split(" ")[-1]


def ward(room: Room) -> Session:
    return as_person(room[0], "40127")


def test_the_list_names_people_and_only_the_password_opens_it(room: Room, tmp_path: Path) -> None:
    office, session = room
    assert received_list.rows(office, session, MONTH) == 3
    made = leave(room)
    said = opened(room, made, tmp_path)
    for word in ("受付一覧(氏名入り)", NUMBER, "書類の突合", "見本", "(入力前)", "2026-11-24"):
        assert word in said
    file = exports.path_of(office, made.file)
    clear = file.read_bytes() + file.with_name(manifest_name(file.name)).read_bytes()
    assert len(names(room)) == 2
    assert all(given_name(name) in said for name in names(room))
    assert not any(given_name(name).encode() in clear for name in names(room))
    assert cli.main(["export", str(file), "--trust", str(office.settings.trust)]) == 0


def test_the_ledger_gets_its_line_and_the_log_counts_without_a_name(room: Room) -> None:
    office, session = room
    made = leave(room)
    (line,) = [one for one in copies.ledger(office, session) if one.kind is Kind.EXPORT]
    assert (line.count, line.place, line.approval, line.received) == (3, made.file, NUMBER, TODAY.isoformat())
    assert line.items == "管理票番号・届出の種類・受付日・枚数・氏名"
    (entry,) = log_of(office, "export_names")
    assert entry["subject"] == "L-202611-T04"
    assert (entry["facts"]["count"], entry["facts"]["reason"], entry["facts"]["approved_by"]) == (3, "reason-3", "40127")
    assert "見本" not in json.dumps(log_of(office), ensure_ascii=False)
    (given,) = copies.approvals(office, session)
    assert (given.number, given.standing, given.first, given.last) == (NUMBER, False, TODAY, TODAY)


def test_a_single_number_serves_once_and_a_standing_one_in_its_period(room: Room) -> None:
    office, session = room
    leave(room)
    assert refusal(room) == ("number", "number-used")
    copies.approve(office, ward(room), "S-1", (Kind.EXPORT,), TODAY, date(2027, 3, 31), True)
    leave(room, number="S-1")
    leave(room, number="S-1")
    copies.approve(office, ward(room), "S-2", (Kind.LIST,), TODAY, TODAY, True)
    copies.approve(office, ward(room), "S-3", (Kind.EXPORT,), date(2026, 4, 1), date(2026, 11, 23), True)
    assert refusal(room, number="S-2") == refusal(room, number="S-3") == ("number", "no-consent")
    lines = [one.approval for one in copies.ledger(office, session) if one.kind is Kind.EXPORT]
    assert sorted(lines) == sorted([NUMBER, "S-1", "S-1"])


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"number": " "}, "number", "no-number"),
        ({"number": "9" * 31}, "number", "no-number"),
        ({"reason": ""}, "reason", "no-reason"),
        ({"shown": 2}, "", "changed"),
        ({"pair": Pair(PAIR.supervisor, PAIR.supervisor)}, "ward", "four-eyes"),
        ({"pair": Pair(PAIR.supervisor, Credential("40127", "wrong"))}, "ward", "wrong-password"),
        ({"pair": Pair(PAIR.supervisor, Credential("k-ichiro", PASSWORDS["k-ichiro"]))}, "ward", "wrong-role"),
    ],
)
def test_what_is_refused_writes_nothing(room: Room, given: dict[str, object], field: str, code: str) -> None:
    office, session = room
    assert refusal(room, **given) == (field, code)
    assert not office.settings.exports.exists() or list(office.settings.exports.iterdir()) == []
    assert [one for one in copies.ledger(office, session) if one.kind is Kind.EXPORT] == []
    assert copies.approvals(office, session) == ()


def test_a_month_without_papers_has_no_list(room: Room) -> None:
    with pytest.raises(OperatorError) as caught:
        received_list.export(*room, month(date(2026, 10, 1)), 0, Reason.ASKED.value, NUMBER, PAIR)
    assert caught.value.code == "nothing-received"


@pytest.mark.parametrize("person", ["k-ichiro", "40127"])
def test_only_the_supervisor_asks(room: Room, person: str) -> None:
    with pytest.raises(OperatorError) as caught:
        received_list.rows(room[0], as_person(room[0], person), MONTH)
    assert caught.value.code == "not-permitted"


def test_no_name_is_in_a_report_that_leaves(room: Room, tmp_path: Path) -> None:
    """The report beside the list: opened, none of the people the list names is in it."""
    office, session = room
    made = reports.export(office, session, reports.of_period(office, session, MONTH), PAIR)
    said = opened(room, made, tmp_path)
    assert names(room)
    assert not any(given_name(name) in said for name in names(room))
    assert "資格取得届" in said


def test_an_erasure_takes_the_list_in_every_form_and_leaves_the_report(room: Room) -> None:
    office, session = room
    listed = leave(room)
    report = reports.export(office, session, reports.of_period(office, session, MONTH), PAIR)
    gone = {file.name for file in erasure_files.papers(office, Scope.ALL, "")}
    assert {listed.file, manifest_name(listed.file)} <= gone
    assert not {report.file, manifest_name(report.file)} & gone
