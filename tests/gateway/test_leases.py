"""Shared work at the gateway, on a real PostgreSQL: one holder, whoever takes at once, however often he asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from nhi_center.domain.leases import LeaseState
from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway.database import connect
from nhi_center.link import wire
from nhi_center.link.client import AddressPolicy
from nhi_center.link.wire_lease import REASON_FAILED, REASON_MOVED, Asked, laid_from_json, lease_from_json
from tests.support.postgres import RunningGateway, Terminal


def laid(slip: str, version: int = 0, application: str = "", sealed: str = "AAAA") -> dict[str, Any]:
    """The body of a record of kind lease."""
    return {
        **{"slip": slip, "application": application or slip, "version": version, "person": "k-ichiro", "movement": "m-1"},
        **{"number": "1124-001", "day": "2026-11-24", "kind": "F02", "step": "entered", "sheets": 3, "generation": 1},
        "sealed": sealed,
    }


class Desk:
    """A terminal that numbers its records."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal, self.seq = terminal, 0

    def push(self, kind: str, body: dict[str, Any], id_: str = "") -> wire.PushAnswer:
        self.seq += 1
        with self.terminal.link() as link:
            return link.push([wire.Record(self.seq, id_ or str(uuid4()), kind, body)])

    def take(self, slip: str, version: int, **more: Any) -> Any:
        asked = Asked(**{"slip": slip, "version": version, "take": str(uuid4()), "person": "k-hanako", **more})
        with self.terminal.link() as link:
            return link.take_lease(asked)


@pytest.fixture
def desks(gateway: RunningGateway, tmp_path: Path) -> tuple[Desk, Desk, Desk]:
    one, two, three = (Desk(gateway.enrol(tmp_path / name)) for name in ("one", "two", "three"))
    return one, two, three


@pytest.fixture
def slip() -> str:
    return str(uuid4())


def told(terminal: Terminal, slip: str) -> list[tuple[int, str, str]]:
    """What the room has heard of one paper, in order: version, state, holder."""
    heard, after, more = [], 0, True
    with terminal.link() as link:
        while more:
            page = link.changes(after)
            heard += [lease_from_json(one.body) for one in page.changes if one.kind == "lease" and one.id == slip]
            after, more = page.next, page.more
    return [(one.version, one.state.value, one.holder) for one in heard]


def test_laid_down_taken_and_given_back_with_its_body(desks: tuple[Desk, Desk, Desk], slip: str) -> None:
    first, second, third = desks
    assert first.push("lease", laid(slip)).refused == ()
    answer = second.take(slip, 1)
    assert (answer.granted, answer.lease.version, answer.lease.holder, answer.sealed) == (True, 2, second.terminal.name, "AAAA")
    assert second.push("lease", laid(slip, 2, sealed="BBBB")).refused == ()
    assert first.take(slip, 3).sealed == "BBBB"
    assert told(third.terminal, slip) == [
        (1, "laid", first.terminal.name),
        (2, "held", second.terminal.name),
        (3, "laid", second.terminal.name),
        (4, "held", first.terminal.name),
    ]


def test_of_two_who_take_at_once_one_has_it_and_the_other_is_told_who(
    gateway: RunningGateway, desks: tuple[Desk, Desk, Desk], tmp_path: Path
) -> None:
    """Through two processes of the gateway, twenty times."""
    twin = RunningGateway.beside(gateway, tmp_path / "twin")
    twin.start()
    try:
        first, second, third = desks
        third.terminal = replace(
            third.terminal, settings=replace(third.terminal.settings, policy=AddressPolicy("127.0.0.1", twin.port))
        )
        with ThreadPoolExecutor(2) as pool:
            for _turn in range(20):
                paper = str(uuid4())
                first.push("lease", laid(paper))
                answers = [one.result(timeout=30) for one in [pool.submit(desk.take, paper, 1) for desk in (second, third)]]
                assert sorted(answer.granted for answer in answers) == [False, True]
                winner = next(answer for answer in answers if answer.granted)
                loser = next(answer for answer in answers if not answer.granted)
                assert (loser.lease, loser.sealed) == (winner.lease, "")
    finally:
        assert twin.stop() == 0


def test_the_same_question_gives_the_same_answer(desks: tuple[Desk, Desk, Desk], slip: str) -> None:
    first, second, third = desks
    first.push("lease", laid(slip))
    take = str(uuid4())
    answers = [second.take(slip, 1, take=take) for _ in range(3)]
    assert answers[0].granted
    assert answers == [answers[0]] * 3
    assert len(told(third.terminal, slip)) == 2
    assert not third.take(slip, 1).granted


def test_what_rests_on_a_version_that_stands_no_more_is_refused_and_not_kept(
    gateway: RunningGateway, desks: tuple[Desk, Desk, Desk], slip: str
) -> None:
    first, second, _third = desks
    first.push("application", {"application": "a-2", "n": 1})
    first.push("lease", laid(slip, application="a-2"))
    second.take(slip, 1)
    for body in (laid(slip), laid(slip, 1), laid(slip, 2), laid(slip, 9)):
        assert [one.reason for one in first.push("lease", body).refused] == [REASON_MOVED]
    assert [one.reason for one in first.push("verification", {"application": "a-2"}).refused] == [REASON_MOVED]
    assert second.push("verification", {"application": "a-2"}).refused == ()
    kinds = "SELECT string_agg(kind, ' ' ORDER BY seq) FROM record WHERE terminal = %s"
    assert gateway.scalar(kinds, first.terminal.name) == "application lease"


def test_a_batch_sent_again_after_the_work_has_moved_is_no_conflict(desks: tuple[Desk, Desk, Desk], slip: str) -> None:
    first, second, _third = desks
    batch = [wire.Record(1, str(uuid4()), "application", {"application": "a-3"})]
    batch.append(wire.Record(2, str(uuid4()), "lease", laid(slip, application="a-3")))
    with first.terminal.link() as link:
        assert link.push(batch).new == 2
        second.take(slip, 1)
        again = link.push(batch)
    assert (again.new, again.duplicate, again.refused) == (0, 2, ())


@pytest.mark.parametrize("damage", [{"slip": "x"}, {"version": -1}, {"sheets": "3"}, {"more": 1}], ids=str)
def test_a_record_of_another_shape_is_refused_alone(desks: tuple[Desk, Desk, Desk], slip: str, damage: dict[str, Any]) -> None:
    assert len(desks[0].push("lease", laid(slip) | damage).refused) == 1
    assert not desks[1].take(slip, 1).granted


def test_a_failed_terminal_loses_what_it_held_and_sends_in_vain(desks: tuple[Desk, Desk, Desk], slip: str) -> None:
    first, second, third = desks
    waiting, own = str(uuid4()), str(uuid4())
    first.push("lease", laid(slip))
    second.take(slip, 1)
    second.push("lease", laid(waiting))
    third.push("failure", {"terminal": second.terminal.name, "what": "failed"})
    assert told(first.terminal, slip)[-1] == (3, "lost", second.terminal.name)
    assert told(first.terminal, waiting)[-1] == (1, "laid", second.terminal.name), "its paper lies there for whoever takes it"
    assert [one.reason for one in second.push("application", {"application": slip}).refused] == [REASON_FAILED]
    assert second.push("presence", {}).refused == ()
    with pytest.raises(EnvironmentTrouble, match="使えない端末"):
        second.take(waiting, 1)
    # keyed again: what it had, and what nobody but it had ever seen
    again = {"how": "again", "application": "a-9", "number": "1124-001", "day": "2026-11-24", "kind": "F02", "sheets": 3}
    assert not first.take(slip, 3).granted, "its body is lost: keyed again or not at all"
    assert first.take(slip, 3, **again).lease.application == "a-9"
    assert first.take(own, 0, frm=second.terminal.name, **again).granted
    assert not first.take(str(uuid4()), 0, frm=third.terminal.name, **again).granted, "of a terminal that works nothing is taken"
    # taken back: it may work, but what was keyed again is not its own any more
    third.push("failure", {"terminal": second.terminal.name, "what": "returned"})
    assert len(second.push("application", {"application": "other"}).refused) == 1, "nobody says it for it"
    second.push("failure", {"terminal": second.terminal.name, "what": "returned"})
    assert [one.reason for one in second.push("lease", laid(slip, 2)).refused] == [REASON_MOVED]
    assert second.push("application", {"application": "other"}).refused == ()


def test_nobody_gives_himself_up(desks: tuple[Desk, Desk, Desk], slip: str) -> None:
    first = desks[0]
    first.push("failure", {"terminal": first.terminal.name, "what": "failed"})
    assert first.push("lease", laid(slip)).refused == ()


def test_the_sealed_work_goes_to_its_taker_alone(gateway: RunningGateway, desks: tuple[Desk, Desk, Desk], slip: str) -> None:
    first, second, _third = desks
    first.push("lease", laid(slip, sealed="c2VjcmV0"))
    second.take(slip, 1)
    with connect(gateway.dsn) as connection:
        bodies = connection.execute("SELECT body::text FROM change WHERE id = %s", (slip,)).fetchall()
    assert len(bodies) == 2
    assert not any("c2VjcmV0" in body for (body,) in bodies)


def test_what_is_laid_down_reads_back(slip: str) -> None:
    body = laid(slip, 4)
    read = laid_from_json(body, "T04")
    assert (read.lease.state, read.lease.holder, read.lease.version, read.sealed) == (LeaseState.LAID, "T04", 4, "AAAA")
