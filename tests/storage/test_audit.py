"""The log in the store: it only grows, whatever SQL our own process sends; and the keys of its pseudonyms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.audit import Countersign, Head, pseudonym
from nhi_center.domain.merkle import Range, leaf_hash
from nhi_center.storage import audit
from nhi_center.storage.audit import KeptHead
from nhi_center.storage.store import Store, create_store, new_key, open_store

TABLES = ("audit", "audit_head", "audit_anchor")
AT = "2026-11-24T00:00:00+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One entry, its head, and the gateway's word for it."""
    path, key = tmp_path / "store.db", new_key()
    create_store(path, key)
    opened = open_store(path, (key,))
    with opened.write.begin() as connection:
        audit.append(connection, at=AT, terminal="T04", actor="k-ichiro", action="enter", subject="a-1", facts={})
        (row,) = audit.entries(connection, 1, 10)
        tree = Range().extended([leaf_hash(row[1])])
        audit.keep_head(connection, KeptHead(head(1, tree), tree, "20261124"))
        audit.keep_anchor(connection, countersign(1, "ab"))
    yield opened
    opened.close()


def head(seq: int, tree: Range) -> Head:
    return Head("T04", seq, "ab" * 32, tree.root().hex(), AT, "cd" * 64)


def countersign(seq: int, hash_: str) -> Countersign:
    return Countersign("T04", seq, hash_ * 32, "ef" * 32, AT, "cd" * 64)


def contents(store: Store) -> list[object]:
    with store.read.begin() as connection:
        return [connection.execute(text(f"SELECT * FROM {table} ORDER BY seq")).all() for table in TABLES]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET hash = 'x'",
        "UPDATE OR REPLACE {table} SET seq = 9",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "INSERT OR IGNORE INTO {table} SELECT * FROM {table}",
        "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT (seq) DO UPDATE SET hash = 'x'",
        "DROP TABLE {table}",
        "ALTER TABLE {table} RENAME TO gone",
        "ALTER TABLE {table} RENAME COLUMN hash TO other",
        "ALTER TABLE {table} ADD COLUMN other TEXT",
        "ALTER TABLE {table} DROP COLUMN hash",
        "DROP TRIGGER {table}_no_update",
        "DROP TRIGGER {table}_no_delete",
        "DROP TRIGGER {table}_in_order",
        "CREATE TRIGGER swallow BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TEMP TRIGGER swallow BEFORE INSERT ON main.{table} BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TEMP TABLE {table} AS SELECT * FROM main.{table}",
        "CREATE TEMP VIEW {table} AS SELECT * FROM main.{table}",
        "PRAGMA writable_schema = ON",
        "PRAGMA rekey = 'another'",
        "ATTACH ':memory:' AS plain KEY ''",
    ],
)
def test_the_log_only_grows(store: Store, table: str, statement: str) -> None:
    before = contents(store)
    with pytest.raises(DatabaseError), store.write.begin() as connection:
        connection.exec_driver_sql(statement.format(table=table))
    assert contents(store) == before
    with store.write.begin() as connection:
        audit.append(connection, at=AT, terminal="T04", actor="k-ichiro", action="enter", subject="a-2", facts={})
    with store.read.begin() as connection:
        assert audit.last(connection, "T04")[0] == 2


@pytest.mark.parametrize("statement", ["PRAGMA query_only = OFF", "DROP TRIGGER audit_no_delete", "DROP TABLE audit"])
def test_connections_that_read_lead_no_way_around_it(store: Store, statement: str) -> None:
    with pytest.raises(DatabaseError, match="not authorized"), store.read.begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("table", TABLES)
def test_without_the_authorizer_the_triggers_still_refuse(store: Store, table: str) -> None:
    raw = store.write.raw_connection()
    try:
        raw.driver_connection.set_authorizer(None)  # type: ignore[union-attr]
        for statement in (
            f"UPDATE {table} SET seq = 9",
            f"DELETE FROM {table}",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        ):
            with pytest.raises(Exception, match=r"append-only|gap|out of order"):
                raw.cursor().execute(statement)
    finally:
        raw.close()


def test_heads_give_back_the_tree_and_follow_one_another(store: Store) -> None:
    with store.write.begin() as connection:
        kept = audit.newest_head(connection, "T04")
        assert kept is not None
        assert kept.tree.root().hex() == kept.head.root
        tree = kept.tree.extended([b"x" * 32])
        audit.keep_head(connection, KeptHead(head(2, tree), tree, "20261125"))
        assert audit.days(connection) == ("20261124", "20261125")
        assert [one.head.seq for one in audit.heads(connection, "T04")] == [1, 2]
        assert [one.head.seq for one in audit.heads(connection, "T04", "20261125")] == [2]
        newest = audit.head_after(connection, "T04", 0, 1)
        assert newest is not None
        assert newest.head.seq == 1
        assert audit.head_after(connection, "T04", 2, 5000) is None


def test_an_older_confirmation_changes_nothing(store: Store) -> None:
    with store.write.begin() as connection:
        audit.keep_anchor(connection, countersign(1, "99"))
        assert audit.newest_anchor(connection, "T04") == countersign(1, "ab")
        audit.keep_anchor(connection, countersign(5, "99"))
        assert audit.anchors(connection, "T04", 2, 9) == {5: countersign(5, "99")}
        assert audit.sent_up_to(connection) == 5


def test_confirmations_from_before_there_was_a_tree_count_as_sent_only(store: Store) -> None:
    with store.write.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO audit_anchor (seq, hash, countersigned_at, signature) VALUES (8, '', '{AT}', '')"
        )
        assert audit.sent_up_to(connection) == 8
        assert audit.newest_anchor(connection, "T04") == countersign(1, "ab")


def test_a_month_has_one_key_until_it_is_destroyed(store: Store) -> None:
    with store.write.begin() as connection:
        november, december = audit.month_key(connection, "2026-11"), audit.month_key(connection, "2026-12")
        assert audit.month_key(connection, "2026-11") == november != december
        names = {pseudonym(november, "00000001"), pseudonym(december, "00000001")}
        assert audit.pseudonyms(connection, "00000001") == names
        assert all(len(name) == 34 and name.startswith("p:") for name in names)
        assert not names & audit.pseudonyms(connection, "00000002")
        assert audit.destroy_month_key(connection, "2026-11")
        assert not audit.destroy_month_key(connection, "2026-11")
        assert audit.pseudonyms(connection, "00000001") == {pseudonym(december, "00000001")}
        assert audit.months(connection) == ("2026-12",)


def test_a_key_of_pseudonyms_is_never_another(store: Store) -> None:
    with store.write.begin() as connection:
        audit.month_key(connection, "2026-11")
    for statement in (
        "UPDATE pseudonym_key SET key = zeroblob(32)",
        "INSERT OR REPLACE INTO pseudonym_key VALUES ('2026-11', zeroblob(32))",
    ):
        with pytest.raises(DatabaseError), store.write.begin() as connection:
            connection.exec_driver_sql(statement)
