from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nhi_center import cli
from nhi_center.domain.search import SearchTerms
from nhi_center.errors import OperatorError
from nhi_center.services.register import search
from nhi_center.storage.engine import engine_over
from nhi_center.training.bench import plain, room, runner
from nhi_center.training.bench import search as search_bench
from nhi_center.training.bench import store as store_bench
from nhi_center.training.bench.result import Measurement, Target, judge, load_targets, parse_targets, target_of
from nhi_center.training.bench.room import Room, Sizes, make_room
from nhi_center.training.bench.timing import median, percentile, take_turns
from tests.support.office import CHEAP

TINY = Sizes(persons=300, queries=3, repeats=1, transactions=3, rounds=1, starts=1, pairs=1, sync_rows=300, crowd=3, cost=CHEAP)
GENEROUS = (Target("*", "ratio", 1e9, "何でもよい"),)
FIELDS = ["name", "value", "unit", "reference", "reference_value", "ratio", "target", "ok"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return make_room(tmp_path_factory.mktemp("bench"), TINY)


HANDS = ("keystrokes", "calls", "typing")
"""Work the whole window over a register the deck's people are in; test_hands has them."""


def test_every_benchmark_reports_in_the_agreed_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out" / "bench.json"
    chosen = tuple(name for name in runner.BENCHMARKS if name not in HANDS and name not in runner.ON_REQUEST)
    assert runner.run(file, chosen, TINY, GENEROUS)
    body = json.loads(file.read_text(encoding="utf-8"))
    assert body["ok"] is True
    assert body["persons"] == 300
    assert len(body["machine"]["load_averages"]) == 1 + len(chosen)
    assert {name.split(".")[0] for name in (line["name"] for line in body["results"])} == set(chosen)
    for line in body["results"]:
        assert list(line) == FIELDS
        assert line["value"] > 0
        assert line["ratio"] == pytest.approx(line["value"] / line["reference_value"], rel=0.01)
        assert line["reference"]
        assert target_of(line["name"], load_targets()).reason
    table, progress = capsys.readouterr()
    assert all(line["name"] in table for line in body["results"])
    assert "start を測っています" in progress


def test_the_store_has_every_figure_that_was_promised(small: Room) -> None:
    """Those of the design paper's table that are the store's, unlocking's and the log's."""
    slots = {file.name: file.read_bytes() for file in small.settings.slots.iterdir()}
    measured = {one.name for one in store_bench.measure(small)}
    assert slots == {file.name: file.read_bytes() for file in small.settings.slots.iterdir()}, "the room is as it was"
    assert not [*small.folder.glob("backup-*"), *small.folder.glob("load-*")]
    assert measured == {
        f"store.{name}"
        for name in (
            "cipher.p50",
            "audited.p50",
            "load",
            "get_500.warm",
            "scan.warm",
            "get_500.small_cache",
            "unlock",
            "unlock_64_mib",
            "reopen",
            "audit_verify_1000",
            "backup",
        )
    }
    shipped = load_targets()
    assert {target_of(name, shipped).most for name in measured} == {1.8, 1.5, 1.25, 1.05, 2.1, 400, 1.0, 2.5, 1.2}


def test_a_missed_target_is_said_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bench.json"
    targets = (Target("commit.cipher.*", "value", 0, "速すぎることはない"), *GENEROUS)
    assert not runner.run(file, ("commit",), TINY, targets)
    body = json.loads(file.read_text(encoding="utf-8"))
    assert body["ok"] is False
    assert [line["ok"] for line in body["results"]] == [False, True]
    assert body["results"][0]["target"] == "value <= 0 ms"
    assert "速すぎることはない" in capsys.readouterr().out


@pytest.mark.parametrize(("met", "status"), [(True, 0), (False, 1)])
def test_exit_status_tells_of_a_missed_target(met: bool, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(_file: Path, only: tuple[str, ...], sizes: Sizes) -> bool:
        assert (only, sizes.persons) == (("commit",), 1000)
        return met

    monkeypatch.setattr(runner, "run", measured)
    arguments = ["bench", "--json", str(tmp_path / "b.json"), "--only", "commit", "--persons", "1000"]
    assert CliRunner().invoke(cli.app, arguments).exit_code == status


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="speed はありません。あるのは start、search、commit、store") as refused:
        runner.run(tmp_path / "b.json", ("search", "speed"), TINY)
    assert refused.value.field == "only"
    assert not (tmp_path / "b.json").exists()


@pytest.mark.parametrize(
    ("on", "most", "ok"), [("ratio", 2.0, True), ("ratio", 1.9, False), ("value", 6.0, True), ("value", 5.9, False)]
)
def test_ratio_and_value_are_held_against_their_own_limit(on: str, most: float, ok: bool) -> None:
    targets = parse_targets({"target": [{"names": "a.*", "on": on, "most": most, "reason": "なぜなら"}]})
    assert judge(Measurement("a.b", 6, "ms", "その半分", 3), targets).ok is ok


def test_what_is_measured_has_a_target_and_a_target_has_a_reason() -> None:
    with pytest.raises(LookupError):
        target_of("b", parse_targets({"target": [{"names": "a.*", "on": "ratio", "most": 1, "reason": "なぜなら"}]}))
    for wrong in ({"reason": " "}, {"on": "speed"}):
        with pytest.raises(ValueError, match=r"target a"):
            parse_targets({"target": [{"names": "a", "on": "ratio", "most": 1, "reason": "なぜなら", **wrong}]})


def test_percentile_is_the_nearest_rank() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [percentile(values, share) for share in (0, 0.5, 0.95, 1)] == [1, 50, 95, 100]
    assert percentile([7.0], 0.95) == median([7.0]) == 7


def test_two_things_take_turns() -> None:
    seen: list[str] = []
    ones, others = take_turns(lambda n: seen.append(f"a{n}"), lambda n: seen.append(f"b{n}"), 3)
    assert seen == ["a0", "b0", "b1", "a1", "a2", "b2"]
    assert len(ones) == len(others) == 3


def test_the_reference_has_the_same_people_and_no_key(small: Room, tmp_path: Path) -> None:
    copy = tmp_path / "plain.db"
    plain.copy_without_key(small.settings.store, small.store_key(), copy)
    assert copy.read_bytes().startswith(b"SQLite format 3\x00")
    assert not small.settings.store.read_bytes().startswith(b"SQLite format 3")
    keyless = engine_over(lambda: plain.connect(copy), write=False)
    try:
        with small.clerk() as (office, session):
            without = replace(office, store=replace(office.store, read=keyless))
            for typed in ("ヤマ", "見本", "ホン"):
                found = search(office, session, typed)
                assert found
                assert search(without, session, typed) == found
    finally:
        keyless.dispose()


def test_search_lines_find_somebody_except_those_that_must_not(tmp_path: Path) -> None:
    fresh = make_room(tmp_path, TINY)  # where something was measured before, people have other telephones
    lines = search_bench.search_lines(fresh.sample, 5)
    assert lines == search_bench.search_lines(fresh.sample, 5), "the same lines in every run"
    with fresh.clerk() as (office, session):
        for kind, asked in lines.items():
            assert len(asked) == 5
            for typed in asked:
                assert not SearchTerms.parse(typed, today=date(2026, 11, 24)).is_empty
                assert bool(search(office, session, typed).people) is (kind != "nobody"), kind


def test_the_room_is_made_for_the_clerk(small: Room) -> None:
    with small.clerk() as (office, session):
        assert session.person == room.CLERK
        assert office.store.path == small.settings.store


LATER = ("sqlalchemy", "sqlcipher3", "reportlab", "pikepdf", "pypdfium2", "segno", "keyring", "psycopg", "asyncio")


def test_nothing_heavy_is_loaded_before_the_sign_in_window() -> None:
    """What ``start`` measures stays small: the database comes behind the window, the PDF libraries in their own process."""
    code = f"import sys, nhi_center.cli, nhi_center.app; print([name for name in {LATER} if name in sys.modules])"
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=surroundings, check=True)
    assert done.stdout.strip() == "[]"
