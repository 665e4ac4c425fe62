"""What the ward does with a terminal's month key: have it shown for a restore, or destroyed, so that the backups of that month
can never be read again. Both leave a line that says who and when."""

from __future__ import annotations

import getpass
import os

from nhi_center.errors import OperatorError
from nhi_center.gateway.database import Connection
from nhi_center.link.wire import MONTH


def show(connection: Connection, terminal: str, month: str, by: str) -> bytes:
    """The key, after the line about it is safe. Raises OperatorError when there is none."""
    with connection.transaction():
        _lock(connection, terminal, month, by)
        row = connection.execute("SELECT key FROM month_key WHERE terminal = %s AND month = %s", (terminal, month)).fetchone()
        if row is None:
            raise _absent(connection, terminal, month)
        _tell(connection, terminal, month, "shown", by)
    return bytes(row[0])


def destroy(connection: Connection, terminal: str, month: str, by: str) -> None:
    """Destroy the key for good; the terminal cannot send it again. Raises OperatorError when there is none."""
    with connection.transaction():
        _lock(connection, terminal, month, by)
        done = connection.execute("DELETE FROM month_key WHERE terminal = %s AND month = %s", (terminal, month))
        if done.rowcount != 1:
            raise _absent(connection, terminal, month)
        _tell(connection, terminal, month, "destroyed", by)
    connection.commit()
    # A deleted row stays readable in the table's file until the file is written anew.
    connection.autocommit = True
    connection.execute("VACUUM FULL month_key")


def events(connection: Connection) -> list[dict[str, str]]:
    """Who had which key shown or destroyed, and when; oldest first."""
    rows = connection.execute(
        "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+00:00\"'), terminal, month, event, by, os_user"
        " FROM month_key_event ORDER BY at"
    ).fetchall()
    return [dict(zip(("at", "terminal", "month", "event", "by", "os_user"), row, strict=True)) for row in rows]


def _lock(connection: Connection, terminal: str, month: str, by: str) -> None:
    """Hold the terminal's row as its own requests do: nothing it sends comes in between."""
    if not MONTH.fullmatch(month):
        raise OperatorError("月は 2026-11 のように入力してください。", field="month")
    if not by.strip():
        raise OperatorError("担当者の名前を --by で入力してください。", field="by")
    if connection.execute("SELECT 1 FROM terminal WHERE terminal = %s FOR NO KEY UPDATE", (terminal,)).fetchone() is None:
        raise OperatorError("この名前の端末は登録されていません。", field="terminal")


def _absent(connection: Connection, terminal: str, month: str) -> OperatorError:
    row = connection.execute(
        "SELECT by, to_char(at, 'YYYY-MM-DD') FROM month_key_event WHERE terminal = %s AND month = %s AND event = 'destroyed'",
        (terminal, month),
    ).fetchone()
    if row is None:
        return OperatorError("この端末のこの月の鍵は、預かっていません。", field="month")
    return OperatorError(f"この月の鍵は {row[1]} に {row[0]} が消去しました。もう取り出せません。", field="month")


def _tell(connection: Connection, terminal: str, month: str, event: str, by: str) -> None:
    user = getpass.getuser() or str(os.getuid())
    connection.execute(
        "INSERT INTO month_key_event (terminal, month, event, by, os_user) VALUES (%s, %s, %s, %s, %s)",
        (terminal, month, event, by.strip(), user),
    )
