"""The right glyph on paper and on screen: thousands of names' characters against FreeType's own drawing of the same glyph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pypdfium2
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from nhi_center.printing.fonts import Role, chain
from nhi_center.printing.page import MM, Box, Sheet, Style
from nhi_center.ui.common.name_view import NamePainter
from tests.support.shapes import BASELINE, CELL, EM, LEFT, OVERLAP, Sample, overlap, reference, samples, variants_of

COLUMNS = 20
SIZE = 36.0
"""Points; a page of them is rendered so that the em is 128 pixels."""
SCALE = EM / SIZE
STEP = CELL / SCALE / MM
"""The cells' distance on paper, in millimetres: a whole number of pixels."""
ASCENT = 0.88


@cache
def deck() -> tuple[Sample, ...]:
    return samples()


def on_paper(drawn: tuple[Sample, ...]) -> bytes:
    """All of them by the product's own drawing, one in each cell, the origin where ``shapes.LEFT`` and ``BASELINE`` say."""
    document = Sheet(COLUMNS * STEP, COLUMNS * STEP, title="見本")
    style = Style(Role.NAME, size=SIZE, colour="#000000")
    for number, sample in enumerate(drawn):
        row, column = divmod(number % COLUMNS**2, COLUMNS)
        if number and number % COLUMNS**2 == 0:
            document.end_page()
        x, y = column * STEP + LEFT / SCALE / MM, row * STEP + (BASELINE / SCALE - SIZE * ASCENT) / MM
        document.text(sample.cluster, Box(x, y, STEP * 3, SIZE / MM), style, "glyph")
    document.end_page()
    return document.finish()


def cells(data: bytes) -> Iterator[Image.Image]:
    """Each cell of the pages as ink: white on black, as FreeType gives it."""
    for page in pypdfium2.PdfDocument(data):
        shown = page.render(scale=SCALE, grayscale=True).to_pil().convert("L")
        for number in range(COLUMNS**2):
            row, column = divmod(number, COLUMNS)
            box = (column * CELL, row * CELL, (column + 1) * CELL, (row + 1) * CELL)
            yield Image.eval(shown.crop(box), lambda value: 255 - value)


def test_the_deck_is_large_and_of_every_font_of_the_chain() -> None:
    fonts = Counter(sample.file.name for sample in deck())
    assert len(deck()) >= 2_000
    assert set(fonts) == {font.path.name for font in chain(Role.NAME).fonts}
    assert min(fonts.values()) >= 50
    assert sum(len(sample.cluster) == 2 for sample in deck()) >= 1_500
    assert sum(ord(sample.cluster[0]) > 0xFFFF for sample in deck()) >= 400


def test_every_glyph_on_paper_is_the_font_s_own_and_reads_back_exactly() -> None:
    data = on_paper(deck())
    wrong = {
        f"U+{' U+'.join(f'{ord(one):04X}' for one in sample.cluster)}": round(found, 3)
        for sample, cell in zip(deck(), cells(data), strict=False)
        if (found := overlap(cell, reference(sample.file, sample.glyph))) < OVERLAP
    }
    assert wrong == {}
    read = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    assert "".join(read.split()) == "".join(sample.cluster for sample in deck())


def test_every_glyph_on_screen_is_the_font_s_own(qtbot: QtBot) -> None:
    painter_of_names = NamePainter(chain(Role.NAME))
    wrong = {}
    for sample in deck():
        shown = QImage(CELL, CELL, QImage.Format.Format_Grayscale8)
        shown.fill(Qt.GlobalColor.black)
        painter = QPainter(shown)
        painter.setPen(Qt.GlobalColor.white)
        assert painter_of_names.draw_cluster(painter, QPointF(LEFT, BASELINE), sample.cluster, EM)
        painter.end()
        pixels = bytes(shown.constBits())
        rows = b"".join(pixels[row * shown.bytesPerLine() : row * shown.bytesPerLine() + CELL] for row in range(CELL))
        found = overlap(Image.frombytes("L", (CELL, CELL), rows), reference(sample.file, sample.glyph))
        if found < OVERLAP:
            wrong[f"U+{' U+'.join(f'{ord(one):04X}' for one in sample.cluster)}"] = round(found, 3)
    assert wrong == {}


def test_another_variant_of_the_same_character_is_told_apart() -> None:
    """The controls: each pair is one character with two glyphs. Some differ by a dot moved by a hair: at most one in twenty."""
    pairs = tuple(variants_of(400))
    drawn = cells(on_paper(tuple(wrong for _right, wrong in pairs)))
    alike = [
        right.cluster
        for (right, _wrong), cell in zip(pairs, drawn, strict=False)
        if overlap(cell, reference(right.file, right.glyph)) >= OVERLAP
    ]
    assert len(alike) <= len(pairs) // 20, f"{len(alike)} of {len(pairs)} variants are not told apart"


@pytest.mark.parametrize("what", ["box", "nothing", "base"])
def test_a_box_an_empty_place_and_the_base_character_are_found(what: str) -> None:
    for right, wrong in variants_of(60):
        glyph = {"box": 0, "nothing": chain(Role.NAME).resolve("\u3000"), "base": wrong.glyph}[what]
        drawn = reference(right.file, glyph if isinstance(glyph, int) else glyph.glyph if glyph else 0)
        if what == "base" and overlap(drawn, reference(right.file, right.glyph)) >= OVERLAP:
            continue  # counted above
        assert overlap(drawn, reference(right.file, right.glyph)) < OVERLAP
