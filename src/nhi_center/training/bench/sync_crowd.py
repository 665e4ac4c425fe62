"""Fifty terminals of a room at one gateway: working on together, and coming back all at once after an outage."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from nhi_center.errors import EnvironmentTrouble
from nhi_center.link.client import GatewayLink
from nhi_center.link.wire import Record
from nhi_center.services.clock import SystemClock
from nhi_center.services.sync import PUSH_ROWS
from nhi_center.training.bench.gateways import Gateways
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import Room, say
from nhi_center.training.bench.sync_rows import rows_of
from nhi_center.training.bench.timing import Act, median_pair, percentile

BATCH, BACKLOG = 100, 1_000
_ALONE, _EACH = 40, 8
"""Batches of the one terminal, and of each of the crowd, in one turn."""
_COUNTED = "SELECT count(*), count(DISTINCT (terminal, seq)) FROM record WHERE terminal = ANY(%s)"


class Sender:
    """A terminal that only sends what lies ready, batch after batch; ``waited`` are the milliseconds each took."""

    def __init__(self, name: str, link: GatewayLink) -> None:
        self.name, self.link = name, link
        self.sent = 0
        self.waited: list[float] = []
        self._ready: list[tuple[Record, ...]] = []

    def prepare(self, batches: int, size: int = BATCH) -> None:
        """As its outbox would hold them; what this takes is nobody's waiting."""
        self._ready += [rows_of(self.sent + 1 + number * size, size) for number in range(batches)]

    def send(self) -> None:
        ready, self._ready = self._ready, []
        for rows in ready:
            started = time.perf_counter_ns()
            answer = self.link.push(rows)
            self.waited.append((time.perf_counter_ns() - started) / 1e6)
            if answer.refused or answer.ack != rows[-1].seq:
                raise AssertionError("every row is good")
            self.sent += len(rows)


def figures(room: Room, gateways: Gateways) -> Iterator[Measurement]:
    """Milliseconds for a thousand rows; the longest wait of 99 in a hundred; and the time a backlog takes."""
    say(f"  端末 {room.sizes.crowd}台")
    now = SystemClock().now
    places = [gateways.processes[number % len(gateways.processes)] for number in range(room.sizes.crowd + 1)]
    senders = [
        Sender(name, GatewayLink(gateways.line(name, place), now))
        for name, place in ((f"C{number:03}", place) for number, place in enumerate(places))
    ]
    alone, crowd = senders[0], senders[1:]
    with ThreadPoolExecutor(len(crowd)) as pool:

        def together() -> None:
            for one in [pool.submit(sender.send) for sender in crowd]:
                one.result()

        def pair() -> tuple[Act, Act]:
            alone.prepare(_ALONE)
            for sender in crowd:
                sender.prepare(_EACH)
            return together, alone.send

        try:
            value, reference = median_pair(pair() for _ in range(room.sizes.pairs + 1))
            per_row = 1_000 / BATCH
            value, reference = value * per_row / (_EACH * len(crowd)), reference * per_row / _ALONE
            yield Measurement("sync.crowd", value, "ms", f"端末 1台、同じ {BATCH}行ずつ、1,000行あたり", reference)
            waits = [wait for sender in crowd for wait in sender.waited[_EACH:]]
            words = f"端末 1台が {BATCH}行を送り終えるまで(100回のうち99回)"
            yield Measurement("sync.crowd.p99", percentile(waits, 0.99), "ms", words, percentile(alone.waited[_ALONE:], 0.99))
            say("  止まっていたあとの送信")
            gateways.kill()
            _require_down(crowd)
            for sender in crowd:
                sender.prepare(BACKLOG // PUSH_ROWS, PUSH_ROWS)
            gateways.start()
            started = time.perf_counter()
            together()
            drained = 1_000 * (time.perf_counter() - started) * 1_000 / (BACKLOG * len(crowd))
        finally:
            for sender in senders:
                sender.link.close()
    _require_exactly_once(gateways, senders)
    yield Measurement("sync.backlog", drained, "ms", f"端末 1台、{BATCH}行ずつ、1,000行あたり", reference)


def _require_down(senders: Sequence[Sender]) -> None:
    """What they try while nothing answers is what they keep for later."""
    for sender in senders:
        try:
            sender.link.hello()
        except EnvironmentTrouble:
            continue
        raise AssertionError("the gateways were stopped")


def _require_exactly_once(gateways: Gateways, senders: Sequence[Sender]) -> None:
    expected = sum(sender.sent for sender in senders)
    with gateways.database() as connection:
        found = connection.execute(_COUNTED, ([sender.name for sender in senders],)).fetchone()
    if found != (expected, expected):
        raise AssertionError(f"rows at the gateway {found}, sent {expected}")
