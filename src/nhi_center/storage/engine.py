"""Engines over one SQLCipher file: one writing connection, three reading ones.

The dialect is our own because the stock ones fall back to SingletonThreadPool or leave driver errors unwrapped, and
because no spelling of an address may ever reach plain sqlite3. The key is handed to the driver as a raw key and never
appears in a URL, an SQL text or an exception.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, Pool, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from nhi_center.storage.trouble import mark_full

__all__ = ["KEY_BYTES", "Connection", "SQLCipherDialect", "connect", "engine_over", "make_engine"]

KEY_BYTES = 48
"""32 bytes of key and 16 of salt: SQLCipher's raw form, which needs no derivation at opening."""

_DENY, _ALLOW = 1, 0
_AUDIT_TABLES = frozenset({"audit", "audit_anchor", "audit_head"})
_LAID_OVER = frozenset({dbapi2.SQLITE_ALTER_TABLE, dbapi2.SQLITE_CREATE_TRIGGER, dbapi2.SQLITE_CREATE_TEMP_TRIGGER})
"""Renaming the log away and putting a trigger before it, which would swallow entries without a word."""
_PUT_BEFORE = frozenset({dbapi2.SQLITE_CREATE_TEMP_TABLE, dbapi2.SQLITE_CREATE_TEMP_VIEW})
"""A temporary table of the log's name would take the entries in its place and forget them."""
_SETTLED = frozenset({"writable_schema", "query_only", "key", "rekey", "hexkey", "hexrekey"})
"""Pragmas that stand as the connection was made."""
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "journal_size_limit=67108864",
)


class SQLCipherDialect(SQLiteDialect_pysqlite):
    """SQLite as SQLCipher speaks it."""

    driver = "sqlcipher"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        module: ModuleType = dbapi2
        return module

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        return QueuePool


registry.register("sqlite.sqlcipher", __name__, "SQLCipherDialect")


def connect(path: Path, key: bytes) -> Any:
    """A bare driver connection with the key set and nothing read yet. The caller closes it."""
    if len(key) != KEY_BYTES:
        raise ValueError("a store key has 48 bytes")
    connection = dbapi2.connect(
        f"file:{_quoted(path)}?mode=rw", uri=True, isolation_level=None, check_same_thread=False, timeout=5.0
    )
    connection.execute("PRAGMA cipher_log_level = NONE")  # before the key, or a wrong one is reported on stderr
    connection.set_key(f"x'{key.hex()}'")
    return connection


def make_engine(path: Path, key: bytes, *, write: bool, cache_kib: int = 65536) -> Engine:
    """An engine whose transactions are ``BEGIN IMMEDIATE`` (writing, one connection) or ``BEGIN`` (reading, three)."""
    engine = engine_over(lambda: connect(path, key), write=write, cache_kib=cache_kib)

    @event.listens_for(engine, "handle_error")
    def _tell_a_full_disk(context: ExceptionContext) -> None:
        mark_full(context.original_exception, path.parent)

    return engine


def engine_over(opened: Callable[[], Any], *, write: bool, cache_kib: int = 65536) -> Engine:
    """An engine over fresh connections from ``opened``, each with our settings: the benchmark's copy without a key differs
    from the store in nothing else."""

    def creator() -> Any:
        connection = opened()
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for pragma in (*_PRAGMAS, f"cache_size=-{cache_kib}"):
            connection.execute(f"PRAGMA {pragma}")
        if not write:
            connection.execute("PRAGMA query_only=ON")
        connection.set_authorizer(_authorize)
        return connection

    engine = create_engine(
        "sqlite+sqlcipher:///store",
        creator=creator,
        pool_size=1 if write else 3,
        max_overflow=0,
        hide_parameters=True,  # exception texts would carry personal values
    )
    statement = "BEGIN IMMEDIATE" if write else "BEGIN"

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(statement)

    return engine


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    """Refuse what would rewrite the log or lead around it. A guard against our own mistakes: the key's holder could open the
    file elsewhere."""
    table_acts = {dbapi2.SQLITE_UPDATE, dbapi2.SQLITE_DELETE, dbapi2.SQLITE_DROP_TABLE}
    if action in table_acts | _PUT_BEFORE and first in _AUDIT_TABLES:
        return _DENY
    if action in _LAID_OVER and second in _AUDIT_TABLES:  # here the table is the second word
        return _DENY
    if action in (dbapi2.SQLITE_DROP_TRIGGER, dbapi2.SQLITE_DROP_TEMP_TRIGGER, dbapi2.SQLITE_ATTACH):
        return _DENY  # another database beside this one could be a plain copy of it
    if action == dbapi2.SQLITE_PRAGMA and second is not None and (first or "").lower() in _SETTLED:
        return _DENY
    return _ALLOW


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
