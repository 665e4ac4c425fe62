"""``typing``: from the moment a key is due to the end of the paint that shows it, while certificates print and a sync runs.

Once with certificates alone, once with the whole register coming in again and again beside them. Reference: the same papers
typed while nothing else happens. A training house with its gateway is made for it, since only a real line gives a real exchange.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time as time_of_day

from nhi_center.app import training_clock
from nhi_center.services.premises import open_premises
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from nhi_center.training.bench.hand_room import DECK_PERSONS, lay_out, make_deck
from nhi_center.training.bench.keystrokes import run_hands
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import CLERK, SEED, WARD_STAFF, Room, say, signed_in
from nhi_center.training.bench.timing import median
from nhi_center.training.house import House

PAPERS = 24
_REFERENCE = "印刷も同期もないとき"
_MODES = {"paint": "静かなとき", "paint-print": "印刷の間", "paint-busy": "印刷と同期の間"}


def measure(room: Room) -> Iterator[Measurement]:
    """99th percentiles of key and field, the slowest page; all in ms."""
    papers = make_deck(min(PAPERS, room.sizes.papers))
    house = House(room.folder / "house", persons=4 * DECK_PERSONS, seed=SEED, fresh=True, database="bench", cost=room.sizes.cost)
    with house:
        folder = house.settings.business_folder
        with signed_in(open_premises(house.settings, training_clock(time_of_day(9, 0))), WARD_STAFF) as (office, session):
            synchronise(office)
            check_in(office, session, CLERK, "01")
        told = {}
        for mode, told_as in _MODES.items():
            with signed_in(open_premises(house.settings, training_clock(time_of_day(9, 0))), CLERK) as (office, session):
                lay_out(office, session, papers)
            say(f"  {len(papers)}件の紙を打っています({told_as})")
            told[mode] = run_hands(folder, len(papers), mode, room.folder / "bytecode")
    busy, quiet = told["paint-busy"]["paint"], told["paint"]["paint"]
    say(f"  同期 {told['paint-busy']['synced']}回、証 {told['paint-busy']['printed']:,}枚、描かれなかった打鍵 {busy['unseen']}")
    printing = told["paint-print"]["paint"]
    yield Measurement("typing.print.key.p99", _percentile(printing["key"]), "ms", _REFERENCE, _percentile(quiet["key"]))
    yield Measurement("typing.key.p99", _percentile(busy["key"]), "ms", _REFERENCE, _percentile(quiet["key"]))
    yield Measurement("typing.field.p99", _percentile(busy["field"]), "ms", _REFERENCE, _percentile(quiet["field"]))
    yield Measurement("typing.page.most", max(busy["page"]), "ms", _REFERENCE, max(quiet["page"]))
    yield Measurement("typing.open.p50", median(busy["open"]), "ms", _REFERENCE, median(quiet["open"]))


def _percentile(values: Sequence[float], share: float = 0.99) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
