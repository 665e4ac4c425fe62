"""The forms of a character in the fonts that are installed."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from nhi_center import resources
from nhi_center.domain.variants import other_collection
from nhi_center.printing.fonts import FontName, GlyphChain, Role, chain, font
from nhi_center.printing.glyph_names import GlyphNames
from nhi_center.printing.variants import OwnSequences, number_in, variants


@pytest.fixture(scope="module")
def names() -> GlyphChain:
    return chain(Role.NAME)


@pytest.mark.parametrize("name", list(FontName))
def test_glyph_names_agree_with_an_independent_reader(name: FontName) -> None:
    ours = font(name)
    with TTFont(ours.path, lazy=True) as theirs:
        order = theirs.getGlyphOrder()
        for glyph in range(0, len(order), 97):
            own = ours.glyph_name(glyph)
            assert own in ("", order[glyph])
    assert ours.glyph_name(10_000_000) == ""


def test_a_font_without_names_has_none() -> None:
    assert GlyphNames(b"\x00\x03\x00\x00" + bytes(28)).of(3) == ""
    assert GlyphNames(b"").of(0) == ""


def test_every_sequence_of_every_font_is_there(names: GlyphChain) -> None:
    for base in "葛邉邊辻神高":
        found = {variant.cluster for variant in variants(names, base)}
        for one in names.fonts:
            with TTFont(one.path, lazy=True) as theirs:
                table = next(sub for sub in theirs["cmap"].tables if sub.format == 14).uvsDict
                wanted = {base + chr(selector) for selector, entries in table.items() if any(c == ord(base) for c, _ in entries)}
            assert wanted <= found


def test_the_office_s_own_come_first_and_are_numbered(names: GlyphChain) -> None:
    found = variants(names, "葛")
    assert found[0].cluster == "葛"
    assert [variant.own for variant in found] == sorted((variant.own for variant in found), reverse=True)
    assert number_in(names, "葛\U000e0102") == "MJ022335"
    assert number_in(names, "葛\U000e0100") == ""
    assert number_in(names, "邉\U000e01ef") == ""
    assert {variant.cluster for variant in found if variant.usual} == {"葛\U000e0103"}


def test_the_own_collection_is_that_of_the_first_font(names: GlyphChain) -> None:
    own = OwnSequences(names)
    assert "葛\U000e0102" in own
    assert "葛\U000e0100" not in own
    assert 7 not in own
    assert other_collection("葛\U000e0100城\u3000邉\U000e0110", own) == ("葛\U000e0100",)


def test_every_character_of_the_table_of_families_can_be_drawn(names: GlyphChain) -> None:
    assert names.missing("".join(resources.read_toml("names/families.toml")["families"])) == ()


def test_a_character_nobody_has_offers_nothing(names: GlyphChain) -> None:
    assert variants(names, "\u9fa6") == ()
    assert variants(names, "\ue000") == ()
