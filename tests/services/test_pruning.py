"""Who left the register: every terminal drops him and says whether he was as told; then the segment forgets him, and a terminal
that was away meanwhile reads the list anew."""

from __future__ import annotations

import json
from dataclasses import replace

import psycopg
import pytest

from nhi_center.domain.people import Person, person_to_json
from nhi_center.gateway import pruning
from nhi_center.gateway.database import connect
from nhi_center.storage import exchange as state
from nhi_center.storage import register
from tests.services.test_leases import own_gateway, pair
from tests.support.entry import HEAD, LEAVER
from tests.support.lease_room import Desk, exchange
from tests.support.postgres import RunningGateway
from tests.support.station import log_of

__all__ = ["own_gateway", "pair"]

GOING = replace(LEAVER, atena="00077001", household="00077001", name="見本　去太", kana="ミホン　サルタ")
STAYING = replace(HEAD, atena="00077002", household="00077002", name="見本　居太", kana="ミホン　イルタ")
HIDDEN = replace(HEAD, atena="00077003", household="00077003", name="見本　秘太", kana="ミホン　ヒメタ")
WRITERS_TURN = "SELECT pg_advisory_xact_lock(current_setting('nhi.insurer')::int, 1)"


def put(gateway: RunningGateway, *people: Person) -> None:
    with connect(gateway.dsn) as connection:
        for person in people:
            body = json.dumps(person_to_json(person))
            connection.execute("INSERT INTO change (kind, id, body) VALUES ('person', %s, %s::jsonb)", (person.atena, body))


def take_out(gateway: RunningGateway, person: Person) -> None:
    with connect(gateway.dsn) as connection:
        connection.execute("INSERT INTO change (kind, id, body) VALUES ('person_gone', %s, '{}')", (person.atena,))


def prune(gateway: RunningGateway) -> int:
    with connect(gateway.dsn) as connection:
        connection.execute(WRITERS_TURN)
        return pruning.prune(connection)


def rows(gateway: RunningGateway, person: Person) -> int:
    with connect(gateway.dsn) as connection:
        (count,) = connection.execute("SELECT count(*) FROM change WHERE id = %s", (person.atena,)).fetchone() or (0,)
    return int(count)


def has(desk: Desk, person: Person) -> bool:
    with desk[0].store.read.begin() as connection:
        return register.find(connection, person.atena) is not None


def dropped(desk: Desk) -> list[tuple[int, int]]:
    facts = [entry["facts"] for entry in log_of(desk[0], "sync")]
    return [(one["gone"], one["gone_unlike"]) for one in facts if "gone_unlike" in one]


def test_a_tombstone_goes_when_every_terminal_is_past_it(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    put(own_gateway, GOING, STAYING, HIDDEN)
    exchange(first, second)
    take_out(own_gateway, GOING)
    put(own_gateway, replace(HIDDEN, protected=True))
    exchange(first)
    assert prune(own_gateway) == 0, "the second has not heard of it"
    assert rows(own_gateway, GOING) == 2
    exchange(second)
    exchange(first, second)  # what they say they have is what they ask after
    assert [(has(desk, GOING), has(desk, HIDDEN), has(desk, STAYING)) for desk in pair] == [(False, False, True)] * 2
    assert [dropped(desk) for desk in pair] == [[(2, 0)], [(2, 0)]]
    assert prune(own_gateway) == 2
    assert (rows(own_gateway, GOING), rows(own_gateway, HIDDEN), rows(own_gateway, STAYING)) == (0, 1, 1)
    assert prune(own_gateway) == 0
    with connect(own_gateway.dsn) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("DELETE FROM change")
    put(own_gateway, GOING, HIDDEN)  # both may come again
    exchange(first, second)
    assert [(has(desk, GOING), has(desk, HIDDEN)) for desk in pair] == [(True, True)] * 2


def test_a_copy_that_is_not_what_was_told_is_said_in_the_log(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    put(own_gateway, GOING)
    exchange(first, second)
    with second[0].store.write.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET body = replace(body, '見本', '別人') WHERE atena = ?", (GOING.atena,))
    take_out(own_gateway, GOING)
    exchange(first, second)
    assert (dropped(first), dropped(second)) == ([(1, 0)], [(1, 1)])
    assert not has(second, GOING)


def test_who_was_away_reads_the_list_anew(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    put(own_gateway, GOING, STAYING)
    exchange(first, second, rounds=2)
    with second[0].store.read.begin() as connection:
        before = register.cursor(connection)
    take_out(own_gateway, GOING)
    exchange(first, second, rounds=2)
    assert prune(own_gateway) == 1
    with second[0].store.write.begin() as connection:  # as its store was before, put back from a backup
        register.put_people(connection, [(before, GOING)])
        state.keep(connection, "changes", before)
    put(own_gateway, replace(STAYING, phone="0300000000"))
    exchange(second)
    assert (has(second, GOING), has(second, STAYING)) == (False, True)
    with second[0].store.read.begin() as connection:
        staying = register.find(connection, STAYING.atena)
        assert staying is not None
        assert staying.phone == "0300000000"
        assert state.number(connection, state.ANEW) == 0
    anew = [entry["facts"] for entry in log_of(second[0], "sync") if entry["facts"].get("step") == "read_anew"]
    assert [one.get("gone") for one in anew] == [None, anew[1]["gone"]]
    assert anew[1]["gone"] >= 1
