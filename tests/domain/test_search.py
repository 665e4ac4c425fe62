from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import search
from nhi_center.domain.search import SearchKeys, SearchTerms
from tests.domain.test_people import person

TODAY = date(2026, 11, 24)
BORN = date(1970, 3, 12)


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("", SearchTerms()),
        ("　 ", SearchTerms()),
        ("カツラギ 3450312", SearchTerms(kana="カツラギ", birth=BORN)),
        ("3450312　カツラギ", SearchTerms(kana="カツラギ", birth=BORN)),
        ("かつらぎ s45.3.12", SearchTerms(kana="カツラギ", birth=BORN)),
        ("ｶﾂﾗｷﾞ 昭和45年3月12日", SearchTerms(kana="カツラギ", birth=BORN)),
        ("カツラギ3450312", SearchTerms(kana="カツラギ", birth=BORN)),
        ("カツラギS45.3.12", SearchTerms(kana="カツラギ", birth=BORN)),
        ("カツラギ　ミホコ", SearchTerms(kana="カツラギミホコ")),
        ("葛\U000e0102城 見本子", SearchTerms(kanji="葛城見本子")),
        ("葛城 1970-3-12", SearchTerms(kanji="葛城", birth=BORN)),
        ("一ノ瀬", SearchTerms(kanji="一ノ瀬")),
        ("Ｎｇｕｙｅｎ van", SearchTerms(kanji="NGUYENVAN", sounds=("グエン", "ヴァン"))),
        ("03-5273-0142", SearchTerms(digits="0352730142")),
        ("(03)5273-0142", SearchTerms(digits="0352730142")),
        ("+81 3-5273-0142", SearchTerms(digits="0352730142")),
        ("03/5273/0142", SearchTerms(digits="0352730142")),
        ("03 5273 0142", SearchTerms(digits="0352730142")),
        ("０１４２", SearchTerms(digits="0142")),
        ("カツラギ 0142", SearchTerms(kana="カツラギ", digits="0142")),
        ("12345678", SearchTerms(digits="12345678")),
        ("19700312", SearchTerms(birth=BORN, digits="19700312", either=True)),
        ("3450312", SearchTerms(birth=BORN, digits="3450312", either=True)),
        ("1970-3-12", SearchTerms(birth=BORN)),
        ("3450312 0142", SearchTerms(birth=BORN, digits="0142")),
        ("5081125", SearchTerms(digits="5081125")),  # tomorrow: nobody's birth date
        ("ジョン・スミス", SearchTerms(kana="ジョンスミス")),
    ],
)
def test_one_line_is_taken_apart(line: str, terms: SearchTerms) -> None:
    assert SearchTerms.parse(line, today=TODAY) == terms
    assert terms.is_empty == (not line.strip())


@given(st.text(max_size=40))
def test_any_line_is_a_search(line: str) -> None:
    terms = SearchTerms.parse(line, today=TODAY)
    assert not terms.either or (terms.birth is not None and terms.digits)


def test_keys_compare_and_lose_width_selectors_and_spaces() -> None:
    assert search.kanji_key("葛\U000e0102城　見本子") == "葛城見本子"
    assert search.kana_key("ｶﾂﾗｷﾞ　みほこ") == "カツラギミホコ"
    assert search.kana_key("キョウコ") != search.kana_key("キヨウコ")
    assert search.given_key("カツラギ　ミホコ") == "ミホコ"
    assert search.given_key("カツラギ") == ""
    assert search.kanji_key("Nguyen Van") == "NGUYENVAN"


def test_bigrams_and_phrases() -> None:
    assert search.bigrams("ヤマモト", "山本太郎") == "kヤマ kマモ kモト z j山本 j本太 j太郎"
    assert search.bigrams("ヤ", "山") == ""
    assert search.bigrams("アベ", "阿部", "", "ABE") == "kアベ z j阿部 z jAB jBE"
    assert search.phrase(search.KANA_FIELD, "やまも") == '"kヤマ kマモ"'
    assert search.phrase(search.KANJI_FIELD, "本太") == '"j本太"'
    assert search.phrase(search.KANJI_FIELD, "山") == ""
    assert search.phrase(search.KANJI_FIELD, '山" OR "本') == '"j山x22x jx22xO jOR jRx22x jx22x本"'
    assert search.bigrams("", "O'B", "𰻞田") == "jOx27x jx27xB z jx30edex田"


@given(st.text(st.sampled_from("アイウエ"), min_size=2, max_size=10), st.data())
def test_a_phrase_stands_in_the_index_where_the_text_stands_in_the_name(kana: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(kana) - 2))
    end = data.draw(st.integers(start + 2, len(kana)))
    assert search.phrase(search.KANA_FIELD, kana[start:end]).strip('"') in search.bigrams(kana, "見本")


def test_keys_of_a_person() -> None:
    keys = SearchKeys.of(person(phone="0352730142", alias="見本　花"))
    assert (keys.kana_n, keys.given_n, keys.kanji_n) == ("カツラギミホコ", "ミホコ", "葛城見本子")
    assert (keys.phone, keys.phone_rev) == ("0352730142", "2410372530")
    assert keys.grams.endswith("j見本 j本子 z j見本 j本花")
