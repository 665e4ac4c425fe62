from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing import fonts
from nhi_center.printing.cmap import BadFont, CharacterMap, read_character_map
from nhi_center.printing.fonts import Font, FontName, MissingGlyph, Role, chain, describe, font


@pytest.mark.parametrize("name", list(FontName))
def test_every_character_and_sequence_agrees_with_an_independent_reader(name: FontName) -> None:
    ours = font(name).characters
    with TTFont(font(name).path, lazy=True) as theirs:
        table = theirs["cmap"]
        ids = theirs.getReverseGlyphMap()
        best = {code: ids[glyph] for code, glyph in table.getBestCmap().items() if ids[glyph]}
        assert {code: ours.glyph(code) for code in range(0x30000) if ours.glyph(code) is not None} == best
        sequences = next(sub for sub in table.tables if sub.format == 14).uvsDict
        checked = 0
        for selector, entries in sequences.items():
            for code, glyph in entries:
                assert ours.variation(code, selector) == (best.get(code) if glyph is None else ids[glyph])
                checked += 1
    assert checked > 400


@pytest.mark.parametrize("name", [FontName.BIZ_GOTHIC, FontName.IPAEX])
def test_the_basic_plane_table_alone_gives_the_same_glyphs(name: FontName) -> None:
    path = font(name).path
    with TTFont(path, lazy=True) as theirs:
        data = bytearray(theirs.reader["cmap"])
        best = {code: theirs.getGlyphID(glyph) for code, glyph in theirs["cmap"].getcmap(3, 1).cmap.items()}
    for index in range(int.from_bytes(data[2:4], "big")):
        at = 4 + 8 * index
        if bytes(data[at : at + 4]) != b"\x00\x03\x00\x01":
            data[at : at + 4] = b"\x00\x09\x00\x09"
    ours = CharacterMap(bytes(data))
    assert {code: ours.glyph(code) for code in best if best[code]} == {code: gid for code, gid in best.items() if gid}


def test_a_variant_has_another_glyph_than_its_base() -> None:
    names = chain(Role.NAME)
    for base, selector in (("葛", "\U000e0102"), ("辻", "\U000e0102"), ("邉", "\U000e010f"), ("邊", "\U000e0108")):
        plain, variant = names.resolve(base), names.resolve(base + selector)
        assert plain is not None
        assert variant is not None
        assert variant.font.name is FontName.IPAMJ
    kuzu = names.resolve("葛\U000e0102")
    assert kuzu is not None
    assert kuzu.glyph == 23477


def test_the_chain_goes_on_where_the_first_font_lacks_the_sequence() -> None:
    glyph = chain(Role.NAME).resolve("葛\U000e0100")
    assert glyph is not None
    assert glyph.font.name is not FontName.IPAMJ


@pytest.mark.parametrize(
    "cluster", ["邉\U000e0102", "見\U000e01ef", "か\u3099", "\ue000", "\U00100041", "\u200b", "\x07", "葛\U000e0102\U000e0103"]
)
def test_what_no_font_draws_exactly_is_missing(cluster: str) -> None:
    assert chain(Role.NAME).missing(f"見本{cluster}{cluster}太郎") == (cluster,)


def test_runs_of_a_mixed_name_and_refusal() -> None:
    names = chain(Role.NAME)
    runs = names.runs("葛\U000e0100\U0002a6d6田")
    assert [run[0].name for run in runs] == [FontName.IPAEX, FontName.IPAMJ]
    assert [cluster for _, pieces in runs for cluster, _ in pieces] == ["葛\U000e0100", "\U0002a6d6", "田"]
    with pytest.raises(MissingGlyph) as refused:
        names.runs("見本 邉\U000e0102子")
    assert refused.value.characters == ("邉\U000e0102",)
    assert "見本" not in str(refused.value)
    assert pickle.loads(pickle.dumps(refused.value)).characters == ("邉\U000e0102",)


def test_a_missing_character_is_named_by_its_code() -> None:
    assert describe("邉\U000e0102") == "邉(U+9089 U+E0102)"
    assert describe("\u200b") == "(U+200B)"


def test_a_font_that_is_not_there_or_broken_is_a_clear_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_folders", lambda: iter([tmp_path]))
    with pytest.raises(EnvironmentTrouble) as absent:
        font.__wrapped__(FontName.IPAMJ)
    assert absent.value.code == "FT-01"
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\x00\x01\x00\x00" + bytes(40))
    with pytest.raises(EnvironmentTrouble) as damaged:
        Font(FontName.IPAMJ, broken).glyph("見")
    assert damaged.value.code == "FT-02"
    broken.write_bytes(b"OTTO")
    with pytest.raises(BadFont):
        read_character_map(broken)
    with pytest.raises(BadFont):
        CharacterMap(b"\x00\x00\x00\x05")


def test_a_folder_named_by_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "deep" / "ipaexm.ttf"
    copy.parent.mkdir()
    copy.write_bytes(font(FontName.IPAEX).path.read_bytes())
    monkeypatch.setenv("NHI_FONT_DIR", str(tmp_path))
    assert font.__wrapped__(FontName.IPAEX).path == copy


def test_the_installed_fonts_are_the_accepted_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    checks = fonts.check_fonts()
    assert [check.name for check in checks] == list(FontName)
    assert all(check.accepted for check in checks)
    altered = tmp_path / "ipaexm.ttf"
    altered.write_bytes(font(FontName.IPAEX).path.read_bytes()[:-1] + b"\x01")
    original = font
    monkeypatch.setattr(fonts, "font", lambda name: Font(name, altered) if name is FontName.IPAEX else original(name))
    assert [check.name for check in fonts.check_fonts() if not check.accepted] == [FontName.IPAEX]
