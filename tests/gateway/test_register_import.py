"""import-register: the file of a whole ward comes in as it is, a bad one not at all, and only what differs becomes a change."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.people import Person, person_from_json
from nhi_center.errors import OperatorError
from nhi_center.gateway import register_import
from nhi_center.gateway.csv_file import encoding_of
from nhi_center.gateway.database import Connection, connect
from nhi_center.gateway.register_file import Faults, Heading, people
from nhi_center.gateway.register_import import Imported
from nhi_center.gateway.training_data import load_material
from nhi_center.synthesis import cast, ward
from tests.gateway.test_setting_up import command
from tests.support.register_csv import COLUMNS, rows, write, write_rows

LAYOUT = register_import.layout("138040")
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def everybody() -> tuple[Person, ...]:
    return tuple(ward.people(load_material(), 400, 7, TODAY))


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    with connect(database) as found:
        yield found


def take(connection: Connection, path: Path, *, whole: bool = False, most_gone: int = 1000) -> Imported:
    return register_import.import_file(connection, path, LAYOUT, "区管理者", whole=whole, most_gone=most_gone)


def register(connection: Connection) -> dict[str, Person]:
    found = connection.execute(
        "SELECT body FROM change JOIN person_now USING (cursor) WHERE fingerprint IS NOT NULL ORDER BY atena"
    ).fetchall()
    return {person.atena: person for (body,) in found for person in [person_from_json(body)]}


def newest(connection: Connection) -> int:
    row = connection.execute("SELECT coalesce(max(cursor), 0) FROM change").fetchone()
    assert row is not None
    return int(row[0])


def faults_of(path: Path) -> list[list[str]]:
    with path.with_name(f"{path.name}.errors.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_everybody_comes_in_as_he_is(
    connection: Connection, everybody: tuple[Person, ...], tmp_path: Path, encoding: str
) -> None:
    done = take(connection, write(tmp_path / "register.csv", everybody, encoding))
    assert (done.people, done.changed, done.gone) == (400, 400, 0)
    assert register(connection) == {person.atena: person for person in everybody}


def test_cp932_is_known_by_its_bytes(connection: Connection, tmp_path: Path) -> None:
    plain = [person for person in cast.cast() if person.atena in (cast.F02_PLAIN, cast.F05_FIRST, cast.NOMINAL_HEAD)]
    path = write(tmp_path / "register.csv", plain, "cp932")
    assert encoding_of(path) == "cp932"
    take(connection, path)
    assert register(connection) == {person.atena: person for person in plain}


def test_only_what_differs_becomes_a_change(connection: Connection, everybody: tuple[Person, ...], tmp_path: Path) -> None:
    path = write(tmp_path / "register.csv", everybody)
    take(connection, path)
    before = newest(connection)
    assert take(connection, path).changed == 0
    assert newest(connection) == before
    moved = replace(everybody[20], phone="0300000000")
    assert take(connection, write(path, (*everybody[:20], moved, *everybody[21:]))).changed == 1
    assert register(connection)[moved.atena] == moved


def test_stopped_in_the_middle_nothing_is_taken(connection: Connection, everybody: tuple[Person, ...], tmp_path: Path) -> None:
    path = write(tmp_path / "register.csv", everybody)

    def stop(_words: str, _done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        register_import.import_file(connection, path, LAYOUT, "区管理者", progress=stop)
    assert register(connection) == {}
    assert take(connection, path).changed == 400


def test_who_is_not_in_a_whole_file_has_left(connection: Connection, everybody: tuple[Person, ...], tmp_path: Path) -> None:
    path = write(tmp_path / "register.csv", everybody)
    take(connection, path)
    part = write(tmp_path / "part.csv", everybody[:390])
    assert take(connection, part).gone == 0
    with pytest.raises(OperatorError, match="--most-gone 10"):
        take(connection, part, whole=True, most_gone=9)
    assert len(register(connection)) == 400
    assert take(connection, part, whole=True, most_gone=10).gone == 10
    assert set(register(connection)) == {person.atena for person in everybody[:390]}
    assert take(connection, part, whole=True, most_gone=0).gone == 0
    assert take(connection, path).changed == 10
    assert len(register(connection)) == 400


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"宛名番号": "0000000123456789"}, "宛名番号"),
        ({"宛名番号": ""}, "宛名番号"),
        ({"氏名": ""}, "氏名"),
        ({"氏名": "見" * 101}, "氏名"),
        ({"氏名": "見本\u0000"}, "氏名"),
        ({"生年月日": "1988-02-30"}, "生年月日"),
        ({"生年月日": "2027-12-01"}, "生年月日"),
        ({"生年月日": "20260101"}, "生年月日"),
        ({"性別": "3"}, "性別"),
        ({"支援措置対象者区分": ""}, "支援措置対象者区分"),
        ({"支援措置対象者区分": "2"}, "支援措置対象者区分"),
        ({"郵便番号": "160"}, "郵便番号"),
        ({"電話番号": "03-1234-5678"}, "電話番号"),
        ({"続柄": "犬"}, "続柄"),
        ({"市区町村保険者番号": "00138057"}, "市区町村保険者番号"),
        ({"枝番": "1"}, "枝番"),
        ({"枝番": ""}, "枝番"),
        ({"国保記号番号": ""}, "枝番"),
        ({"取得事由": "99"}, "取得事由"),
        ({"取得年月日": ""}, "取得年月日"),
        ({"取得年月日": "1900-01-01"}, "取得年月日"),
        ({"喪失年月日": "2026-01-01"}, "喪失年月日"),
        ({"喪失年月日": "2001-01-01", "喪失事由": "01"}, "喪失年月日"),
        ({"被保険者履歴番号": ""}, "被保険者履歴番号"),
        ({"適用区分": "カ"}, "適用区分"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_taken(
    connection: Connection, tmp_path: Path, change: dict[str, str], column: str
) -> None:
    good, bad = (person for person in cast.cast() if person.atena in (cast.F05_FIRST, cast.F15_CLEAR))
    path = write_rows(tmp_path / "register.csv", [*rows(good), next(rows(bad)) | change])
    with pytest.raises(OperatorError, match=r"register\.csv\.errors\.csv"):
        take(connection, path)
    assert {(line, name) for line, name, _ in faults_of(path)} >= {("3", column)}
    assert all(value not in reason for _, _, reason in faults_of(path) for value in change.values() if len(value) > 1)
    assert register(connection) == {}
    assert connection.execute("SELECT count(*) FROM file_exchange").fetchone() == (0,)


def test_rows_of_one_person_agree_follow_each_other_and_do_not_overlap(connection: Connection, tmp_path: Path) -> None:
    first, other = (person for person in cast.cast() if person.atena in (cast.F05_FIRST, cast.F15_CLEAR))
    row, between = next(rows(first)), next(rows(other))
    later = {"被保険者履歴番号": "2", "取得年月日": "2025-04-01"}
    path = write_rows(tmp_path / "overlap.csv", [row, row | later, row | later | {"氏名": "別の　見本"}])
    with pytest.raises(OperatorError):
        take(connection, path)
    assert [(line, name) for line, name, _ in faults_of(path)] == [("3", "取得年月日"), ("4", "宛名番号"), ("4", "取得年月日")]
    path = write_rows(tmp_path / "apart.csv", [row, between, row])
    with pytest.raises(OperatorError):
        take(connection, path)
    assert [line for line, _, _ in faults_of(path)] == ["4"]


def test_a_heading_of_another_layout_is_refused(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("宛名番号,氏名,氏名,個人番号\n1,見本,見本,123456789012\n", encoding="utf-8")
    with pytest.raises(OperatorError):
        take(connection, path)
    named = {name for _, name, _ in faults_of(path)}
    assert {"", "氏名", "世帯番号", "生年月日"} <= named
    assert "個人番号" not in named


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff", b'"open\n', b"\xef\xbb\xbf"])
def test_what_is_no_csv_is_refused(connection: Connection, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "strange.csv"
    path.write_bytes(content)
    with pytest.raises(OperatorError):
        take(connection, path)
    with pytest.raises(OperatorError):
        take(connection, tmp_path / "missing.csv")


@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=12), max_size=3), min_size=1, max_size=4))
def test_whatever_comes_out_is_a_person(changes: list[dict[str, str]]) -> None:
    """Anything in any column: a fault, or something ``person_from_json`` takes."""
    faults = Faults()
    heading = Heading.read(COLUMNS, LAYOUT, faults)
    assert heading is not None
    row = next(rows(cast.cast()[4]))
    lines = [(number, [(row | change).get(name, "") for name in COLUMNS]) for number, change in enumerate(changes, 2)]
    for _, body in people(lines, heading, "2026-11-24", faults):
        assert person_from_json(json.loads(json.dumps(body))).atena == body["atena"]


def test_the_command_says_what_it_did(database: str, everybody: tuple[Person, ...], tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert command("init", "--dsn", database, "--home", str(home)).returncode == 0
    path = write(tmp_path / "register.csv", everybody)
    done = command("import-register", str(path), "--by", "区管理者", "--home", str(home))
    assert (done.returncode, json.loads(done.stdout)) == (0, {"number": 1, "people": 400, "changed": 400, "gone": 0})
    write_rows(path, [next(rows(everybody[0])) | {"性別": "秘"}])
    refused = command("import-register", str(path), "--by", "区管理者", "--home", str(home))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert everybody[0].name not in refused.stderr
    assert command("import-register", str(path), "--home", str(home)).returncode == 2
    with psycopg.connect(database) as connection:
        kept = connection.execute("SELECT kind, rows, by FROM file_exchange").fetchall()
    assert kept == [("register", 400, "区管理者")]
