"""取下げ by the ward: a case ends without effect at any step, and nothing of it stays open."""

from __future__ import annotations

import pytest

from nhi_center.domain.custody import Place
from nhi_center.domain.entry import Draft, State
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import corrections, custody, entry, holds, review, verification
from nhi_center.services.office import Office
from tests.services.test_review import Ward, ward
from tests.services.test_verification import sent, state_of
from tests.support import papers
from tests.support.corrections import balanced, by_number, hand_out, slip_of
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises", "ward"]

WHY = "喪失日が紙と違います。"


def test_a_withdrawal_ends_a_case_at_any_step(ward: Ward) -> None:
    office, ward_staff, made = ward
    ichiro, hanako = as_person(office, "k-ichiro"), as_person(office, "k-hanako")
    papers.receive(office, ichiro, F15=2)
    entered = papers.key(office, ichiro, "F15")
    verification.open_verification(office, hanako, entered)
    for application in (entered, made["F05"]):
        with pytest.raises(OperatorError) as caught:
            corrections.withdraw(office, ward_staff, application, " ")
        assert caught.value.field == "reason"
        corrections.withdraw(office, ward_staff, application, "届出人の申出です。")
        assert state_of(office, application) is State.RETURNED
        assert slip_of(office, application).place is Place.OUTPUT
        found = corrections.find_case(office, ward_staff, slip_of(office, application).number)
        assert (found.withdrawn, found.may_withdraw, found.may_reopen) == ("届出人の申出です。", False, False)
        with pytest.raises(OperatorError):
            corrections.withdraw(office, ward_staff, application, "もう一度")
    with pytest.raises(OperatorError):
        verification.finish(office, hanako, entered)
    assert [body["decision"] for body in sent(office, "review")] == ["withdrawn", "withdrawn"]
    assert balanced(office)


def test_a_held_case_that_is_withdrawn_leaves_no_open_question(desk: tuple[Office, Session]) -> None:
    office, ichiro = desk
    ward_staff, supervisor = as_person(office, "40127"), as_person(office, "s-toko")
    papers.register_people(office)
    papers.receive(office, ichiro, F02=2)
    id_ = papers.key(office, ichiro, "F02")
    holds.hold(office, as_person(office, "k-hanako"), id_, "読めません。")
    corrections.withdraw(office, ward_staff, id_, "届出人の申出です。")
    assert [row.hold.answer for row in holds.listing(office, supervisor)] == ["届出人の申出です。"]
    assert (state_of(office, id_), slip_of(office, id_).place) == (State.RETURNED, Place.OUTPUT)


def test_a_draft_that_is_withdrawn_takes_no_more_values(desk: tuple[Office, Session]) -> None:
    office, ichiro = desk
    papers.receive(office, ichiro, F02=2)
    opened = entry.open_slip(office, ichiro, custody.unsorted_slips(office, ichiro)[0].id)
    ward_staff = as_person(office, "40127")
    with pytest.raises(OperatorError) as caught:
        corrections.withdraw(office, ward_staff, opened.application.id, "届出人の申出です。")
    assert caught.value.code == "slip-uncounted"
    entry.count_sheets(office, ichiro, opened.application.id, 2)
    corrections.withdraw(office, ward_staff, opened.application.id, "届出人の申出です。")
    with pytest.raises(OperatorError) as caught:
        entry.save_draft(office, ichiro, opened.application.id, Draft({"phone": "0352730142"}))
    assert caught.value.code == "not-open-here"


def test_the_correction_is_withdrawn_in_the_place_of_the_first(ward: Ward) -> None:
    office, ward_staff, made = ward
    review.record_reviewed(office, ward_staff, [made["F05"]])
    number = corrections.send_back(office, ward_staff, made["F05"], "1", WHY)
    with pytest.raises(OperatorError) as caught:
        corrections.withdraw(office, ward_staff, made["F05"], "届出人の申出です。")
    assert caught.value.code == "corrected-already"
    assert number in caught.value.message
    corrections.withdraw(office, ward_staff, by_number(office, number).id, "届出人の申出です。")
    assert balanced(office)


def test_a_withdrawn_case_waits_for_no_paper(ward: Ward) -> None:
    office, ward_staff, made = ward
    ichiro = as_person(office, "k-ichiro")
    review.record_reviewed(office, ward_staff, [made["F05"]])
    hand_out(office, ichiro)
    corrections.send_back(office, ward_staff, made["F05"], "1", WHY)
    corrections.withdraw(office, ward_staff, made["F05"], "届出人の申出です。")
    assert corrections.awaited(office, ichiro) == ()
    papers.receive(office, ichiro, F05=2)
    (slip,) = custody.unsorted_slips(office, ichiro)
    with pytest.raises(OperatorError) as caught:
        corrections.hang(office, ichiro, slip.id, made["F05"])
    assert caught.value.code == "hung-already"
