"""誤発行 → 再交付: the void one stays in the book, the right one is made anew and has a number of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificate_life import Life
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_book as book
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, corrections
from nhi_center.services.certificates import QueueRow
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.storage import certificates as storage
from nhi_center.storage import leaving
from tests.services.test_certificate_book import event, submitted
from tests.support.certificates import INSURED, update
from tests.support.office import as_person, desk, premises
from tests.support.print_room import TOKO, Room, room, silent

__all__ = ["desk", "premises", "room", "submitted"]

Submitted = tuple[Office, Session, str]


def void(submitted: Submitted, **changes: object) -> str:
    """The 資格確認書 is void, and a 再交付 is ordered; gives the void job."""
    office, _clerk, one = submitted
    due = office.clock.today() + timedelta(14)
    made = event(one, Life.VOID, office, **{"reason": "1", "due": due, **changes})
    book.record(office, as_person(office, "40127"), made, reissue=True)
    return one


def reissued(room: Room) -> QueueRow:
    (row,) = [row for row in certificates.queue(*room).rows if row.job.kind is Kind.ELIGIBILITY and not row.job.spoiled]
    return row


def job(office: Office, id_: str) -> Job:
    with office.store.read.begin() as connection:
        found = storage.find(connection, id_)
    assert found is not None
    return found


def test_the_right_one_is_made_from_the_register_of_today(submitted: Submitted) -> None:
    office, clerk, one = submitted
    update(office, replace(INSURED, address="東京都新宿区西新宿2丁目8番1号"), 400)
    void(submitted)
    row = reissued((office, clerk))
    assert (row.job.state, row.job.replaces, row.sheet) == (JobState.QUEUED, one, None)
    assert row.reissue_of == job(office, one).serial
    assert printing.print_jobs(office, clerk, [row.job.id], silent).handed == 0
    certificates.propose(office, clerk)
    row = reissued((office, clerk))
    assert row.sheet is not None
    assert (row.job.state, row.sheet.address) == (JobState.QUEUED, "東京都新宿区西新宿2丁目8番1号")
    assert dict(job(office, one).snapshot) != dict(row.job.snapshot)
    certificates.propose(office, clerk)
    assert reissued((office, clerk)).job.id == row.job.id, "no second one is proposed"


def test_it_goes_the_way_of_every_sheet_and_the_void_one_stays_to_be_called_in(submitted: Submitted) -> None:
    office, clerk, one = submitted
    void(submitted)
    certificates.propose(office, clerk)
    new = reissued((office, clerk)).job.id
    printing.print_jobs(office, clerk, [new], silent)
    checks.report_spoiled(office, clerk, new, "1")
    checks.sign_and_approve(office, clerk, new, *TOKO)
    again = reissued((office, clerk))
    assert (again.job.replaces, again.reissue_of) == (new, job(office, one).serial), "its reprint bears the mark too"
    printing.print_jobs(office, clerk, [again.job.id], silent)
    checks.check_good(office, as_person(office, "k-hanako"), again.job.id)
    with begin(office, clerk, Action.HANDOVER, step="sign") as unit:
        checks.submitted(unit, [again.job.id])
    again = replace(again, job=job(office, again.job.id))
    ward = as_person(office, "40127")
    rows = {row.job: row for row in book.with_ward(office, ward).rows}
    assert rows[one].may == {Life.COLLECTED}
    assert rows[one].reissue == f"再交付 {again.job.serial}"
    assert again.job.serial != rows[one].serial
    assert rows[one].serial in {row.serial for row in book.book(office, clerk, office.clock.today(), office.clock.today())}
    book.make_collect_list(office, ward)
    book.record(office, ward, event(one, Life.COLLECTED, office, cabinet="2"))
    book.record(
        office, ward, event(again.job.id, Life.VOID, office, reason="9", words="見本", due=office.clock.today()), reissue=True
    )
    third = reissued((office, clerk)).job
    assert (third.replaces, third.application) == (again.job.id, job(office, one).application)


def test_none_is_ordered_from_a_case_that_has_left_the_terminal(submitted: Submitted) -> None:
    """It would be judged without its contents, and blocked as if the person were not in the register."""
    office, _clerk, one = submitted
    with office.store.write.begin() as connection:
        query = "SELECT a.slip FROM application a JOIN certificate_job j ON j.application = a.id WHERE j.id = :id"
        slip = connection.execute(text(query), {"id": one}).scalar_one()
        leaving.take_papers(connection, (slip,), "2027-01-05T09:00:00+09:00")
    with pytest.raises(OperatorError, match="保存の期限") as refused:
        void(submitted)
    assert refused.value.field == "reissue"


def test_void_without_a_new_one_brings_none(submitted: Submitted) -> None:
    office, clerk, one = submitted
    book.record(office, as_person(office, "40127"), event(one, Life.VOID, office, reason="4"))
    certificates.propose(office, clerk)
    assert [row for row in certificates.queue(office, clerk).rows if row.job.kind is Kind.ELIGIBILITY] == []
    assert job(office, one).void


def test_a_new_one_only_where_none_comes_by_another_way(submitted: Submitted) -> None:
    office, clerk, one = submitted
    ward = as_person(office, "40127")
    for what, changes in ((Life.ISSUED, {}), (Life.VOID, {"reason": "3"})):
        with pytest.raises(OperatorError) as caught:
            book.record(office, ward, event(one, what, office, due=office.clock.today(), **changes), reissue=True)
        assert caught.value.field == "reissue"
    with pytest.raises(OperatorError) as caught:
        book.record(office, clerk, event(one, Life.VOID, office, reason="4"), reissue=True)
    assert caught.value.code == "not-permitted"
    corrections.send_back(office, ward, job(office, one).application, "1", "違います。")
    with pytest.raises(OperatorError) as caught:
        void(submitted)
    assert caught.value.field == "reissue"
    assert not job(office, one).void, "nothing is kept of a refused step"
