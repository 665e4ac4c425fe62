"""export-entries: verified entries (照合済) as a CSV for the standard system, each once, with a signed receipt.

What is written and that it was written is one transaction; the file of a number can be written again, byte for byte.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center import resources
from nhi_center.domain import canonical
from nhi_center.domain.forms import envelope
from nhi_center.domain.sampling import NOT_DRAWN
from nhi_center.errors import OperatorError
from nhi_center.files import replace_file
from nhi_center.gateway import file_exchange
from nhi_center.gateway.database import Connection

PREFIX = b"nhi-center entries receipt 1\n"
_LOCK = (138040, 5)
# The entry as it was keyed last before this verification, unless the ward or the keyer has taken it back since.
_READY = """
SELECT v.id, v.body, a.body
  FROM record v
  JOIN LATERAL (SELECT body, received_at, seq, terminal FROM record
                 WHERE kind = 'application' AND application = v.application
                   AND (received_at, seq) <= (v.received_at, v.seq) ORDER BY received_at DESC, seq DESC LIMIT 1) a ON true
 WHERE v.kind = 'verification' AND v.body ->> 'outcome' IN ('verified', %(not_drawn)s)
   AND NOT EXISTS (SELECT 1 FROM entry_exported e WHERE e.record = v.id)
   AND NOT EXISTS (SELECT 1 FROM record l
                    WHERE l.application = v.application AND (l.received_at, l.seq) > (v.received_at, v.seq)
                      AND (l.kind IN ('application', 'verification')
                           OR l.kind = 'review' AND l.body ->> 'decision' IN ('sent_back', 'withdrawn')))
 ORDER BY v.received_at, v.seq
"""
_OF_FILE = """
SELECT v.id, v.body, a.body
  FROM entry_exported e JOIN record v ON v.id = e.record
  JOIN LATERAL (SELECT body FROM record
                 WHERE kind = 'application' AND application = v.application
                   AND (received_at, seq) <= (v.received_at, v.seq) ORDER BY received_at DESC, seq DESC LIMIT 1) a ON true
 WHERE e.file = %s ORDER BY v.received_at, v.seq
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one file holds: its number, rows, SHA-256, who wrote it and when."""

    number: int
    rows: int
    sha256: str
    by: str
    at: str


def export(connection: Connection, path: Path, by: str, key: Ed25519PrivateKey) -> Receipt | None:
    """Write what has not been written yet to a new file, and ``FILE.receipt.json``; None when there is nothing.

    Raises OperatorError at ``file`` or ``by``. Killed in between, the number's file is written with ``again``.
    """
    _require_new(path)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", _LOCK)
        found = connection.execute(_READY, {"not_drawn": NOT_DRAWN}).fetchall()
        ready = [row for row in found if _readable(row)]
        if not ready:
            return None
        data, count = _csv(ready)
        told = {"papers": len(ready), "unreadable": len(found) - len(ready)}
        number = file_exchange.keep(connection, "entries", hashlib.sha256(data).digest(), count, told, by)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO entry_exported (record, application, lines, file) VALUES (%s, %s, %s, %s)",
                [(id_, v["application"], [line["number"] for line in _lines(v, a)], number) for id_, v, a in ready],
            )
    return _write(connection, number, path, data, key)


def again(connection: Connection, number: int, path: Path, key: Ed25519PrivateKey) -> Receipt:
    """Write the file of a number once more. Raises OperatorError at ``again``, also when the layout has changed since."""
    _require_new(path)
    row = connection.execute("SELECT sha256 FROM file_exchange WHERE number = %s AND kind = 'entries'", (number,)).fetchone()
    if row is None:
        raise OperatorError("この番号の書出しはありません。", field="again")
    data, _ = _csv(connection.execute(_OF_FILE, (number,)).fetchall())
    if hashlib.sha256(data).digest() != bytes(row[0]):
        raise OperatorError("並びの定義が変わったため、同じファイルになりません。元の定義に戻してください。", field="again")
    return _write(connection, number, path, data, key)


def _require_new(path: Path) -> None:
    if path.exists() or not path.parent.is_dir():
        raise OperatorError("このファイルはもうあるか、置き場所がありません。別の名前にしてください。", field="file")


def _write(connection: Connection, number: int, path: Path, data: bytes, key: Ed25519PrivateKey) -> Receipt:
    row = connection.execute(
        "SELECT rows, encode(sha256, 'hex'), by, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+00:00\"')"
        " FROM file_exchange WHERE number = %s",
        (number,),
    ).fetchone()
    assert row is not None
    receipt = Receipt(number, *row)
    body = {"number": number, "rows": receipt.rows, "sha256": receipt.sha256, "by": receipt.by, "at": receipt.at}
    signed = {**body, "signature": key.sign(PREFIX + canonical.encode(body)).hex()}
    replace_file(path, data)
    replace_file(path.with_name(f"{path.name}.receipt.json"), json.dumps(signed, ensure_ascii=False, indent=2).encode() + b"\n")
    return receipt


def _csv(rows: Sequence[tuple[Any, Mapping[str, Any], Mapping[str, Any]]]) -> tuple[bytes, int]:
    columns = resources.read_toml("register.toml")["entries"]["columns"]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(column["name"] for column in columns)
    count = 0
    for _id, verification, application in rows:
        for said in _rows(verification, application):
            writer.writerow(_cell(column, said) for column in columns)
            count += 1
    return text.getvalue().encode("utf-8-sig"), count


def _readable(row: tuple[Any, Any, Any]) -> bool:
    """What a terminal has sent in another form holds up nothing beside it; the list of files says that there is some."""
    try:
        return bool(list(_rows(row[1], row[2])))
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _lines(verification: Mapping[str, Any], application: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """As the verification settled them; where nobody verified, as they were keyed."""
    return list(verification.get("lines") or application["lines"])


def _rows(verification: Mapping[str, Any], application: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    values = application["values"] | verification.get("corrections", {})
    for line in _lines(verification, application):
        said: dict[str, Any] = {f"paper.{name}": application.get(name, "") for name in ("application", "slip", "day", "corrects")}
        said["paper.verified_at"] = verification.get("verified_at") or application["entered_at"]
        said |= {f"line.{name}": line[name] for name in ("number", "form", "atena")}
        said |= {f"effect.{name}": value for name, value in (line["effect"] or {}).items()}
        for name, value in values.items():
            number, field = envelope.split(name)
            if number == line["number"]:
                said[f"value.{field}"] = value
            if number == envelope.FIRST:
                said[f"shared.{field}"] = value
        yield said


def _cell(column: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    value = said.get(column["from"], "")
    return str(column["values"].get(value, value) if "values" in column else value)
