"""What the room's terminals have told of accounts and reports, for the ward's own eyes: read from their records as they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nhi_center.errors import OperatorError
from nhi_center.files import replace_file
from nhi_center.gateway.database import Connection
from nhi_center.link.wire import MONTH

_ACCOUNTS = """
SELECT DISTINCT ON (body ->> 'person') body ->> 'person', body ->> 'role', body #>> '{registered,by}', terminal,
       to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
  FROM record WHERE kind = 'account' ORDER BY body ->> 'person', received_at, seq
"""
_CLOSED = """
SELECT body ->> 'person', body ->> 'by', to_char(min(received_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
  FROM record WHERE kind = 'closure' GROUP BY 1, 2 ORDER BY 3 DESC
"""
_REPORTS = """
SELECT kind, terminal, to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
       coalesce(body #>> '{contents,month}', body #>> '{contents,period}', body #>> '{contents,day}', body ->> 'day', ''),
       body ->> 'sha256', body
  FROM record WHERE kind IN ('summary', 'day_close') ORDER BY received_at, seq
"""


def accounts(connection: Connection) -> list[dict[str, Any]]:
    """By ID; no name and no key. ``at``: when the first record of it came, and from which terminal."""
    closed = {person: {"by": by, "at": at} for person, by, at in connection.execute(_CLOSED).fetchall()}
    rows = connection.execute(_ACCOUNTS).fetchall()
    return [
        {"person": person, "role": role, "registered_by": by, "terminal": terminal, "at": at, "closed": closed.get(person)}
        for person, role, by, terminal, at in rows
    ]


def reports(connection: Connection, month: str, out: Path | None) -> list[dict[str, Any]]:
    """Reports of all months or of one. ``out``: a new file for their contents and signatures.

    Raises OperatorError at ``month`` or ``out``.
    """
    if month and not MONTH.fullmatch(month):
        raise OperatorError("月は 2026-11 のように入力してください。", field="month")
    if out is not None and out.exists():
        raise OperatorError("このファイルはもうあります。別の名前にしてください。", field="out")
    rows = [row for row in connection.execute(_REPORTS).fetchall() if row[3].startswith(month)]
    if out is not None:
        replace_file(out, json.dumps([row[5] for row in rows], ensure_ascii=False, indent=2).encode())
    return [dict(zip(("kind", "terminal", "at", "of", "sha256"), row[:5], strict=True)) for row in rows]
