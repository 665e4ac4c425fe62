"""疑義照会票: what the company asks the ward, each question with its number and room for the ward's answer by hand.

It is the room's own slip: no sheet of it came in by a 受渡し, so the ledger of sheets does not count it.
"""

from __future__ import annotations

from nhi_center.printing.lists import sign_boxes
from nhi_center.printing.page import Box, Style
from nhi_center.printing.report import LEFT, LINE, RIGHT, SOFT, STRONG_LINE, Report
from nhi_center.printing.sheets import InquiryQuestion, InquirySheet

ANSWER_MM = 40.0
MOST_LINES = 14


def inquiry_document(sheet: InquirySheet) -> bytes:
    """The finished PDF. Raises MissingGlyph or TextDoesNotFit."""
    report = Report("疑義照会票", footer=sheet.footer, sample=sheet.sample)
    report.heading("疑義照会票", sheet.day)
    report.pairs([("あて先", sheet.addressee), ("受託者", sheet.company), ("端末", sheet.terminal)])
    report.pairs([("照会の件数", f"{len(sheet.questions)}件")])
    report.y += 4
    for question in sheet.questions:
        _question(report, question)
    sign_boxes(report, ("受託者 取扱責任者", "区 回答者"))
    return report.finish()


def _question(report: Report, question: InquiryQuestion) -> None:
    report.section(f"照会 {question.query}" if question.query else "照会", follows=34 + ANSWER_MM)
    report.pairs([("管理票", question.slip), ("届出・申請", question.form)])
    if question.urgent:
        report.pairs([("急ぎ", question.urgent)])
    report.y += 1.5
    report.paragraph(question.question, lines=MOST_LINES, size=10.5)
    report.need(ANSWER_MM + 4)
    box = Box(LEFT, report.y, RIGHT - LEFT, ANSWER_MM)
    report.sheet.rectangle(box, stroke=STRONG_LINE, width=0.25)
    small = Style(size=8.5, smallest=6, colour=SOFT)
    report.sheet.text("区の回答", Box(box.x + 2, box.y + 1, 40, 5), small)
    report.sheet.line((box.x, box.bottom - 8), (box.right, box.bottom - 8), width=0.15, colour=LINE)
    report.sheet.text("回答した日", Box(box.x + 2, box.bottom - 7, 40, 5), small)
    report.sheet.text("回答した人", Box(box.x + 84, box.bottom - 7, 40, 5), small)
    report.y += ANSWER_MM + 6
