"""Filled application forms for practice: every field of a form in its place on A4, what is written in it in another ink, 見本."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nhi_center.domain.forms.definition import COLUMNS, FieldDefinition, FieldType, FormDefinition
from nhi_center.printing.fonts import Role
from nhi_center.printing.page import Box, Sheet, Style
from nhi_center.printing.report import LINE, SOFT, STRONG_LINE

_WIDTH, _HEIGHT, _LEFT, _TOP = 210.0, 297.0, 15.0, 14.0
_ROW, _GAP, _BOTTOM = 14.0, 1.5, 280.0
_INK = "#1b3a8a"
"""What the applicant has written: blue, as from a pen."""
_LABEL = Style(size=6.5, smallest=4.5, colour=SOFT)
_NAMES = frozenset({FieldType.NAME, FieldType.KANA})


def papers_document(papers: Sequence[tuple[str, FormDefinition, Mapping[str, str]]]) -> bytes:
    """One form after the other, each on a page of its own (or two). ``papers``: 管理票 for the corner, form, what stands in each
    field. Raises MissingGlyph or TextDoesNotFit.
    """
    sheet = Sheet(_WIDTH, _HEIGHT, title="届出書(見本)")
    for number, form, written in papers:
        _paper(sheet, number, form, written)
    return sheet.finish()


def _paper(sheet: Sheet, number: str, form: FormDefinition, written: Mapping[str, str]) -> None:
    y = _head(sheet, number, form)
    for page in form.pages:
        if y + 8 + _ROW > _BOTTOM:
            sheet.end_page()
            y = _head(sheet, number, form)
        sheet.text(page.title, Box(_LEFT, y, 100, 6), Style(role=Role.STRONG, size=9, smallest=7))
        y += 7
        for row in page.rows():
            asked = [field for field in row if form.asks(field, written) or field.id in written]
            if not asked:
                continue
            if y + _ROW > _BOTTOM:
                sheet.end_page()
                y = _head(sheet, number, form)
            _row(sheet, y, asked, written)
            y += _ROW + _GAP
        y += 2
    sheet.end_page()


def _head(sheet: Sheet, number: str, form: FormDefinition) -> float:
    sheet.watermark("見本", 46)
    sheet.text(form.title, Box(_LEFT, _TOP, 120, 9), Style(role=Role.STRONG, size=15, smallest=10))
    sheet.text(f"練習用 {number}", Box(_WIDTH - _LEFT - 50, _TOP, 50, 5), Style(size=8, smallest=6, align="right", colour=SOFT))
    sheet.text(form.article, Box(_LEFT, _TOP + 9, 150, 5), Style(size=7, smallest=5, colour=SOFT))
    sheet.text("新宿区長 あて", Box(_WIDTH - _LEFT - 50, _TOP + 7, 50, 5), Style(size=9, smallest=7, align="right"))
    return _TOP + 18


def _row(sheet: Sheet, y: float, row: list[FieldDefinition], written: Mapping[str, str]) -> None:
    unit = (_WIDTH - 2 * _LEFT) / COLUMNS
    x = _LEFT
    for field in row:
        box = Box(x, y, unit * field.width - _GAP, _ROW)
        sheet.rectangle(box, stroke=STRONG_LINE, width=0.2)
        sheet.text(field.label, Box(box.x + 1, box.y + 0.6, box.width - 2, 3.4), _LABEL, field.label)
        sheet.line((box.x, box.y + 4.4), (box.right, box.y + 4.4), width=0.1, colour=LINE)
        inside = Box(box.x + 1.2, box.y + 4.8, box.width - 2.4, box.height - 5.4)
        role = Role.NAME if field.type in _NAMES else Role.LABEL
        sheet.text(written.get(field.id, ""), inside, Style(role=role, size=11, smallest=4.5, lines=2, colour=_INK), field.label)
        x += unit * field.width
