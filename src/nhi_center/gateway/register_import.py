"""import-register: a file of the standard system becomes changes of the register, all of it or nothing.

The rows go through a staging table by COPY; what differs from the register becomes a change, the rest becomes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nhi_center import resources
from nhi_center.errors import OperatorError
from nhi_center.gateway import csv_file, file_exchange, pruning, register_layout, terminal_list
from nhi_center.gateway.csv_file import RowFault
from nhi_center.gateway.database import Connection, local_today
from nhi_center.gateway.register_file import Faults, Heading, people
from nhi_center.gateway.register_layout import Column

LAYOUT = "register.toml"
PROGRESS_ROWS = 100_000
_STAGING = "CREATE TEMPORARY TABLE staging (line bigint, atena text, body jsonb) ON COMMIT DROP"
_TWICE = """
SELECT line FROM (SELECT line, row_number() OVER (PARTITION BY atena ORDER BY line) AS place FROM staging) AS placed
 WHERE place > 1 ORDER BY line LIMIT %s
"""
_CHANGED = """
INSERT INTO change (kind, id, body)
SELECT 'person', s.atena, s.body FROM staging s LEFT JOIN person_now n USING (atena)
 WHERE n.fingerprint IS NULL OR n.fingerprint <> sha256(convert_to(s.body::text, 'UTF8'))
"""
_VANISHED = """
INSERT INTO change (kind, id, body)
SELECT 'person_gone', n.atena, '{}' FROM person_now n
 WHERE n.fingerprint IS NOT NULL AND NOT EXISTS (SELECT 1 FROM staging s WHERE s.atena = n.atena) ORDER BY n.atena
"""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Imported:
    """``people`` of the file, ``changed`` of them new or other than before, ``gone`` no longer in a whole file."""

    number: int
    people: int
    changed: int
    gone: int


def layout(insurer: str, path: Path | None = None) -> tuple[Column, ...]:
    """The register's columns: those of the program, or of the ward's own file. Raises OperatorError at ``layout``."""
    try:
        table = resources.read_toml(LAYOUT) if path is None else resources.parse_toml(path)
        return register_layout.parse(table["register"], insurer)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise OperatorError(
            "並びの定義を読めません。resources/register.toml を写して作り直してください。", field="layout"
        ) from None


def import_file(
    connection: Connection,
    path: Path,
    columns: tuple[Column, ...],
    by: str,
    *,
    whole: bool = False,
    most_gone: int = 0,
    progress: Callable[[str, int], None] = lambda _words, _done: None,
) -> Imported:
    """Take a file in. ``whole``: who is not in it has left the register, ``most_gone`` people at most.

    Raises OperatorError at ``file``, with the faults in ``FILE.errors.csv``; nothing is taken then.
    """
    digest = file_exchange.digest(path)
    csv_file.report_path(path).unlink(missing_ok=True)
    today = local_today(connection)
    with connection.transaction():
        connection.execute("SET LOCAL work_mem = '256MB'")  # a whole ward is sorted and joined once
        connection.execute(_STAGING)
        faults = Faults()
        count = _stage(connection, path, columns, today.isoformat(), faults, progress)
        for (line,) in connection.execute(_TWICE, (csv_file.MOST_FAULTS,)).fetchall():
            faults.add(line, "", "同じ宛名番号の行が、離れたところにもあります。続けて並べてください。")
        if not faults.count and not count:
            faults.add(0, "", "人が1人もいません。")
        if faults.count:
            raise refused(path, faults)
        progress("台帳と比べています", count)
        connection.execute("ANALYZE staging")
        connection.execute(
            "SELECT pg_advisory_xact_lock(current_setting('nhi.insurer')::int, 1)"
        )  # as every writer of changes: what follows compares with the last
        gone = connection.execute(_VANISHED).rowcount if whole else 0
        if gone > most_gone:
            raise OperatorError(
                f"このファイルを全部として取り込むと、{gone:,}人が台帳から消えます。取り込んでいません。"
                f"正しければ --most-gone {gone} を付けてください。",
                field="file",
            )
        changed = connection.execute(_CHANGED).rowcount
        terminal_list.settle(connection, today)
        pruning.prune(connection)
        told = {"changed": changed, "gone": gone, "whole": whole}
        connection.execute("DROP TABLE staging")  # a caller's own transaction may go on
        number = file_exchange.keep(connection, "register", digest, count, told, by)
    return Imported(number, count, changed, gone)


def refused(path: Path, faults: Faults) -> OperatorError:
    """The report written, and the sentence that names it."""
    report = csv_file.write_report(path, sorted(faults.rows, key=_place))
    return OperatorError(
        f"直すところが{faults.count:,}件あります。何も取り込んでいません。{report.name} に行・項目・理由を書きました。",
        field="file",
    )


def _place(fault: RowFault) -> tuple[bool, int]:
    return fault.line == 0, fault.line


def _stage(
    connection: Connection,
    path: Path,
    columns: tuple[Column, ...],
    today: str,
    faults: Faults,
    progress: Callable[[str, int], None],
) -> int:
    count = 0
    with csv_file.opened(path) as rows:
        _, cells = next(rows, (1, []))
        heading = Heading.read(cells, columns, faults)
        if heading is None:
            return 0
        found = people(_told(rows, progress), heading, today, faults)
        with connection.cursor() as cursor, cursor.copy("COPY staging (line, atena, body) FROM STDIN") as copy:
            for line, person in found:
                copy.write_row((line, person["atena"], _encode(person)))
                count += 1
    return count


def _told(rows: Iterator[tuple[int, list[str]]], progress: Callable[[str, int], None]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, 1):
        yield row
        if number % PROGRESS_ROWS == 0:
            progress("行を読みました", number)
