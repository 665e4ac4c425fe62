"""検品 of a lot: by a range of numbers, signed by a second person, all of it or nothing."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.print_lots import MOST, SPOILED_STATEMENT, in_range, number_of
from nhi_center.domain.statements import statement_hash
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.print_room import TOKO, Room, card, in_tray, numbers, room, silent

__all__ = ["desk", "premises", "room"]

HANAKO = ("k-hanako", PASSWORDS["k-hanako"])


def printed(room: Room) -> str:
    """The 資格確認書, printed by 一郎; gives its number."""
    printing.print_jobs(*room, [card(room).job.id], silent)
    return card(room).job.serial


def test_who_printed_it_does_not_find_it_good(room: Room) -> None:
    office, clerk = room
    printed(room)
    with pytest.raises(OperatorError) as caught:
        checks.check_good(office, clerk, card(room).job.id)
    assert caught.value.code == "four-eyes"
    with pytest.raises(OperatorError) as caught:
        checks.check_lot(office, clerk, "S", "413", "413", "k-ichiro", PASSWORDS["k-ichiro"])
    assert caught.value.code == "four-eyes"
    assert card(room).job.state is JobState.NEEDS_CHECK
    checks.check_good(office, as_person(office, "k-hanako"), card(room).job.id)
    assert card(room).job.state is JobState.GOOD


@pytest.mark.parametrize(("first", "last"), [("413", "413"), ("S-000413", ""), ("s413", "S-413"), (" 000413 ", "413")])
def test_a_second_person_signs_for_a_range(room: Room, first: str, last: str) -> None:
    office, clerk = room
    number = printed(room)
    assert number == "S-000413"
    assert checks.waiting_range(office, clerk, "S") == (number,)
    assert checks.check_lot(office, clerk, "S", first, last, *HANAKO) == 1
    job = card(room).job
    assert (job.state, in_tray(office, "shikaku")) == (JobState.GOOD, 1)
    steps = certificates.steps(office, clerk, job.id)
    assert steps[-1][1] == "見本 花子", "the step is the inspector's"
    with office.store.read.begin() as connection:
        row = connection.execute(text("SELECT contents, person, statement FROM certificate_lot")).one()
    signed = json.loads(row.contents)
    assert (signed["serials"], row.person) == ([number], "k-hanako")
    assert statement_hash("print-lot", signed) == row.statement


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("413", "414", "first"), ("412", "413", "first"), ("414", "413", "last"), ("x", "413", "first"), ("A-413", "413", "first")],
)
def test_a_range_that_is_not_all_there_changes_nothing(room: Room, first: str, last: str, field: str) -> None:
    office, clerk = room
    printed(room)
    with pytest.raises(OperatorError) as caught:
        checks.check_lot(office, clerk, "S", first, last, *HANAKO)
    assert caught.value.field == field
    assert card(room).job.state is JobState.NEEDS_CHECK
    assert in_tray(office, "shikaku") == 0


def test_a_wrong_password_and_the_ward_s_people_sign_for_nothing(room: Room) -> None:
    office, clerk = room
    printed(room)
    for person, password in (("k-hanako", "ちがう合言葉です"), ("40127", PASSWORDS["40127"])):
        with pytest.raises(OperatorError):
            checks.check_lot(office, clerk, "S", "413", "413", person, password)
    assert card(room).job.state is JobState.NEEDS_CHECK


def test_a_range_is_spoiled_and_approved_by_one_signature(room: Room) -> None:
    office, clerk = room
    ids = [row.job.id for row in certificates.queue(*room).rows]
    printing.print_jobs(office, clerk, ids, silent)
    checks.check_good(office, as_person(office, "k-hanako"), card(room).job.id)
    assert checks.report_lot(office, clerk, "S", "S-000413", "", "2") == 1
    assert in_tray(office, "shikaku") == 0, "a sheet found good before leaves the tray"
    with pytest.raises(OperatorError) as caught:
        checks.report_lot(office, clerk, "S", "413", "413", "2")
    assert caught.value.code == "not-waiting"
    spoiled = card(room).job
    assert (spoiled.state, spoiled.spoil_reason, spoiled.reported_by) == (JobState.SPOILED_WAITING, "2", "k-ichiro")
    for person in ("k-ichiro", "k-hanako", "40127"):
        with pytest.raises(OperatorError):
            checks.approve_lot(office, clerk, "S", "413", "413", person, PASSWORDS[person])
    assert checks.approve_lot(office, clerk, "S", "Ｓ－０００４１３", "413", *TOKO) == 1
    assert (card(room).job.state, card(room).job.replaces) == (JobState.QUEUED, spoiled.id)
    assert numbers(room) == (6, 0, 1, 5)
    assert in_tray(office, "spoiled") == 1
    assert [step.to for step, _name in certificates.steps(office, clerk, spoiled.id)][-2:] == [
        JobState.SPOILED_WAITING,
        JobState.SPOILED,
    ]
    with office.store.read.begin() as connection:
        row = connection.execute(text("SELECT contents, person, statement FROM certificate_lot")).one()
    signed = json.loads(row.contents)
    assert (signed["serials"], signed["reasons"], row.person) == (["S-000413"], ["2"], "s-toko")
    assert statement_hash(SPOILED_STATEMENT, signed) == row.statement


@pytest.mark.parametrize(("first", "last", "reason"), [("413", "414", "2"), ("413", "413", "8"), ("", "413", "2")])
def test_spoiled_is_all_of_the_range_or_nothing(room: Room, first: str, last: str, reason: str) -> None:
    office, clerk = room
    printed(room)
    with pytest.raises(OperatorError):
        checks.report_lot(office, clerk, "S", first, last, reason)
    assert card(room).job.state is JobState.NEEDS_CHECK
    with pytest.raises(OperatorError):
        checks.approve_lot(office, clerk, "S", "413", "413", *TOKO)


def test_numbers_are_read_as_typed_written_or_scanned() -> None:
    ways = ("413", "0413", "S413", "s-000413", " S-413 ", "Ｓ－０００４１３", "ｓ４１３", "S−413", "Sー413")
    assert {number_of(typed, "S", "first") for typed in ways} == {413}
    with pytest.raises(OperatorError):
        in_range((), "S", 1, MOST + 1)
