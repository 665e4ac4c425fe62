"""受渡簿: what both signed, by what means, and what became of a difference; on paper as on the screen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nhi_center.domain.handover import Direction, Side
from nhi_center.errors import OperatorError
from nhi_center.services import custody, giving_back, handover, handover_book, hold_papers
from nhi_center.services.office import Premises
from nhi_center.services.receipts import make_receipt
from nhi_center.services.session import sign_out
from nhi_center.services.slips import make_slips
from nhi_center.storage import handover as store
from tests.services.test_handover import CLERK, NINE, SECTION, WARD, Room, counts, received
from tests.services.test_hold_papers import questioned
from tests.support.entry import fill_register
from tests.support.office import advance, as_person, desk, enter, premises, signed_in
from tests.support.pdf_words import words_of

__all__ = ["desk", "premises"]


EIGHT = {**NINE, "F02": (3, 4)}


def today(room: Room) -> tuple[date, date]:
    day = room[0].clock.today()
    return day, day


def with_a_difference(room: Room) -> None:
    view = handover.open_handover(*room, Direction.IN, SECTION, "2", "3")
    for round_ in (1, 2):
        if round_ == 2:
            handover.recount(*room, view.handover.id)
        handover.record_count(*room, view.handover.id, Side.GIVER, counts(view, **NINE))
        handover.record_count(*room, view.handover.id, Side.RECEIVER, counts(view, **EIGHT))
    handover.countersign(*room, view.handover.id, WARD, CLERK)


def test_each_kind_is_a_line_with_who_gave_and_who_received(desk: Room) -> None:
    received(desk)
    lines = handover_book.book(*desk, *today(desk))
    assert [(line.title, line.cases, line.sheets) for line in lines] == [
        (lines[n].title, *NINE[kind]) for n, kind in enumerate(("F02", "F05", "F15"))
    ]
    assert {line.number for line in lines} == {"20261124-1"}
    assert {line.means for line in lines} == {"手渡し"}
    assert all(line.giver and line.receiver and line.giver != line.receiver for line in lines)
    assert {(line.difference, line.action) for line in lines} == {("", "")}


def test_a_difference_says_both_numbers_and_what_was_done(desk: Room) -> None:
    with_a_difference(desk)
    wrong = [line for line in handover_book.book(*desk, *today(desk)) if line.difference]
    assert [line.action for line in wrong] == ["事故の記録"]
    assert "渡した側" in wrong[0].difference
    assert wrong[0].means == "鍵付きケース 汚れ・破れ"


def test_one_that_was_not_done_stays_in_the_book(desk: Room) -> None:
    view = handover.open_handover(*desk, Direction.IN, SECTION)
    (line,) = handover_book.book(*desk, *today(desk))
    assert (line.title, line.action) == ("", "署名前")
    handover.cancel(*desk, view.handover.id)
    (line,) = handover_book.book(*desk, *today(desk))
    assert (line.title, line.action) == ("", "取りやめ")


def test_the_ward_reads_the_same_book_and_a_period_must_be_one(desk: Room) -> None:
    received(desk)
    office, day = desk[0], desk[0].clock.today()
    ward = as_person(office, "40127")
    assert handover_book.book(office, ward, day, day) == handover_book.book(*desk, day, day)
    assert handover_book.book(*desk, day - timedelta(9), day - timedelta(1)) == ()
    for first, last in ((day, day - timedelta(1)), (day - timedelta(400), day)):
        with pytest.raises(OperatorError) as caught:
            handover_book.book(*desk, first, last)
        assert caught.value.field == "last"


def test_what_stood_open_over_night_is_of_the_day_it_was_signed(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    room = signed_in(premises, "k-ichiro")
    view = handover.open_handover(*room, Direction.IN, SECTION)
    for side in Side:
        handover.record_count(*room, view.handover.id, side, counts(view, **NINE))
    opened, _ = today(room)
    sign_out(*room)
    advance(premises, hours=25)
    enter(premises, "k-ichiro")
    room = signed_in(premises, "k-ichiro")
    handover.countersign(*room, view.handover.id, WARD, CLERK)
    signed, _ = today(room)
    assert handover_book.book(*room, opened, opened) == ()
    lines = handover_book.book(*room, signed, signed)
    assert {(line.number, line.handover.settled_on) for line in lines} == {("20261124-1", "2026-11-25")}
    assert "11月25日" in words_of(handover_book.make_book(*room, signed, signed)).replace("令和8年", "")
    assert [one.handover.id for one in handover.of_today(*room)] == [view.handover.id], "its receipt can still be made"
    advance(premises, hours=24)
    assert "11月25日" in words_of(make_slips(*room, view.handover.id)), "received, not printed"
    sign_out(*room)


def test_on_paper(desk: Room) -> None:
    office, day = desk[0], desk[0].clock.today()
    with pytest.raises(OperatorError) as caught:
        handover_book.make_book(*desk, day, day)
    assert caught.value.field == "first"
    received(desk)
    with_a_difference(desk)
    made = handover_book.make_book(*desk, day, day + timedelta(1))
    assert made.name == "handovers-20261124-20261125.pdf"
    words = words_of(made)
    for wanted in ("受渡簿", "2便", "1便", "20261124-2", "渡した側", "事故", "取扱責任者"):
        assert wanted in words, wanted
    office.premises.pdf.stop()


@pytest.mark.parametrize(("medium", "condition", "field"), [("9", "1", "medium"), ("1", "", "condition")])
def test_means_and_condition_are_on_their_lists(desk: Room, medium: str, condition: str, field: str) -> None:
    with pytest.raises(OperatorError) as caught:
        handover.open_handover(*desk, Direction.IN, SECTION, medium, condition)
    assert caught.value.field == field


def test_both_sign_means_and_condition(desk: Room) -> None:
    with_a_difference(desk)
    (view,) = handover.of_today(*desk)
    with desk[0].store.read.begin() as connection:
        contents = store.signed_contents(connection, view.handover.id)
    assert (contents["medium"], contents["condition"]) == ("鍵付きケース", "汚れ・破れ")


def test_why_papers_went_back_stands_in_the_book_by_their_numbers(desk: Room) -> None:
    office, clerk = desk
    fill_register(office)
    view = handover.open_handover(*desk, Direction.IN, SECTION)
    for side in Side:
        view = handover.record_count(
            *desk, view.handover.id, side, counts(view, F02=(30, 33), original=(0, 2), collected=(0, 1), cash=(0, 1))
        )
    handover.countersign(*desk, view.handover.id, WARD, CLERK)
    slips = custody.unsorted_slips(office, clerk)
    hold_papers.lay_out(office, as_person(office, "s-toko"), questioned(desk, slips[0])[1])
    for slip in slips[1:29]:
        giving_back.give_back(
            office, clerk, slip.id, 1, "9", "様式が旧年度のもの、区の窓口で書き直しを案内済みのため、受け付けずに戻す"
        )
    giving_back.give_back_original(office, clerk, slips[29].id, 1)
    out = handover.open_handover(*desk, Direction.OUT, SECTION)
    for side in Side:
        out = handover.record_count(
            *desk, out.handover.id, side, counts(out, F02=(29, 31), original=(0, 1), collected=(0, 1), cash=(0, 1))
        )
    handover.countersign(*desk, out.handover.id, CLERK, WARD)
    back = handover.open_handover(*desk, Direction.IN, SECTION)
    for side in Side:
        back = handover.record_count(*desk, back.handover.id, side, counts(back, question=(1, 3)))
    hold_papers.name_back(*desk, back.handover.id, "1124-001", 3)
    handover.countersign(*desk, back.handover.id, WARD, CLERK)
    lines = {(line.handover.number, line.title): line.reasons for line in handover_book.book(*desk, *today(desk))}
    form = custody.document_kinds()["F02"].title
    assert len(lines[2, form]) == 29
    assert lines[2, form][-1] == "1124-001 疑義 R8-0001"
    assert lines[2, "原本(証明書など)"] == ("管理票 1124-030",)
    assert lines[3, "疑義照会で戻った書類"] == ("管理票 1124-001",)
    made = handover_book.make_book(*desk, *today(desk))
    words = words_of(made)
    for told in ("返した理由・疑義・原本", "1124-029", "1124-001 疑義 R8-0001", "現金・金券", "回収した証"):
        assert told in words
    receipt = words_of(make_receipt(office, clerk, out.handover.id))
    assert all(f"1124-{number:03d}" in receipt for number in range(1, 31)), (
        "a long list does not keep the receipt from being made"
    )
    office.premises.pdf.stop()
