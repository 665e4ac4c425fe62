from __future__ import annotations

import pytest

from nhi_center import resources
from nhi_center.domain import postal


@pytest.fixture(scope="module")
def book() -> postal.PostalBook:
    return postal.parse(resources.read_text("postal/tokyo.tsv"))


def test_code_gives_the_beginning_of_the_address(book: postal.PostalBook) -> None:
    (town,) = book.towns("1600021")
    assert town.address == "東京都新宿区歌舞伎町"
    assert town.kana == "カブキチョウ"


def test_unknown_code_gives_nothing(book: postal.PostalBook) -> None:
    assert book.towns("9999999") == ()


@pytest.mark.parametrize("address", ["東京都新宿区歌舞伎町1丁目4番1号", "新宿区歌舞伎町1丁目4番1号", "新宿区歌舞伎町"])
def test_address_gives_the_code(book: postal.PostalBook, address: str) -> None:
    assert [town.postal for town in book.codes(address)] == ["1600021"]


def test_longest_town_wins() -> None:
    book = postal.parse(
        "# 東京都 2026-10\n1600000\t新宿区\t\t\n1620001\t新宿区\t見本\tミホン\n1620002\t新宿区\t見本町\tミホンチョウ\n"
    )
    assert [town.postal for town in book.codes("新宿区見本町2-1")] == ["1620002"]
    assert [town.postal for town in book.codes("新宿区見本3-1")] == ["1620001"]
    assert [town.postal for town in book.codes("新宿区")] == ["1600000"]
    assert book.codes("大阪市北区") == ()


def test_a_code_of_several_towns_keeps_them_all() -> None:
    book = postal.parse("# 東京都 2026-10\n1980000\t青梅市\t見本\tミホン\n1980000\t青梅市\t例町\tレイチョウ\n")
    assert [town.town for town in book.towns("1980000")] == ["見本", "例町"]


def test_the_shipped_table_is_whole(book: postal.PostalBook) -> None:
    assert book.edition == "2026-10"
    assert book.prefecture == "東京都"
    assert len({town.city for line in book._by_postal.values() for town in line if town.city.endswith("区")}) == 23


@pytest.mark.parametrize(
    ("text", "line"),
    [("", 1), ("東京都\n", 1), ("# 東京都 2026-10\n160002\t新宿区\tA\tB\n", 2), ("# 東京都 2026-10\n1600021\t新宿区\n", 2)],
)
def test_a_broken_table_names_its_line(text: str, line: int) -> None:
    with pytest.raises(postal.PostalTableFault) as caught:
        postal.parse(text)
    assert caught.value.line == line
