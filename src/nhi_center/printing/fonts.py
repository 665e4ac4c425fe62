"""Which font file draws which character. Shared by paper and screen; knows neither reportlab nor Qt.

A name is drawn exactly as recorded or not at all: a character, or a variation sequence, that no font of the chain has is
reported as missing. No engine tried reports that by itself; each puts a box or a look-alike in its place.
"""

from __future__ import annotations

import hashlib
import os
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

from nhi_center import resources
from nhi_center.domain.names import clusters, is_variation_selector
from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing.cmap import BadFont, CharacterMap, read_character_map, read_table
from nhi_center.printing.glyph_names import GlyphNames

_SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
# Unassigned, surrogates, controls and invisible format characters have no place in a name; private use means
# something else on every system (vendors' own characters), so a glyph found there would be a guess.
_NEVER_DRAWN = frozenset({"Cn", "Cs", "Cc", "Cf", "Co", "Zl", "Zp"})


class Role(StrEnum):
    """What a text is for; each role has its own chain of fonts."""

    NAME = "name"
    """names and addresses: every character of the register, Mincho"""
    LABEL = "label"
    """printed words of a form, screens, reports: BIZ UDGothic"""
    STRONG = "strong"
    """titles"""


class FontName(StrEnum):
    """The fonts the program knows; the value is the key in resources/fonts/accepted.toml."""

    IPAMJ = "ipamj-mincho"
    IPAEX = "ipaex-mincho"
    BIZ_MINCHO = "biz-ud-mincho"
    BIZ_GOTHIC = "biz-ud-gothic"
    BIZ_GOTHIC_BOLD = "biz-ud-gothic-bold"


_CHAINS: dict[Role, tuple[FontName, ...]] = {
    Role.NAME: (FontName.IPAMJ, FontName.IPAEX, FontName.BIZ_MINCHO),
    Role.LABEL: (FontName.BIZ_GOTHIC,),
    Role.STRONG: (FontName.BIZ_GOTHIC_BOLD,),
}


@dataclass(frozen=True)
class Font:
    """One font file. Its character map is read on first use and kept."""

    name: FontName
    path: Path

    @cached_property
    def characters(self) -> CharacterMap:
        try:
            return read_character_map(self.path)
        except (BadFont, OSError) as error:
            raise EnvironmentTrouble(
                "FT-02",
                f"文字の形のファイル({self.path.name})を読めません。印刷はしないでください。取扱責任者に連絡してください。",
            ) from error

    @cached_property
    def _names(self) -> GlyphNames:
        try:
            return GlyphNames(read_table(self.path, b"post"))
        except (BadFont, OSError, struct.error, IndexError):
            return GlyphNames(b"")

    def glyph_name(self, glyph: int) -> str:
        """The font's own name of a glyph, "" when it has none: only shown to people, nothing depends on it."""
        return self._names.of(glyph)

    def glyph(self, cluster: str) -> int | None:
        """The glyph of one cluster (a character, or a character and its selector), or None."""
        if len(cluster) == 1:
            return self.characters.glyph(ord(cluster))
        if len(cluster) == 2 and is_variation_selector(cluster[1]):
            return self.characters.variation(ord(cluster[0]), ord(cluster[1]))
        return None


@dataclass(frozen=True, slots=True)
class Glyph:
    """What draws a cluster: ``glyph`` is the index in ``font`` (QRawFont takes it as it is)."""

    font: Font
    glyph: int


class GlyphChain:
    """Fonts asked one after the other; the first that has exactly the wanted form draws it."""

    def __init__(self, fonts: tuple[Font, ...]) -> None:
        self.fonts = fonts
        self._known: dict[str, Glyph | None] = {}

    def resolve(self, cluster: str) -> Glyph | None:
        """The font and glyph of one cluster; None when no font has it: block and ask, never replace."""
        try:
            return self._known[cluster]
        except KeyError:
            found = self._known[cluster] = self._look(cluster)
            return found

    def _look(self, cluster: str) -> Glyph | None:
        if unicodedata.category(cluster[0]) in _NEVER_DRAWN:
            return None
        for font in self.fonts:
            glyph = font.glyph(cluster)
            if glyph is not None:
                return Glyph(font, glyph)
        return None

    def missing(self, text: str) -> tuple[str, ...]:
        """The clusters of a text that cannot be drawn, in order, each once."""
        return tuple(dict.fromkeys(cluster for cluster in clusters(text) if self.resolve(cluster) is None))

    def runs(self, text: str) -> tuple[tuple[Font, tuple[tuple[str, int], ...]], ...]:
        """Neighbouring clusters of the same font: (font, ((cluster, glyph), ...)). Raises MissingGlyph."""
        result: list[tuple[Font, list[tuple[str, int]]]] = []
        for cluster in clusters(text):
            glyph = self.resolve(cluster)
            if glyph is None:
                raise MissingGlyph(self.missing(text))
            if not result or result[-1][0] is not glyph.font:
                result.append((glyph.font, []))
            result[-1][1].append((cluster, glyph.glyph))
        return tuple((font, tuple(pieces)) for font, pieces in result)

    def warm(self) -> None:
        """Reads every character map now, so that the first name does not wait."""
        for font in self.fonts:
            _ = font.characters


class MissingGlyph(Exception):
    """No font has these characters. The text they came from is not kept."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(f"{len(characters)} characters have no glyph")
        self.characters = characters

    def __reduce__(self) -> tuple[type[MissingGlyph], tuple[tuple[str, ...]]]:
        return type(self), (self.characters,)


def describe(cluster: str) -> str:
    """How a character without a glyph is named to the clerk: 葛 (U+845B U+E0100)."""
    shown = cluster[0] if cluster[0].isprintable() else ""
    return f"{shown}({' '.join(f'U+{ord(character):04X}' for character in cluster)})"


@cache
def _accepted() -> dict[str, dict[str, object]]:
    return resources.read_toml("fonts/accepted.toml")


def _folders() -> Iterator[Path]:
    override = os.environ.get("NHI_FONT_DIR")
    if override:
        yield Path(override)
    yield resources.path("fonts")
    yield from _SYSTEM_FOLDERS


@cache
def font(name: FontName) -> Font:
    """The font's file: NHI_FONT_DIR, then resources/fonts, then the system. Raises EnvironmentTrouble FT-01."""
    file_name = str(_accepted()[name]["file"])
    for folder in _folders():
        found = next((Path(at) / file_name for at, _, files in os.walk(folder) if file_name in files), None)
        if found is not None:
            return Font(name, found)
    raise EnvironmentTrouble(
        "FT-01",
        f"文字の形のファイル({file_name})がありません。氏名を正しく出せないため、印刷はできません。取扱責任者に連絡してください。",
    )


@cache
def chain(role: Role) -> GlyphChain:
    """The chain of a role, one per process. Raises EnvironmentTrouble FT-01 when a font is missing."""
    return GlyphChain(tuple(font(name) for name in _CHAINS[role]))


@dataclass(frozen=True, slots=True)
class FontCheck:
    """One line of the self-check (動作点検)."""

    name: FontName
    path: Path | None
    sha256: str
    accepted: bool


def check_fonts() -> tuple[FontCheck, ...]:
    """Finds and hashes every font against resources/fonts/accepted.toml. About 0.2 s: never on the way to a window."""
    results = []
    for name in FontName:
        try:
            path = font(name).path
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except (EnvironmentTrouble, OSError):
            results.append(FontCheck(name, None, "", False))
            continue
        known = _accepted()[name]["sha256"]
        results.append(FontCheck(name, path, digest, isinstance(known, list) and digest in known))
    return tuple(results)
