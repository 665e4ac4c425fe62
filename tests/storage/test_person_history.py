"""What a newer body replaces is kept, and an earlier day is read from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.storage import register
from nhi_center.storage.engine import Connection
from nhi_center.storage.person_history import household_on, version_on
from tests.storage.test_register import KATSURAGI, TSUJI, connection

__all__ = ["connection"]

MOVED = replace(KATSURAGI, household="90000002", is_head=False, relation="同居人", address="東京都新宿区西新宿2丁目8番1号")
MARRIED = replace(MOVED, name="辻　見本子", kana="ツジ　ミホコ")


@pytest.fixture
def moved(connection: Connection) -> Connection:
    """Moved on 1 May, married on 9 June; KATSURAGI and TSUJI came before times were kept."""
    register.put_people(connection, [(10, MOVED)], "2026-05-01T09:00:00+09:00")
    register.put_people(connection, [(11, MOVED), (12, replace(TSUJI, phone=""))], "2026-05-20T09:00:00+09:00")
    register.put_people(connection, [(20, MARRIED)], "2026-06-09T18:00:00+09:00")
    return connection


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 1, 1), KATSURAGI),
        (date(2026, 4, 30), KATSURAGI),
        (date(2026, 5, 1), MOVED),
        (date(2026, 6, 8), MOVED),
        (date(2026, 6, 9), MARRIED),
        (date(2026, 11, 24), MARRIED),
    ],
)
def test_an_earlier_day_shows_what_stood_there_at_its_end(moved: Connection, day: date, expected: object) -> None:
    version = version_on(moved, KATSURAGI.atena, day)
    assert version is not None
    assert version.person == expected


def test_a_household_of_then(moved: Connection) -> None:
    def names(number: str, day: date) -> list[str]:
        return sorted(person.name for person in household_on(moved, number, day))

    assert names("90000001", date(2026, 4, 30)) == [KATSURAGI.name]
    assert names("90000001", date(2026, 5, 1)) == []
    assert names("90000002", date(2026, 4, 30)) == [TSUJI.name]
    assert names("90000002", date(2026, 5, 31)) == sorted([TSUJI.name, MOVED.name])
    assert names("90000002", date(2026, 6, 30)) == sorted([TSUJI.name, MARRIED.name])


def test_who_came_later_is_known_from_then_on(connection: Connection) -> None:
    baby = replace(KATSURAGI, atena="00000009", is_head=False, relation="子", name="葛城　見本")
    register.put_people(connection, [(30, baby)], "2026-07-01T10:00:00+09:00")
    assert household_on(connection, "90000001", date(2026, 6, 30)) == (KATSURAGI,)
    assert set(household_on(connection, "90000001", date(2026, 7, 1))) == {KATSURAGI, baby}
    first = version_on(connection, baby.atena, date(2026, 6, 1))
    assert first is not None
    assert first.since.startswith("2026-07-01")
    assert version_on(connection, "99999999", date(2026, 6, 1)) is None


def test_the_same_body_is_no_new_version(moved: Connection) -> None:
    kept = moved.execute(text("SELECT count(*) FROM person_version")).scalar_one()
    assert kept == 3
    register.put_people(moved, [(99, MARRIED)], "2026-08-01T09:00:00+09:00")
    assert moved.execute(text("SELECT count(*) FROM person_version")).scalar_one() == kept
    version = version_on(moved, MARRIED.atena, date(2026, 11, 24))
    assert version is not None
    assert version.since.startswith("2026-06-09")


@pytest.mark.parametrize("act", ["DELETE FROM person_version", "UPDATE person_version SET until = ''"])
def test_former_versions_stand(moved: Connection, act: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        moved.execute(text(act))
