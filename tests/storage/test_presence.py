"""The list of stays is the same at every terminal, in whatever order the terminals hear of each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from nhi_center.domain.presence import Entered, Event, KeyBack, Left
from nhi_center.storage import presence
from nhi_center.storage.engine import Connection
from nhi_center.storage.store import create_store, new_key, open_store

PEOPLE = ("k-ichiro", "k-hanako")
STAYS = [str(UUID(int=n)) for n in range(1, 7)]
OWNER = dict(zip(STAYS, PEOPLE * 3, strict=True))
Told = tuple[str, Event]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Connection, ...]]:
    """Three terminals' stores, each in a transaction that is never kept."""
    with ExitStack() as stack:
        connections = []
        for name in ("T01", "T02", "T03"):
            path, key = tmp_path_factory.mktemp(name) / "store.db", new_key()
            create_store(path, key)
            store = open_store(path, (key,))
            stack.callback(store.close)
            connections.append(stack.enter_context(store.write.connect()))
        yield tuple(connections)


def apply(connection: Connection, terminal: str, event: Event) -> None:
    if isinstance(event, Entered):
        presence.enter(connection, event, terminal)
    elif isinstance(event, Left):
        presence.leave(connection, event)
    else:
        presence.key_back(connection, event)


def rows(connection: Connection) -> list[Any]:
    return [tuple(row) for row in connection.execute(text("SELECT * FROM presence ORDER BY id"))]


@st.composite
def happenings(draw: st.DrawFn) -> tuple[list[Told], list[Told]]:
    """What two terminals record while the line is down, and one order in which the segment gets it."""
    entered = [
        ("T01" if n % 2 else "T02", Entered(stay, OWNER[stay], draw(_moments()), "40127", draw(st.sampled_from(["01", "02"]))))
        for n, stay in enumerate(STAYS)
    ]
    later = draw(st.lists(st.tuples(st.sampled_from(["T01", "T02"]), _ends()), max_size=8))
    first: list[Told] = list(entered[:3])
    mine: dict[str, list[Told]] = {"T01": [], "T02": []}
    for terminal, event in [*entered[3:], *later]:
        # Nobody ends a stay he has not heard of: those of the first three everybody has, of the others only their own terminal.
        if isinstance(event, Entered) or event.stay in STAYS[:3] or {e.stay: t for t, e in entered}[event.stay] == terminal:
            mine[terminal].append((terminal, event))
    one, other = list(mine["T01"]), list(mine["T02"])
    order = list(first)
    while one or other:
        order.append((one if one and (not other or draw(st.booleans())) else other).pop(0))
    return first, order


def _moments() -> st.SearchStrategy[str]:
    return st.builds("2026-11-{:02}T{:02}:00:00+09:00".format, st.integers(23, 25), st.integers(9, 14))


def _ends() -> st.SearchStrategy[Event]:
    stay, by = st.sampled_from(STAYS), st.sampled_from(["40127", "40128"])
    left = st.builds(
        lambda s, at, b, key, why: Left(s, OWNER[s], at, b, key, why),
        *(stay, _moments(), by, st.booleans(), st.sampled_from(["", "記録もれ"])),
    )
    return left | st.builds(lambda s, at, b: KeyBack(s, OWNER[s], at, b), stay, _moments(), by)


@given(happenings())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_all_terminals_end_with_one_list(stores: tuple[Connection, ...], told: tuple[list[Told], list[Told]]) -> None:
    first, order = told
    own = (
        [*first, *(event for event in order[3:] if event[0] == "T01"), *order],
        [*first, *(event for event in order[3:] if event[0] == "T02"), *order],
        [*order, *order],
    )
    for connection, events in zip(stores, own, strict=True):
        for terminal, event in events:
            apply(connection, terminal, event)
    found = [rows(connection) for connection in stores]
    for connection in stores:
        connection.rollback()
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == len(STAYS)
