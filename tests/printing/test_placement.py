"""What a printer is out by is put right on the page, to a tenth of a millimetre."""

from __future__ import annotations

from datetime import date

import pypdfium2
import pytest

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.printing.certificates import make_certificates
from nhi_center.printing.documents import render
from nhi_center.printing.invented import invented
from nhi_center.printing.sheets import AS_LAID_OUT, Placement, RulerSheet

MM = 72 / 25.4


def words_at(data: bytes, word: str) -> tuple[float, float, float]:
    """Left, top (mm from the top left corner) and width of a word on the first page."""
    page = pypdfium2.PdfDocument(data)[0]
    text = page.get_textpage()
    found = text.search(word).get_next()
    assert found is not None
    boxes = [text.get_charbox(found[0] + at, loose=True) for at in range(found[1])]
    left, right, top = boxes[0][0], boxes[-1][2], boxes[0][3]
    return left / MM, (page.get_height() - top) / MM, (right - left) / MM


@pytest.mark.parametrize("placement", [(1.2, -0.5, 1.0), (-2.0, 3.0, 1.0), (0.0, 0.0, 1.005), (0.3, 0.4, 0.995)])
def test_certificates_are_moved_and_scaled_from_the_top_left_corner(placement: Placement) -> None:
    sheets = (invented(Kind.ELIGIBILITY, date(2026, 11, 24)),)
    left, top, width = words_at(make_certificates(sheets), "0000000")
    right, down, scale = placement
    moved = words_at(make_certificates(sheets, placement=placement), "0000000")
    assert moved == pytest.approx((left * scale + right, top * scale + down, width * scale), abs=0.02)


def test_every_page_of_a_batch_is_moved_the_same() -> None:
    sheets = tuple(invented(kind, date(2026, 11, 24)) for kind in (Kind.ELIGIBILITY, Kind.LIMIT, Kind.ELIGIBILITY))
    plain, moved = (pypdfium2.PdfDocument(make_certificates(sheets, placement=at)) for at in (AS_LAID_OUT, (2.0, 1.0, 1.0)))
    assert len(plain) == len(moved) == 6
    for before, after in zip(plain, moved, strict=True):
        assert before.get_size() == after.get_size()
        one, other = (page.get_textpage().get_charbox(0, loose=True) for page in (before, after))
        assert other[0] - one[0] == pytest.approx(2.0 * MM, abs=0.05)
        assert one[1] - other[1] == pytest.approx(1.0 * MM, abs=0.05)


@pytest.mark.parametrize(("width", "height"), [(86.0, 54.0), (91.0, 127.0), (210.0, 297.0)])
def test_the_test_sheet_has_rulers_on_paper_of_every_size(width: float, height: float) -> None:
    data = render(RulerSheet("証 1号機", "右へ +0.0 mm", width, height, (0.5, 0.5, 1.0)))
    page = pypdfium2.PdfDocument(data)[0]
    assert [round(side / MM) for side in page.get_size()] == [width, height]
    text = page.get_textpage().get_text_range()
    assert "証 1号機" in text
    assert "見本" in text
    assert {"10", "20", "30"} <= set(text.split())
