"""Several municipalities (保険者) on one PostgreSQL, in shared tables and in partitioned ones: each sees its own rows alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from nhi_center.domain import audit
from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import anchors, configuration, enrolment_codes
from nhi_center.gateway.configuration import SHINJUKU
from nhi_center.gateway.database import connect, is_partitioned, migrate, of_insurer, partition
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.link import wire
from nhi_center.link.wire_state import TerminalState
from tests.gateway.test_anchors import entries
from tests.gateway.test_setting_up import command
from tests.support.postgres import RunningGateway, Terminal

SHIBUYA = "138131"
NOT_KEPT_APART = {"schema_version", "training_register"}
TABLES = """
SELECT relname, relkind::text, relispartition, relrowsecurity AND relforcerowsecurity AND EXISTS (
           SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
  FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
INDEXES = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname FROM pg_index i
  JOIN pg_class c ON c.oid = i.indrelid LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
 WHERE c.relnamespace = 'public'::regnamespace
"""
FOREIGN_KEYS = """
SELECT conname, a.attname, b.attname FROM pg_constraint JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
  JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1] WHERE contype = 'f'
"""


class Ward(NamedTuple):
    insurer: str
    gateway: RunningGateway
    terminal: Terminal


@pytest.fixture(params=["shared tables", "partitioned tables"])
def empty(postgres: LocalPostgres, request: pytest.FixtureRequest) -> Iterator[tuple[str, bool]]:
    """A database whose owner is an ordinary role, as a ward's PostgreSQL has it; row security holds for him."""
    name = f"r{uuid4().hex}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN".encode())
        connection.execute(f"CREATE DATABASE {name} OWNER {name}".encode())
    yield make_conninfo(postgres.dsn(name), user=name), request.param == "partitioned tables"
    postgres.drop_database(name)
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP ROLE {name}".encode())


@pytest.fixture
def wards(empty: tuple[str, bool], tmp_path: Path) -> Iterator[list[Ward]]:
    """Two gateways of two municipalities, and in each a terminal of the same name."""
    found = []
    for insurer in (SHINJUKU, SHIBUYA):
        dsn = of_insurer(empty[0], insurer)
        with connect(dsn) as connection:
            migrate(connection)
            if empty[1]:
                partition(connection)
            assert is_partitioned(connection) == empty[1]
        gateway = RunningGateway(tmp_path / insurer, dsn, training=False, insurer=insurer)
        gateway.start()
        found.append(Ward(insurer, gateway, gateway.enrol(tmp_path / f"terminal-{insurer}", "T04")))
    yield found
    for ward in found:
        assert ward.gateway.stop() == 0


def test_every_key_begins_with_the_insurer(empty: tuple[str, bool]) -> None:
    with connect(of_insurer(empty[0], SHINJUKU)) as connection:
        migrate(connection)
        if empty[1]:
            partition(connection)
        tables = connection.execute(TABLES).fetchall()
        kept_apart = {name for name, _, _, apart in tables if apart}
        assert {name for name, *_ in tables} - kept_apart == NOT_KEPT_APART
        wrong = [row for row in connection.execute(INDEXES).fetchall() if row[2] != "insurer" and row[0] not in NOT_KEPT_APART]
        assert not wrong
        assert {row[1:] for row in connection.execute(FOREIGN_KEYS).fetchall()} == {("insurer", "insurer")}
        whole = {name for name, kind, part, _ in tables if kind == ("p" if empty[1] else "r") and not part}
        assert whole - NOT_KEPT_APART == {name for name in kept_apart if not name.endswith(f"_{SHINJUKU}")}


def test_the_routes_serve_each_municipality_its_own(wards: list[Ward], empty: tuple[str, bool]) -> None:
    same_ids = [str(uuid4()) for _ in range(3)]
    for number, (insurer, gateway, terminal) in enumerate(wards, 1):
        rows = [wire.Record(seq, id_, "presence", {"of": insurer}) for seq, id_ in enumerate(same_ids[: number + 1], 1)]
        with terminal.link() as link:
            assert link.hello().insurer == insurer
            assert link.push(rows).new == number + 1
            assert link.push(rows).duplicate == number + 1
            many = [wire.Record(seq, str(uuid4()), "custody", {"n": seq}) for seq in range(1001, 1401)]
            assert (link.push(many).new, link.push(many).duplicate) == (400, 400)
            page = link.changes(0)
            assert [change.body["body"] for change in page.changes] == [{"of": insurer}] * (number + 1)
            assert [one.terminal for one in link.room()] == ["T04"]
            link.keep_month_key("2026-11", bytes([number]) * 32)
            link.tell_state(TerminalState("0.1.0", "debian 12", date(2026, 11, 1), None, number, 0))
            segment = terminal.segment(entries(terminal, 1, 3), 1, audit.genesis(terminal.name))
            assert link.anchor(segment).seq == 3
        with connect(gateway.dsn) as connection:
            newest = anchors.newest(connection, "T04")
            assert newest is not None
            assert newest.hash == segment.head.hash
            code = enrolment_codes.make(connection, "T05")
            assert enrolment_codes.is_redeemed(connection, "T05", code) is None
    for number, (insurer, gateway, _) in enumerate(wards, 1):
        (told,) = json.loads(command("status", "--home", str(gateway.folder)).stdout)["terminals"]
        assert (told["records"], told["waiting"], told["anchored"]) == (number + 401, number, 3)
        assert gateway.scalar("SELECT count(*) FROM record") == number + 401
        assert gateway.scalar("SELECT count(*) FROM record WHERE insurer <> %s", insurer) == 0
    one, other = wards
    with pytest.raises(psycopg.errors.InsufficientPrivilege):  # to write for another is refused as well
        one.gateway.scalar("INSERT INTO list_applied (insurer, columns, past_days) VALUES (%s, '[]', 0) RETURNING 1", SHIBUYA)
    if not empty[1]:
        return
    parts = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'record'::regclass"
    assert one.gateway.scalar(parts) == 2
    assert one.gateway.scalar(f"SELECT count(*) FROM record_{SHIBUYA}") == 0, "nor by the partition's own name"
    assert other.gateway.scalar(f"SELECT count(*) FROM record_{SHIBUYA}") == 403
    for ward in wards:
        with pytest.raises(psycopg.errors.RestrictViolation):
            ward.gateway.scalar(f"DELETE FROM record_{ward.insurer} RETURNING 1")


def test_a_statement_reads_one_partition_and_its_index(wards: list[Ward], empty: tuple[str, bool]) -> None:
    with connect(wards[0].gateway.dsn) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = "\n".join(
            row[0]
            for row in connection.execute(
                "EXPLAIN (ANALYZE, COSTS off) SELECT body FROM record WHERE application = 'x' AND kind = 'application'"
            ).fetchall()
        )
    assert "Index Cond: ((insurer = current_setting('nhi.insurer'::text)) AND (application = 'x'::text)" in plan
    if empty[1]:
        assert "Subplans Removed: 1" in plan
        assert SHIBUYA not in plan


def test_another_authoritys_terminal_of_the_same_name_is_a_stranger(wards: list[Ward]) -> None:
    one, other = wards
    for name in ("T04.pem", "T04.key"):
        shutil.copy(other.terminal.settings.certificate.parent / name, one.terminal.settings.certificate.parent / name)
    with one.terminal.link() as link, pytest.raises(EnvironmentTrouble, match="LK-02"):
        link.hello()


def test_a_table_that_a_later_version_adds_is_partitioned_too(wards: list[Ward], empty: tuple[str, bool]) -> None:
    with connect(wards[0].gateway.dsn) as connection:
        columns = "insurer text NOT NULL DEFAULT current_setting('nhi.insurer'), one int, PRIMARY KEY (insurer, one)"
        connection.execute(f"CREATE TABLE added ({columns})".encode())
        connection.execute("SELECT keep_apart('added')")
        connection.execute("INSERT INTO added (one) VALUES (1)")
        if empty[1]:
            partition(connection)
    if empty[1]:
        with connect(wards[1].gateway.dsn) as connection:
            partition(connection)
    assert wards[1].gateway.scalar("INSERT INTO added (one) VALUES (1) RETURNING 1") == 1
    assert [ward.gateway.scalar("SELECT count(*) FROM added") for ward in wards] == [1, 1]


def test_who_passes_row_security_is_not_served(wards: list[Ward], postgres: LocalPostgres, tmp_path: Path) -> None:
    settings = configuration.load(wards[0].gateway.folder)
    name = psycopg.conninfo.conninfo_to_dict(settings.dsn)["dbname"]
    shutil.copytree(wards[0].gateway.folder, tmp_path / "superuser")
    dsn = of_insurer(postgres.dsn(str(name)), SHINJUKU)
    configuration.save(tmp_path / "superuser", configuration.Configuration(dsn=dsn, port=1))
    refused = command("serve", "--home", str(tmp_path / "superuser"))
    assert (refused.returncode, refused.stderr[:5]) == (1, "GW-12")


def test_a_connection_that_says_no_municipality_reads_nothing(empty: tuple[str, bool]) -> None:
    with connect(of_insurer(empty[0], SHINJUKU)) as connection:
        migrate(connection)
    with connect(empty[0]) as connection, pytest.raises(psycopg.errors.UndefinedObject):
        connection.execute("SELECT count(*) FROM record")


def test_tables_of_several_are_not_partitioned_under_one(empty: tuple[str, bool], tmp_path: Path) -> None:
    for insurer in (SHINJUKU, SHIBUYA):
        with connect(of_insurer(empty[0], insurer)) as connection:
            migrate(connection)
            connection.execute("INSERT INTO change (kind, id, body) VALUES ('result', 'x', '{}')")
    with connect(of_insurer(empty[0], SHIBUYA)) as connection:
        with pytest.raises(EnvironmentTrouble, match="GW-12"):
            partition(connection)
        assert not is_partitioned(connection), "all of it or nothing"
    wrong = command("init", "--dsn", empty[0], "--home", str(tmp_path / "x"), "--insurer", "138041")
    assert (wrong.returncode, "保険者番号" in wrong.stderr) == (1, True)


def test_init_sets_up_a_second_municipality(empty: tuple[str, bool], tmp_path: Path) -> None:
    for insurer in (SHINJUKU, SHIBUYA):
        more = ["--partitioned"] if empty[1] and insurer == SHINJUKU else []
        home = tmp_path / insurer
        done = command("init", "--dsn", empty[0], "--home", str(home), "--insurer", insurer, *more)
        assert done.returncode == 0, done.stderr
        assert configuration.load(home).insurer == insurer
        assert json.loads(command("status", "--home", str(home)).stdout)["terminals"] == []
