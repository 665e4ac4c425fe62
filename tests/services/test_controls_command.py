"""``nhi-center controls`` in a process of its own: signed in, restricted, everything checked, the answer alone on its output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nhi_center.keys.holding import hold_terminal
from nhi_center.services.office import Premises
from tests.support.office import PASSWORDS, premises, signed_in

__all__ = ["premises"]


def command(folder: Path, typed: str, *options: str) -> subprocess.CompletedProcess[str]:
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run(
        [sys.executable, "-m", "nhi_center.cli", "controls", "--folder", str(folder), *options],
        input=typed,
        capture_output=True,
        text=True,
        env=around,
        check=False,
        timeout=120,
    )


@pytest.fixture
def folder(premises: Premises) -> Path:
    """Where the settings of a furnished terminal lie; nobody has it open."""
    return premises.settings.business_folder


def test_ward_staff_get_every_measure_after_a_self_check_made_now(folder: Path, premises: Premises) -> None:
    done = command(folder, f"40127\n{PASSWORDS['40127']}\n", "--json")
    assert done.returncode == 1, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    by_id = {one["id"]: one for one in told["measures"]}
    assert (len(by_id), told["terminal"]) == (44, "T04")
    assert told["counts"]["action"] > 0
    (confined,) = [one for one in by_id["ward_system_5"]["found"] if "動作点検" in one["sentence"] or "異状" in one["sentence"]]
    assert confined["at"] == told["day"], "the self-check was made by this very run"
    office, _session = signed_in(premises, "40127")
    with office.store.read.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM self_check").scalar() == 1
    office.store.close()


def test_without_json_it_is_a_line_for_each_measure(folder: Path) -> None:
    done = command(folder, f"s-toko\n{PASSWORDS['s-toko']}\n")
    assert "入室の記録がありません" in done.stderr  # the company's supervisor too is let into the room first
    done = command(folder, f"40100\n{PASSWORDS['40100']}\n")
    lines = done.stdout.splitlines()
    assert len(lines) == 45
    assert lines[1].startswith("[満たす] 区 運用1 ")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("40127\nwrong\n", "パスワード"),
        ("40127\n", "入力が途中で終わりました。"),
        (f"k-ichiro\n{PASSWORDS['k-ichiro']}\n", "入室"),
    ],
)
def test_a_refusal_is_one_sentence_and_no_answer(folder: Path, typed: str, words: str) -> None:
    done = command(folder, typed, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr.splitlines()[-1]


def test_beside_an_open_window_it_says_so(folder: Path) -> None:
    with hold_terminal(folder):
        done = command(folder, f"40127\n{PASSWORDS['40127']}\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "別の画面で開かれています" in done.stderr
