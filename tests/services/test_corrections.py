"""What the ward returns after its review, or withdraws: a case of its own beside the first, and paper that adds up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.custody import Place
from nhi_center.domain.entry import State
from nhi_center.domain.handover import Direction
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, corrections, custody, entry_list, handover, review, today
from nhi_center.storage import corrections as storage
from tests.services.test_review import Ward, ward
from tests.services.test_verification import sent
from tests.support import papers
from tests.support.certificates import answer, queue
from tests.support.corrections import balanced, by_number, find, hand_out, key_again, slip_of
from tests.support.office import as_person, desk, premises
from tests.support.print_room import Room, card, room, silent

__all__ = ["desk", "premises", "room", "ward"]

WHY = "喪失日が紙と違います。"


# -- before the review --


def test_what_was_entered_stands_as_a_version_when_the_ward_sends_it_back(ward: Ward) -> None:
    office, ward_staff, made = ward
    first = find(office, made["F02"])
    review.send_back(office, ward_staff, first.id, "1", WHY)
    key_again(office, slip_of(office, first.id), previous_insurer="見本共済組合")
    with office.store.read.begin() as connection:
        (kept,) = storage.versions(connection, first.id)
        error = storage.last_error(connection, first.id)
    assert dict(kept.values) == dict(first.draft.values)
    assert dict(kept.reasons) == dict(first.draft.reasons)
    assert find(office, first.id).value("previous_insurer") == "見本共済組合"
    assert error is not None
    assert (error.kind, error.reason, error.stage) == ("1", WHY, State.VERIFIED)
    assert [body["error"] for body in sent(office, "review")] == ["1"]


# -- after it: paper still here --


def test_paper_in_the_room_goes_over_to_the_correction(ward: Ward) -> None:
    office, ward_staff, made = ward
    review.record_reviewed(office, ward_staff, [made["F05"]])
    before, paper = find(office, made["F05"]), slip_of(office, made["F05"])
    number = corrections.send_back(office, ward_staff, made["F05"], "1", WHY)
    assert number == "1124-004"
    corrected = by_number(office, number)
    assert find(office, made["F05"]) == before, "the first stays as it was"
    assert (corrected.state, dict(corrected.draft.values), corrected.atena) == (
        State.RECEIVED,
        dict(before.draft.values),
        before.atena,
    )
    there = slip_of(office, corrected.id)
    assert (there.place, there.sheets, there.batch) == (Place.ENTRY, paper.sheets, paper.batch)
    assert balanced(office)
    row = next(row for row in entry_list.waiting(office, as_person(office, "k-ichiro")) if row.slip.number == number)
    assert (row.corrects, row.sent_back) == (paper.number, f"訂正(元の管理票 {paper.number}) 入力誤り: {WHY}")


def test_a_correction_goes_the_whole_way_and_both_sides_are_linked(ward: Ward) -> None:
    office, ward_staff, made = ward
    review.record_reviewed(office, ward_staff, [made["F05"]])
    number = corrections.send_back(office, ward_staff, made["F05"], "3", WHY)
    original = slip_of(office, made["F05"]).number
    id_ = key_again(office, slip_of(office, by_number(office, number).id), note="紙のとおり")
    (row,) = [row for row in review.waiting(office, ward_staff) if row.application == id_]
    assert row.corrects == original
    assert review.record_reviewed(office, ward_staff, [id_]).problems == ()
    body = sent(office, "review")[-1]
    assert body["corrects"]["application"] == made["F05"]
    assert body["corrects"]["effect"]["kind"] == "lose"
    assert [one["corrects"] for one in sent(office, "application")[-1:]] == [made["F05"]]
    here, there = corrections.find_case(office, ward_staff, number), corrections.find_case(office, ward_staff, original)
    assert (here.corrects, there.corrected_by, there.error) == (original, number, f"人違い: {WHY}")
    assert not there.may_reopen
    assert here.may_reopen
    (link,) = corrections.newest(office, ward_staff)
    assert (link.link.original_number, link.link.correction_number, link.state) == (original, number, State.DONE)
    with pytest.raises(OperatorError) as caught:
        corrections.send_back(office, ward_staff, made["F05"], "1", WHY)
    assert caught.value.code == "returned-already"
    assert corrections.send_back(office, ward_staff, id_, "1", "もう一度違います。") == "1124-005", "a 訂正 may be corrected too"
    assert balanced(office)


def test_a_correction_is_judged_against_the_register_before_the_first(ward: Ward) -> None:
    """The standard system has settled the loss and the register shows it: the 訂正 can be keyed and reviewed all the same."""
    office, ward_staff, made = ward
    review.record_reviewed(office, ward_staff, [made["F05"]])
    effect = sent(office, "review")[-1]["effect"]
    lost = papers.LEAVER.periods[-1]
    person = replace(
        papers.LEAVER,
        periods=(*papers.LEAVER.periods[:-1], replace(lost, lost=_day(effect), lost_code=effect["code"])),
    )
    answer(office, made["F05"], person)
    number = corrections.send_back(office, ward_staff, made["F05"], "1", WHY)
    id_ = key_again(office, slip_of(office, by_number(office, number).id))
    assert review.record_reviewed(office, ward_staff, [id_]).problems == ()
    assert sent(office, "review")[-1]["effect"] == effect


def _day(effect: dict[str, Any]) -> date:
    return date.fromisoformat(effect["date"])


def test_paper_in_an_open_handover_stays_in_it(ward: Ward) -> None:
    office, ward_staff, made = ward
    review.record_reviewed(office, ward_staff, [made["F05"], made["F02"]])
    leaving = handover.open_handover(office, ward_staff, Direction.OUT, papers.SECTION)
    with pytest.raises(OperatorError) as caught:
        corrections.send_back(office, ward_staff, made["F05"], "1", WHY)
    assert caught.value.code == "in-handover"
    with office.store.read.begin() as connection:
        assert storage.of_original(connection, made["F05"]) is None, "nothing of a refused act stays"
        assert storage.error_counts(connection, "2026-11") == ()
    handover.cancel(office, ward_staff, leaving.handover.id)
    assert corrections.send_back(office, ward_staff, made["F05"], "1", WHY)


# -- after it: paper with the ward --


def test_paper_that_went_back_comes_again_by_a_handover_and_is_hung_on_the_correction(ward: Ward) -> None:
    office, ward_staff, made = ward
    ichiro = as_person(office, "k-ichiro")
    review.record_reviewed(office, ward_staff, [made["F05"]])
    hand_out(office, ichiro)
    assert slip_of(office, made["F05"]).returned
    assert corrections.send_back(office, ward_staff, made["F05"], "4", WHY) == ""
    (link,) = corrections.awaited(office, ichiro)
    assert (link.original, link.correction) == (made["F05"], "")
    assert corrections.find_case(office, ward_staff, link.original_number).awaited
    assert "訂正の書類を渡す" in [task.what for task in today.today(office, ward_staff).tasks]
    assert "訂正の書類待ち" in [task.what for task in today.today(office, ichiro).tasks]
    papers.receive(office, ichiro, F02=2, F05=2)
    slips = {slip.kind: slip for slip in custody.unsorted_slips(office, ichiro)}
    with pytest.raises(OperatorError) as caught:
        corrections.hang(office, ichiro, slips["F02"].id, made["F05"])
    assert caught.value.code == "other-form"
    corrections.hang(office, ichiro, slips["F05"].id, made["F05"])
    assert corrections.awaited(office, ichiro) == ()
    with pytest.raises(OperatorError) as caught:
        corrections.hang(office, ichiro, slips["F05"].id, made["F05"])
    assert caught.value.code == "hung-already"
    id_ = key_again(office, slips["F05"])
    assert review.record_reviewed(office, ward_staff, [id_]).problems == ()
    assert balanced(office)


# -- certificates --


def test_a_returned_case_prints_no_more_and_its_correction_prints_anew(room: Room) -> None:
    office, clerk = room
    ward_staff = as_person(office, "40127")
    job = card(room).job
    corrections.send_back(office, ward_staff, job.application, "2", "字形が違います。")
    stopped = card(room).job
    assert (stopped.state, stopped.blocks[0]) == (JobState.BLOCKED, Block.RETURNED)
    with pytest.raises(OperatorError):
        printing.print_jobs(office, clerk, [job.id], silent)
    certificates.propose(office, clerk)
    assert card(room).job.state is JobState.BLOCKED, "looking at the queue again does not bring it back"


def test_a_sheet_that_was_printed_bears_the_mark(room: Room) -> None:
    office, clerk = room
    ward_staff = as_person(office, "40127")
    job = card(room).job
    printing.print_jobs(office, clerk, [job.id], silent)
    checks.check_good(office, as_person(office, "k-hanako"), job.id)
    serial = card(room).job.serial
    found = corrections.find_case(office, ward_staff, serial.lower())
    assert (found.application, found.state) == (job.application, State.DONE)
    corrections.send_back(office, ward_staff, job.application, "6", "枠からずれています。")
    marked = card(room).job
    assert (marked.state, marked.blocks) == (JobState.GOOD, (Block.RETURNED,))
    with office.store.read.begin() as connection:
        bodies = connection.execute(
            text("SELECT body FROM outbox WHERE kind = 'certificate' ORDER BY seq DESC LIMIT 1")
        ).scalar_one()
    assert json.loads(bodies)["blocks"] == ["returned"]


def test_a_withdrawn_case_prints_no_more(room: Room) -> None:
    office, clerk = room
    job = card(room).job
    corrections.withdraw(office, as_person(office, "40127"), job.application, "届出人が取り下げました。")
    assert job.id not in [row.job.id for row in queue(office, clerk).rows]
    with pytest.raises(OperatorError):
        printing.print_jobs(office, clerk, [job.id], silent)
    assert job.application not in [task.params.get("application") for task in today.today(office, clerk).tasks]


# -- counting, rights, what stands --


def test_the_rate_of_errors_the_ward_found(ward: Ward) -> None:
    office, ward_staff, made = ward
    review.send_back(office, ward_staff, made["F15"], "7", "区の都合です。")
    review.record_reviewed(office, ward_staff, [made["F02"], made["F05"]])
    corrections.send_back(office, ward_staff, made["F05"], "1", WHY)
    rate = corrections.error_rate(office, as_person(office, "s-toko"), "2026-11")
    assert [(one.form, one.kind, one.number, one.ours) for one in rate.counts] == [("F05", "1", 1, True), ("F15", "7", 1, False)]
    assert (rate.ours, rate.others, dict(rate.reviewed)) == (1, 1, {"F02": 1, "F05": 1})
    assert corrections.error_rate(office, as_person(office, "s-toko"), "2026-10").counts == ()


def test_only_the_ward_returns_and_withdraws(ward: Ward) -> None:
    office, _ward_staff, made = ward
    for person in ("k-ichiro", "s-toko"):
        who = as_person(office, person)
        for act in (
            lambda who=who: corrections.send_back(office, who, made["F05"], "1", WHY),
            lambda who=who: corrections.withdraw(office, who, made["F05"], WHY),
            lambda who=who: corrections.find_case(office, who, "1124-001"),
        ):
            with pytest.raises(OperatorError) as caught:
                act()
            assert caught.value.code == "not-permitted"


def test_what_is_not_reviewed_yet_is_not_reopened(ward: Ward) -> None:
    office, ward_staff, made = ward
    with pytest.raises(OperatorError) as caught:
        corrections.send_back(office, ward_staff, made["F05"], "1", WHY)
    assert caught.value.code == "not-this-step"
    with pytest.raises(OperatorError) as caught:
        corrections.find_case(office, ward_staff, "9999-999")
    assert caught.value.field == "number"


def test_versions_errors_links_and_withdrawals_stand(ward: Ward) -> None:
    office, ward_staff, made = ward
    review.send_back(office, ward_staff, made["F02"], "1", WHY)
    review.record_reviewed(office, ward_staff, [made["F05"]])
    corrections.send_back(office, ward_staff, made["F05"], "1", WHY)
    corrections.withdraw(office, ward_staff, made["F15"], WHY)
    for statement in (
        "UPDATE application_version SET keyed = '{}'",
        "DELETE FROM application_version",
        "UPDATE ward_error SET kind = '7'",
        "DELETE FROM ward_error",
        "UPDATE correction SET correction = NULL",
        "DELETE FROM correction",
        "UPDATE withdrawal SET reason = 'x'",
        "DELETE FROM withdrawal",
    ):
        with pytest.raises(DatabaseError), office.store.write.begin() as connection:
            connection.execute(text(statement))
