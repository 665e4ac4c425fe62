"""疑義: the paper goes to the ward with its 疑義照会票 and comes back under the same 管理票, received once, counted each way."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain import custody as domain
from nhi_center.domain.custody import CAME_BACK, Account, Balance, Group, Ledger, Movement, Place, Slip, trial
from nhi_center.domain.entry import State
from nhi_center.domain.handover import Direction, Phase, Side
from nhi_center.domain.holds import Paper
from nhi_center.errors import OperatorError
from nhi_center.services import corrections, custody, entry, handover, hold_papers, holds
from nhi_center.services import slips as slip_papers
from nhi_center.services.handover_view import HandoverView
from nhi_center.services.receipts import make_receipt
from nhi_center.storage import custody as ledger
from tests.services.test_handover import CLERK, SECTION, WARD, Room, counts
from tests.services.test_verification import state_of
from tests.support.entry import bring_in, fill_register
from tests.support.holds import asked
from tests.support.office import as_person, desk, premises
from tests.support.pdf_words import words_of

__all__ = ["desk", "premises"]


@pytest.fixture
def slips(desk: Room) -> tuple[Slip, ...]:
    fill_register(desk[0])
    return bring_in(*desk, F02=(2, 5))


def questioned(room: Room, slip: Slip) -> tuple[str, str]:
    """One application of three sheets held, and the ward asked; gives its id and the hold's."""
    office, clerk = room
    id_ = entry.open_slip(office, clerk, slip.id).application.id
    entry.count_sheets(office, clerk, id_, 3)
    holds.hold(office, clerk, id_, "喪失日が読めません。")
    return id_, asked(office, as_person(office, "40127")).hold


def out(room: Room, sheets: int = 3) -> HandoverView:
    view = handover.open_handover(*room, Direction.OUT, SECTION)
    for side in Side:
        view = handover.record_count(*room, view.handover.id, side, counts(view, F02=(1, sheets)))
    return handover.countersign(*room, view.handover.id, CLERK, WARD)


def counted_in(room: Room, cases: int = 1, sheets: int = 3) -> HandoverView:
    view = handover.open_handover(*room, Direction.IN, SECTION)
    for side in Side:
        view = handover.record_count(*room, view.handover.id, side, counts(view, question=(cases, sheets)))
    return view


def place_of(room: Room, slip: Slip) -> Place:
    with room[0].store.read.begin() as connection:
        assert custody.ledger_faults(connection) == 0
        return custody.find_slip(connection, slip.id).place


def received_and_returned(room: Room) -> tuple[int, int, int]:
    with room[0].store.read.begin() as connection:
        (row,) = trial(ledger.balances(connection)).values()
    return row.received, row.on_hand, row.returned


def test_out_with_its_question_and_back_under_the_same_number(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    supervisor, ward = as_person(office, "s-toko"), as_person(office, "40127")
    id_, hold = questioned(desk, slips[0])
    assert hold_papers.lay_out(office, supervisor, hold) == 3
    assert [(row.paper, row.stage.value) for row in holds.listing(office, supervisor)] == [(Paper.LEAVING, "sent")]
    gone = out(desk)
    assert gone.questions == {"1124-001": "R8-0001"}
    assert gone.unkeyed_words == "照会票つき 1件: 1124-001 疑義照会 R8-0001。"
    told = words_of(make_receipt(office, clerk, gone.handover.id))
    assert "疑義照会票 R8-0001 とともに渡す" in told
    office.premises.pdf.stop()
    assert received_and_returned(desk) == (5, 2, 3)
    assert [row.paper for row in holds.listing(office, supervisor)] == [Paper.WARD]
    assert [row.paper for row in holds.open_questions(office, ward)] == [Paper.WARD]
    assert state_of(office, id_) is State.HELD

    view = counted_in(desk)
    (away,) = hold_papers.expected_back(*desk)
    assert (away.slip.number, away.query, away.sheets, away.answered) == ("1124-001", "R8-0001", 3, False)
    hold_papers.name_back(*desk, view.handover.id, "1124-001", 3)
    signed = handover.countersign(*desk, view.handover.id, WARD, CLERK)
    assert (signed.phase, signed.slips) == (Phase.SIGNED, ())
    assert received_and_returned(desk) == (5, 5, 0)
    assert place_of(desk, slips[0]) is Place.HOLD
    assert hold_papers.expected_back(*desk) == ()
    holds.answer_hold(office, ward, hold, "11月20日です。")
    assert (state_of(office, id_), place_of(desk, slips[0])) == (State.DRAFTING, Place.ENTRY)
    assert entry.open_slip(office, clerk, slips[0].id).application.number == "1124-001"


def test_an_answer_that_comes_before_the_paper_waits_for_it(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, _clerk = desk
    supervisor, ward = as_person(office, "s-toko"), as_person(office, "40127")
    id_, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, supervisor, hold)
    out(desk)
    holds.answer_hold(office, ward, hold, "11月20日です。")
    assert (state_of(office, id_), place_of(desk, slips[0])) == (State.HELD, Place.RETURNED)
    assert [one.answered for one in hold_papers.expected_back(*desk)] == [True]
    view = counted_in(desk)
    hold_papers.name_back(*desk, view.handover.id, "1124-001", 3)
    handover.countersign(*desk, view.handover.id, WARD, CLERK)
    assert (state_of(office, id_), place_of(desk, slips[0])) == (State.DRAFTING, Place.ENTRY)


@pytest.mark.parametrize(("back", "expected"), [(5, (7, 7, 0)), (2, (5, 4, 1))])
def test_what_the_ward_adds_is_received_and_what_it_keeps_stays_returned(
    desk: Room, slips: tuple[Slip, ...], back: int, expected: tuple[int, int, int]
) -> None:
    hold_papers.lay_out(desk[0], as_person(desk[0], "s-toko"), questioned(desk, slips[0])[1])
    out(desk)
    view = counted_in(desk, 1, back)
    hold_papers.name_back(*desk, view.handover.id, "1124-001", back)
    handover.countersign(*desk, view.handover.id, WARD, CLERK)
    assert received_and_returned(desk) == expected


def test_what_came_back_is_named_before_both_sign(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, _clerk = desk
    hold_papers.lay_out(office, as_person(office, "s-toko"), questioned(desk, slips[0])[1])
    out(desk)
    view = counted_in(desk)
    id_ = view.handover.id
    for typed, sheets, field, code in (
        ("1124-002", 3, "slip", "not-under-question"),
        ("1124-009", 3, "slip", "no-slip"),
        ("紙", 3, "slip", "no-slip"),
        ("1124-001", 0, "sheets", "not-a-count"),
    ):
        with pytest.raises(OperatorError) as caught:
            hold_papers.name_back(*desk, id_, typed, sheets)
        assert (caught.value.field, caught.value.code) == (field, code)
    for named in (0, 2):
        if named:
            hold_papers.name_back(*desk, id_, "1124-001", named)
        with pytest.raises(OperatorError) as caught:
            handover.countersign(*desk, id_, WARD, CLERK)
        assert caught.value.code == "slips-not-named"
    hold_papers.name_back(*desk, id_, "1124-001", 3)
    hold_papers.drop_back(*desk, id_, slips[0].id)
    with pytest.raises(OperatorError):
        hold_papers.drop_back(*desk, id_, slips[0].id)
    hold_papers.name_back(*desk, id_, "1124-001", 3)
    handover.countersign(*desk, id_, WARD, CLERK)
    with pytest.raises(OperatorError) as caught:
        hold_papers.name_back(*desk, id_, "1124-001", 1)
    assert caught.value.code == "not-open"
    for statement in ("DELETE FROM handover_back", "UPDATE hold_paper SET step = 'kept'"):
        with pytest.raises(DatabaseError), office.store.write.begin() as connection:
            connection.execute(text(statement))


def test_named_but_not_counted_is_refused_too(desk: Room, slips: tuple[Slip, ...]) -> None:
    hold_papers.lay_out(desk[0], as_person(desk[0], "s-toko"), questioned(desk, slips[0])[1])
    out(desk)
    view = handover.open_handover(*desk, Direction.IN, SECTION)
    hold_papers.name_back(*desk, view.handover.id, "1124-001", 3)
    for side in Side:
        handover.record_count(*desk, view.handover.id, side, counts(view, F02=(1, 3)))
    with pytest.raises(OperatorError) as caught:
        handover.countersign(*desk, view.handover.id, WARD, CLERK)
    assert caught.value.code == "slips-not-named"


def test_only_what_the_ward_was_asked_goes_and_it_can_be_kept_after_all(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    supervisor, ward = as_person(office, "s-toko"), as_person(office, "40127")
    id_, hold = questioned(desk, slips[0])
    for person in (clerk, ward):
        with pytest.raises(OperatorError) as caught:
            hold_papers.lay_out(office, person, hold)
        assert caught.value.code == "not-permitted"
    hold_papers.lay_out(office, supervisor, hold)
    with pytest.raises(OperatorError) as caught:
        hold_papers.lay_out(office, supervisor, hold)
    assert caught.value.code == "laid-out"
    hold_papers.keep(office, supervisor, hold)
    assert place_of(desk, slips[0]) is Place.HOLD
    with pytest.raises(OperatorError) as caught:
        hold_papers.keep(office, supervisor, hold)
    assert caught.value.code == "not-in-tray"
    hold_papers.lay_out(office, supervisor, hold)
    holds.answer_hold(office, ward, hold, "11月20日です。")
    assert (state_of(office, id_), place_of(desk, slips[0])) == (State.DRAFTING, Place.ENTRY)
    with pytest.raises(OperatorError) as caught:
        hold_papers.lay_out(office, supervisor, hold)
    assert caught.value.code == "hold-step"


def test_what_was_named_and_is_taken_back_meanwhile_can_be_taken_off(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, clerk = desk
    _id, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, as_person(office, "s-toko"), hold)
    out(desk)
    with pytest.raises(OperatorError) as caught:
        slip_papers.find(office, clerk, "1124-001")
    assert caught.value.code == "slip-away"
    view = counted_in(desk)
    hold_papers.name_back(*desk, view.handover.id, "1124-001", 3)
    holds.take_back(office, as_person(office, "40127"), hold, "区で処理します。")
    with pytest.raises(OperatorError) as caught:
        handover.countersign(*desk, view.handover.id, WARD, CLERK)
    assert caught.value.code == "not-under-question"
    papers, named = hold_papers.back_of(*desk, view.handover.id)
    assert [one.slip.id for one in papers] == [one.slip for one in named] == [slips[0].id]
    hold_papers.drop_back(*desk, view.handover.id, slips[0].id)
    assert hold_papers.back_of(*desk, view.handover.id) == ((), ())


def test_withdrawn_before_it_leaves_it_goes_back_without_a_question(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, _clerk = desk
    id_, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, as_person(office, "s-toko"), hold)
    corrections.withdraw(office, as_person(office, "40127"), id_, "取下げの申出")
    assert out(desk).questions == {}
    assert received_and_returned(desk) == (5, 2, 3)


@pytest.mark.parametrize("way", ["take_back", "withdraw"])
def test_what_the_ward_ends_while_it_has_the_paper_does_not_come_back(desk: Room, slips: tuple[Slip, ...], way: str) -> None:
    office, _clerk = desk
    ward = as_person(office, "40127")
    id_, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, as_person(office, "s-toko"), hold)
    out(desk)
    if way == "take_back":
        holds.take_back(office, ward, hold, "区で処理します。")
    else:
        corrections.withdraw(office, ward, id_, "取下げの申出")
    assert (state_of(office, id_), place_of(desk, slips[0])) == (State.RETURNED, Place.RETURNED)
    assert hold_papers.expected_back(*desk) == ()
    view = handover.open_handover(*desk, Direction.IN, SECTION)
    with pytest.raises(OperatorError) as caught:
        hold_papers.name_back(*desk, view.handover.id, "1124-001", 3)
    assert caught.value.code == "not-under-question"


def test_out_again_with_a_second_round_of_the_same_question(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, _clerk = desk
    supervisor = as_person(office, "s-toko")
    _id, hold = questioned(desk, slips[0])
    for _round in range(2):
        hold_papers.lay_out(office, supervisor, hold)
        assert out(desk).questions == {"1124-001": "R8-0001"}
        view = counted_in(desk)
        hold_papers.name_back(*desk, view.handover.id, "1124001", 3)
        handover.countersign(*desk, view.handover.id, WARD, CLERK)
    assert received_and_returned(desk) == (5, 5, 0)


# -- the ledger --

STEPS = ("receive", "take", "hold", "lay", "leave", "back", "more")


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 6)), max_size=40))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_received_is_on_hand_and_returned_however_often_it_goes_and_comes(steps: list[tuple[str, int]]) -> None:
    book, received = Ledger(), 0
    ways = {
        "receive": (Place.WARD, Place.TRAY, ""),
        "take": (Place.TRAY, Place.ENTRY, ""),
        "hold": (Place.ENTRY, Place.HOLD, ""),
        "lay": (Place.HOLD, Place.OUTPUT, ""),
        "leave": (Place.OUTPUT, Place.RETURNED, ""),
        "back": (Place.RETURNED, Place.HOLD, CAME_BACK),
        "more": (Place.WARD, Place.TRAY, ""),
    }
    for step, sheets in steps:
        frm, to, reason = ways[step]
        movement = Movement(kind="F02", batch="1", slip="a", frm=frm, to=to, sheets=sheets, reason=reason)
        try:
            book.post(movement, Group.APPLICATION)
        except OperatorError:
            continue
        received += sheets if frm is Place.WARD else 0
        (row,) = trial(Balance(account, held) for account, held in book.balances.items()).values()
        assert row.balanced
        assert row.received == received
        assert all(held >= 0 for account, held in book.balances.items() if account.place is not Place.WARD)


def test_nothing_comes_back_without_the_reason_or_to_another_place() -> None:
    book = Ledger({Account("F02", "1", Place.RETURNED, "a"): 3})
    for to, reason in itertools.product((Place.HOLD, Place.ENTRY, Place.CABINET), ("", domain.CORRECTION, CAME_BACK)):
        if (to, reason) != (Place.HOLD, CAME_BACK):
            with pytest.raises(ValueError, match="no way"):
                book.post(
                    Movement(kind="F02", batch="1", slip="a", frm=Place.RETURNED, to=to, sheets=1, reason=reason),
                    Group.APPLICATION,
                )
