"""What stands on paper: the right shape, and text that reads back exactly."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from nhi_center.printing.fonts import FontName, MissingGlyph, Role, chain, font
from nhi_center.printing.page import MM, Box, Sheet, Style, TextDoesNotFit, fit, text_width
from nhi_center.printing.pdf_font import pdf_font

NAMES = (
    "葛\U000e0102城\u3000見本子",
    "葛\U000e0100城 葛城",
    "辻\U000e0102\u3000見本太郎",
    "渡邉\U000e010f 渡邉\U000e0110 渡邊\U000e0108 渡邊",
    "𠮷田\u3000髙﨑\U0002a6d6",
    "昭和平成令和株式会社 in cm キロ",
)


def _page(text: str, size: float = 24.0, role: Role = Role.NAME) -> bytes:
    sheet = Sheet(180, 20, title="見本")
    sheet.text(text, Box(5, 4, 170, 12), Style(role, size))
    sheet.end_page()
    return sheet.finish()


@pytest.mark.parametrize("name", NAMES)
def test_text_reads_back_exactly_with_its_selectors(name: str, tmp_path: Path) -> None:
    path = tmp_path / "name.pdf"
    path.write_bytes(_page(name))
    poppler = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True).stdout.decode()
    # poppler takes a wide space for a gap between words; PDFium gives it back as it is
    assert poppler.strip("\f\n") == name.replace("\u3000", " ")
    with pypdfium2.PdfDocument(path) as document:
        assert document[0].get_textpage().get_text_range().strip() == name


def _pixels(text: str) -> bytes:
    with pypdfium2.PdfDocument(_page(text)) as document:
        return bytes(document[0].render(scale=2).buffer)


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("葛\U000e0102", True),
        ("葛\U000e0104", True),
        ("葛\U000e0103", False),  # the font gives the character's own glyph
        ("辻\U000e0102", True),
        ("邉\U000e0110", True),
        ("邊\U000e0109", True),
    ],
)
def test_a_variant_looks_different_from_its_base(text: str, differs: bool) -> None:
    assert (_pixels(text) != _pixels(text[0])) is differs


def _embedded(pdf: bytes) -> TTFont:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (entry,) = (font for font in document.pages[0].Resources.Font.values() if "/FontDescriptor" in font)
        return TTFont(io.BytesIO(entry.FontDescriptor.FontFile2.read_bytes()))


@pytest.mark.parametrize("cluster", ["葛\U000e0102", "辻\U000e0102", "邊\U000e0108", "𠮷", "髙"])
def test_the_embedded_outline_is_the_fonts_own(cluster: str) -> None:
    glyph = chain(Role.NAME).resolve(cluster)
    assert glyph is not None
    made = _embedded(_page(cluster))
    with TTFont(glyph.font.path, lazy=True) as source:
        name = source.getGlyphName(glyph.glyph)
        assert _outline(source, name)
        assert (_outline(source, name), source["hmtx"][name][0]) in [
            (_outline(made, own), made["hmtx"][own][0]) for own in made.getGlyphOrder()
        ]


def _outline(made: TTFont, name: str) -> list[object]:
    pen = DecomposingRecordingPen(made.getGlyphSet())
    made.getGlyphSet()[name].draw(pen)
    return list(pen.value)


def test_glyphs_past_the_metrics_table_keep_their_width() -> None:
    face = pdf_font(font(FontName.IPAMJ)).face
    with TTFont(font(FontName.IPAMJ).path, lazy=True) as source:
        count = source["hhea"].numberOfHMetrics
        advance = source["hmtx"].metrics[source.getGlyphName(count)][0]
    assert {metric[0] for metric in face.hmetrics[count:]} == {advance}


def test_the_same_values_give_the_same_bytes() -> None:
    assert _page(NAMES[0]) == _page(NAMES[0])


def test_a_missing_sequence_is_refused_and_nothing_is_drawn() -> None:
    with pytest.raises(MissingGlyph) as refused:
        _page("見本 邉\U000e0102")
    assert refused.value.characters == ("邉\U000e0102",)


def test_text_gives_way_step_by_step() -> None:
    box, style = Box(0, 0, 40, 8), Style(Role.NAME, 15, smallest=7, lines=2)
    assert fit("見本太郎", box, style, "name").size == 15
    smaller = fit("見" * 14, box, style, "name")
    assert len(smaller.lines) == 1
    assert 7 <= smaller.size < 15
    assert text_width(smaller.lines[0], Role.NAME, smaller.size) <= box.width
    two = fit("MIHON MARIA ALEXANDRA DE LA CRUZ FERNANDEZ", box, style, "name")
    assert len(two.lines) == 2
    assert all(text_width(line, Role.NAME, two.size) <= box.width for line in two.lines)
    assert two.size * 2.15 <= box.height * MM + 0.01
    with pytest.raises(TextDoesNotFit) as refused:
        fit("見" * 60, box, style, "name")
    assert refused.value.place == "name"
    assert "見" not in str(refused.value)


def test_lines_never_split_a_cluster_nor_begin_with_a_full_stop() -> None:
    style = Style(Role.NAME, 10, lines=3)
    lines = fit("葛\U000e0102" * 25, Box(0, 0, 35, 20), style, "name").lines
    assert len(lines) > 1
    assert "".join(lines) == "葛\U000e0102" * 25
    assert not any(line.startswith("\U000e0102") for line in lines)
    width = text_width("見", Role.LABEL, 10) * 10.5
    assert fit("見本見本見本見本見本。見", Box(0, 0, width, 20), Style(size=10, lines=2), "").lines == (
        "見本見本見本見本見",
        "本。見",
    )
