"""The names a TrueType font gives its glyphs (table ``post``, format 2): IPAmj Mincho names them by MJ number (mj022335)."""

from __future__ import annotations

import struct

_MACINTOSH = 258
"""Glyphs with an index below it have one of Apple's standard names, which no kanji has."""


class GlyphNames:
    """Read from a ``post`` table; a font without names has none, which is no fault."""

    def __init__(self, table: bytes) -> None:
        self._table = table
        self._indices: tuple[int, ...] = ()
        self._places: list[int] = []
        if table[:4] == b"\x00\x02\x00\x00":
            self._read()

    def _read(self) -> None:
        count = struct.unpack_from(">H", self._table, 32)[0]
        self._indices = struct.unpack_from(f">{count}H", self._table, 34)
        at, end = 34 + 2 * count, len(self._table)
        while at < end:
            self._places.append(at)
            at += 1 + self._table[at]

    def of(self, glyph: int) -> str:
        """The name, or "" for none of the font's own."""
        index = self._indices[glyph] - _MACINTOSH if glyph < len(self._indices) else -1
        if not 0 <= index < len(self._places):
            return ""
        at = self._places[index]
        return self._table[at + 1 : at + 1 + self._table[at]].decode("latin-1")
