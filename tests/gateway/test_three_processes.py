"""Three processes of one gateway on one PostgreSQL, killed at random while terminals send and fetch: nothing lost or twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.link import wire
from nhi_center.link.client import AddressPolicy, GatewayLink
from tests.support.postgres import RunningGateway, Terminal, utc_now

TERMINALS, BATCHES, ROWS, KILLS = 4, 40, 5, 9


@pytest.fixture
def three(gateway: RunningGateway, tmp_path: Path) -> Iterator[list[RunningGateway]]:
    twins = [RunningGateway.beside(gateway, tmp_path / f"twin-{number}") for number in (1, 2)]
    for twin in twins:
        twin.start()
    yield [gateway, *twins]
    for twin in twins:
        if twin.process is not None:
            twin.stop()


class Sender:
    """One terminal that sends its batches to whichever process answers, as often as it takes."""

    def __init__(self, terminal: Terminal, ports: list[int], sent: threading.Semaphore, seed: int) -> None:
        self._terminal = terminal
        self._ports = ports
        self._sent = sent
        self._random = random.Random(seed)
        self.repeated = 0

    def work(self) -> None:
        for batch in range(BATCHES):
            rows = [self._row(batch * ROWS + place + 1) for place in range(ROWS)]
            while not self._push(rows):
                self.repeated += 1
            self._sent.release()

    def _row(self, seq: int) -> wire.Record:
        return wire.Record(seq, str(uuid4()), "presence", {"terminal": self._terminal.name, "seq": seq})

    def _push(self, rows: list[wire.Record]) -> bool:
        port = self._random.choice(self._ports)
        settings = replace(self._terminal.settings, policy=AddressPolicy("127.0.0.1", port))
        try:
            with GatewayLink(settings, utc_now) as link:
                answer = link.push(rows)
        except EnvironmentTrouble:
            return False
        assert (answer.new + answer.duplicate, answer.refused, answer.ack) == (ROWS, (), rows[-1].seq)
        return True


# ssl.SSLSocket._create of Python 3.11 forgets a socket that is reset between its connect and its handshake: the collector closes
# it a moment later, and says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_killed_at_random_they_behave_as_one(three: list[RunningGateway], tmp_path: Path) -> None:
    chance = random.Random(20261124)
    terminals = [three[0].enrol(tmp_path / f"terminal-{number}") for number in range(TERMINALS)]
    sent = threading.Semaphore(0)
    senders = [Sender(one, [each.port for each in three], sent, seed) for seed, one in enumerate(terminals)]
    with ThreadPoolExecutor(TERMINALS) as pool:
        working = [pool.submit(sender.work) for sender in senders]
        for _ in range(KILLS):
            for _ in range(TERMINALS * BATCHES // (KILLS + 2)):
                assert sent.acquire(timeout=60)
            victim = chance.choice(three)
            assert victim.stop(kill=True) < 0
            victim.start()
        for one in working:
            one.result(timeout=120)
    total = TERMINALS * BATCHES * ROWS
    names = [terminal.name for terminal in terminals]
    assert three[0].scalar("SELECT count(*) FROM record WHERE terminal = ANY(%s)", names) == total
    assert three[0].scalar("SELECT count(DISTINCT (terminal, seq)) FROM record WHERE terminal = ANY(%s)", names) == total
    seen: list[tuple[str, int]] = []
    after = 0
    while True:  # each page from another process
        settings = replace(terminals[0].settings, policy=AddressPolicy("127.0.0.1", chance.choice(three).port))
        with GatewayLink(settings, utc_now) as link:
            page = link.changes(after, 300)
        seen += [(change.body["terminal"], change.body["body"]["seq"]) for change in page.changes if change.kind == "room"]
        after = page.next
        if not page.more:
            break
    mine = [one for one in seen if one[0] in names]
    assert len(mine) == len(set(mine)) == total
    for name in names:
        assert [seq for terminal, seq in mine if terminal == name] == list(range(1, BATCHES * ROWS + 1))
    assert sum(sender.repeated for sender in senders) > 0, "no kill has hit anybody: the test proves nothing"


def test_revoked_at_one_is_revoked_at_all(three: list[RunningGateway], tmp_path: Path) -> None:
    terminal = three[0].enrol(tmp_path / "terminal")
    links = [GatewayLink(replace(terminal.settings, policy=AddressPolicy("127.0.0.1", each.port)), utc_now) for each in three]
    for link in links:
        assert link.hello().terminal == terminal.name
    three[0].scalar("UPDATE terminal SET revoked_at = now() WHERE terminal = %s RETURNING 1", terminal.name)
    for link in links:  # at the next request, on the connections that are open
        with pytest.raises(EnvironmentTrouble, match="LK-02"):
            link.changes(0, 1)
        link.close()
