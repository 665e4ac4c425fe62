"""The gateway's PostgreSQL: address rules and numbered migrations (migrations/NNNN_name.sql, each in its own transaction)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from nhi_center.errors import EnvironmentTrouble

PARTITIONED = Path(__file__).with_name("partitioned.sql")
Connection = psycopg.Connection[TupleRow]
_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = (138040, 2)


def check_dsn(dsn: str) -> str:
    """The DSN, if it is a Unix socket without a password. Raises EnvironmentTrouble GW-05 otherwise, or when unreadable."""
    try:
        parts = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        parts = {}
    if not str(parts.get("host", "")).startswith("/") or "password" in parts:
        raise EnvironmentTrouble("GW-05", "データベースの接続先は、パスワードを含まないUNIXソケットで指定してください。")
    return dsn


def of_insurer(dsn: str, insurer: str) -> str:
    """The DSN with the municipality (保険者番号) whose rows its connections see and write, and no other's (migration 0011)."""
    known = conninfo_to_dict(dsn).get("options") or ""
    return make_conninfo(dsn, options=f"{known} -c nhi.insurer={insurer}".strip())


def connect(dsn: str) -> Connection:
    """A connection. Raises EnvironmentTrouble GW-06 when the server does not answer."""
    try:
        return psycopg.connect(check_dsn(dsn), connect_timeout=10)
    except psycopg.OperationalError:
        raise EnvironmentTrouble("GW-06", "データベースに接続できません。PostgreSQLが動いているか確認してください。") from None


def migrations() -> tuple[tuple[int, str], ...]:
    """All migrations as (number, SQL), in order."""
    files = sorted(_MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return tuple((int(file.name[:4]), file.read_text(encoding="utf-8")) for file in files)


def migrate(connection: Connection) -> int:
    """Bring the schema up to date; gives the version. Raises EnvironmentTrouble GW-07 for a schema newer than this program."""
    known = migrations()
    with connection.transaction():
        # Two gateways that start at once: the second waits, then finds nothing to do.
        connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", _MIGRATION_LOCK)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        if schema_version(connection) > known[-1][0]:
            raise EnvironmentTrouble(
                "GW-07", "データベースがこのプログラムより新しい版です。新しい版のプログラムを使ってください。"
            )
        # By number, not by the highest: one that was written beside a higher one may come later.
        present = {row[0] for row in connection.execute("SELECT version FROM schema_version").fetchall()}
        missing = [(number, text) for number, text in known if number not in present]
        for number, text in missing:
            connection.execute(sql.SQL(text))
            connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (number,))
        if missing and is_partitioned(connection):
            connection.execute(sql.SQL(PARTITIONED.read_text(encoding="utf-8")))  # what the migrations have added
    return known[-1][0]


def is_partitioned(connection: Connection) -> bool:
    row = connection.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('record')").fetchone()
    return bool(row and row[0])


def partition(connection: Connection) -> None:
    """Partition the tables by municipality, or add the partitions of this connection's one.

    Raises EnvironmentTrouble GW-12 when rows of several stand unpartitioned, or belong to another alone.
    """
    try:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", _MIGRATION_LOCK)
            connection.execute(sql.SQL(PARTITIONED.read_text(encoding="utf-8")))
    except psycopg.errors.CheckViolation:
        raise EnvironmentTrouble(
            "GW-12", "ほかの市区町村の行があるため、分けられません。その市区町村のサーバから先に分けてください。"
        ) from None


def check_apart(connection: Connection) -> None:
    """Raises EnvironmentTrouble GW-12 when this connection sees another municipality's rows: a superuser passes row security."""
    seen = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM terminal WHERE insurer <> current_setting('nhi.insurer'))"
        " OR coalesce((SELECT min(insurer) <> max(insurer) OR min(insurer) <> current_setting('nhi.insurer') FROM change), false)"
    ).fetchone()
    if seen is None or seen[0]:
        raise EnvironmentTrouble(
            "GW-12", "データベースの利用者に、ほかの市区町村の行が見えます。管理者(superuser)でない利用者で動かしてください。"
        )


def schema_version(connection: Connection) -> int:
    """The version of the database; 0 when empty."""
    row = connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()
    return int(row[0]) if row else 0


def present_time(connection: Connection) -> datetime:
    """The gateway's one clock is the database's: all its processes agree on it."""
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    return datetime.fromtimestamp(row[0] if row else 0, UTC)


def local_today(connection: Connection) -> date:
    """The office's day (JST) by that clock."""
    return (present_time(connection) + timedelta(hours=9)).date()
