"""保留: from the clerk to the 取扱責任者, from him to the ward in the company's name, and back under the same number."""

from __future__ import annotations

import pytest

from nhi_center.domain.entry import State
from nhi_center.domain.holds import Stage
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import entry, holds
from nhi_center.services.office import Office
from nhi_center.storage import entry as applications
from tests.support.entry import bring_in, fill_register, good_draft
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Held = tuple[Office, Session, str]


def state(office: Office, application: str) -> State:
    with office.store.read.begin() as connection:
        found = applications.find(connection, application)
    assert found is not None
    return found.state


def held_by(office: Office, session: Session, question: str = "見本の照会") -> str:
    fill_register(office)
    (slip,) = bring_in(office, session, F02=(1, 2))
    opened = entry.open_slip(office, session, slip.id)
    entry.count_sheets(office, session, opened.application.id, 2)
    holds.hold(office, session, opened.application.id, question, good_draft("F02"))
    return opened.application.id


@pytest.fixture
def held(desk: tuple[Office, Session]) -> Held:
    office, clerk = desk
    return office, clerk, held_by(office, clerk)


def test_a_hold_waits_for_the_supervisor_and_the_ward_does_not_see_it(held: Held) -> None:
    office, _clerk, application = held
    (row,) = holds.listing(office, as_person(office, "s-toko"))
    assert (row.stage, row.own, row.hold.application) == (Stage.ASKED, False, application)
    assert holds.open_questions(office, as_person(office, "40127")) == ()
    assert state(office, application) is State.HELD


def test_the_supervisor_settles_it_and_the_case_goes_on(held: Held) -> None:
    office, clerk, application = held
    toko = as_person(office, "s-toko")
    (row,) = holds.listing(office, toko)
    holds.settle(office, toko, row.hold.id, "紙のとおりで続けます")
    assert state(office, application) is State.DRAFTING
    with pytest.raises(OperatorError):
        holds.settle(office, toko, row.hold.id, "もう一度")
    opened = entry.open_slip(office, clerk, row.hold.application and _slip(office, application))
    assert opened.holds[-1].answer == "紙のとおりで続けます"
    assert not opened.holds[-1].by_ward


def _slip(office: Office, application: str) -> str:
    with office.store.read.begin() as connection:
        found = applications.find(connection, application)
    assert found is not None
    return found.slip


def test_the_ward_is_asked_by_the_company_with_a_number(held: Held) -> None:
    office, clerk, application = held
    toko, ward = as_person(office, "s-toko"), as_person(office, "40127")
    (row,) = holds.listing(office, toko)
    number = holds.send(office, toko, row.hold.id, "記載の日付はどちらですか")
    assert number.startswith("R8-")
    (question,) = holds.open_questions(office, ward)
    shown = repr(question)
    for person in ("k-ichiro", "一郎", "s-toko", "統子", row.asked_by_name):
        assert person not in shown
    assert "記載の日付はどちらですか" in shown
    holds.answer_hold(office, ward, row.hold.id, "11月20日です")
    assert state(office, application) is State.DRAFTING
    opened = entry.open_slip(office, clerk, _slip(office, application))
    assert (opened.holds[-1].question, opened.holds[-1].answer) == ("見本の照会", "11月20日です")
    assert opened.holds[-1].by_ward


def test_nobody_settles_what_he_has_held_himself(desk: tuple[Office, Session]) -> None:
    office, clerk = desk
    toko = as_person(office, "s-toko")
    held_by(office, toko)
    (row,) = holds.listing(office, toko)
    assert row.own
    with pytest.raises(OperatorError):
        holds.settle(office, toko, row.hold.id, "自分で決めます")
    assert holds.send(office, toko, row.hold.id, "区に伺います")
    assert clerk.person != toko.person


def test_the_ward_takes_a_case_back_unprocessed(held: Held) -> None:
    office, _clerk, application = held
    toko, ward = as_person(office, "s-toko"), as_person(office, "40127")
    (row,) = holds.listing(office, toko)
    holds.send(office, toko, row.hold.id, "対象外と思われます")
    holds.take_back(office, ward, row.hold.id, "区で扱います")
    assert state(office, application) is State.RETURNED


@pytest.mark.parametrize("question", ["", "  ", "個人番号は 123456789018 です"])
def test_a_question_is_a_sentence_without_a_number_of_a_person(desk: tuple[Office, Session], question: str) -> None:
    office, clerk = desk
    with pytest.raises(OperatorError) as caught:
        held_by(office, clerk, question)
    assert caught.value.field == "question"
