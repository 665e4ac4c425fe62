from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from nhi_center.domain.people import Person
from nhi_center.domain.search import SearchTerms
from nhi_center.storage import register
from nhi_center.storage.engine import Connection
from nhi_center.storage.search import search
from nhi_center.storage.store import create_store, new_key, open_store

TODAY = date(2026, 11, 24)
KATSURAGI = Person(
    atena="00000001",
    household="90000001",
    is_head=True,
    relation="世帯主",
    name="葛\U000e0102城　見本子",
    kana="カツラギ　ミホコ",
    birth=date(1970, 3, 12),
    sex="2",
    postal="1600021",
    address="東京都新宿区歌舞伎町1丁目4番1号",
    phone="0300000142",
    symbol="04-00",
    number="0000123",
    branch="01",
    card="無",
)
TSUJI = replace(
    KATSURAGI,
    atena="00000002",
    household="90000002",
    name="辻　見本太",
    kana="ツジ　ミホンタ",
    phone="0300000777",
    number="0000456",
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    key = new_key()
    create_store(tmp_path / "nhi-center.db", key)
    store = open_store(tmp_path / "nhi-center.db", (key,))
    with store.write.begin() as opened:
        assert register.put_people(opened, [(1, KATSURAGI), (2, TSUJI)]) == 2
        yield opened
    store.close()


def found(connection: Connection, typed: str) -> list[str]:
    return [person.atena for person in search(connection, SearchTerms.parse(typed, today=TODAY), 50).people]


def test_a_change_replaces_the_person_and_an_older_one_does_not(connection: Connection) -> None:
    married = replace(KATSURAGI, name="邉\U000e010f　見本子", kana="ワタナベ　ミホコ")
    assert register.put_people(connection, [(5, married), (4, KATSURAGI)]) == 1
    assert register.put_people(connection, [(3, KATSURAGI)]) == 0
    assert found(connection, "カツラギ") == []
    assert found(connection, "ナベ") == ["00000001"]
    assert register.find(connection, "00000001") == married
    assert register.count(connection) == 2
    assert register.household(connection, "90000001") == (married,)
    assert register.find(connection, "99999999") is None


def test_results_and_settings_keep_the_newest(connection: Connection) -> None:
    register.put_result(connection, 7, "a-1", {"atena": "00000001", "symbol": "04-90"})
    register.put_result(connection, 6, "a-1", {"atena": "00000001", "symbol": "older"})
    result = register.find_result(connection, "a-1")
    assert result is not None
    assert result.body["symbol"] == "04-90"
    assert register.find_result(connection, "a-2") is None


def test_a_setting_counts_from_its_day_and_the_later_cursor_wins(connection: Connection) -> None:
    first, later = date(2026, 8, 1), date(2026, 12, 1)
    for cursor, day, value in ((8, first, "new"), (2, first, "old"), (9, later, "announced")):
        register.put_ward_setting(connection, cursor, "base", {"effective_from": day.isoformat(), "value": value})

    def in_force(day: date) -> object:
        found = register.ward_setting(connection, "base", day)
        return found and found["value"]

    assert [in_force(day) for day in (date(2026, 7, 31), first, date(2026, 11, 30), later)] == [None, "new", "new", "announced"]
    assert register.ward_setting(connection, "none", later) is None
    with pytest.raises(ValueError, match="isoformat"):
        register.put_ward_setting(connection, 10, "base", {"effective_from": "soon"})


def test_the_cursor_is_kept(connection: Connection) -> None:
    assert register.cursor(connection) == 0
    register.keep_cursor(connection, 12)
    register.keep_cursor(connection, 13)
    assert register.cursor(connection) == 13
