"""疑義: a paper that left with a standing difference, a sheet short or one too many, comes back under its own 管理票."""

from __future__ import annotations

import pytest

from nhi_center.domain import custody as domain
from nhi_center.domain.custody import Place, Slip
from nhi_center.domain.entry import State
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.holds import Paper
from nhi_center.domain.operators import Action
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry, handover, hold_papers, holds
from nhi_center.services import slips as slip_papers
from nhi_center.services.handover_view import HandoverView
from nhi_center.services.work import begin
from nhi_center.storage import custody as ledger
from tests.services.test_handover import CLERK, SECTION, WARD, Room, counts
from tests.services.test_hold_papers import counted_in, out, questioned, received_and_returned, slips
from tests.services.test_verification import state_of
from tests.support.holds import sent
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises", "slips"]


def out_differing(room: Room, sheets: int) -> HandoverView:
    """Both find another number than the book's, count again, find it again, and sign."""
    view = handover.open_handover(*room, Direction.OUT, SECTION)
    for round_ in range(2):
        if round_:
            handover.recount(*room, view.handover.id)
        for side in Side:
            view = handover.record_count(*room, view.handover.id, side, counts(view, F02=(1, sheets)))
    signed = handover.countersign(*room, view.handover.id, CLERK, WARD)
    assert signed.incident
    return signed


def back_with(room: Room, sheets: int) -> None:
    view = counted_in(room, 1, sheets)
    hold_papers.name_back(*room, view.handover.id, "1124-001", sheets)
    handover.countersign(*room, view.handover.id, WARD, CLERK)


def parts(room: Room, slip: Slip) -> dict[Place, int]:
    """Where in the room the sheets of one application are."""
    with room[0].store.read.begin() as connection:
        assert custody.ledger_faults(connection) == 0
        return {one.account.place: one.sheets for one in ledger.parts_of(connection, slip)}


@pytest.mark.parametrize(
    ("gone", "back", "between", "after"),
    [
        (2, 3, (5, 3, 2), (5, 5, 0)),  # the sheet nobody found was with the rest
        (2, 2, (5, 3, 2), (5, 5, 0)),  # as short as it went: the sheet still stands in the book
        (1, 2, (5, 4, 1), (5, 5, 0)),
        (2, 1, (5, 3, 2), (5, 4, 1)),  # the ward keeps one of two
        (2, 5, (5, 3, 2), (7, 7, 0)),  # the ward adds two
        (4, 3, (5, 2, 3), (5, 5, 0)),  # the ward counted one the book does not know
        (4, 4, (5, 2, 3), (6, 6, 0)),
    ],
)
def test_what_left_with_a_standing_difference_comes_back_under_its_number(
    desk: Room, slips: tuple[Slip, ...], gone: int, back: int, between: tuple[int, int, int], after: tuple[int, int, int]
) -> None:
    office, clerk = desk
    supervisor, ward = as_person(office, "s-toko"), as_person(office, "40127")
    id_, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, supervisor, hold)
    out_differing(desk, gone)
    assert received_and_returned(desk) == between
    assert [row.paper for row in holds.listing(office, supervisor)] == [Paper.WARD]
    assert [(one.slip.number, one.sheets) for one in hold_papers.expected_back(*desk)] == [("1124-001", between[2])]
    for refused in (
        lambda: slip_papers.find(office, clerk, "1124-001"),
        lambda: hold_papers.keep(office, supervisor, hold),
        lambda: hold_papers.lay_out(office, supervisor, hold),
    ):
        with pytest.raises(OperatorError):
            refused()
    back_with(desk, back)
    assert received_and_returned(desk) == after
    assert set(parts(desk, slips[0])) == {Place.HOLD}
    assert hold_papers.expected_back(*desk) == ()
    holds.answer_hold(office, ward, hold, "11月20日です。")
    assert (state_of(office, id_), set(parts(desk, slips[0]))) == (State.DRAFTING, {Place.ENTRY})


def test_the_answer_before_a_paper_that_left_short(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, _clerk = desk
    id_, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, as_person(office, "s-toko"), hold)
    out_differing(desk, 2)
    holds.answer_hold(office, as_person(office, "40127"), hold, "11月20日です。")
    assert state_of(office, id_) is State.HELD, "the answer waits for the paper"
    back_with(desk, 3)
    assert (state_of(office, id_), parts(desk, slips[0])) == (State.DRAFTING, {Place.ENTRY: 3})


def test_two_rounds_short_each_time(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, _clerk = desk
    supervisor = as_person(office, "s-toko")
    _id, hold = questioned(desk, slips[0])
    for _round in range(2):
        hold_papers.lay_out(office, supervisor, hold)
        assert [row.paper for row in holds.listing(office, supervisor)] == [Paper.LEAVING], "what went before does not count"
        assert parts(desk, slips[0]) == {Place.OUTPUT: 3}
        assert hold_papers.expected_back(*desk) == ()
        out_differing(desk, 2)
        assert parts(desk, slips[0]) == {Place.OUTPUT: 1}
        back_with(desk, 2)
        assert parts(desk, slips[0]) == {Place.HOLD: 3}
    assert received_and_returned(desk) == (5, 5, 0)


def test_the_sheet_that_stayed_follows_with_the_next_delivery(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, _clerk = desk
    _id, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, as_person(office, "s-toko"), hold)
    out_differing(desk, 2)
    assert out(desk, 1).questions == {"1124-001": "R8-0001"}
    assert received_and_returned(desk) == (5, 2, 3)
    assert [one.sheets for one in hold_papers.expected_back(*desk)] == [3]
    back_with(desk, 3)
    assert parts(desk, slips[0]) == {Place.HOLD: 3}


def test_a_sheet_that_lies_in_another_open_delivery_stays_there(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, _clerk = desk
    supervisor = as_person(office, "s-toko")
    _id, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, supervisor, hold)
    out_differing(desk, 2)
    following = handover.open_handover(*desk, Direction.OUT, SECTION)
    back_with(desk, 2)
    assert parts(desk, slips[0]) == {Place.HOLD: 2, Place.OUTPUT: 1}
    handover.cancel(*desk, following.handover.id)
    hold_papers.lay_out(office, supervisor, hold)
    assert parts(desk, slips[0]) == {Place.OUTPUT: 3}


def test_a_sheet_locked_up_for_the_night_joins_the_rest_when_the_case_goes_on(desk: Room, slips: tuple[Slip, ...]) -> None:
    """The paper comes back in the morning before the cabinet is opened, short as it went."""
    office, clerk = desk
    id_, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, as_person(office, "s-toko"), hold)
    out_differing(desk, 2)
    same = {"kind": "F02", "batch": slips[0].batch, "slip": slips[0].id}
    with begin(office, clerk, Action.HANDOVER) as unit:
        custody.move(unit, **same, sheets=1, frm=Place.OUTPUT, to=Place.CABINET, reason=domain.NIGHT, to_cabinet="3")
    back_with(desk, 2)
    assert parts(desk, slips[0]) == {Place.CABINET: 1, Place.HOLD: 2}
    with begin(office, clerk, Action.HANDOVER) as unit:
        custody.move(unit, **same, sheets=1, frm=Place.CABINET, to=Place.OUTPUT, reason=domain.MORNING, frm_cabinet="3")
    holds.answer_hold(office, as_person(office, "40127"), hold, "11月20日です。")
    assert (state_of(office, id_), parts(desk, slips[0])) == (State.DRAFTING, {Place.ENTRY: 3})
    assert received_and_returned(desk) == (5, 5, 0)


def test_a_question_of_one_sheet_has_left_though_another_paper_was_short(desk: Room, slips: tuple[Slip, ...]) -> None:
    """F02: 4 枚 of one application, 1 of the other. Both found two cases and four sheets: both went."""
    office, clerk = desk
    first, second = (entry.open_slip(office, clerk, slip.id).application.id for slip in slips)
    for id_, sheets in ((first, 4), (second, 1)):
        entry.count_sheets(office, clerk, id_, sheets)
        holds.hold(office, clerk, id_, "喪失日が読めません。")
    asked_all = [row.hold.id for row in holds.listing(office, as_person(office, "s-toko"))]
    sent(office)
    for hold in asked_all:
        hold_papers.lay_out(office, as_person(office, "s-toko"), hold)
    view = handover.open_handover(*desk, Direction.OUT, SECTION)
    for round_ in range(2):
        if round_:
            handover.recount(*desk, view.handover.id)
        for side in Side:
            view = handover.record_count(*desk, view.handover.id, side, counts(view, F02=(2, 4)))
    handover.countersign(*desk, view.handover.id, CLERK, WARD)
    assert {one.slip.number: one.sheets for one in hold_papers.expected_back(*desk)} == {"1124-001": 3, "1124-002": 1}
