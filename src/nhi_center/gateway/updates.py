"""Packages for the terminals (更新): published by two people, carried as they were signed, withdrawn by one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.domain.updates import MAX_BYTES, MAX_MANIFEST_BYTES, Update, UpdateFault, read_manifest
from nhi_center.errors import OperatorError
from nhi_center.gateway.database import Connection
from nhi_center.link import wire_updates

_ADD = "INSERT INTO update_package (sha256, file, manifest, published_by) VALUES (%s, %s, %s, %s)"
_PART = "INSERT INTO update_part (sha256, part, data) VALUES (%s, %s, %s)"
_OFFERED = """
SELECT manifest FROM update_package WHERE withdrawn_at IS NULL ORDER BY published_at DESC, sha256 LIMIT %s
"""
_DATA = """
SELECT data FROM update_part JOIN update_package USING (insurer, sha256) WHERE sha256 = %s AND part = %s AND withdrawn_at IS NULL
"""
_EVERY = """
SELECT file, encode(sha256, 'hex'), to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), published_by,
       to_char(withdrawn_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), withdrawn_by
  FROM update_package ORDER BY published_at DESC, sha256
"""
_WITHDRAW = """
UPDATE update_package SET withdrawn_at = clock_timestamp(), withdrawn_by = %s WHERE file = %s AND withdrawn_at IS NULL
"""


def publish(connection: Connection, package: Path, signature: Path, approved_by: Sequence[str]) -> Update:
    """Offer a signed package to every terminal. The signature is proven by the terminals, who know the ward's key.

    Raises OperatorError at ``by`` (not two people), ``signature`` (no manifest), ``package`` (not the signed bytes, or this name
    is offered already).
    """
    people = [person.strip() for person in approved_by]
    if len(people) != 2 or not all(people) or people[0] == people[1]:
        raise OperatorError("承認した人を --by で2人(別の人を)入力してください。", field="by")
    try:
        told = _read(signature, MAX_MANIFEST_BYTES, "signature")
        update = read_manifest(told).update
    except UpdateFault as fault:
        raise OperatorError(str(fault), field="signature") from None
    data = _read(package, MAX_BYTES, "package")
    digest = hashlib.sha256(data).digest()
    if (len(data), digest.hex()) != (update.size, update.sha256):
        raise OperatorError("パッケージが、署名されたものと違います。署名したときのファイルを渡してください。", field="package")
    size = wire_updates.PART_BYTES
    parts = [(digest, number, data[start : start + size]) for number, start in enumerate(range(0, len(data), size))]
    try:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(_ADD, (digest, update.file, told, people))
            cursor.executemany(_PART, parts)
    except psycopg.errors.UniqueViolation:
        raise OperatorError(
            "この更新は、もう登録されています。取り下げたものは、版を上げて作り直してください。", field="package"
        ) from None
    return update


def every(connection: Connection) -> list[dict[str, Any]]:
    """All of them, the newest first."""
    names = ("file", "sha256", "published_at", "published_by", "withdrawn_at", "withdrawn_by")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(_EVERY).fetchall()]


def withdraw(connection: Connection, file: str, by: str) -> None:
    """Offer it no longer; what a terminal has fetched it throws away at its next exchange. Raises OperatorError."""
    if not by.strip():
        raise OperatorError("取り下げる人を --by で入力してください。", field="by")
    if connection.execute(_WITHDRAW, (by.strip(), file)).rowcount != 1:
        raise OperatorError("この名前の更新は出していません。updates で名前を確かめてください。", field="file")


async def offered(connection: AsyncConnection[TupleRow]) -> bytes:
    rows = await (await connection.execute(_OFFERED, (wire_updates.MAX_UPDATES,))).fetchall()
    return wire_updates.encode_updates([bytes(row[0]) for row in rows])


async def part(connection: AsyncConnection[TupleRow], sha256: bytes, number: int) -> bytes | None:
    """One part as it is; None for one there is not, or not any more."""
    row = await (await connection.execute(_DATA, (sha256, number))).fetchone()
    return bytes(row[0]) if row else None


def _read(path: Path, most: int, field: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError:
        raise OperatorError("ファイルを読めません。場所と名前を確かめてください。", field=field) from None
    if len(data) > most:
        raise OperatorError("ファイルが大きすぎます。場所と名前を確かめてください。", field=field)
    return data
