"""The print benchmark on a small deck: every figure comes, and an engine that is not installed is told, not failed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nhi_center.domain.names import clusters
from nhi_center.training.bench import print_peers, printing
from nhi_center.training.bench.print_deck import make_deck
from nhi_center.training.bench.result import judge, load_targets
from nhi_center.training.bench.room import Sizes, make_room
from tests.support.office import CHEAP


def test_every_figure_comes_and_a_missing_engine_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = make_room(tmp_path, Sizes(persons=1000, cards=6, cost=CHEAP))
    found = {one.name: judge(one, load_targets()) for one in printing.measure(room)}
    said = capsys.readouterr()
    missing = {peer.name for peer in print_peers.PEERS if not peer.there()}
    wanted = {"redraw", "stock", "cold", "warm", "bytes", "memory", *(peer.name for peer in print_peers.PEERS)} - missing
    assert set(found) == {f"print.{name}" for name in wanted}
    for name in missing:
        assert re.search(f"{name} はこの機械にありません", said.out + said.err)
    assert all(one.value > 0 and one.reference_value > 0 for one in found.values())
    for peer in print_peers.PEERS:
        if peer.name not in missing:
            made = [*(tmp_path / "print" / peer.name).rglob("*.pdf")]
            assert made, f"{peer.name} was timed and made nothing"


def test_the_deck_is_fixed_and_hard_enough() -> None:
    deck = make_deck(400)
    names = [sheet.name for sheet in deck]
    assert names == [sheet.name for sheet in make_deck(400)]
    share = sum(any(len(one) > 1 for one in clusters(name)) for name in names) / len(names)
    rare = sum(any("\u3400" <= one[0] < "\u4e00" for one in clusters(name)) for name in names) / len(names)
    assert 0.1 < share < 0.25
    assert 0.4 < rare < 0.6
