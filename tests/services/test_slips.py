"""管理票 on paper, read back by a scanner's eyes; found by what is typed or scanned, and said when it is not here."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp

from nhi_center.domain.handover import Direction, Side
from nhi_center.errors import OperatorError
from nhi_center.services import giving_back, handover, slips
from nhi_center.services.entry_list import waiting
from tests.services.test_handover import CLERK, SECTION, WARD, Room, counts, received
from tests.support.office import desk, premises
from tests.support.pdf_words import words_of

__all__ = ["desk", "premises"]


def test_every_application_has_a_label_that_a_scanner_reads(desk: Room) -> None:
    view = received(desk)
    made = slips.make_slips(*desk, view.handover.id)
    assert made.name == "slips-20261124-1.pdf"
    words = words_of(made)
    rows = waiting(*desk)
    assert all(row.slip.number in words for row in rows)
    page = pypdfium2.PdfDocument(made)[0].render(scale=3).to_pil()
    read = {code.text for code in zxingcpp.read_barcodes(page)}
    assert len(read) == 2 * len(rows)
    assert {slips.find(*desk, text).number for text in read} == {row.slip.number for row in rows}
    desk[0].premises.pdf.stop()


def test_what_brought_no_application_has_none(desk: Room) -> None:
    view = handover.open_handover(*desk, Direction.IN, SECTION)
    with pytest.raises(OperatorError) as caught:
        slips.make_slips(*desk, view.handover.id)
    assert caught.value.code == "empty"


def test_unknown_and_returned_are_said(desk: Room) -> None:
    office, clerk = desk
    received(desk)
    slip = waiting(*desk)[0].slip
    assert slips.find(*desk, slip.number) == slip
    with pytest.raises(OperatorError) as caught:
        slips.find(*desk, "1124-999")
    assert (caught.value.field, caught.value.code) == ("slip", "no-slip")
    giving_back.give_back(office, clerk, slip.id, 2, "2")
    out = handover.open_handover(office, clerk, Direction.OUT, SECTION)
    for side in Side:
        out = handover.record_count(office, clerk, out.handover.id, side, counts(out, F02=(1, 2)))
    handover.countersign(office, clerk, out.handover.id, CLERK, WARD)
    with pytest.raises(OperatorError) as caught:
        slips.find(*desk, slip.number)
    assert caught.value.code == "slip-returned"
