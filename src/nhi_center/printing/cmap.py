"""Reads the character map of a TrueType font: which glyph a character, or a character with a variation selector, has.

Only the font's directory and its ``cmap`` table are read (about 1 MB of IPAmj Mincho's 46 MB), so that a window can
resolve names without holding the whole font. Formats 4 and 12 give plain characters, format 14 the variation sequences.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SFNT_VERSIONS = (b"\x00\x01\x00\x00", b"true")
_RECORD = 5


class BadFont(Exception):
    """The file is not a font this program can use."""


class CharacterMap:
    """One font's ``cmap``. Glyph 0 (the box for "not there") is never returned."""

    def __init__(self, table: bytes) -> None:
        """Reads a ``cmap`` table. Raises BadFont when it is damaged or has no Unicode part."""
        try:
            self._read(table)
        except (struct.error, IndexError) as error:
            raise BadFont("the character map is damaged") from error

    def _read(self, table: bytes) -> None:
        offsets: dict[tuple[int, int], int] = {}
        for index in range(struct.unpack_from(">H", table, 2)[0]):
            platform, encoding, offset = struct.unpack_from(">HHL", table, 4 + 8 * index)
            offsets[platform, encoding] = offset
        self._plain = _plain(table, offsets)
        self._starts = [group[0] for group in self._plain]
        self._selectors = _variations(table, offsets[0, 5]) if (0, 5) in offsets else {}

    def glyph(self, character: int) -> int | None:
        """The glyph of a code point, or None."""
        at = bisect_right(self._starts, character) - 1
        if at < 0:
            return None
        start, end, glyphs = self._plain[at]
        if character > end:
            return None
        return (glyphs + character - start if isinstance(glyphs, int) else glyphs[character - start]) or None

    def variation(self, character: int, selector: int) -> int | None:
        """The glyph of a variation sequence, or None when this font does not know the sequence.

        A sequence the font declares as "the usual form" has the character's own glyph.
        """
        known = self._selectors.get(selector)
        if known is None:
            return None
        own = known.own_glyph(character)
        if own is not None:
            return own or None
        at = bisect_right(known.defaults, (character, 0x110000)) - 1
        return self.glyph(character) if at >= 0 and character <= known.defaults[at][1] else None

    def selectors(self, character: int) -> tuple[int, ...]:
        """Every selector with which the font knows a sequence of this character."""
        return tuple(sorted(selector for selector in self._selectors if self.variation(character, selector) is not None))

    def sequences(self) -> frozenset[tuple[int, int]]:
        """Sequences with a glyph of their own: (character, selector)."""
        return frozenset((character, selector) for selector, known in self._selectors.items() for character in known.characters())


@dataclass(frozen=True, slots=True)
class _Selector:
    """What a font has for one selector: ranges that keep the usual glyph, and packed records (character 3, glyph 2 bytes) in
    order. They are searched as they lie in the file: unpacking 11,000 of them would cost the first name 10 ms."""

    defaults: list[tuple[int, int]]
    own: bytes

    def own_glyph(self, character: int) -> int | None:
        wanted = character.to_bytes(3, "big")
        low, high = 0, len(self.own) // _RECORD
        while low < high:
            middle = (low + high) // 2
            if self.own[middle * _RECORD : middle * _RECORD + 3] < wanted:
                low = middle + 1
            else:
                high = middle
        found = self.own[low * _RECORD : (low + 1) * _RECORD]
        return int.from_bytes(found[3:], "big") if found[:3] == wanted else None

    def characters(self) -> Iterator[int]:
        for at in range(0, len(self.own), _RECORD):
            yield int.from_bytes(self.own[at : at + 3], "big")


_Group = tuple[int, int, "int | tuple[int, ...]"]


def _plain(table: bytes, offsets: dict[tuple[int, int], int]) -> list[_Group]:
    """Groups (first, last, first glyph or glyph list), sorted; the widest Unicode subtable wins."""
    for key in ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3)):
        if key not in offsets:
            continue
        offset = offsets[key]
        kind = struct.unpack_from(">H", table, offset)[0]
        if kind == 12:
            count = struct.unpack_from(">L", table, offset + 12)[0]
            body = table[offset + 16 : offset + 16 + 12 * count]
            return list(struct.iter_unpack(">LLL", body))
        if kind == 4:
            return _segments(table, offset)
    raise BadFont("the font has no Unicode character map")


def _segments(table: bytes, offset: int) -> list[_Group]:
    """Format 4: segments of the basic plane."""
    count = struct.unpack_from(">H", table, offset + 6)[0] // 2
    at = offset + 14
    ends = struct.unpack_from(f">{count}H", table, at)
    starts = struct.unpack_from(f">{count}H", table, at + 2 * count + 2)
    deltas = struct.unpack_from(f">{count}H", table, at + 4 * count + 2)
    ranges_at = at + 6 * count + 2
    groups: list[_Group] = []
    for index, (start, end, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        if start == 0xFFFF:
            continue
        shift = struct.unpack_from(">H", table, ranges_at + 2 * index)[0]
        glyphs: tuple[int, ...]
        if shift:
            first = ranges_at + 2 * index + shift
            raw = struct.unpack_from(f">{end - start + 1}H", table, first)
            glyphs = tuple((glyph + delta) & 0xFFFF if glyph else 0 for glyph in raw)
        else:
            glyphs = tuple((code + delta) & 0xFFFF for code in range(start, end + 1))
        groups.append((start, end, glyphs))
    return groups


def _variations(table: bytes, offset: int) -> dict[int, _Selector]:
    """Format 14: by selector, the sequences with their own glyph and those that keep the usual one."""
    found: dict[int, _Selector] = {}
    for record in range(struct.unpack_from(">L", table, offset + 6)[0]):
        at = offset + 10 + 11 * record
        selector = int.from_bytes(table[at : at + 3], "big")
        default_at, own_at = struct.unpack_from(">LL", table, at + 3)
        defaults: list[tuple[int, int]] = []
        own = b""
        if default_at:
            count = struct.unpack_from(">L", table, offset + default_at)[0]
            packed = struct.unpack_from(f">{count}L", table, offset + default_at + 4)
            defaults = [(value >> 8, (value >> 8) + (value & 0xFF)) for value in packed]
        if own_at:
            count = struct.unpack_from(">L", table, offset + own_at)[0]
            own = struct.unpack_from(f"{_RECORD * count}s", table, offset + own_at + 4)[0]
        found[selector] = _Selector(defaults, own)
    return found


def read_character_map(path: Path) -> CharacterMap:
    """The ``cmap`` of a TrueType file. Raises BadFont, or OSError when it cannot be read."""
    return CharacterMap(read_table(path, b"cmap"))


def read_table(path: Path, wanted: bytes) -> bytes:
    """One table of a TrueType file. Raises BadFont when it has none, or OSError when it cannot be read."""
    with path.open("rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] not in _SFNT_VERSIONS:
            raise BadFont("not a TrueType font")
        directory = file.read(16 * struct.unpack_from(">H", head, 4)[0])
        for tag, _, offset, length in struct.iter_unpack(">4sLLL", directory):
            if tag == wanted:
                file.seek(offset)
                return file.read(length)
    raise BadFont("the font lacks a table")
