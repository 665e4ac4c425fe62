"""One line finds whom a plain look at every person finds, page by page, with each index walked in its own order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from nhi_center.domain.people import Person
from nhi_center.domain.roman_kana import long_spellings, name_guess
from nhi_center.domain.search import Place, SearchTerms, given_key, kana_key, kanji_key
from nhi_center.storage import register
from nhi_center.storage.engine import Connection
from nhi_center.storage.search import search
from nhi_center.storage.store import Store, create_store, new_key, open_store
from tests.storage.test_register import KATSURAGI, TODAY, connection, found

__all__ = ["connection"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("カツラギ", ["00000001"]),
        ("かつら", ["00000001"]),
        ("ｶﾂﾗｷﾞ", ["00000001"]),
        ("葛城", ["00000001"]),
        ("葛\U000e0102城", ["00000001"]),
        ("見本太", ["00000002"]),
        ("ミホ", ["00000001", "00000002"]),
        ("ホコ", ["00000001"]),
        ("ミホ 3450312", ["00000001", "00000002"]),
        ("ミホ 3450313", []),
        ("昭和45年3月12日", ["00000001", "00000002"]),
        ("0142", ["00000001"]),
        ("03-0000-0777", ["00000002"]),
        ("00000002", ["00000002"]),
        ("04-00 0000456", ["00000002"]),
        ("ミホ 0777", ["00000002"]),
        ("葛城 0142", ["00000001"]),
        ("城見 0142", ["00000001"]),
        ("城見 0777", []),
        ("カツラギ 葛城", ["00000001"]),
        ("カツラギ 辻", []),
        ("ラギ 見本", ["00000001"]),
        ("ツ 見本", ["00000002"]),
        ("ツ 辻見", ["00000002"]),
        ("KATSURAGI", ["00000001"]),
        ("miho", ["00000001", "00000002"]),
        ("Mihoko Katsuragi", ["00000001"]),
        ("KATSURAGI 3450312", ["00000001"]),
        ("NGUYEN VAN", []),
        ("だれもいない", []),
        ("", []),
        ("%", []),
        ('"', []),
    ],
)
def test_one_box_finds(connection: Connection, typed: str, expected: list[str]) -> None:
    assert found(connection, typed) == expected


@pytest.fixture
def crowd(connection: Connection) -> Connection:
    """700 namesakes; the last of them alone was born on 1 February 1980 and has a number ending in 8888."""
    ordinary = replace(KATSURAGI, name="山葛城　見本", kana="ヤマカツラギ　ミホン", alias="カメイ葛城")
    people = [replace(ordinary, atena=f"{number:08}", phone=f"03{number:04}0000") for number in range(1000, 1700)]
    people.append(replace(ordinary, atena="00009999", birth=date(1980, 2, 1), phone="0300008888"))
    register.put_people(connection, [(number, person) for number, person in enumerate(people, start=10)])
    return connection


@pytest.mark.parametrize("name", ["ヤマカツ", "ミホン", "ツラギ", "山葛城", "葛城見本", "カメイ葛城", "ヤ 葛城", "ヤマ 山"])
@pytest.mark.parametrize("beside", ["19800201", "8888"])
def test_nobody_is_lost_among_namesakes(crowd: Connection, name: str, beside: str) -> None:
    assert found(crowd, f"{name} {beside}") == ["00009999"]


@pytest.mark.parametrize("typed", ["ヤマ", "ツラギ", "葛城見本", "ヤマカツ 03", "ツラギ 03", "葛城見本 03", "03"])
def test_a_page_is_full_and_names_nobody_twice(crowd: Connection, typed: str) -> None:
    page = found(crowd, typed)
    assert len(page) == len(set(page)) == 50


def pages(connection: Connection, typed: str, limit: int, *, protected: bool = True) -> list[list[str]]:
    """Every page, by 宛名番号."""
    terms, found, after = SearchTerms.parse(typed, today=TODAY), [], None
    while True:
        page = search(connection, terms, limit, after=after, protected=protected)
        found.append([person.atena for person in page.people])
        after = page.after
        if after is None:
            return found


@pytest.mark.parametrize(
    "typed", ["ヤマ", "ミホ", "ラギ", "葛城", "城見", "03", "19700312", "ヤ 山", "ツラ 葛城", "ヤマ 03", "山葛城 03"]
)
def test_all_pages_together_are_everybody_and_nobody_twice(crowd: Connection, typed: str) -> None:
    found = pages(crowd, typed, 50)
    everybody = [atena for page in found for atena in page]
    assert all(len(page) == 50 for page in found[:-1])
    assert len(everybody) == len(set(everybody)) > 699
    assert sorted(everybody) == sorted(pages(crowd, typed, 10_000)[0])


def test_a_page_goes_on_behind_the_last_one_whatever_came_between(crowd: Connection) -> None:
    terms = SearchTerms.parse("ヤマ", today=TODAY)
    first = search(crowd, terms, 50)
    register.put_people(crowd, [(9001, replace(KATSURAGI, atena="00000500", kana="ヤマ　アタラ"))])
    second = search(crowd, terms, 50, after=first.after)
    assert not {person.atena for person in first.people} & {person.atena for person in second.people}
    assert len(second.people) == 50


def test_who_is_protected_leaves_no_gap(crowd: Connection) -> None:
    hidden = [replace(KATSURAGI, atena=f"{n:08}", kana="ヤマ　マモル", name="山　守", protected=True) for n in range(2000, 2040)]
    register.put_people(crowd, [(n, person) for n, person in enumerate(hidden, start=9100)])
    for typed in ("ヤマ", "マモル", "ママ", "山守", "03", "19700312"):
        shown = pages(crowd, typed, 50, protected=False)
        assert not {atena for page in shown for atena in page} & {person.atena for person in hidden}
        assert all(len(page) == 50 for page in shown[:-1])
    assert pages(crowd, "ヤママモル", 50, protected=False) == [[]] == pages(crowd, "ヌヌ", 50, protected=False)
    assert len(pages(crowd, "ヤママモル", 50)[0]) == 40


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("ヤ", "ix_person_kana"),
        ("ヤマカ", "ix_person_kana"),
        ("山", "ix_person_kanji"),
        ("山葛", "ix_person_kanji"),
        ("19700312", "ix_person_birth"),
        ("0300", "ix_person_number"),
    ],
)
def test_no_page_is_sorted(crowd: Connection, typed: str, index: str) -> None:
    """Above all no kana order over a beginning in kanji: 5.7 seconds with a million people."""
    asked: list[tuple[str, object]] = []
    event.listen(crowd, "before_cursor_execute", lambda _c, _k, statement, values, *_more: asked.append((statement, values)))
    terms = SearchTerms.parse(typed, today=TODAY)
    after: Place | None = None
    for _page in range(3):
        after = search(crowd, terms, 20, after=after).after
    plans = [
        "\n".join(row.detail for row in crowd.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))  # type: ignore[arg-type]
        for statement, values in tuple(asked)
    ]
    assert any(index in plan for plan in plans[:2])
    assert not [plan for plan in plans if "TEMP B-TREE" in plan or "SCAN p" in plan]


# -- against a plain look at everybody --

KANA = ["ヤマ", "ヤマダ", "ミホ", "ミホコ", "アー", "ガ", "カ\u3099", "ジョン・スミス", "ナ" * 30, "キョウ", "キヨウ", "ﾔﾏ"]
KANJI = [
    "山",
    "山田",
    "葛\U000e0102城",
    "葛城",
    "邉\U000e010f",
    "𠮷田",
    "𰻞",
    "𰻟",
    "髙",
    "高",
    "NGUYỄN",
    "O'Brien",
    "O.Brien",
    "一ノ瀬",
    "々",
    "\ue000",
]


def _called(parts: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(parts), min_size=1, max_size=3).map("　".join)


BIRTHS = [date(1970, 3, 12), date(1970, 3, 13), date(1980, 2, 1)]
NUMBERS = ["", "0300", "0312345678", "09012340142"]
PERSON = st.builds(
    lambda **values: replace(KATSURAGI, **values),
    name=_called(KANJI),
    kana=st.one_of(st.just(""), _called(KANA)),
    alias=st.one_of(st.just(""), _called(KANJI)),
    roman=st.sampled_from(["", "JOHN SMITH", "Nguyễn Van"]),
    birth=st.sampled_from(BIRTHS),
    phone=st.sampled_from(["", "0312345678", "0300000142", "09012340142"]),
    symbol=st.sampled_from(["", "04-00", "03-01"]),
    number=st.sampled_from(["", "0000123", "0142000"]),
    protected=st.booleans(),
)
WORD = st.one_of(
    st.sampled_from(KANA + KANJI),
    _called(KANA).map(lambda text: text.replace("　", "")),
    _called(KANJI).map(lambda text: text.replace("　", "")),
    st.sampled_from(
        [
            "ヤ",
            "ホ",
            "マミ",
            "ダミ",
            "ー",
            "田山",
            "城",
            "SM",
            "HNS",
            "YAMA",
            "john",
            "MI",
            "VAN",
            "Nguyen",
            "'",
            ".",
            "OB",
            "5",
            "04",
            "0400",
            "0142",
            "19700312",
        ]
    ),
    st.sampled_from(
        [f"{birth:%Y%m%d}" for birth in BIRTHS] + ["S45.3.12", "03", "0312", "5678", "8765432130", "0000123", "00001001"]
    ),
)
LINE = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


def fits(person: Person, terms: SearchTerms) -> bool:
    """What a line asks for, said of one person alone."""
    kana, kanji, digits = terms.kana, terms.kanji, terms.digits
    said = person.kana or name_guess(person.roman or person.name)
    key = kana_key(said)
    names = [kanji_key(name) for name in (person.name, person.alias, person.roman)]
    numbers = (register.number_key(person.symbol, person.number), person.number, person.phone, person.phone[::-1])
    by_digits = person.atena == digits or any(
        number.startswith(start) for number, start in zip(numbers, (digits, digits, digits, digits[::-1]), strict=True)
    )
    by_birth = person.birth == terms.birth
    if terms.either:
        return by_birth or by_digits
    by_kana = _sounds(key, given_key(said), kana)
    by_kanji = names[0].startswith(kanji) or (len(kanji) > 1 and any(kanji in name for name in names))
    if len(terms.sounds) == 1:
        by_kanji |= _sounds(key, given_key(said), terms.sounds[0])
    elif any(len(sound) > 1 for sound in terms.sounds):
        by_kanji |= all(sound in key for sound in terms.sounds)
    spelled = [(sound, *long_spellings(sound)) for sound in terms.sounds]
    if any(len(spellings) > 1 for spellings in spelled):
        by_kanji |= all(any(one in key for one in spellings) for spellings in spelled)
    return (
        not terms.is_empty
        and (not kana or by_kana)
        and (not kanji or by_kanji)
        and (terms.birth is None or by_birth)
        and (not digits or by_digits)
    )


def _sounds(key: str, given: str, kana: str) -> bool:
    return key.startswith(kana) or given.startswith(kana) or (len(kana) > 1 and kana in key)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    key, path = new_key(), tmp_path_factory.mktemp("search") / "nhi-center.db"
    create_store(path, key)
    store = open_store(path, (key,))
    yield store
    store.close()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    people=st.lists(PERSON, min_size=1, max_size=12),
    lines=st.lists(LINE, min_size=1, max_size=8),
    limit=st.integers(1, 5),
    protected=st.booleans(),
)
def test_a_line_finds_whom_a_look_at_everybody_finds(
    empty_store: Store, people: list[Person], lines: list[str], limit: int, protected: bool
) -> None:
    numbers = count(1001)
    everybody = [replace(person, atena=f"{next(numbers):08}") for person in people]
    with empty_store.write.connect() as opened, opened.begin() as undone:
        register.put_people(opened, enumerate(everybody, start=1))
        for line in lines:
            terms = SearchTerms.parse(line, today=TODAY)
            expected = {one.atena for one in everybody if fits(one, terms) and (protected or not one.protected)}
            found = [atena for page in pages(opened, line, limit, protected=protected) for atena in page]
            assert len(found) == len(set(found)), line
            assert set(found) == expected, line
        undone.rollback()


def test_a_foreign_name_is_found_by_letters_and_by_sound(connection: Connection) -> None:
    """Whether the register has only letters, only kana, or kanji and kana."""
    people = [
        replace(KATSURAGI, atena="00000011", name="NGUYEN VAN MIHON", kana="", roman="NGUYEN VAN MIHON"),
        replace(KATSURAGI, atena="00000012", name="グエン　ティ・ミホン", kana="グエン　ティ・ミホン", roman=""),
        replace(KATSURAGI, atena="00000013", name="金　見智", kana="キム　ミンジ", roman=""),
        replace(KATSURAGI, atena="00000014", name="SMITH JOHN", kana="スミス　ジョン", roman="SMITH JOHN"),
        replace(KATSURAGI, atena="00000015", name="佐藤　見本次", kana="サトウ　コウジ", roman=""),
        replace(KATSURAGI, atena="00000016", name="小野　見本子", kana="オノ　ユウコ", roman=""),
        replace(KATSURAGI, atena="00000017", name="大野　見本子", kana="オオノ　ユウコ", roman=""),
        replace(KATSURAGI, atena="00000018", name="大島　見本", kana="オオシマ　トオル", roman=""),
    ]
    register.put_people(connection, enumerate(people, start=900))
    for typed, expected in (
        ("Nguyễn", ["00000011", "00000012"]),
        ("グエン", ["00000011", "00000012"]),
        ("NGUYEN THI", ["00000012"]),
        ("KIM MINJI", ["00000013"]),
        ("minji kim", ["00000013"]),
        ("John Smith", ["00000014"]),
        ("SMITH", ["00000014"]),
        ("スミス", ["00000014"]),
        ("SATO KOJI", ["00000015"]),
        ("Koji Satō", ["00000015"]),
        ("ONO YUKO", ["00000016", "00000017"]),
        ("YUKO", ["00000016", "00000017"]),
        ("OSHIMA TORU", ["00000018"]),
        ("OHSHIMA TORU", ["00000018"]),
    ):
        assert sorted(found(connection, typed)) == expected, typed
