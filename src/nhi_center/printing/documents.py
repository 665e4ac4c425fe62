"""Reports as PDFs: 受領証 and 月次処理状況報告書. Frozen values made of strings and numbers in, bytes out."""

from __future__ import annotations

import secrets
from io import BytesIO

import pikepdf

from nhi_center.domain.certificate_blocks import Block
from nhi_center.errors import OperatorError
from nhi_center.printing.certificates import Progress, make_certificates, silent
from nhi_center.printing.cover import cover_document
from nhi_center.printing.fonts import MissingGlyph, Role, describe
from nhi_center.printing.inquiry import inquiry_document
from nhi_center.printing.lists import BOXES, list_document, sign_boxes
from nhi_center.printing.manual import manual_document
from nhi_center.printing.page import Box, Style, TextDoesNotFit
from nhi_center.printing.report import INK, LEFT, LINE, RIGHT, SOFT, STRONG_LINE, Column, Report, section_height
from nhi_center.printing.ruler import ruler_document
from nhi_center.printing.sheets import (
    AS_LAID_OUT,
    Content,
    CoverBatch,
    InquirySheet,
    ListSheet,
    ManualSheet,
    Placement,
    ReceiptSheet,
    RulerSheet,
    Seals,
    Signature,
    SlipBatch,
    SummarySheet,
    SummaryTable,
)
from nhi_center.printing.slips import slips_document

SHORTEST_PASSWORD = 12
_NOTE = 9.8
"""mm of a note of two lines."""


def render(content: Content, progress: Progress = silent, seals: Seals = (), placement: Placement = AS_LAID_OUT) -> bytes:
    """The finished PDF. Raises OperatorError when a character or a length cannot be printed."""
    if isinstance(content, tuple):
        return make_certificates(content, progress, seals, placement)
    try:
        if isinstance(content, ListSheet):
            return list_document(content)
        if isinstance(content, CoverBatch):
            return cover_document(content, placement)
        if isinstance(content, SlipBatch):
            return slips_document(content, placement)
        if isinstance(content, RulerSheet):
            return ruler_document(content)
        if isinstance(content, InquirySheet):
            return inquiry_document(content)
        if isinstance(content, ManualSheet):
            return manual_document(content)
        return _receipt(content) if isinstance(content, ReceiptSheet) else _summary(content)
    except MissingGlyph as lacking:
        named = "、".join(describe(character) for character in lacking.characters)
        raise OperatorError(f"印刷できない文字があります: {named}。区職員に確認してください。", code=Block.GLYPH) from lacking
    except TextDoesNotFit as long:
        raise OperatorError(
            f"「{long.place}」の文字が多く、帳票の枠に入りません。短くしてください。", field=long.place, code=Block.TOO_LONG
        ) from long


def _receipt(sheet: ReceiptSheet) -> bytes:
    report = Report("受領証", footer=f"新宿区 国民健康保険事務センター  受渡番号 {sheet.number}", sample=sheet.sample)
    for number, side in enumerate(("区 保管用", "受託者 保管用")):
        if number:
            report.new_page()
        _receipt_page(report, sheet, side)
    return report.finish()


def _receipt_page(report: Report, sheet: ReceiptSheet, side: str) -> None:
    report.y = 20.0
    report.heading("受領証", side)
    top = report.y
    number = f"{sheet.number} {sheet.terminal}".strip()
    report.pairs([("受渡番号", number), ("受渡し", sheet.direction), ("日時", sheet.handed_at), ("場所", sheet.place)])
    report.sheet.qr(sheet.code, (RIGHT - 25, top), 25)
    report.y = max(report.y, top + 26) + 3
    report.section("渡した書類")
    report.table(
        [Column("書類", 80), Column("件", 20, "right"), Column("枚", 28, "right"), Column("備考", 42)],
        [(line.kind, f"{line.cases:,}", _amount(line.sheets, line.unit), line.note) for line in sheet.lines],
        ("合計", f"{sum(line.cases for line in sheet.lines):,}", _total(sheet), ""),
    )
    report.section("枚数確認(署名)", follows=34)
    agreed = "一致したことを確かめて署名しました。" if sheet.agreed else "違いが残ったまま、その数に署名しました。"
    report.paragraph(f"双方が別々に枚数を数え、{agreed}", lines=1, colour=SOFT)
    for signature in sheet.signatures:
        _signature(report, signature)
    if sheet.remarks:
        report.section("備考", follows=12)
        report.paragraph(sheet.remarks)
    if sheet.papers:
        report.section("返す理由・疑義・原本", follows=16)
        report.table([Column("管理票", 30), Column("理由", 140)], sheet.papers)
    report.section("確かめ方", follows=14)
    report.paragraph("この受領証の内容と署名は、区の検証プログラムで、受託者の手を借りずに確かめられます。", colour=SOFT)
    report.paragraph("内容の指紋(SHA-256)は次のとおりです。", colour=SOFT)
    report.paragraph(" ".join(sheet.statement[at : at + 8] for at in range(0, len(sheet.statement), 8)), lines=2, size=9)


def _amount(number: int, unit: str) -> str:
    return f"{number:,}" if unit == "枚" else f"{number:,}{unit}"


def _total(sheet: ReceiptSheet) -> str:
    """枚 alone, and beside them what is counted in another unit."""
    units = dict.fromkeys(line.unit for line in sheet.lines)
    sums = {unit: sum(line.sheets for line in sheet.lines if line.unit == unit) for unit in units}
    if len(sums) < 2:
        return "".join(_amount(number, unit) for unit, number in sums.items())
    return " ".join(f"{number:,}{unit}" for unit, number in sums.items())


def _signature(report: Report, signature: Signature) -> None:
    report.need(30)
    y, sheet = report.y, report.sheet
    sheet.rectangle(Box(LEFT, y, RIGHT - LEFT, 26), stroke=STRONG_LINE, width=0.25, radius=1.2)
    sheet.text(signature.side, Box(LEFT + 4, y + 2, 30, 5), Style(size=9, smallest=7, colour=SOFT), "署名")
    sheet.text(signature.organisation, Box(LEFT + 36, y + 2, 90, 5), Style(size=9, smallest=7, colour=SOFT), "署名")
    sheet.text(signature.name, Box(LEFT + 4, y + 7.4, 76, 8.6), Style(Role.NAME, 17, 9, lines=2), "氏名")
    sheet.text(signature.counted, Box(LEFT + 82, y + 7.4, 42, 9.2), Style(Role.STRONG, 13, 7, lines=2), "枚数")
    sheet.text(signature.signed_at, Box(LEFT + 122, y + 8, 44, 8), Style(size=9.5, smallest=7, align="right"), "署名日時")
    sheet.line((LEFT + 4, y + 17.6), (RIGHT - 4, y + 17.6), width=0.15, colour=LINE)
    sheet.text("署名の指紋", Box(LEFT + 4, y + 19, 22, 5), Style(size=8.5, colour=SOFT))
    sheet.text(signature.fingerprint, Box(LEFT + 28, y + 19, 138, 5), Style(size=9, smallest=6, colour=INK), "署名の指紋")
    report.y += 30


def _summary(sheet: SummarySheet) -> bytes:
    report = Report(sheet.title, footer=f"新宿区 国民健康保険事務センター  報告番号 {sheet.number}", sample=sheet.sample)
    report.heading(sheet.title, sheet.period)
    report.pairs([("報告番号", sheet.number), ("受託者", sheet.company)])
    report.pairs([("取扱責任者", sheet.made_by), ("区職員", sheet.agreed_by)], role=Role.NAME)
    report.pairs([("作成日時", sheet.made_at)])
    report.y += 4
    if sheet.figures:
        report.figures(sheet.figures)
    for table in sheet.tables[:-1]:
        _table(report, table)
    for title, text in sheet.texts:
        report.section(title)
        for line in text.splitlines() or ["記入はありません。"]:
            report.paragraph(line, lines=12)
    for chart in sheet.charts:
        report.section(chart.title, follows=6.6 * len(chart.bars) + 6)
        report.bars(chart.bars, chart.unit)
    _closing(report, sheet)
    return report.finish()


def _closing(report: Report, sheet: SummarySheet) -> None:
    """The last table, the notes and the boxes on one page: nobody signs a page on which nothing else stands."""
    notes = 16.0 + _NOTE * len(sheet.notes) if sheet.notes else 0.0
    for table in sheet.tables[-1:]:
        report.keep_together(section_height(_columns(table), table.rows, table.total) + notes + BOXES)
        _table(report, table)
    report.keep_together(notes + BOXES)
    if sheet.notes:
        report.section("特記事項")
        for note in sheet.notes:
            report.paragraph(f"・{note}", lines=2)
    sign_boxes(report, ("受託者 取扱責任者", "区 収受"))


def _table(report: Report, table: SummaryTable) -> None:
    report.section(table.title)
    report.table(_columns(table), table.rows, table.total)


def _columns(table: SummaryTable) -> list[Column]:
    others = len(table.headings) - 1
    first = 170.0 if not others else max(50.0, 170.0 - 24.0 * others)
    return [
        Column(heading, first if not number else (170.0 - first) / others, "right" if number else "left")
        for number, heading in enumerate(table.headings)
    ]


def protect(pdf: bytes, password: str) -> bytes:
    """The same document under AES-256 (ISO 32000-2, revision 6), opened by ``password`` alone.

    The owner password is random and thrown away: with an empty one any reader would open the file. Raises OperatorError
    for a password that is too short.
    """
    if len(password.strip()) < SHORTEST_PASSWORD:
        raise OperatorError(f"書き出しのパスワードは{SHORTEST_PASSWORD}文字以上にしてください。", field="password")
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(target, encryption=pikepdf.Encryption(user=password, owner=secrets.token_urlsafe(32), R=6))
    return target.getvalue()
