"""What is told before each exchange reads no more of the ledger than is on hand, however much has gone back over the years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from nhi_center.services import custody, day_close, standing, standing_own
from nhi_center.services.office import Office
from nhi_center.storage.engine import Connection
from tests.services.test_handover import Room
from tests.support.office import as_person, desk, premises
from tests.support.terminals import take_in

__all__ = ["desk", "premises"]

_SUM = "COVERING INDEX ix_balance_sum"
"""The one exception: what ever came and went is added up, from its index alone."""
LEDGER = ("movement", "balance", "slip")
_ALIASES = re.compile(r"\b(?:FROM|JOIN) (\w+)(?: (?!WHERE|ORDER|JOIN|ON|GROUP|LIMIT|UNION)(\w+))?")


@pytest.fixture
def years(desk: Room) -> Room:
    """Twenty thousand applications that went back, and a 便 of today."""
    take_in(desk, 2, 5)
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
    one = "'F02', 'b-' || (i / 50)"
    with desk[0].store.write.begin() as connection:
        for statement in (
            f"{many} INSERT INTO slip (id, number, day, batch, kind, sheets)"
            " SELECT 'old-' || i, printf('0401-%05d', i), '2026-04-01', (SELECT id FROM handover), 'F02', 3 FROM n",
            f"{many} INSERT INTO movement (kind, batch, slip, frm, dst, sheets, at, by)"
            f" SELECT {one}, 'old-' || i, 'output', 'returned', 3, '2026-04-01T10:00:00+09:00', 'k-ichiro' FROM n",
            f"{many} INSERT INTO balance (kind, batch, place, slip, sheets, since)"
            f" SELECT {one}, 'returned', 'old-' || i, 3, '2026-04-01T10:00:00+09:00' FROM n",
            "INSERT INTO balance (kind, batch, place, sheets, since)"
            " SELECT kind, batch, 'ward', -sum(sheets), min(since) FROM balance WHERE batch LIKE 'b-%' GROUP BY kind, batch",
        ):
            connection.execute(text(statement))
    return desk


@contextmanager
def heard(office: Office) -> Iterator[list[tuple[str, Any]]]:
    """Every SELECT of the reading connection, with its values."""
    found: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            found.append((statement, values))

    event.listen(office.store.read, "before_cursor_execute", listen)
    yield found
    event.remove(office.store.read, "before_cursor_execute", listen)


def scans(connection: Connection, statement: str, values: Any) -> list[str]:
    """The steps of the plan that read a whole table of the ledger, in whatever order."""
    names = {alias or table for table, alias in _ALIASES.findall(statement) if table in LEDGER}
    steps = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    return [step for step in steps if step.startswith("SCAN ") and step.split()[1] in names and _SUM not in step]


READS = {
    "own": standing_own.own,
    "loose": standing_own.loose,
    "others": standing.others,
    "lines": standing.open_items,
    "found": lambda _office, connection: custody.found_on_hand(connection),
    "on hand": lambda _office, connection: custody.on_hand_now(connection),
}


@pytest.mark.parametrize("name", READS)
def test_no_table_of_the_ledger_is_read_as_a_whole(years: Room, name: str) -> None:
    office = years[0]
    with heard(office) as said, office.store.read.begin() as connection:
        READS[name](office, connection)
        asked = list(said)
        bad = {statement: found for statement, values in asked if (found := scans(connection, statement, values))}
    assert bad == {}
    assert asked or name == "others"


def test_the_ledger_s_table_of_movements_is_never_scanned_for_what_is_told(years: Room) -> None:
    office = years[0]
    with heard(office) as said, office.store.read.begin() as connection:
        standing_own.own(office, connection)
        of_movements = [(statement, values) for statement, values in list(said) if "movement" in statement]
        plans = [
            row.detail
            for statement, values in of_movements
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert of_movements, "when a batch came in is asked of the movements"
    assert any("ix_movement_batch" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN m")], plans


def test_a_scan_would_be_seen(years: Room) -> None:
    with years[0].store.read.begin() as connection:
        assert scans(connection, "SELECT count(*) FROM movement m WHERE m.reason = 'night'", ())
        assert scans(connection, "SELECT by FROM movement", ())
        here = "b.slip = s.id AND b.sheets > 0 AND b.place IN ('tray', 'entry')"
        every = f"SELECT id FROM slip s WHERE s.sheets = 0 OR EXISTS (SELECT 1 FROM balance b WHERE {here}) ORDER BY day, number"
        assert scans(connection, every, ())


def test_what_is_told_is_what_the_old_years_add_up_to(years: Room) -> None:
    with years[0].store.read.begin() as connection:
        own = standing_own.own(years[0], connection)
        assert (own.received, own.returned, own.on_hand.total, own.balanced) == (60_006, 60_000, 6, True)
    assert not day_close.check(years[0], as_person(years[0], "s-toko")).lines[0].settled
