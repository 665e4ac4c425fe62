"""The postal table of the whole country, asked both ways."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from nhi_center import resources
from nhi_center.domain.postal import PostalBook, PostalTableFault

SMALL = """# 2026-10
@東京都\t新宿区
1600000
1620001見本
1620002見本町
@東京都\t府中市
1830055府中町
@広島県\t府中市
7260004府川町
7260003元町
@東京都\t青梅市
1980000
1980001見本
1980001例町
"""


@pytest.fixture(scope="module")
def book() -> PostalBook:
    return PostalBook(resources.read_bytes("postal/japan.txt"))


@pytest.fixture(scope="module")
def small() -> PostalBook:
    return PostalBook(SMALL.encode())


@pytest.mark.parametrize(
    ("code", "address"),
    [
        ("1600021", "東京都新宿区歌舞伎町"),
        ("0600000", "北海道札幌市中央区"),
        ("9071801", "沖縄県八重山郡与那国町与那国"),
        ("5300001", "大阪府大阪市北区梅田"),
    ],
)
def test_code_gives_the_beginning_of_the_address_anywhere_in_the_country(book: PostalBook, code: str, address: str) -> None:
    assert [town.address for town in book.towns(code)] == [address]


@pytest.mark.parametrize("code", ["9999999", "160002", "16000211", "", "1600021歌", "１６０００２１"])
def test_what_is_no_code_of_the_table_gives_nothing(book: PostalBook, code: str) -> None:
    assert book.towns(code) == ()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("東京都新宿区歌舞伎町1丁目4番1号", "1600021"),
        ("新宿区歌舞伎町1丁目4番1号", "1600021"),
        ("新宿区歌舞伎町", "1600021"),
        ("大阪府大阪市北区梅田3-1", "5300001"),
        ("東京都千代田区霞ケ関1-1-2", "1000013"),
        ("東京都千代田区霞ヶ関1-1-2", "1000013"),
        ("神奈川県横浜市保土ケ谷区霞台1", "2400014"),
        ("神奈川県横浜市保土ヶ谷区霞台1", "2400014"),
    ],
)
def test_address_gives_the_code(book: PostalBook, address: str, code: str) -> None:
    assert [town.postal for town in book.codes(address)] == [code]


def test_longest_town_wins_and_a_city_alone_is_no_guess(small: PostalBook) -> None:
    assert [town.postal for town in small.codes("新宿区見本町2-1")] == ["1620002"]
    assert [town.postal for town in small.codes("新宿区見本3-1")] == ["1620001"]
    assert [town.postal for town in small.codes("新宿区")] == ["1600000"]
    assert [town.postal for town in small.codes("新宿区別の町")] == ["1600000"]
    assert small.codes("大阪市北区") == ()
    assert small.codes("") == ()


def test_a_city_that_stands_twice_in_the_country_is_looked_for_in_both(small: PostalBook) -> None:
    assert [town.address for town in small.codes("府中市府川町1")] == ["広島県府中市府川町"]
    assert [town.address for town in small.codes("東京都府中市府中町1")] == ["東京都府中市府中町"]
    assert small.codes("東京都府中市府川町1") == ()


def test_a_code_of_several_towns_keeps_them_all(small: PostalBook) -> None:
    assert [town.town for town in small.towns("1980001")] == ["見本", "例町"]


def test_the_shipped_table_is_whole(book: PostalBook) -> None:
    assert book.edition == "2026-10"
    assert len({city.prefecture for city in book._cities}) == 47
    assert len([city for city in book._cities if city.prefecture == "東京都" and city.city.endswith("区")]) == 23
    data = resources.read_bytes("postal/japan.txt")
    assert len(data) < 2_500_000
    rows = [line for line in data.decode().splitlines()[1:] if not line.startswith("@")]
    assert len(rows) > 120_000
    assert len({row[:7] for row in rows}) > 119_000
    assert not [row for row in rows if any(mark in row for mark in "〜、「（(") or row.endswith("場合")]


def test_every_row_leads_to_its_code_and_back(book: PostalBook) -> None:
    """Every 401st row: its address finds it again, and its code finds its address."""
    city = ("", "")
    for number, line in enumerate(resources.read_bytes("postal/japan.txt").decode().splitlines()[1:]):
        if line.startswith("@"):
            city = (line[1:].split("\t")[0], line.split("\t")[1])
        elif number % 401 == 0:
            address = "".join(city) + line[7:]
            assert address in {town.address for town in book.towns(line[:7])}
            assert line[:7] in {town.postal for town in book.codes(f"{address}１－１")}


def steps(act: Callable[[], object]) -> int:
    """How many functions are called on the way: work that no other program on the machine makes longer."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def test_reading_and_asking_is_for_the_gui_thread_too(book: PostalBook) -> None:
    """The 120,000 rows stay text until a question needs some of them."""
    assert steps(lambda: PostalBook(resources.read_bytes("postal/japan.txt"))) < 40_000
    assert steps(lambda: book.towns("9071801")) < 100
    assert steps(lambda: book.codes("富山県富山市婦中町速星1-1")) < 8_000


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("東京都\n", 1),
        ("# 2026-10\n160002歌舞伎町\n", 2),
        ("# 2026-10\n@東京都\n1600021歌舞伎町\n", 2),
        ("# 2026-10\n@東京都\t新宿区\n1600021歌舞伎町\n\n", 4),
    ],
)
def test_a_broken_table_names_its_line(text: str, line: int) -> None:
    with pytest.raises(PostalTableFault) as caught:
        PostalBook(text.encode())
    assert caught.value.line == line
