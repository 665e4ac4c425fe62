"""The meeting at the start of an exchange: what the gateway holds of a terminal, and how far their clocks are apart."""

from __future__ import annotations

import getpass
import uuid
from datetime import date, datetime

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.errors import OperatorError
from nhi_center.gateway import numbers
from nhi_center.gateway.database import Connection
from nhi_center.link import wire_meeting
from nhi_center.link.wire_meeting import Extent, Holding, Known, Told

_MOST_APART = 10**9
_NEWEST = "SELECT seq, id::text FROM record WHERE terminal = %s ORDER BY seq DESC LIMIT 1"
_HELD = """
SELECT (SELECT coalesce(max(cursor), 0) FROM change),
       coalesce((SELECT line::text FROM gateway_line ORDER BY since DESC LIMIT 1), ''),
       (SELECT coalesce(max(seq), 0) FROM audit_entry WHERE terminal = %s),
       to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"'),
       extract(epoch FROM clock_timestamp())::float8
"""
_MET = """
INSERT INTO terminal_meeting (terminal, ahead_seconds, met_at) VALUES (%s, %s, clock_timestamp())
ON CONFLICT (insurer, terminal) DO UPDATE SET ahead_seconds = excluded.ahead_seconds, met_at = excluded.met_at
"""
_RECORDS = "SELECT seq, id::text, fingerprint FROM record WHERE terminal = %s AND seq > %s AND seq <= %s ORDER BY seq"


async def meet(connection: AsyncConnection[TupleRow], terminal: str, told: Told) -> Known:
    """Say what is held here; the difference of the clocks is kept for the ward's list of terminals."""
    newest = await (await connection.execute(_NEWEST, (terminal,))).fetchone()
    row = await (await connection.execute(_HELD, (terminal,))).fetchone()
    assert row is not None
    cursor, line, anchored, now, present = row
    ahead = datetime.fromisoformat(told.now).timestamp() - present
    await connection.execute(_MET, (terminal, max(-_MOST_APART, min(_MOST_APART, round(ahead)))))
    seq, id_ = (int(newest[0]), newest[1]) if newest else (0, "")
    return Known(seq, id_, int(cursor), int(anchored), now, line)


def put_back(connection: Connection, today: date, by: str) -> str:
    """After this database was put back from a backup, before ``serve``: begin another line, and pass over the numbers that may
    have been given since the backup. Gives the line. Raises OperatorError at ``by``.
    """
    if not by.strip():
        raise OperatorError("担当者の名前を --by で入力してください。", field="by")
    line = str(uuid.uuid4())
    with connection.transaction():
        connection.execute(
            "INSERT INTO gateway_line (line, by, os_user) VALUES (%s, %s, %s)", (line, by.strip(), getpass.getuser())
        )
        numbers.pass_over(connection, today)
    return line


async def compare(connection: AsyncConnection[TupleRow], terminal: str, extent: Extent) -> Holding:
    """What is held of these records of the terminal."""
    rows = await (await connection.execute(_RECORDS, (terminal, extent.after, extent.upto))).fetchall()
    return wire_meeting.digest((int(seq), id_, bytes(print_)) for seq, id_, print_ in rows)
