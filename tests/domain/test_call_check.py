from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nhi_center.domain.call_check import Agreement, Caller, Check, Level, Stated, check, level, same_address, same_name
from nhi_center.domain.people import Person

TODAY = date(2026, 11, 24)
PERSON = Person(
    atena="00012345",
    household="0001234",
    is_head=True,
    relation="世帯主",
    name="葛\U000e0102城　見本子",
    kana="カツラギ　ミホコ",
    roman="KATSURAGI MIHOKO",
    alias="見本　葛子",
    birth=date(1970, 3, 12),
    sex="2",
    postal="1600021",
    address="東京都新宿区歌舞伎町一丁目4番1号　見本ハイツ203",
    card="無",
)
ALL = Check(Agreement.MATCH, Agreement.MATCH, Agreement.MATCH)
OWN = ("1", "2", "3")
OTHERS = ("4", "5", "6", "7")


@pytest.mark.parametrize(
    "said",
    ["カツラギ ミホコ", "かつらぎみほこ", "ｶﾂﾗｷﾞ ﾐﾎｺ", "葛城　見本子", "葛\U000e0102城見本子", "見本葛子", "Katsuragi Mihoko"],
)
def test_a_name_agrees_however_it_is_written(said: str) -> None:
    assert same_name(said, PERSON)


@pytest.mark.parametrize("said", ["カツラギ", "カツラキ ミホコ", "桂木見本子", "", "　"])
def test_another_name_does_not(said: str) -> None:
    assert not same_name(said, PERSON)


@pytest.mark.parametrize(
    "said",
    [
        "歌舞伎町1-4-1",
        "歌舞伎町１－４－１",
        "歌舞伎町1丁目4番1号",
        "歌舞伎町一丁目四番一号",
        "新宿区歌舞伎町1の4の1",
        "東京都新宿区歌舞伎町 1-4-1 見本ハイツ203",
        "歌舞伎町1-4-1-203",
    ],
)
def test_an_address_agrees_however_it_is_written(said: str) -> None:
    assert same_address(said, PERSON.address)


@pytest.mark.parametrize(
    "said",
    ["歌舞伎町1-4", "歌舞伎町1-4-2", "歌舞伎町1-4-1-204", "歌舞伎町", "西新宿1-4-1", "中野区歌舞伎町1-4-1", "1-4-1", "", "十"],
)
def test_another_address_does_not(said: str) -> None:
    assert not same_address(said, PERSON.address)


@pytest.mark.parametrize(
    ("said", "registered"),
    [
        ("市ケ谷田町2-31", "東京都新宿区市ヶ谷田町2丁目31番地"),
        ("百人町2-23-9", "東京都新宿区百人町二丁目23番9号"),
        ("二十騎町5", "東京都新宿区二十騎町5番地"),
        ("西早稲田3-20-3", "東京都新宿区西早稲田３丁目２０－３"),
    ],
)
def test_towns_with_numbers_in_their_names(said: str, registered: str) -> None:
    assert same_address(said, registered)


def test_the_three_items() -> None:
    said = Stated("カツラギ ミホコ", "3450312", "歌舞伎町1-4-1")
    assert check(said, PERSON, TODAY) == ALL
    assert check(said, PERSON, TODAY).complete
    assert check(Stated("カツラギ ミホコ", "S45.3.13", ""), PERSON, TODAY) == Check(
        Agreement.MATCH, Agreement.DIFFERENT, Agreement.UNASKED
    )
    assert check(Stated(birth="いつか"), PERSON, TODAY).birth is Agreement.DIFFERENT


def test_nothing_is_compared_without_a_person_or_for_a_protected_one() -> None:
    said = Stated("カツラギ ミホコ", "3450312", "歌舞伎町1-4-1")
    assert check(said, None, TODAY) == Check()
    assert check(said, replace(PERSON, protected=True), TODAY) == Check()


@pytest.mark.parametrize("caller", [*(one.value for one in Caller), ""])
@pytest.mark.parametrize("called_back", [True, False])
def test_the_table_of_levels(caller: str, called_back: bool) -> None:
    identified = Level.CALLED_BACK if called_back else Level.IDENTIFIED
    expected = identified if caller in OWN else Level.NEVER if caller in OTHERS else Level.GENERAL
    assert level(caller, ALL, PERSON, told=True, called_back=called_back) is expected
    never = Level.NEVER if caller in OTHERS else Level.GENERAL
    assert level(caller, ALL, PERSON, told=False, called_back=called_back) is never
    for item in ("name", "birth", "address"):
        for state in (Agreement.DIFFERENT, Agreement.UNASKED):
            assert level(caller, replace(ALL, **{item: state}), PERSON, told=True, called_back=called_back) is never
    assert level(caller, ALL, replace(PERSON, protected=True), told=True, called_back=called_back) is Level.NEVER
    assert level(caller, Check(), None, told=True, called_back=called_back) is Level.GENERAL


@pytest.mark.parametrize("said", ["オーノ ケーコ", "おおの けいこ", "オウノ　ケエコ"])
@pytest.mark.parametrize("registered", ["オオノ　ケイコ", "オーノ　ケーコ"])
def test_a_long_vowel_is_heard_not_seen(said: str, registered: str) -> None:
    assert same_name(said, replace(PERSON, kana=registered))


@pytest.mark.parametrize("said", ["オノ ケイコ", "オオノ ケコ", "オアノ ケイコ"])
def test_a_short_vowel_is_another_name(said: str) -> None:
    assert not same_name(said, replace(PERSON, kana="オオノ　ケイコ"))


def test_a_name_heard_only_is_not_called_different_when_the_register_has_no_reading() -> None:
    silent = replace(PERSON, kana="")
    assert check(Stated(name="カツラギ ミホコ"), silent, TODAY).name is Agreement.NOT_HELD
    assert check(Stated(name="葛城見本子"), silent, TODAY).name is Agreement.MATCH
    assert check(Stated(name="桂木見本子"), silent, TODAY).name is Agreement.DIFFERENT
    assert check(Stated(name="カツラギ ミホ"), PERSON, TODAY).name is Agreement.DIFFERENT
