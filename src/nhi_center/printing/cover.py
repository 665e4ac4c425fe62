"""台紙: one A4 sheet for each household, its address where the window of the envelope is, and what lies in it.

Folded in three it fits 長形3号; the address stands in the upper third, 20 mm from the left (JIS S 5502 leaves the window to the
maker, so the ward's envelope decides; the printer's adjustment moves the page).
"""

from __future__ import annotations

from nhi_center.domain.covers import LINES
from nhi_center.domain.identifiers import format_postal
from nhi_center.printing.fonts import Role
from nhi_center.printing.page import Box, Sheet, Style
from nhi_center.printing.sheets import CoverBatch, CoverLine, CoverSheet, Placement

WIDTH, HEIGHT = 210.0, 297.0
_LEFT, _RIGHT = 22.0, 188.0
_LINE, _SOFT = "#767676", "#4d4d4d"
_SMALL = Style(size=9.0, smallest=7.0, colour=_SOFT)
_CELL = Style(size=10.5, smallest=7.0)
_COLUMNS = (("用紙番号", 30.0), ("証の種類", 46.0), ("氏名", 58.0), ("有効期限", 32.0))


def cover_document(batch: CoverBatch, placement: Placement) -> bytes:
    """A page for each household, in order. Raises MissingGlyph or TextDoesNotFit."""
    sheet = Sheet(WIDTH, HEIGHT, title="台紙", placement=placement)
    for cover in batch.covers:
        for first in range(0, len(cover.lines), LINES):
            _page(sheet, batch, cover, cover.lines[first : first + LINES], first)
    return sheet.finish()


def _page(sheet: Sheet, batch: CoverBatch, cover: CoverSheet, lines: tuple[CoverLine, ...], first: int) -> None:
    sheet.begin_page(WIDTH, HEIGHT)
    if batch.sample:
        sheet.watermark("見本", 62.0, colour="#fce6e4")
    if cover.postal:
        sheet.text(f"〒{format_postal(cover.postal)}", Box(_LEFT, 20, 60, 6), Style(size=11), "郵便番号")
    sheet.text(cover.address, Box(_LEFT, 27, 88, 11), Style(Role.NAME, 11, 8, lines=2), "住所")
    sheet.text(f"{cover.head_name}\u3000様", Box(_LEFT, 40, 88, 9), Style(Role.NAME, 15, 9, lines=2), "世帯主")
    right = Style(size=10, smallest=7, align="right")
    sheet.text(batch.day, Box(118, 20, 70, 5), right, "日付")
    for number, words in enumerate(batch.sender):
        sheet.text(words, Box(112, 52 + 6 * number, 76, 5), right, "差出人")
    y = 104.0
    sheet.text("国民健康保険の証をお届けします", Box(_LEFT, y, 166, 9), Style(Role.STRONG, 15, 11, align="center"), "題")
    y += 14
    total = len(cover.lines)
    part = "" if total == len(lines) else f"(このページは{first + 1}枚目から{first + len(lines)}枚目)"
    sheet.text(f"同封した証 {total}枚{part}", Box(_LEFT, y, 166, 6), Style(Role.STRONG, 11, 8), "枚数")
    y = _table(sheet, y + 8, lines)
    for words in _CLOSING:
        sheet.text(words, Box(_LEFT, y + 6, 166, 6), Style(size=10.5, smallest=8), "案内")
        y += 7
    sheet.text(cover.mark, Box(_LEFT, 283, 166, 5), _SMALL, "整理番号")
    sheet.end_page()


_CLOSING = (
    "枚数と、それぞれの氏名・有効期限をお確かめください。",
    "違うところがあるときは、その証を使わずに、右上の差出人へご連絡ください。",
)


def _table(sheet: Sheet, y: float, lines: tuple[CoverLine, ...]) -> float:
    """Gives the lower edge."""
    x = _LEFT
    for heading, width in _COLUMNS:
        sheet.text(heading, Box(x + 1, y, width - 2, 5), _SMALL, heading)
        x += width
    y += 6
    sheet.line((_LEFT, y), (_RIGHT, y), width=0.3, colour=_LINE)
    for line in lines:
        x = _LEFT
        for (heading, width), value in zip(_COLUMNS, (line.serial, line.title, line.name, line.until), strict=True):
            style = Style(Role.NAME, 12, 7, lines=2) if heading == "氏名" else _CELL
            sheet.text(value, Box(x + 1, y + 1, width - 2, 7), style, heading)
            x += width
        y += 9
        sheet.line((_LEFT, y), (_RIGHT, y), width=0.15, colour=_LINE)
    return y
