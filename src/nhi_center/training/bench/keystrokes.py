"""``keystrokes``: the deck keyed through the real wizard by key events, beside the same papers with every field typed in full."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nhi_center.errors import EnvironmentTrouble
from nhi_center.synthesis.deck import Paper
from nhi_center.training.bench import keys
from nhi_center.training.bench.hand_room import lay_out, make_deck
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import Room, say
from nhi_center.training.bench.start import surroundings

_REFERENCE = "同じ紙の記入欄を、一つ残らず打つときの打鍵(表計算)"


def measure(room: Room) -> Iterator[Measurement]:
    """Keys, pointer moves and pages over ``sizes.papers`` papers."""
    papers = make_deck(room.sizes.papers)
    with room.clerk() as (office, session):
        lay_out(office, session, papers)
    say(f"  {len(papers)}件の紙を打っています")
    told = run_hands(room.settings.business_folder, len(papers), "keys", room.folder / "bytecode")
    typed = sum(int(one["keys"]) for one in told["papers"])
    pages = sum(int(one["pages"]) for one in told["papers"])
    full = sum(in_full(paper) for paper in papers)
    yield Measurement("keystrokes.keys", typed, "keys", _REFERENCE, full)
    yield Measurement("keystrokes.pointer", told["pointer"], "moves", "打鍵の数", typed)
    yield Measurement("keystrokes.pages", pages, "pages", "紙の件数", len(papers))


def in_full(paper: Paper) -> int:
    """Every written field typed whole, and one key to go on after each."""
    return sum(keys.of_text(written) + 1 for written in paper.fields.values())


def run_hands(folder: Path, papers: int, mode: str, bytecode: Path) -> dict[str, Any]:
    """The window in a process of its own; gives what it printed. Raises EnvironmentTrouble TR-02."""
    return run_window("hand_window", (str(folder), str(papers), mode), bytecode)


def run_window(module: str, arguments: tuple[str, ...], bytecode: Path) -> dict[str, Any]:
    """As ``run_hands``, of any window of this package."""
    command = [sys.executable, "-P", "-m", f"nhi_center.training.bench.{module}", *arguments]
    done = subprocess.run(
        command, env=surroundings(bytecode), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise EnvironmentTrouble("TR-02", f"打鍵を測る窓が、最後まで動きませんでした。{done.stderr.strip()[-1500:]}")
    body: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return body
