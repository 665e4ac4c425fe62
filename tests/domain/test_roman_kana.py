from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.roman_kana import MOST_SPELLINGS, kana_guess, long_spellings, name_guess
from nhi_center.domain.search import kana_key
from nhi_center.synthesis.names import CULTURES


@pytest.mark.parametrize(
    ("roman", "kana"),
    [
        ("NGUYEN VAN AN", "グエン ヴァン アン"),
        ("Nguyễn Thị Hương", "グエン ティ フオン"),
        ("ĐẶNG MINH", "ダン ミン"),
        ("KIM MINJI", "キム ミンジ"),
        ("Smith John", "スミス ジョン"),
        ("ＳＨＲＥＳＴＨＡ Sita", "シュレスタ シタ"),
        ("GURUNG BAHADUR", "グルン バハドゥル"),
        ("KATSURAGI MIHOKO", "カツラギ ミホコ"),
        ("TCHIBA", "トチバ"),
        ("HATTORI RYOICHI", "ハットリ リョイチ"),
        ("JOHANNA", "ジョハンナ"),
        ("SINGH", "シン"),
        ("ANDERSON", "アンデルソン"),
        ("PHUC", "フク"),
        ("O'BRIEN", "オブリエン"),
        ("FUJIYAMA", "フジヤマ"),
        ("THAO", "タオ"),
        ("WATANABE", "ワタナベ"),
        ("ZHENG", "チェン"),
        ("SHIMPO", "シンポ"),
        ("OHNO YŪKO", "オオノ ユウコ"),
        ("Ōta Jirō", "オオタ ジロウ"),
        ("Ngô", "ゴ"),
        ("OHARA", "オハラ"),
        ("OUSMANE", "オウスマネ"),
        ("Łukasz", "ルカスズ"),
    ],
)
def test_a_roman_name_is_read(roman: str, kana: str) -> None:
    assert name_guess(roman) == kana


@pytest.mark.parametrize("word", ["", "A", "葛城", "カツラギ", "3450312", "R8", "A1", "見本A"])
def test_what_is_no_roman_word_is_not_guessed(word: str) -> None:
    assert kana_guess(word) == ""


@given(st.text(alphabet=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), min_size=2, max_size=20))
def test_any_word_is_read_as_kana(word: str) -> None:
    guess = kana_guess(word)
    assert all("\u30a1" <= char <= "\u30fa" or char == "ー" for char in guess)
    assert kana_key(guess) == guess


def test_most_family_names_of_the_training_register_are_found_by_their_kana() -> None:
    families = [(roman, kana) for culture in CULTURES for _recorded, roman, kana in culture.families if " " not in kana]
    found = [roman for roman, kana in families if kana_key(kana).startswith(kana_guess(roman)) and kana_guess(roman)]
    assert len(found) >= 0.8 * len(families), sorted({roman for roman, _kana in families} - set(found))


def test_long_vowels_are_tried_the_fewest_first() -> None:
    assert long_spellings("コジ") == ("コウジ", "コオジ")
    assert long_spellings("スズキ") == ("スウズキ", "スズウキ", "スウズウキ")
    assert long_spellings("サト") == ()  # the last one need not be written
    assert long_spellings("オウノ") == ()  # long already
    assert len(long_spellings("オトコノコトモノソノホ" * 40)) == MOST_SPELLINGS  # and at once
