"""The fonts inside a PDF: reportlab's TrueType fonts, made exact.

What stock reportlab 5.1 does wrong, and this repairs: a variation sequence prints as its base character and a box;
characters beyond the basic plane extract as two wrong ones; glyphs past ``numberOfHMetrics`` get a wrong advance inside the
embedded font; the whole 40 MB glyph table of IPAmj is copied for every subset. reportlab's own shaping is never used: it
turns 昭和 into one square character.

reportlab keeps its font state per process: only one thread of one process may make PDFs (see worker.py).
"""

from __future__ import annotations

import mmap
import struct
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTEncoding, TTFont, TTFontFace

from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing.fonts import Font, Role, chain

# Private code points stand for variation sequences inside reportlab. fonts.py never resolves a private character of the
# input, so no recorded text can reach them.
_PRIVATE = 0xF0000
_LAST_PRIVATE = 0x10FFFD


class _GlyphTable:
    """Slices of the glyph table without copying the table."""

    def __init__(self, data: memoryview) -> None:
        self._data = data

    def __getitem__(self, part: slice) -> bytes:
        return bytes(self._data[part])


class _ExactFace(TTFontFace):  # type: ignore[misc]
    def readFile(self, f: Any) -> None:
        """The file stays on disk and is mapped: IPAmj alone would be 46 MB of memory."""
        if not hasattr(self, "_ttf_data"):
            self.filename = str(f)
            with open(self.filename, "rb") as file:
                self._ttf_data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._pos = 0

    def extractInfo(self, charInfo: int = 1) -> None:  # noqa: N803 - reportlab's name
        super().extractInfo(charInfo)
        # reportlab leaves the advance of the trailing glyphs scaled to 1000 per em where font units belong
        count = struct.unpack(">H", super().get_table("hhea")[34:36])[0]
        advance = self.hmetrics[count - 1][0]
        self.hmetrics[count:] = [(advance, bearing) for _, bearing in self.hmetrics[count:]]

    def get_table(self, tag: str) -> Any:
        if tag == "glyf":
            offset, length = self.get_table_pos(tag)
            return _GlyphTable(memoryview(self._ttf_data)[offset : offset + length])
        return super().get_table(tag)


class ExactFont(TTFont):  # type: ignore[misc]
    """A TrueType font that draws a cluster by its glyph and remembers the text it came from."""

    def __init__(self, font: Font) -> None:
        self.fontName = font.name.value
        self.face = _ExactFace(str(font.path))
        self.encoding = TTEncoding()
        self.state: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._asciiReadable = False
        self.shapable = False
        self._sources: dict[int, str] = {}
        self._codes: dict[str, str] = {}

    def encode(self, cluster: str, glyph: int) -> str:
        """The character to hand to reportlab so that exactly this glyph is drawn for this cluster."""
        if len(cluster) == 1:
            return cluster
        known = self._codes.get(cluster)
        if known is not None:
            return known
        code = _PRIVATE + len(self._sources)
        while code in self.face.charToGlyph:
            code += 1
        if code > _LAST_PRIVATE:
            raise OverflowError("more variation sequences than private code points")
        self._sources[code] = cluster
        self.face.charToGlyph[code] = glyph
        self.face.charWidths[code] = self.advance(glyph) * 1000
        self._codes[cluster] = chr(code)
        return chr(code)

    def advance(self, glyph: int) -> float:
        """The advance width of a glyph as a part of the type size."""
        return float(self.face.hmetrics[glyph][0] / self.face.unitsPerEm)

    def addObjects(self, doc: Any) -> None:
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = b"".join((SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            doc.idToObject[f"toUnicodeCMap:{name}"].content = self._to_unicode(subset)

    def _to_unicode(self, subset: list[int]) -> str:
        """The map back to text (ISO 32000-1, 9.10.3): UTF-16BE of the source cluster, at most 100 entries a block."""
        rows = []
        for position, code in enumerate(subset):
            if code:
                text = self._sources.get(code, chr(code))
                rows.append(f"<{position:02X}> <{text.encode('utf-16-be').hex().upper()}>")
        blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
        body = [line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")]
        return "\n".join(
            [
                "/CIDInit /ProcSet findresource begin",
                "12 dict begin",
                "begincmap",
                "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
                "/CMapName /Adobe-Identity-UCS def",
                "/CMapType 2 def",
                "1 begincodespacerange",
                "<00> <FF>",
                "endcodespacerange",
                *body,
                "endcmap",
                "CMapName currentdict /CMap defineresource pop",
                "end",
                "end",
            ]
        )


@cache
def pdf_font(font: Font) -> ExactFont:
    """The registered PDF font of a font file, once per process (registering per document costs seven times a card)."""
    rl_config.useA85 = 0
    try:
        exact = ExactFont(font)
    except Exception as error:  # reportlab answers a damaged font with any of a dozen types
        raise EnvironmentTrouble(
            "FT-02",
            f"文字の形のファイル({font.path.name})を読めません。印刷はしないでください。取扱責任者に連絡してください。",
        ) from error
    pdfmetrics.registerFont(exact)
    return exact


def warm() -> None:
    """Reads and registers every font of every chain. Raises EnvironmentTrouble FT-01, FT-02."""
    for role in Role:
        for font in chain(role).fonts:
            pdf_font(font)
