"""試し刷り: rulers at all four edges of a sheet and the outline of its form, to read off how far a printer is out."""

from __future__ import annotations

from nhi_center.printing.page import Box, Sheet, Style
from nhi_center.printing.sheets import RulerSheet

_INK, _FINE = "#1a1a1a", 0.1
_EDGE = 5.0
"""How far in the outline lies: a printer out by less still shows it whole."""
_NUMBER = Style(size=5.0, align="center")
_WORDS = Style(size=7.0, smallest=4.5, lines=4)


def ruler_document(sheet: RulerSheet) -> bytes:
    """One page of the size of the paper. Millimetres are counted from the edges of the paper as it should lie."""
    page = Sheet(sheet.width, sheet.height, title=f"試し刷り {sheet.name}", placement=sheet.placement)
    page.begin_page(sheet.width, sheet.height)
    page.watermark("見本", sheet.width * 0.2)
    frame = Box(_EDGE, _EDGE, sheet.width - 2 * _EDGE, sheet.height - 2 * _EDGE)
    page.rectangle(frame, stroke=_INK, width=_FINE)
    for millimetre in range(int(_EDGE), int(sheet.width - _EDGE) + 1):
        _tick(page, millimetre, sheet, across=True)
    for millimetre in range(int(_EDGE), int(sheet.height - _EDGE) + 1):
        _tick(page, millimetre, sheet, across=False)
    middle = (sheet.width / 2, sheet.height / 2)
    page.line((middle[0] - 5, middle[1]), (middle[0] + 5, middle[1]), width=_FINE, colour=_INK)
    page.line((middle[0], middle[1] - 5), (middle[0], middle[1] + 5), width=_FINE, colour=_INK)
    words = f"{sheet.name}\n{sheet.words}".replace("\n", "  ")
    page.text(words, Box(_EDGE + 6, sheet.height / 2 + 6, sheet.width - 2 * _EDGE - 12, 12), _WORDS, "試し刷り")
    page.end_page()
    return page.finish()


def _tick(page: Sheet, at: int, sheet: RulerSheet, *, across: bool) -> None:
    """From each edge of the frame inwards: 1 mm for each, 2 at fives, 3 with a number at tens."""
    length = 3.0 if at % 10 == 0 else 2.0 if at % 5 == 0 else 1.0
    far = (sheet.height if across else sheet.width) - _EDGE
    for start, step in ((_EDGE, length), (far, -length)):
        ends = ((at, start), (at, start + step)) if across else ((start, at), (start + step, at))
        page.line(*ends, width=_FINE, colour=_INK)
    if at % 10 == 0 and 10 <= at <= (sheet.width if across else sheet.height) - 10:
        box = Box(at - 3, _EDGE + 3.2, 6, 2.4) if across else Box(_EDGE + 3.2, at - 1.2, 6, 2.4)
        page.text(str(at), box, _NUMBER, "試し刷り")
