"""Lists and forms that the room hands to the ward: title, pairs, tables that flow over pages, boxes to sign by hand."""

from __future__ import annotations

from collections.abc import Sequence

from nhi_center.printing.fonts import Role
from nhi_center.printing.page import Box, Style
from nhi_center.printing.report import LINE, RIGHT, SOFT, STRONG_LINE, Column, Report
from nhi_center.printing.sheets import ListColumn, ListSheet

BOXES = 30.0
"""mm that the boxes to sign take."""
NOTE_LINES = 12
"""Of one note: the 400 characters that may be written of an incident, with day and time."""


def list_document(sheet: ListSheet) -> bytes:
    """The finished PDF. Raises MissingGlyph or TextDoesNotFit."""
    report = Report(sheet.title, footer=sheet.footer, sample=sheet.sample)
    report.heading(sheet.title, sheet.subtitle)
    report.pairs(sheet.pairs)
    report.pairs(sheet.names, role=Role.NAME)
    report.y += 4
    for part in sheet.parts:
        if part.title:
            report.section(part.title)
        if part.columns:
            report.table([_column(column) for column in part.columns], part.rows)
        for note in part.notes:
            report.paragraph(note, lines=NOTE_LINES)
    if sheet.boxes:
        sign_boxes(report, sheet.boxes)
    return report.finish()


def sign_boxes(report: Report, labels: Sequence[str]) -> None:
    """Boxes to sign by hand, at the right edge of the page."""
    report.need(BOXES)
    for number, label in enumerate(labels):
        box = Box(RIGHT - 39 * len(labels) + 2 + 39 * number, report.y + 2, 37, 24)
        report.sheet.rectangle(box, stroke=STRONG_LINE, width=0.25)
        report.sheet.text(label, Box(box.x + 1, box.y + 0.6, 35, 5), Style(size=8.5, smallest=6, colour=SOFT, align="center"))
        report.sheet.line((box.x, box.y + 6), (box.right, box.y + 6), width=0.15, colour=LINE)
    report.y += BOXES


def _column(column: ListColumn) -> Column:
    return Column(column.heading, column.width, "right" if column.right else "left", Role.NAME if column.name else Role.LABEL)
