"""Every variant of a character that the fonts of a chain have: what the picker of the entry screen shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nhi_center import resources
from nhi_center.domain.variants import Families, is_sequence
from nhi_center.printing.fonts import Glyph, GlyphChain


@dataclass(frozen=True, slots=True)
class Variant:
    """One form. ``number``: its MJ number where the font's own glyph is named by it. ``own``: no sequence, or one of the
    collection the office prints. ``usual``: a sequence that keeps the glyph of the bare character."""

    cluster: str
    drawn: Glyph
    number: str
    own: bool
    usual: bool


@cache
def families() -> Families:
    return Families.from_table(resources.read_toml("names/families.toml"))


class OwnSequences:
    """The sequences of the collection the office prints: those of the chain's first font. Asked with ``in``."""

    def __init__(self, chain: GlyphChain) -> None:
        self._first = chain.fonts[0]

    def __contains__(self, cluster: object) -> bool:
        return isinstance(cluster, str) and self._first.glyph(cluster) is not None


def variants(chain: GlyphChain, character: str) -> tuple[Variant, ...]:
    """The character itself, its sequences, then each related character with its own; other collections' sequences last."""
    characters = (character, *families().related(character))
    found = [variant for one in characters for variant in _forms(chain, one)]
    return tuple(sorted(found, key=lambda variant: not variant.own))


def _forms(chain: GlyphChain, character: str) -> Iterator[Variant]:
    bare = chain.resolve(character)
    if bare is not None:
        yield Variant(character, bare, mj_number(bare), own=True, usual=False)
    selectors = {selector for font in chain.fonts for selector in font.characters.selectors(ord(character))}
    for selector in sorted(selectors):
        cluster = character + chr(selector)
        drawn = chain.resolve(cluster)
        if drawn is not None:
            own = not is_sequence(cluster) or drawn.font is chain.fonts[0]
            yield Variant(cluster, drawn, mj_number(drawn), own, usual=drawn == bare)


def mj_number(drawn: Glyph) -> str:
    """MJ022335, or "" where the font does not name its glyphs by it."""
    name = drawn.font.glyph_name(drawn.glyph)
    return name.upper() if name.startswith("mj") and name[2:].isdecimal() else ""


def number_in(chain: GlyphChain, cluster: str) -> str:
    """The MJ number of one cluster, or ""."""
    drawn = chain.resolve(cluster)
    return mj_number(drawn) if drawn is not None else ""
