"""書き出し at the segment: kept as the terminal signed it, listed by its manifest, taken out by the ward; never opened."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from nhi_center.domain import exports as rules
from nhi_center.domain.exports import Manifest, ManifestFault
from nhi_center.domain.trust import signed_by
from nhi_center.errors import OperatorError
from nhi_center.files import replace_file
from nhi_center.gateway.database import Connection
from nhi_center.gateway.room import Refused
from nhi_center.link import wire_export
from nhi_center.link.wire_export import Leaving

_KEEP = "INSERT INTO export (terminal, name, manifest, audit_key) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
_KEEP_FILE = "INSERT INTO export_file (terminal, name, file, data) VALUES (%s, %s, %s, %s)"
_KEPT = "SELECT manifest FROM export WHERE terminal = %s AND name = %s"
_LISTED = """
SELECT terminal, name, manifest, to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
       (SELECT count(*) FROM export_fetch f WHERE f.terminal = e.terminal AND f.name = e.name)
  FROM export e ORDER BY received_at DESC, terminal, name
"""
_FOUND = "SELECT terminal, name, manifest, audit_key FROM export WHERE name = %s AND (%s = '' OR terminal = %s)"
_FILES = "SELECT file, data FROM export_file WHERE terminal = %s AND name = %s ORDER BY file"
_FETCHED = "INSERT INTO export_fetch (terminal, name, by, os_user) VALUES (%s, %s, %s, %s)"


async def receive(connection: AsyncConnection[TupleRow], terminal: str, audit_key: bytes, body: bytes) -> bytes:
    """A request's body in, the answer's out. Raises WireError, and as ``keep``."""
    return wire_export.encode_kept(await keep(connection, terminal, audit_key, wire_export.parse(body)))


async def keep(connection: AsyncConnection[TupleRow], terminal: str, audit_key: bytes, sent: Leaving) -> str:
    """Keep what the terminal sends, if its manifest is its own and fits the files; gives the name. The same again is harmless.

    The caller has locked the terminal's row. Raises Refused: no manifest, another's, other files, or another one of this name.
    """
    try:
        found, payload, signature = rules.read(sent.manifest)
        rules.check_signatures(found.signatures)
    except ManifestFault as fault:
        raise Refused(str(fault)) from None
    if found.terminal != terminal or not signed_by(audit_key.hex(), payload, signature):
        raise Refused("目録が、この端末のものではありません。")
    _require_fit(found, sent)
    name = found.files[0].name
    if (await connection.execute(_KEEP, (terminal, name, sent.manifest, audit_key))).rowcount:
        for file, data in sent.files.items():
            await connection.execute(_KEEP_FILE, (terminal, name, file, data))
        return name
    row = await (await connection.execute(_KEPT, (terminal, name))).fetchone()
    if row is None or bytes(row[0]) != sent.manifest:
        raise Refused("この名前の書き出しは、もう別の内容で受け取っています。")
    return name


def _require_fit(found: Manifest, sent: Leaving) -> None:
    told = {one.name: (one.size, one.sha256) for one in found.files}
    there = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in sent.files.items()}
    if told != there:
        raise Refused("書き出しのファイルが、目録と合いません。")


def listed(connection: Connection) -> list[dict[str, Any]]:
    """What terminals have given, the newest first, as the manifests tell it; no personal value stands in one."""
    return [_told(*row) for row in connection.execute(_LISTED).fetchall()]


def _told(terminal: str, name: str, manifest: bytes, received_at: str, fetched: int) -> dict[str, Any]:
    found, _payload, _signature = rules.read(bytes(manifest))
    said = found.statement
    return {
        "name": name,
        "terminal": terminal,
        "kind": found.kind.value,
        "number": said.get("number", ""),
        "period": said.get("period", ""),
        "personal_rows": said.get("rows", 0),
        "approval": said.get("approval", ""),
        "made_at": found.made_at,
        "received_at": received_at,
        "signers": [one.person for one in found.signatures],
        "files": [{"name": one.name, "way": one.way.value, "size": one.size, "sha256": one.sha256} for one in found.files],
        "fetched": fetched,
        "training": found.training,
    }


def fetch(connection: Connection, name: str, folder: Path, by: str, terminal: str = "") -> tuple[Path, ...]:
    """Write the files of one export and its manifest into ``folder``, proven once more; what is there is never replaced.

    Raises OperatorError at ``name`` (none, or several terminals' of that name), ``to`` (no folder, or such a file is there), or
    when what is kept is not what the terminal signed.
    """
    rows = connection.execute(_FOUND, (name, terminal, terminal)).fetchall()
    if not rows:
        raise OperatorError("この名前の書き出しは届いていません。reports list で名前を確かめてください。", field="name")
    if len(rows) > 1:
        raise OperatorError("同じ名前の書き出しが、複数の端末にあります。--terminal で選んでください。", field="name")
    ((owner, file, manifest, audit_key),) = rows
    data = {str(row[0]): bytes(row[1]) for row in connection.execute(_FILES, (owner, file)).fetchall()}
    _prove(bytes(manifest), data, bytes(audit_key))
    targets = dict(_targets(folder, {**data, rules.manifest_name(file): bytes(manifest)}))
    with connection.transaction():
        connection.execute(_FETCHED, (owner, file, by.strip(), getpass.getuser()))
        for target, body in targets.items():
            replace_file(target, body)
    return tuple(targets)


def _targets(folder: Path, data: dict[str, bytes]) -> Iterator[tuple[Path, bytes]]:
    if not folder.is_dir():
        raise OperatorError("書き出す先のフォルダーがありません。--to を確かめてください。", field="to")
    for name, body in data.items():
        target = folder / name
        if target.exists() or target.is_symlink():
            raise OperatorError("同じ名前のファイルが、もうそこにあります。別のフォルダーにしてください。", field="to")
        yield target, body


def _prove(manifest: bytes, data: dict[str, bytes], audit_key: bytes) -> None:
    try:
        found, payload, signature = rules.read(manifest)
        if not signed_by(audit_key.hex(), payload, signature):
            raise ManifestFault("signature")
        _require_fit(found, Leaving(manifest, data))
    except (ManifestFault, Refused):
        raise OperatorError("保管していた書き出しが、端末の署名と合いません。書き出さずに止めました。", field="name") from None
