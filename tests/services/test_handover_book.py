"""受渡簿: what both signed, by what means, and what became of a difference; on paper as on the screen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nhi_center.domain.handover import Direction, Side
from nhi_center.errors import OperatorError
from nhi_center.services import handover, handover_book
from nhi_center.storage import handover as store
from tests.services.test_handover import CLERK, NINE, SECTION, WARD, Room, counts, received
from tests.support.office import as_person, desk, premises
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
