"""import-results: what the standard system answered to the entries it was given, all of a file or nothing.

Accepted becomes 区審査済 at the terminal, with 記号番号枝番; rejected comes back as 差戻し with its reason. A paper is answered
whole: one rejected person brings all of it back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from nhi_center import resources
from nhi_center.domain import canonical
from nhi_center.domain.identifiers import find_individual_number
from nhi_center.gateway import csv_file, file_exchange, register_layout
from nhi_center.gateway.database import Connection
from nhi_center.gateway.register_file import Faults, Heading
from nhi_center.gateway.register_import import refused
from nhi_center.gateway.register_layout import Fault

_EXPORTED = """
SELECT DISTINCT ON (e.application) e.application, e.record, e.lines, r.fingerprint
  FROM entry_exported e JOIN file_exchange f ON f.number = e.file LEFT JOIN entry_result r USING (record)
 WHERE e.application = ANY(%s) ORDER BY e.application, e.file DESC
"""
_OTHER_ERROR = "7"
"""誤りの種類 where the file names none: その他, which does not count against the company."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """Papers by what was answered; ``known`` were answered so before."""

    number: int
    accepted: int
    rejected: int
    known: int


def import_file(connection: Connection, path: Path, insurer: str, by: str) -> Imported:
    """Take a file of results in. Raises OperatorError at ``file``, with the faults in ``FILE.errors.csv``, or at ``by``."""
    digest = file_exchange.digest(path)
    csv_file.report_path(path).unlink(missing_ok=True)
    faults = Faults()
    papers = _read(path, insurer, faults)
    with connection.transaction():
        exported = {
            application: (record, tuple(lines), fingerprint and bytes(fingerprint))
            for application, record, lines, fingerprint in connection.execute(_EXPORTED, (list(papers),)).fetchall()
        }
        answers = []
        for application, lines in papers.items():
            first = min(line for line, _ in lines)
            if application not in exported:
                faults.add(first, "識別番号", "書き出していない届出です。")
                continue
            record, numbers, before = exported[application]
            if sorted(row["line"] for _, row in lines) != sorted(numbers):
                faults.add(first, "対象者番号", "この届出の対象者がそろっていません。")
                continue
            body = _body(application, [row for _, row in lines])
            fingerprint = hashlib.sha256(canonical.encode(body)).digest()
            if before is not None and before != fingerprint:
                faults.add(first, "処理結果", "この届出には、別の結果をすでに取り込んでいます。")
            elif before is None:
                answers.append((application, record, body, fingerprint))
        if not papers and not faults.count:
            faults.add(0, "", "結果が1件もありません。")
        if faults.count:
            raise refused(path, faults)
        rejected = sum(body["decision"] == "rejected" for _, _, body, _ in answers)
        done = {"accepted": len(answers) - rejected, "rejected": rejected, "known": len(papers) - len(answers)}
        number = file_exchange.keep(connection, "results", digest, sum(map(len, papers.values())), done, by)
        with connection.cursor() as cursor:
            for application, record, body, fingerprint in answers:
                cursor.execute(
                    "INSERT INTO entry_result (record, decision, fingerprint, file) VALUES (%s, %s, %s, %s)",
                    (record, body["decision"], fingerprint, number),
                )
                told = json.dumps(body | {"by": by.strip()}, ensure_ascii=False)
                cursor.execute("INSERT INTO change (kind, id, body) VALUES ('result', %s, %s::jsonb)", (application, told))
    return Imported(number, **done)


def _read(path: Path, insurer: str, faults: Faults) -> dict[str, list[tuple[int, Row]]]:
    """The good rows by application, each with its line."""
    columns = register_layout.parse(resources.read_toml("register.toml")["results"], insurer)
    papers: dict[str, list[tuple[int, Row]]] = {}
    with csv_file.opened(path) as rows:
        _, cells = next(rows, (1, []))
        heading = Heading.read(cells, columns, faults)
        for line, found in rows if heading is not None else ():
            assert heading is not None
            row = _row(heading, line, found, faults)
            if row is not None:
                papers.setdefault(row["application"], []).append((line, row))
    return papers


def _row(heading: Heading, line: int, cells: list[str], faults: Faults) -> Row | None:
    before = faults.count
    if len(cells) != len(heading.columns):
        faults.add(line, "", f"項目の数が見出しと違います({len(heading.columns)}項目です)。")
        return None
    row: Row = dict.fromkeys(("error", "reason", "atena", "symbol", "number", "branch", "income_class"), "")
    for column, text in zip(heading.columns, cells, strict=True):
        try:
            value = column.read(text) if text else None
        except Fault as fault:
            faults.add(line, column.name, fault.reason)
            continue
        if isinstance(value, tuple):
            row["symbol"], row["number"] = value
        elif value is not None:
            row[column.to.removeprefix("result.")] = value
        elif column.required:
            faults.add(line, column.name, "値がありません。")
    if faults.count == before:
        _check(line, row, faults)
    return row if faults.count == before else None


def _check(line: int, row: Row, faults: Faults) -> None:
    row["line"] = int(row["line"])
    try:
        if str(UUID(row["application"])) != row["application"]:
            raise ValueError
    except ValueError:
        faults.add(line, "識別番号", "書き出したときの識別番号をそのまま書きます。")
    if row["decision"] == "rejected" and not row["reason"]:
        faults.add(line, "却下の理由", "値がありません。")
    if row["decision"] == "accepted" and not row["atena"]:
        faults.add(line, "宛名番号", "値がありません。")
    if find_individual_number(row["reason"]) is not None:
        faults.add(line, "却下の理由", "個人番号は書けません。")


def _body(application: str, rows: list[Row]) -> dict[str, Any]:
    """The change that terminals take."""
    rows = sorted(rows, key=lambda row: int(row["line"]))
    settled = {"application": application, "atena": rows[0]["atena"], "settled_at": max(row["day"] for row in rows)}
    bad = [row for row in rows if row["decision"] == "rejected"]
    if bad:
        said = [row["reason"] if len(rows) == 1 else f"対象者{row['line']}: {row['reason']}" for row in bad]
        return {**settled, "decision": "rejected", "reason": "。".join(said), "error": bad[0]["error"] or _OTHER_ERROR}
    return {
        **settled,
        "decision": "accepted",
        **_numbers(rows[0]),
        "further": {str(row["line"]): _further(row) for row in rows[1:]},
    }


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("symbol", "number", "branch", "income_class")}


def _further(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"atena": row["atena"], **_numbers(row)}
