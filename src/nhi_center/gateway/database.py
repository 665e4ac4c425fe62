"""The gateway's PostgreSQL: address rules and numbered migrations (migrations/NNNN_name.sql, each in its own transaction)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from nhi_center.errors import EnvironmentTrouble

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
        present = schema_version(connection)
        if present > known[-1][0]:
            raise EnvironmentTrouble(
                "GW-07", "データベースがこのプログラムより新しい版です。新しい版のプログラムを使ってください。"
            )
        for number, text in known:
            if number > present:
                connection.execute(sql.SQL(text))
                connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (number,))
    return known[-1][0]


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
