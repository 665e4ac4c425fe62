"""保留・照会 from the clerk over the 取扱責任者 to the ward and back."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.custody import Place, Slip
from nhi_center.domain.entry import State
from nhi_center.domain.holds import Stage
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry, entry_list, hold_sheet, holds, review, urgent
from nhi_center.services.office import Office
from tests.services.test_review import verify
from tests.services.test_verification import state_of
from tests.support.entry import bring_in, fill_register, keyed
from tests.support.holds import sent
from tests.support.office import advance, as_person, desk, premises
from tests.support.pdf_words import words_of

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
QUESTION = "喪失日が読めません。"


@pytest.fixture
def slips(desk: Room) -> tuple[Slip, ...]:
    fill_register(desk[0])
    return bring_in(*desk, F02=(3, 6))


def held(office: Office, session: Session, slip: Slip, question: str = QUESTION) -> str:
    """One application held while it is keyed; gives its id."""
    id_ = entry.open_slip(office, session, slip.id).application.id
    entry.count_sheets(office, session, id_, 2)
    holds.hold(office, session, id_, question)
    return id_


def test_the_supervisor_settles_it_and_the_ward_never_hears_of_it(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    supervisor, ward = as_person(office, "s-toko"), as_person(office, "40127")
    id_ = held(office, clerk, slips[0])
    (row,) = holds.listing(office, supervisor)
    assert (row.stage, row.asked_by_name, row.number, row.sheets, row.own) == (Stage.ASKED, "見本 一郎", "1124-001", 2, False)
    case = holds.open_hold(office, supervisor, row.hold.id)
    assert case.row == row
    with pytest.raises(OperatorError) as caught:
        holds.answer_hold(office, ward, row.hold.id, "11月20日です。")
    assert caught.value.code == "hold-step"
    holds.settle(office, supervisor, row.hold.id, "20日と読めます。")
    assert state_of(office, id_) is State.DRAFTING
    assert Place.HOLD not in custody.on_hand(office, clerk).by_place
    (settled,) = holds.listing(office, supervisor)
    assert (settled.stage, settled.hold.by_ward) == (Stage.ANSWERED, False)
    waiting = next(one for one in entry_list.waiting(office, clerk) if one.application and one.application.id == id_)
    assert waiting.hold is not None
    assert (waiting.hold.stage.label, waiting.hold.answer) == ("回答あり", "20日と読めます。")
    assert holds.open_questions(office, ward) == ()


def test_what_was_settled_inside_is_not_shown_to_the_ward_at_its_review(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    supervisor, hanako, ward = (as_person(office, who) for who in ("s-toko", "k-hanako", "40127"))
    application = keyed(office, clerk, slips[0])
    for question, to_ward in (("社内の質問", False), ("区への質問", True)):
        holds.hold(office, hanako, application.id, question)
        (row,) = [one for one in holds.listing(office, supervisor) if one.stage is Stage.ASKED]
        if to_ward:
            holds.send(office, supervisor, row.hold.id, "直した質問")
            holds.answer_hold(office, ward, row.hold.id, "区の回答")
        else:
            holds.settle(office, supervisor, row.hold.id, "社内の回答")
    verify(office, hanako, application.id)
    shown = review.open_case(office, ward, application.id).answered
    assert [(one.sentence, one.answer) for one in shown] == [("直した質問", "区の回答")]


def test_a_question_goes_to_the_ward_as_the_company_s_and_keeps_the_clerk_s_words(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    supervisor, ward = as_person(office, "s-toko"), as_person(office, "40127")
    id_ = held(office, clerk, slips[0])
    (row,) = holds.listing(office, supervisor)
    for wording, code in (
        (" ", ""),
        ("見本 一郎が読めないそうです。", "names-a-clerk"),
        ("123456789018 は", "individual-number"),
    ):
        with pytest.raises(OperatorError) as caught:
            holds.send(office, supervisor, row.hold.id, wording)
        assert (caught.value.field, caught.value.code) == ("question", code)
    assert holds.send(office, supervisor, row.hold.id, "資格喪失日は何日ですか。") == "R8-0001"
    (question,) = holds.open_questions(office, ward)
    assert (question.query, question.question) == ("R8-0001", "資格喪失日は何日ですか。")
    assert question.company == "受託者"
    (row,) = holds.listing(office, supervisor)
    assert (row.stage.label, row.hold.question, row.hold.wording) == ("区の回答待ち", QUESTION, "資格喪失日は何日ですか。")
    for again in (
        lambda: holds.send(office, supervisor, row.hold.id, "もう一度"),
        lambda: holds.settle(office, supervisor, row.hold.id, "x"),
    ):
        with pytest.raises(OperatorError) as caught:
            again()
        assert caught.value.code == "hold-step"
    holds.answer_hold(office, ward, question.hold, "11月20日です。")
    assert state_of(office, id_) is State.DRAFTING
    with pytest.raises(OperatorError) as caught:
        holds.answer_hold(office, ward, question.hold, "x")
    assert caught.value.code == "already-answered"


def test_the_number_runs_on_within_the_fiscal_year(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    for slip in slips[:2]:
        held(office, clerk, slip)
    supervisor = as_person(office, "s-toko")
    assert [holds.send(office, supervisor, row.hold.id, QUESTION) for row in holds.listing(office, supervisor)] == [
        "R8-0001",
        "R8-0002",
    ]
    with pytest.raises(DatabaseError), office.store.write.begin() as connection:
        connection.execute(text("UPDATE hold SET query = 'R8-0001'"))


def test_a_supervisor_sends_his_own_but_does_not_settle_it(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, _clerk = desk
    supervisor = as_person(office, "s-toko")
    held(office, supervisor, slips[0])
    (row,) = holds.listing(office, supervisor)
    assert row.own
    with pytest.raises(OperatorError) as caught:
        holds.settle(office, supervisor, row.hold.id, "よいです。")
    assert caught.value.code == "four-eyes"
    assert holds.send(office, supervisor, row.hold.id, QUESTION) == "R8-0001"


def test_only_the_supervisor_settles_and_sends(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    held(office, clerk, slips[0])
    hold = holds.listing(office, as_person(office, "s-toko"))[0].hold.id
    for person in ("k-hanako", "40127"):
        who = as_person(office, person)
        for act in (
            lambda who=who: holds.settle(office, who, hold, "x"),
            lambda who=who: holds.send(office, who, hold, "x"),
            lambda who=who: holds.listing(office, who),
            lambda who=who: hold_sheet.make_sheet(office, who),
        ):
            with pytest.raises(OperatorError) as caught:
                act()
            assert caught.value.code == "not-permitted"


def test_urgent_holds_stand_first_for_both(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    for slip in slips[:2]:
        held(office, clerk, slip)
    supervisor, ward = as_person(office, "s-toko"), as_person(office, "40127")
    urgent.set_urgent(office, ward, slips[1].id, 15)
    assert [row.number for row in holds.listing(office, supervisor)] == ["1124-002", "1124-001"]
    sent(office)
    assert [row.number for row in holds.open_questions(office, ward)] == ["1124-002", "1124-001"]


def test_an_answered_hold_leaves_the_list_after_a_week(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    held(office, clerk, slips[0])
    supervisor = as_person(office, "s-toko")
    holds.settle(office, supervisor, holds.listing(office, supervisor)[0].hold.id, "読めます。")
    assert len(holds.listing(office, supervisor)) == 1
    advance(office.premises, days=8)
    assert holds.listing(office, supervisor) == ()


def test_questions_and_answers_stand(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    held(office, clerk, slips[0])
    supervisor = as_person(office, "s-toko")
    for statement in ("UPDATE hold SET question = 'x'", "UPDATE hold SET asked_by = 'x'", "DELETE FROM hold"):
        with pytest.raises(DatabaseError), office.store.write.begin() as connection:
            connection.execute(text(statement))
    holds.settle(office, supervisor, holds.listing(office, supervisor)[0].hold.id, "読めます。")
    with pytest.raises(DatabaseError), office.store.write.begin() as connection:
        connection.execute(text("UPDATE hold SET answer = 'x'"))


def test_the_sheet_asks_in_the_company_s_name_and_is_counted_nowhere(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    supervisor = as_person(office, "s-toko")
    with pytest.raises(OperatorError) as caught:
        hold_sheet.make_sheet(office, supervisor)
    assert caught.value.code == "nothing-asked"
    held(office, clerk, slips[0])
    held(office, clerk, slips[1], "世帯主の氏名の二文字目が読めません。")
    urgent.set_urgent(office, clerk, slips[1].id, 15)
    sent(office)
    before = custody.on_hand(office, clerk)
    made = hold_sheet.make_sheet(office, supervisor)
    assert made.parent == office.settings.documents
    assert made.name == "inquiry-R8-0001-R8-0002.pdf"
    words = words_of(made)
    for expected in ("疑義照会票", "R8-0001", "R8-0002", "1124-001", "1124-002", QUESTION, "区の回答", "受託者", "至急"):
        assert expected in words
    for clerk_word in ("一郎", "花子", "統子", "k-ichiro", "s-toko"):
        assert clerk_word not in words
    assert custody.on_hand(office, clerk) == before
    one = holds.open_questions(office, as_person(office, "40127"))[0]
    assert hold_sheet.make_sheet(office, supervisor, (one.hold,)).name == f"inquiry-{one.query}.pdf"
    office.premises.pdf.stop()
