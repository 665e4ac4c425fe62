"""訂正 and 取下げ: what the ward returns after its review becomes a case of its own; nothing of the first is written over."""

from __future__ import annotations

import pytest

from nhi_center.domain.entry import Application, State
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import corrections, custody, entry, entry_list, review
from nhi_center.services.office import Office
from nhi_center.storage import entry as applications
from tests.services.test_review import Ward, ward
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises", "ward"]


def of(office: Office, application: str) -> Application:
    """The application, with the ledger of sheets in balance whatever happened before."""
    with office.store.read.begin() as connection:
        found = applications.find(connection, application)
        assert custody.ledger_faults(connection) == 0
    assert found is not None
    return found


def reviewed(ward: Ward) -> tuple[Office, Session, str]:
    office, ward_staff, made = ward
    assert review.record_reviewed(office, ward_staff, [made["F02"]]).reviewed == 1
    return office, ward_staff, made["F02"]


def test_what_is_returned_after_the_review_becomes_a_case_beside_the_first(ward: Ward) -> None:
    office, ward_staff, first = reviewed(ward)
    before = of(office, first)
    number = corrections.send_back(office, ward_staff, first, "1", "生年月日が違います")
    after = of(office, first)
    assert (after.draft, after.state) == (before.draft, before.state)
    found = corrections.find_case(office, ward_staff, before.number)
    assert found.corrected_by == number
    clerk = as_person(office, "k-ichiro")
    (row,) = [row for row in entry_list.waiting(office, clerk) if row.slip.number == number]
    assert row.corrects == before.number
    opened = entry.open_slip(office, clerk, row.slip.id)
    assert opened.application.id != first
    assert dict(opened.application.draft.values) == dict(before.draft.values)
    assert opened.corrects == before.number
    (link,) = corrections.newest(office, ward_staff)
    assert link.link.original == first


def test_it_is_returned_once_with_a_kind_and_a_reason(ward: Ward) -> None:
    office, ward_staff, first = reviewed(ward)
    for kind, reason, field in (("", "違います", "kind"), ("1", " ", "reason"), ("99", "違います", "kind")):
        with pytest.raises(OperatorError) as caught:
            corrections.send_back(office, ward_staff, first, kind, reason)
        assert caught.value.field == field
    corrections.send_back(office, ward_staff, first, "2", "字形が違います")
    with pytest.raises(OperatorError) as caught:
        corrections.send_back(office, ward_staff, first, "2", "字形が違います")
    assert caught.value.code == "returned-already"


def test_a_draft_that_comes_back_before_the_review_keeps_what_stood_there(ward: Ward) -> None:
    office, ward_staff, made = ward
    before = of(office, made["F05"])
    review.send_back(office, ward_staff, made["F05"], "1", "日付を確かめてください")
    with office.store.read.begin() as connection:
        kept = connection.exec_driver_sql(
            "SELECT keyed FROM application_version WHERE application = ?", (made["F05"],)
        ).scalar_one()
    assert before.draft.values["moved_out"] in kept
    assert of(office, made["F05"]).state is State.DRAFTING


def test_a_withdrawn_case_ends_without_effect(ward: Ward) -> None:
    office, ward_staff, made = ward
    corrections.withdraw(office, ward_staff, made["F15"], "届出人の申出")
    assert of(office, made["F15"]).state is State.RETURNED
    found = corrections.find_case(office, ward_staff, of(office, made["F15"]).number)
    assert found.withdrawn == "届出人の申出"
    assert made["F15"] not in {row.application for row in review.waiting(office, ward_staff)}
    with pytest.raises(OperatorError, match="もう取下げ"):
        corrections.withdraw(office, ward_staff, made["F15"], "もう一度")


def test_nothing_of_it_names_a_clerk(ward: Ward) -> None:
    office, ward_staff, first = reviewed(ward)
    corrections.send_back(office, ward_staff, first, "1", "生年月日が違います")
    shown = repr((corrections.newest(office, ward_staff), corrections.find_case(office, ward_staff, of(office, first).number)))
    for person in ("k-ichiro", "k-hanako", "一郎", "花子"):
        assert person not in shown
