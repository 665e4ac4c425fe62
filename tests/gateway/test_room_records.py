"""Records that the whole room hears of: passed on once each, whoever sends them, however often, through whichever process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import enrolment
from nhi_center.gateway.database import connect
from nhi_center.link import wire
from nhi_center.link.client import AddressPolicy, GatewayLink
from tests.support.postgres import RunningGateway, Terminal


def told(gateway: RunningGateway, terminal: Terminal) -> list[str]:
    """The ids of what a terminal has told the room, in the order in which everybody hears it."""
    with psycopg.connect(gateway.dsn) as connection:
        rows = connection.execute(
            "SELECT id FROM change WHERE kind = 'room' AND body ->> 'terminal' = %s ORDER BY cursor", (terminal.name,)
        )
        return [row[0] for row in rows.fetchall()]


def records(kinds: list[str], first: int = 1) -> list[wire.Record]:
    return [wire.Record(seq, str(uuid4()), kind, {"n": seq}) for seq, kind in enumerate(kinds, first)]


def end_of(link: GatewayLink) -> int:
    """The cursor after everything that is there already."""
    return max((change.cursor for change in everything(link)), default=0)


def everything(link: GatewayLink) -> list[wire.Change]:
    """All that the gateway has for a terminal: the room is shared by the tests of this file, in whatever order they come."""
    changes: list[wire.Change] = []
    after, more = 0, True
    while more:
        page = link.changes(after)
        changes.extend(page.changes)
        after, more = page.next, page.more
    return changes


def test_each_kind_of_the_room_is_passed_on_once_and_no_other(gateway: RunningGateway, terminal: Terminal) -> None:
    batch = records([*sorted(wire.ROOM_KINDS), "call", "summary"])
    with terminal.link() as link:
        for _ in range(3):
            link.push(batch)
        heard = [dict(change.body) for change in everything(link) if change.kind == "room"]
    assert told(gateway, terminal) == [record.id for record in batch if record.kind in wire.ROOM_KINDS]
    assert [body for body in heard if body["terminal"] == terminal.name] == [
        {"kind": record.kind, "terminal": terminal.name, "body": {"n": record.seq}}
        for record in batch
        if record.kind in wire.ROOM_KINDS
    ]


def test_a_clash_is_not_passed_on(gateway: RunningGateway, terminal: Terminal) -> None:
    first, *_ = batch = records(["closure"])
    with terminal.link() as link:
        link.push(batch)
        link.push([replace(first, body={"n": "other"})])
    assert told(gateway, terminal) == [first.id]
    assert gateway.scalar("SELECT body -> 'body' ->> 'n' FROM change WHERE id = %s", first.id) == "1"


def test_nobody_else_can_speak_to_the_room(gateway: RunningGateway, terminal: Terminal) -> None:
    with connect(gateway.dsn) as connection:
        assert enrolment.revoke_terminal(connection, terminal.name)
    with terminal.link() as link, pytest.raises(EnvironmentTrouble, match="LK-02"):
        link.push(records(["closure"]))
    with terminal.link() as link, pytest.raises(EnvironmentTrouble, match="LK-02"):
        link.room()
    assert told(gateway, terminal) == []


def test_a_body_too_large_for_the_room_is_refused_alone(gateway: RunningGateway, terminal: Terminal) -> None:
    small, large, other = records(["roster", "roster", "call"])
    text = "x" * wire.MAX_ROOM_BODY_BYTES
    with terminal.link() as link:
        answer = link.push([small, replace(large, body={"text": text}), replace(other, body={"text": text})])
    assert [refusal.seq for refusal in answer.refused] == [large.seq]
    assert told(gateway, terminal) == [small.id]


def test_a_page_never_grows_beyond_what_a_terminal_reads(terminal: Terminal) -> None:
    """Large records fill a page by their bytes; nothing is left out between two pages."""
    text = "x" * (wire.MAX_ROOM_BODY_BYTES - 100)
    batch = [replace(record, body={"text": text}) for record in records(["roster"] * 100)]
    with terminal.link() as link:
        after = end_of(link)
        link.push(batch)
        heard, pages, more = [], 0, True
        while more:
            page = link.changes(after)
            heard += [change.id for change in page.changes]
            after, more, pages = page.next, page.more, pages + 1
    assert heard == [record.id for record in batch]
    assert pages > 1


def test_two_processes_behave_as_one(gateway: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    """The same batches through both at once: each record once, each terminal's in its order, no cursor seen too early."""
    second = RunningGateway.beside(gateway, tmp_path / "second")
    second.start()
    try:
        other = gateway.enrol(tmp_path / "other")
        batches = {one.name: [records(["presence"] * 20, first) for first in range(1, 201, 20)] for one in (terminal, other)}
        with terminal.link() as link:
            after = end_of(link)

        def send(one: Terminal, port: int) -> None:
            settings = replace(one.settings, policy=AddressPolicy("127.0.0.1", port))
            with replace(one, settings=settings).link() as link:
                for batch in batches[one.name]:
                    link.push(batch)

        def listen() -> list[str]:
            heard: list[str] = []
            cursor = after
            with gateway.enrol(tmp_path / "listener").link() as link:
                while len(heard) < 400:
                    page = link.changes(cursor)
                    heard += [change.id for change in page.changes]
                    cursor = page.next
            return heard

        with ThreadPoolExecutor(5) as pool:
            hearing = pool.submit(listen)
            sending = [pool.submit(send, one, port) for one in (terminal, other) for port in (gateway.port, second.port)]
            for sent in sending:
                sent.result(timeout=60)
            heard = hearing.result(timeout=60)
    finally:
        assert second.stop() == 0
    assert len(set(heard)) == 400
    for one in (terminal, other):
        mine = [record.id for batch in batches[one.name] for record in batch]
        assert told(gateway, one) == mine
        assert [id_ for id_ in heard if id_ in set(mine)] == mine


def test_the_room_knows_how_far_each_terminal_has_come(gateway: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    silent, gone = (gateway.enrol(tmp_path / name) for name in ("silent", "gone"))
    with connect(gateway.dsn) as connection:
        enrolment.revoke_terminal(connection, gone.name)
    with terminal.link() as link, gateway.enrol(tmp_path / "other").link() as other:
        link.push(records(["closure"]))
        cursor = end_of(other)
        assert {one.terminal: one.cursor for one in link.room()}[terminal.name] == 0
        link.changes(cursor)
        seen = {one.terminal: one for one in link.room()}
    assert seen[terminal.name].cursor == cursor
    assert seen[terminal.name].at.startswith("20")
    assert (seen[silent.name].cursor, seen[silent.name].at) == (0, "")
    assert gone.name not in seen
