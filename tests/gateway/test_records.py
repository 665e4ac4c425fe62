from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.link import wire
from nhi_center.link.client import client_context
from tests.support.postgres import RunningGateway, Terminal


def records(count: int, first: int = 1) -> tuple[wire.Record, ...]:
    return tuple(wire.Record(first + n, str(uuid4()), "call", {"n": n, "text": "葛󠄂城"}) for n in range(count))


def stored(gateway: RunningGateway, terminal: Terminal) -> object:
    return gateway.scalar("SELECT count(*) FROM record WHERE terminal = %s", terminal.name)


def test_the_same_batch_twice_is_stored_once(gateway: RunningGateway, terminal: Terminal) -> None:
    batch = records(100)
    with terminal.link() as link:
        assert link.push(batch) == wire.PushAnswer(100, 0, (), 100)
        assert link.push(batch) == wire.PushAnswer(0, 100, (), 100)
    assert stored(gateway, terminal) == 100


def test_five_at_once_store_one_row(gateway: RunningGateway, terminal: Terminal) -> None:
    batch = records(1)

    def push(_: int) -> wire.PushAnswer:
        with terminal.link() as link:
            return link.push(batch)

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(push, range(5)))
    assert sorted(answer.new for answer in answers) == [0, 0, 0, 0, 1]
    assert sum(answer.duplicate for answer in answers) == 4
    assert stored(gateway, terminal) == 1


def test_same_id_with_another_body_is_refused_and_the_rest_is_kept(gateway: RunningGateway, terminal: Terminal) -> None:
    first, second = records(2)
    changed = wire.Record(first.seq, first.id, first.kind, {"n": "other"})
    with terminal.link() as link:
        link.push([first])
        answer = link.push([changed, second])
    assert (answer.new, answer.duplicate, [r.seq for r in answer.refused], answer.ack) == (1, 0, [1], 2)
    assert gateway.scalar("SELECT body ->> 'n' FROM record WHERE id = %s", first.id) == "0"


def test_same_seq_with_another_id_is_refused(gateway: RunningGateway, terminal: Terminal) -> None:
    with terminal.link() as link:
        link.push(records(1))
        answer = link.push(records(1))
    assert [refusal.seq for refusal in answer.refused] == [1]
    assert stored(gateway, terminal) == 1


def test_another_terminals_id_is_refused(gateway: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    batch = records(1)
    with terminal.link() as link, gateway.enrol(tmp_path / "other").link() as other:
        link.push(batch)
        assert len(other.push(batch).refused) == 1


def test_row_with_a_nul_is_refused_alone(terminal: Terminal) -> None:
    good = records(1)[0]
    bad = wire.Record(2, str(uuid4()), "call", {"text": "a\0b"})
    with terminal.link() as link:
        answer = link.push([good, bad])
    assert (answer.new, [r.seq for r in answer.refused], answer.ack) == (1, [2], 2)


def test_empty_batch_is_settled(terminal: Terminal) -> None:
    with terminal.link() as link:
        assert link.push([]) == wire.PushAnswer(0, 0, (), 0)


def test_body_keeps_its_variation_selector(gateway: RunningGateway, terminal: Terminal) -> None:
    batch = records(1)
    with terminal.link() as link:
        link.push(batch)
    assert gateway.scalar("SELECT body ->> 'text' FROM record WHERE id = %s", batch[0].id) == "葛\U000e0102城"


def test_full_batch_and_unreadable_ones(terminal: Terminal) -> None:
    with terminal.link() as link:
        assert link.push(records(wire.MAX_RECORDS)).new == wire.MAX_RECORDS
        with pytest.raises(EnvironmentTrouble, match="LK-04"):
            link.push(records(wire.MAX_RECORDS + 1, first=wire.MAX_RECORDS + 1))
        assert link.hello().terminal == terminal.name


def test_kill_in_the_middle_loses_and_doubles_nothing(gateway: RunningGateway, terminal: Terminal) -> None:
    """kill -9 after the request was sent, before its answer was read: the batch is there once after the retry."""
    batch = records(500)
    context = client_context(terminal.settings)
    for start in range(0, 500, 100):
        part = batch[start : start + 100]
        raw = http.client.HTTPSConnection("127.0.0.1", gateway.port, context=context, timeout=10)
        raw.request("POST", wire.PATH_RECORDS, wire.encode_records(part))
        gateway.stop(kill=True)
        raw.close()
        with terminal.link() as link, pytest.raises(EnvironmentTrouble, match="LK-01"):
            link.push(part)
        gateway.start()
        with terminal.link() as link:
            answer = link.push(part)
        assert answer.new + answer.duplicate == 100
    assert stored(gateway, terminal) == 500


def test_records_are_append_only(gateway: RunningGateway, terminal: Terminal) -> None:
    with terminal.link() as link:
        link.push(records(1))
    for statement in ("UPDATE record SET seq = 9", "DELETE FROM record", "TRUNCATE record"):
        with psycopg.connect(gateway.dsn) as connection, pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(statement)


MANY = 400
"""A batch of this size is copied as a whole; smaller ones go by one statement."""


def test_a_large_batch_twice_and_half_of_it_again_is_stored_once(gateway: RunningGateway, terminal: Terminal) -> None:
    batch = records(MANY)
    with terminal.link() as link:
        assert link.push(batch[: MANY // 2]) == wire.PushAnswer(MANY // 2, 0, (), MANY // 2)
        assert link.push(batch) == wire.PushAnswer(MANY // 2, MANY // 2, (), MANY)
        assert link.push(batch) == wire.PushAnswer(0, MANY, (), MANY)
    assert stored(gateway, terminal) == MANY


def test_in_a_large_batch_another_body_is_refused_and_the_rest_is_kept(gateway: RunningGateway, terminal: Terminal) -> None:
    batch = records(MANY)
    with terminal.link() as link:
        link.push(batch[:1])
        answer = link.push([wire.Record(1, batch[0].id, "call", {"n": "other"}), *batch[1:]])
    assert (answer.new, answer.duplicate, [r.seq for r in answer.refused], answer.ack) == (MANY - 1, 0, [1], MANY)
    assert gateway.scalar("SELECT body ->> 'n' FROM record WHERE id = %s", batch[0].id) == "0"


def test_one_id_twice_in_a_large_batch_is_stored_once(gateway: RunningGateway, terminal: Terminal) -> None:
    batch = records(MANY)
    with terminal.link() as link:
        answer = link.push([*batch[:-1], wire.Record(MANY, batch[0].id, "call", {"n": "other"})])
    assert (answer.new, [r.seq for r in answer.refused]) == (MANY - 1, [MANY])
    assert stored(gateway, terminal) == MANY - 1


@pytest.mark.parametrize("count", [1, MANY])
def test_no_character_of_a_body_is_read_as_anything_else(gateway: RunningGateway, terminal: Terminal, count: int) -> None:
    odd = {"text": "a\\b \\N \\. \\\\x41 \t\n\r \x01 \x7f \u2028 \" ' {} , 葛\U000e0102", "\\.": "\t"}
    rows = [wire.Record(record.seq, record.id, "call", odd) for record in records(count)]
    with terminal.link() as link:
        assert link.push(rows) == wire.PushAnswer(count, 0, (), count)
        assert link.push(rows) == wire.PushAnswer(0, count, (), count)
    assert gateway.scalar("SELECT body FROM record WHERE id = %s", rows[-1].id) == odd
    assert gateway.scalar("SELECT count(DISTINCT body) FROM record WHERE terminal = %s", terminal.name) == 1
