"""管理票: a label for each application of a 便, ten on a sheet, with its number to read, to scan and to type."""

from __future__ import annotations

from reportlab.graphics.barcode.code128 import Code128

from nhi_center.printing.fonts import Role
from nhi_center.printing.page import Box, Sheet, Style
from nhi_center.printing.sheets import Placement, SlipBatch, SlipLabel

WIDTH, HEIGHT = 210.0, 297.0
COLUMNS, ROWS = 2, 5
_LABEL = (95.0, 52.0)
_LEFT, _TOP = 10.0, 18.5
_LINE = "#8c8c8c"
_SMALL = Style(size=8.5, smallest=6.5, colour="#4d4d4d")


def slips_document(batch: SlipBatch, placement: Placement) -> bytes:
    """One page for each ten. Raises TextDoesNotFit."""
    sheet = Sheet(WIDTH, HEIGHT, title="管理票", placement=placement)
    for first in range(0, len(batch.labels), COLUMNS * ROWS):
        sheet.begin_page(WIDTH, HEIGHT)
        if batch.sample:
            sheet.watermark("見本", 62.0, colour="#fce6e4")
        for place, label in enumerate(batch.labels[first : first + COLUMNS * ROWS]):
            row, column = divmod(place, COLUMNS)
            _label(sheet, label, batch, _LEFT + column * _LABEL[0], _TOP + row * _LABEL[1])
        sheet.end_page()
    return sheet.finish()


def _label(sheet: Sheet, label: SlipLabel, batch: SlipBatch, x: float, y: float) -> None:
    width, height = _LABEL
    sheet.rectangle(Box(x, y, width, height), stroke=_LINE, width=0.15)
    sheet.text("管理票", Box(x + 4, y + 3, 20, 4), _SMALL, "管理票")
    sheet.text(batch.received, Box(x + 26, y + 3, width - 30, 4), Style(size=8.5, smallest=6.5, align="right"), "受領")
    sheet.text(label.number, Box(x + 4, y + 8, 60, 11), Style(Role.STRONG, 24, 18), "番号")
    sheet.text(label.title, Box(x + 4, y + 20, 60, 9), Style(size=11, smallest=7.5, lines=2), "様式")
    sheet.text("枚数(添付を含む)          枚", Box(x + 4, y + 30, 60, 5), _SMALL, "枚数")
    sheet.qr(label.qr, (x + width - 27, y + 9), 23)
    _bars(sheet, label.bars, Box(x + 4, y + 37, 62, 9))
    sheet.text(label.bars, Box(x + 4, y + 46.5, 62, 3.5), Style(size=7, smallest=6, align="center"), "符号")


def _bars(sheet: Sheet, content: str, box: Box) -> None:
    """Code128 (ISO/IEC 15417) of figures, with its quiet zones left free by the label."""
    code = Code128(content, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    widths = [(ord(part.upper()) - ord("A") + 1, part.isupper()) for part in code.decomposed]
    module = box.width / sum(width for width, _dark in widths)
    x = box.x
    for width, dark in widths:
        if dark:
            sheet.rectangle(Box(x, box.y, width * module, box.height), fill="#000000")
        x += width * module
