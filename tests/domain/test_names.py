from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import names
from nhi_center.domain.names import NameProblem

KATSU = "葛\U000e0102"
NABE = "邉\U000e0110"
name_chars = st.sampled_from(
    ["葛", "\U000e0102", "\U000e0110", "\ufe00", "邉", "か", "\u3099", "ﾊ", "ﾞ", "𠮟", "城", "\u3000", "A", "\u0301"]
)
written = st.text(name_chars, max_size=12) | st.text(max_size=12)
katakana = st.text(st.characters(min_codepoint=0x30A1, max_codepoint=0x30F6) | st.sampled_from("ー　"), max_size=20)


def test_a_variant_is_one_character() -> None:
    name = f"{KATSU}城　{NABE}子"
    assert names.clusters(name) == (KATSU, "城", "　", NABE, "子")
    assert names.length(name) == 5
    assert names.cut(name, 1) == KATSU
    assert names.cut(name, 4) == f"{KATSU}城　{NABE}"
    assert names.cut(name, 0) == ""
    assert names.strip_selectors(name) == "葛城　邉子"
    assert [names.is_variation_selector(char) for char in "葛\ufe00\ufe0f\U000e0100\U000e01ef\U000e01f0"] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]


@given(written, st.integers(0, 14))
def test_a_cut_never_splits_a_cluster(text: str, limit: int) -> None:
    parts = names.clusters(text)
    assert "".join(parts) == text
    assert names.length(text) == len(parts)
    head = names.cut(text, limit)
    assert text.startswith(head)
    assert names.clusters(head) == parts[:limit]
    rest = text[len(head) :]
    assert (
        not rest
        or limit == 0
        or not (names.is_variation_selector(rest[0]) or unicodedata.category(rest[0]) in {"Mn", "Mc", "Me"})
    )


def test_unusual_characters_are_shown_with_base_and_variant() -> None:
    found = names.unusual_characters(f"{KATSU}城　髙﨑　{KATSU}𠮟")
    assert [(item.cluster, item.base, item.variant, item.in_jisx0213) for item in found] == [
        (KATSU, "葛", "\U000e0102", True),
        ("髙", "髙", "", False),
    ]
    assert names.unusual_characters("見本　太郎") == ()
    assert names.unusual_characters("か\u309aト\u309a") == ()  # か゚ has a place of its own in JIS X 0213
    assert not names.in_jisx0213("\u4e04")  # JIS X 0212 only: the EUC codec would let it through


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("", "入力してください"),
        ("　", "入力してください"),
        ("見本\ue000", "外字"),
        ("見本\U0010de92", "外字"),
        ("見本\U000f0000", "外字"),
        ("見本\u202e太郎", "制御文字"),
        ("見本\n太郎", "制御文字"),
        ("見本\u200d", "制御文字"),
        ("ﾐﾎﾝ", "半角カタカナ"),
        ("\U000e0102葛", "異体字"),
        ("葛\U000e0102\U000e0103", "異体字"),
        ("　\U000e0102", "異体字"),
        ("見" * 101, "100文字"),
    ],
)
def test_names_that_cannot_be(name: str, part: str) -> None:
    with pytest.raises(NameProblem, match=part) as caught:
        names.check_name(name)
    assert caught.value.message.endswith("。")


@pytest.mark.parametrize(
    "name", [f"{KATSU}城　見本子", "髙﨑　𠮟", "ジョン　スミス", "NGUYEN VAN ANH", KATSU * 100, "\U00031350田"]
)
def test_names_that_are_kept_as_they_are(name: str) -> None:
    names.check_name(name)
    assert names.convert_name(name.replace(" ", "　"))[0] == name.replace(" ", "　")


def test_a_typed_name_is_never_normalised() -> None:
    assert names.convert_name("\ufa19\u3000か\u3099") == ("\ufa19\u3000か\u3099", False)
    assert names.convert_name(" 見本  太郎 ") == ("見本　太郎", True)
    assert names.convert_name("ﾐﾎﾝ ﾀﾞﾛｳ") == ("ミホン　ダロウ", True)
    assert names.convert_name(f"{KATSU}城　見本子") == (f"{KATSU}城　見本子", False)


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("ﾔﾏﾓﾄ ﾀﾛｳ", "ヤマモト　タロウ"),
        ("やまもと　たろう", "ヤマモト　タロウ"),
        ("ｶﾂﾗｷﾞ", "カツラギ"),
        ("ｳﾞｨﾊﾟｰ", "ヴィパー"),
        ("ハ\u3099は\u309a", "バパ"),
        ("ゔゕゖ", "ヴヵヶ"),
        ("ｷｮｳｺ", "キョウコ"),
        ("ｎｇｕｙｅｎ ﾊﾞﾝ", "NGUYEN　バン"),
        ("ｼﾞｮﾝ･ｽﾐｽ", "ジョン・スミス"),
        ("  ヤマモト   タロウ ", "ヤマモト　タロウ"),
    ],
)
def test_kana_is_converted_in_sight(typed: str, kana: str) -> None:
    assert names.convert_kana(typed) == (kana, True)
    assert names.convert_kana(kana) == (kana, False)
    names.check_kana(kana, foreign=True)


def test_kana_that_is_refused() -> None:
    for kana, part in [
        ("", "入力してください"),
        ("ヤマ-ト", "長音"),
        ("ヤマ−ト", "長音"),
        ("山本", "全角カタカナ"),
        ("ヤマヽ", "全角カタカナ"),
        ("ヷ", "全角カタカナ"),
    ]:
        with pytest.raises(NameProblem, match=part):
            names.check_kana(kana)
    with pytest.raises(NameProblem, match="100文字"):
        names.check_kana("ア" * 101)
    for kana in ("NGUYEN　バン", "ジョン・スミス"):
        names.check_kana(kana, foreign=True)
        with pytest.raises(NameProblem):
            names.check_kana(kana)


def test_small_kana_stay_what_they_are() -> None:
    assert names.convert_kana("きようこ")[0] != names.convert_kana("きょうこ")[0]


def test_half_width_output() -> None:
    assert names.half_width_kana("ヤマモト　タロウ") == "ﾔﾏﾓﾄ ﾀﾛｳ"
    assert names.half_width_kana("ヴァガパー・キョ") == "ｳﾞｧｶﾞﾊﾟｰ･ｷｮ"
    assert names.half_width_kana("ヰヱヮヵヶ") == "ｲｴﾜｶｹ"
    assert names.half_width_kana("NGUYEN") == "NGUYEN"
    assert names.half_width_kana("\ufa19") == "\ufa19"


@given(katakana)
def test_half_width_output_is_half_width_and_reads_back(kana: str) -> None:
    narrow = names.half_width_kana(kana)
    assert all("\uff65" <= char <= "\uff9f" or char == " " for char in narrow)
    plain = kana.translate(str.maketrans("ヰヱヮヵヶ", "イエワカケ"))
    assert names.convert_kana(narrow)[0] == names.convert_kana(plain)[0]


@given(st.text(max_size=20))
def test_converting_twice_changes_nothing_more(text: str) -> None:
    for convert in (names.convert_kana, names.convert_name, names.convert_roman):
        once, changed = convert(text)
        assert changed == (once != text)
        assert convert(once) == (once, False)


def test_roman_names() -> None:
    assert names.convert_roman(" Ｎｇｕｙｅｎ  van anh ") == ("NGUYEN VAN ANH", True)
    for roman in ("NGUYEN VAN ANH", "O'BRIEN MARY-ANN", "SMITH JR."):
        assert names.convert_roman(roman) == (roman, False)
        names.check_roman(roman)
    for roman in ("", "nguyen", "ヤマモト", "-A", "A" * 101, "A1"):
        with pytest.raises(NameProblem):
            names.check_roman(roman)


def test_hyphens_unify_only_between_address_numbers() -> None:
    assert names.fold_address("歌舞伎町１－４ー１　シャトー２０") == "歌舞伎町1-4-1　シャトー20"
    assert names.fold_address("北新宿1−2―3‐4") == "北新宿1-2-3-4"
    assert names.fold_address("センター－５") == "センター－5"
    assert names.widen_address("歌舞伎町1-4-1") == "歌舞伎町１－４－１"


@given(st.text(st.sampled_from("0123456789-ー－−歌町シ "), max_size=20))
def test_address_widths_come_back(text: str) -> None:
    folded = names.fold_address(text)
    assert names.fold_address(folded) == folded
    assert names.fold_address(names.widen_address(folded)) == folded
