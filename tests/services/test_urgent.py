"""至急 goes first in every list, whoever sets it, and every line says until when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nhi_center.domain.operators import Role, Session
from nhi_center.domain.today import Urgency
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, custody, entry_list, holds, review, today, urgent, verification
from nhi_center.services.office import Office
from nhi_center.storage import entry as applications
from tests.services.test_review import verify
from tests.support import papers
from tests.support.holds import sent
from tests.support.office import as_person, desk, premises
from tests.support.print_room import Room, room, silent

__all__ = ["desk", "premises", "room"]


def slip_of(office: Office, application: str) -> str:
    with office.store.read.begin() as connection:
        found = applications.find(connection, application)
    assert found is not None
    return found.slip


@pytest.mark.parametrize("person", ["k-ichiro", "s-toko", "40127", "40100"])
def test_clerk_and_ward_set_it_when_the_paper_comes(desk: tuple[Office, Session], person: str) -> None:
    office, ichiro = desk
    papers.receive(office, ichiro, F02=2, F05=2)
    last = custody.unsorted_slips(office, ichiro)[-1]
    urgent.set_urgent(office, as_person(office, person), last.id, 15)
    assert next(row.slip.id for row in entry_list.waiting(office, ichiro)) == last.id
    first = today.today(office, ichiro).tasks[0]
    assert (first.urgency, first.params["slip"], first.state.startswith("あと ")) == (Urgency.URGENT, last.id, True)


def test_a_terminal_sets_nothing_urgent(desk: tuple[Office, Session]) -> None:
    office, ichiro = desk
    papers.receive(office, ichiro, F02=2)
    slip = custody.unsorted_slips(office, ichiro)[0]
    with pytest.raises(OperatorError) as caught:
        urgent.set_urgent(office, replace(ichiro, role=Role.TERMINAL), slip.id, 15)
    assert caught.value.code == "not-permitted"


def test_verification_and_holds_and_review_put_it_first(desk: tuple[Office, Session]) -> None:
    office, ichiro = desk
    hanako, supervisor, ward_staff = (as_person(office, who) for who in ("k-hanako", "s-toko", "40127"))
    papers.register_people(office)
    papers.receive(office, ichiro, F02=2, F05=2, F15=2)
    made = [papers.key(office, ichiro, form) for form in ("F02", "F05", "F15")]
    urgent.set_urgent(office, ward_staff, slip_of(office, made[-1]), 15)
    assert next(row.application for row in verification.waiting(office, hanako)) == made[-1]
    for application in made:
        holds.hold(office, hanako, application, "読めません。")
    assert holds.listing(office, supervisor)[0].hold.application == made[-1]
    assert today.today(office, supervisor).tasks[0].params["application"] == made[-1]
    sent(office)
    for question in holds.open_questions(office, ward_staff):
        holds.answer_hold(office, ward_staff, question.hold, "読めます。")
    for application in made:
        verify(office, hanako, application)
    rows = review.waiting(office, ward_staff)
    assert (rows[0].application, rows[0].urgent_until != "") == (made[-1], True)
    assert today.today(office, ward_staff).tasks[0].params["application"] == made[-1]


def test_the_certificate_queue_puts_it_first_until_the_sheet_is_good(room: Room) -> None:
    office, clerk = room
    first, last = certificates.queue(office, clerk).rows
    urgent.set_urgent(office, as_person(office, "40127"), slip_of(office, last.job.application), 15)
    printing.print_jobs(office, clerk, [first.job.id], silent)
    rows = certificates.queue(office, clerk).rows
    assert (rows[0].job.id, rows[0].urgent_until != "", rows[1].urgent_until) == (last.job.id, True, "")
    line = today.today(office, clerk).tasks[0]
    assert (line.urgency, line.what, line.screen) == (Urgency.URGENT, "出力", "certificates")
    printing.print_jobs(office, clerk, [last.job.id], silent)
    assert certificates.queue(office, clerk).rows[0].job.id == last.job.id
    checks.check_good(office, as_person(office, "k-hanako"), last.job.id)
    assert [row.job.id for row in certificates.queue(office, clerk).rows] == [first.job.id, last.job.id]
    office.premises.pdf.stop()
