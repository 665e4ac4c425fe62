"""消去 as a terminal asks for it: its own month keys go here too, so that no copy of a month's backups opens any more."""

from __future__ import annotations

import getpass

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.link.wire_erasure import Destroying

_DELETE = "DELETE FROM month_key WHERE terminal = %s AND month = %s"
_TELL = """
INSERT INTO month_key_event (terminal, month, event, by, os_user) VALUES (%s, %s, 'destroyed', %s, %s)
ON CONFLICT DO NOTHING
"""


async def destroy(connection: AsyncConnection[TupleRow], terminal: str, asked: Destroying) -> tuple[str, ...]:
    """Destroy the terminal's keys of these months for good, also of one that never came: it is refused from now on. Again is
    harmless. The caller has locked the terminal's row; what is done is committed here.
    """
    by = f"{asked.by[0]} {asked.by[1]} 消去 {asked.erasure}"
    for month in asked.months:
        await connection.execute(_DELETE, (terminal, month))
        await connection.execute(_TELL, (terminal, month, by, getpass.getuser()))
    await connection.commit()
    # A deleted row stays readable in the table's file until the file is written anew, which no transaction may hold.
    await connection.set_autocommit(True)
    try:
        await connection.execute("VACUUM FULL month_key")
    finally:
        await connection.set_autocommit(False)
    return asked.months
