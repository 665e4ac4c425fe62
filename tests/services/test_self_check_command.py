"""``nhi-center selfcheck`` on the real kernel: what it tries, what it answers, and what of it comes into the log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nhi_center.domain.isolation import LAYERS, Level, Machine, Reached, Trial
from nhi_center.domain.operators import Session
from nhi_center.domain.self_check import State
from nhi_center.services import audit_log, isolation, isolation_trials, self_check_command
from nhi_center.services.isolation_trials import Tried
from nhi_center.services.office import Office
from tests.support.office import as_person, desk, premises
from tests.support.restricted import terminal

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def command(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run(
        [sys.executable, "-m", "nhi_center.cli", "selfcheck", "--folder", str(folder), *options],
        capture_output=True,
        text=True,
        env=around,
        check=False,
        timeout=120,
    )


def test_every_layer_is_tried_and_told_with_the_systems_answer(tmp_path: Path) -> None:
    settings = terminal(tmp_path)
    done = command(tmp_path, "--json")
    assert done.returncode == self_check_command.MET, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert (told["terminal"], told["status"], told["level"], told["minimum"]) == ("T04", 0, "full", "files")
    assert [layer["layer"] for layer in told["layers"]] == [layer.name.lower() for layer in LAYERS]
    assert all(layer["in_force"] and layer["trials"] for layer in told["layers"])
    assert [one for layer in told["layers"] for one in layer["trials"] if not one["refused"]] == []
    answers = {one["what"]: one["answer"] for layer in told["layers"] for one in layer["trials"]}
    assert (answers["UDP"], answers["vsock"], answers["業務フォルダーの外に書く"]) == ("EPERM", "EAFNOSUPPORT", "EACCES")
    assert {"updates", "signatures", "devices"} <= {one["name"] for one in told["findings"]}
    assert os.stat(settings.self_check_runs).st_mode & 0o777 == 0o600


def test_below_the_minimum_the_exit_status_is_1(tmp_path: Path) -> None:
    terminal(tmp_path, machine_policy=True)  # which no policy of this machine meets
    done = command(tmp_path)
    assert done.returncode == self_check_command.BELOW, done.stderr
    assert "[異状] 接続制限 端末全体: " in done.stdout
    assert done.stdout.splitlines()[-1] == "決められた段階に届いていません。"


@pytest.mark.parametrize("missing", ["terminal.toml", "business"])
def test_what_cannot_be_tried_is_exit_status_2(tmp_path: Path, missing: str) -> None:
    settings = terminal(tmp_path)
    if missing == "business":
        settings.business_folder.rmdir()
    else:
        (tmp_path / missing).unlink()
    done = command(tmp_path, "--json")
    assert done.returncode == self_check_command.NOT_TRIED
    assert json.loads(done.stdout)["code"] == {"business": "IS-03", "terminal.toml": "SE-01"}[missing]
    assert not settings.self_check_runs.exists()


def test_what_the_command_found_comes_into_the_log_once(desk: Room) -> None:
    office = desk[0]
    word = {"at": "2026-11-24T01:02:03+00:00", "status": 0, "level": "full", "refused": 29, "through": 0, "untried": 0}
    file = office.settings.self_check_runs
    file.write_text(json.dumps(word) + "\nnot a word\n" + json.dumps({**word, "level": "everything"}) + "\n", encoding="utf-8")
    isolation.record(office)
    isolation.record(office)
    assert not file.exists()
    lines = audit_log.page(office, as_person(office, "s-toko")).lines
    runs = [line for line in lines if line.what == "動作点検 点検のコマンド"]
    assert len(runs) == 1
    assert "試して断られた 29" in runs[0].facts
    assert "起きた時刻 2026-11-24T01:02:03+00:00" in runs[0].facts
    assert sum("点検のコマンドの控えが読めない" in line.facts for line in lines) == 2


def tried(*trials: Trial, missing: dict[Level, str] | None = None, machine: Machine = Machine.ELSEWHERE) -> Tried:
    return Tried(Reached(missing or {}, machine), machine, trials)


def test_what_goes_through_a_layer_in_force_is_an_error_and_what_nobody_asks_for_is_none() -> None:
    through = Trial(Level.CALLS, "UDP", False, "通りました")
    refused = Trial(Level.CALLS, "ICMP", True, "EPERM")
    found = {one.name: one for one in isolation_trials.findings(tried(through, refused), Level.NONE, machine_policy=False)}
    assert found["isolation_calls"].state is State.ERROR
    assert "UDP(通りました)" in found["isolation_calls"].sentence
    assert found["isolation_machine"].state is State.NOT_ASKED
    assert not isolation_trials.met(tried(through), Level.NONE, machine_policy=False)
    absent = tried(refused, missing={Level.PORTS: "古い", Level.FULL: "古い"})
    for minimum, state in ((Level.FILES, State.NOT_ASKED), (Level.PORTS, State.ERROR)):
        found = {one.name: one for one in isolation_trials.findings(absent, minimum, machine_policy=False)}
        assert found["isolation_ports"].state is state
        assert isolation_trials.met(absent, minimum, machine_policy=False) is (state is State.NOT_ASKED)
    assert not isolation_trials.met(tried(refused), Level.FILES, machine_policy=True)


def test_a_process_under_no_restriction_tries_nothing_and_says_so(desk: Room) -> None:
    made = isolation_trials.attempt(desk[0].settings)
    assert (made.trials, made.refused, made.reached) == ((), 0, None)
    states = {one.state for one in isolation_trials.findings(made, Level.FULL, machine_policy=True)}
    assert states == {State.NOT_READABLE}
    assert not isolation_trials.met(made, Level.NONE, machine_policy=False)


def test_a_command_run_long_ago_is_told_with_its_own_time(desk: Room) -> None:
    facts = self_check_command._facts(
        json.dumps(
            {"at": datetime(2026, 11, 1, tzinfo=UTC).isoformat(), "status": 1, "level": "none"}
            | dict.fromkeys(("refused", "through", "untried"), 0)
        ).encode()
    )
    assert facts is not None
    assert facts["happened_at"] == "2026-11-01T00:00:00+00:00"
