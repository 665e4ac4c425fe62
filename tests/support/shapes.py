"""Drawings of single glyphs at 128 pixels an em: FreeType's own as the reference, and how much two drawings have in common."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import freetype
from PIL import Image, ImageChops, ImageStat

from nhi_center.printing.fonts import Font, FontName, GlyphChain, Role, chain

EM = 128
CELL = 160
LEFT, BASELINE = 16, 120
"""Where a glyph's origin stands in its cell, in pixels from the left and from the top."""
OVERLAP = 0.985
"""Right ones come to 0.990 and more on paper and on screen (0.97 was asked for): the tighter, the finer a wrong one is seen."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One cluster, and the file and glyph of the chain that have to draw it."""

    cluster: str
    file: Path
    glyph: int


def samples() -> tuple[Sample, ...]:
    """Drawn from the fonts' own tables, the same each time: sequences of each font, kanji beyond the basic plane, rare ones."""
    source, chance = chain(Role.NAME), random.Random(20261124)
    ipamj, ipaex, biz = (
        next(font for font in source.fonts if font.name is name) for name in (FontName.IPAMJ, FontName.IPAEX, FontName.BIZ_MINCHO)
    )
    sequences = {font.name: _sequences(font) for font in source.fonts}
    wanted: list[str] = chance.sample(sequences[ipamj.name], 1300)
    for font in (ipaex, biz):
        own = [one for one in sequences[font.name] if _font_of(source, one) == font.path]
        wanted += chance.sample(own, min(200, len(own)))
    wanted += [chr(code) for code in chance.sample([c for c in range(0x20000, 0x2CEB0) if ipamj.characters.glyph(c)], 400)]
    wanted += [chr(code) for code in chance.sample([c for c in range(0x4E00, 0x9FA6) if ipamj.characters.glyph(c)], 300)]
    return tuple(_sample(source, cluster) for cluster in dict.fromkeys(wanted))


def _sequences(font: Font) -> list[str]:
    return [chr(character) + chr(selector) for character, selector in sorted(font.characters.sequences())]


def _font_of(source: GlyphChain, cluster: str) -> Path | None:
    found = source.resolve(cluster)
    return found.font.path if found else None


def _sample(source: GlyphChain, cluster: str) -> Sample:
    found = source.resolve(cluster)
    assert found is not None, f"U+{ord(cluster[0]):04X}"
    return Sample(cluster, found.font.path, found.glyph)


def variants_of(count: int) -> Iterator[tuple[Sample, Sample]]:
    """Two sequences of one character with different glyphs of one font, ``count`` pairs."""
    source, chance = chain(Role.NAME), random.Random(20261125)
    by_base: dict[str, list[Sample]] = {}
    for cluster in _sequences(source.fonts[0]):
        by_base.setdefault(cluster[0], []).append(_sample(source, cluster))
    several = [found for found in by_base.values() if len({one.glyph for one in found}) > 1]
    for found in chance.sample(several, count):
        first = found[0]
        yield first, next(one for one in found if one.glyph != first.glyph)


@cache
def _face(file: Path) -> freetype.Face:
    face = freetype.Face(str(file))
    face.set_char_size(EM * 64, EM * 64, 72, 72)
    return face


def reference(file: Path, glyph: int) -> Image.Image:
    """FreeType's drawing, unhinted, in a cell."""
    face = _face(file)
    face.load_glyph(glyph, freetype.FT_LOAD_NO_HINTING | freetype.FT_LOAD_NO_BITMAP)
    slot = face.glyph
    slot.render(freetype.FT_RENDER_MODE_NORMAL)
    bitmap = slot.bitmap
    cell = Image.new("L", (CELL, CELL), 0)
    if bitmap.width:
        taken = bytes(bitmap.buffer)  # made anew at each asking
        drawn = Image.frombytes("L", (bitmap.width, bitmap.rows), taken, "raw", "L", bitmap.pitch)
        cell.paste(drawn, (LEFT + slot.bitmap_left, BASELINE - slot.bitmap_top))
    return cell


def overlap(one: Image.Image, other: Image.Image) -> float:
    """Ink both have, of the ink either has: 1.0 for the same drawing, 0.0 where one of them is empty."""
    union = ImageStat.Stat(ImageChops.lighter(one, other)).sum[0]
    return float(ImageStat.Stat(ImageChops.darker(one, other)).sum[0] / union) if union else 0.0
