"""The list of files taken from the standard system and written for it: what, how many rows, who. No personal value."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nhi_center.errors import OperatorError
from nhi_center.gateway.database import Connection


def digest(path: Path) -> bytes:
    """SHA-256 of a file. Raises OperatorError at ``file``."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        raise OperatorError("ファイルを読めません。名前と権限を確かめてください。", field="file") from None


def keep(connection: Connection, kind: str, sha256: bytes, rows: int, told: Mapping[str, Any], by: str) -> int:
    """Enter one file in the caller's transaction; gives its number. Raises OperatorError at ``by``."""
    if not by.strip():
        raise OperatorError("担当者の名前を --by で入力してください。", field="by")
    row = connection.execute(
        "INSERT INTO file_exchange (kind, sha256, rows, told, by, os_user)"
        " VALUES (%s, %s, %s, %s::jsonb, %s, %s) RETURNING number",
        (kind, sha256, rows, json.dumps(told), by.strip(), getpass.getuser() or str(os.getuid())),
    ).fetchone()
    assert row is not None
    return int(row[0])


def newest(connection: Connection, most: int) -> list[dict[str, Any]]:
    """The last files, newest first."""
    rows = connection.execute(
        "SELECT number, kind, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+00:00\"'), encode(sha256, 'hex'), rows,"
        " told, by, os_user FROM file_exchange ORDER BY number DESC LIMIT %s",
        (most,),
    ).fetchall()
    return [dict(zip(("number", "kind", "at", "sha256", "rows", "told", "by", "os_user"), row, strict=True)) for row in rows]
