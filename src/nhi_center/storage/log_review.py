"""The log read by period for its review, the reviewers' remarks and the signed sheets (storage of アクセスログ点検)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain import canonical
from nhi_center.domain.log_review import Entry, Remark, Reviewed, Signed, Verdict
from nhi_center.domain.log_rules import Stay
from nhi_center.domain.operators import Signature

_AT = b'"at":"'
_AT_LENGTH = 19
"""To the second. The log writes UTC, so equal lengths compare as times do."""


# -- entries by period --


def number_at(connection: Connection, moment: datetime, last: int) -> int:
    """The number of the first entry written at ``moment`` or later (``last`` + 1 when there is none yet).

    Found by halving, without an index and without reading the log: about twenty entries for a million. Where the computer's
    clock was set back the place is near, and it is the caller who takes everything between two numbers.
    """
    wanted = moment.astimezone(UTC).isoformat()[:_AT_LENGTH]
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        if _written_at(connection, middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def _written_at(connection: Connection, seq: int) -> str:
    entry = connection.execute(text("SELECT entry FROM audit WHERE seq = :seq"), {"seq": seq}).scalar_one()
    place = bytes(entry).index(_AT) + len(_AT)  # a quote inside a value is escaped: the key stands nowhere else
    return bytes(entry)[place : place + _AT_LENGTH].decode()


def first_written(connection: Connection) -> datetime | None:
    """When the log begins."""
    entry = connection.execute(text("SELECT entry FROM audit WHERE seq = 1")).scalar_one_or_none()
    return Entry.parse(bytes(entry)).at if entry is not None else None


def stretch(connection: Connection, first: int, last: int) -> Iterator[tuple[int, bytes, bytes]]:
    """(number, bytes, hash) from ``first`` to ``last``, without holding them at once."""
    rows = connection.exec_driver_sql("SELECT seq, entry, hash FROM audit WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last))
    yield from rows.yield_per(5000)


def hash_of(connection: Connection, seq: int) -> bytes | None:
    """The hash kept with one entry."""
    found = connection.execute(text("SELECT hash FROM audit WHERE seq = :seq"), {"seq": seq}).scalar_one_or_none()
    return bytes(found) if found is not None else None


def by_numbers(connection: Connection, seqs: Collection[int]) -> tuple[bytes, ...]:
    """These entries, in order."""
    rows = connection.execute(
        text("SELECT entry FROM audit WHERE seq IN (SELECT value FROM json_each(:seqs)) ORDER BY seq"),
        {"seqs": json.dumps(list(seqs))},
    )
    return tuple(bytes(row.entry) for row in rows)


def touching(connection: Connection, ids: Collection[str]) -> Iterator[tuple[bytes, bool]]:
    """Every entry of the whole log that may hold one of these opaque ids, in order, and whether it does.

    One pass however many ids there are (a citizen has one for each month): the store sorts out by what they have in common.
    """
    wanted = sorted(json.dumps(one).encode() for one in ids)
    if not wanted:
        return
    pairs = zip(wanted[0], wanted[-1], strict=False)  # of a sorted list the first and the last differ most
    common = bytes(one for one, _other in takewhile(lambda pair: pair[0] == pair[1], pairs))
    known, lengths = frozenset(wanted), {len(one) for one in wanted}
    rows = connection.exec_driver_sql("SELECT entry FROM audit WHERE instr(entry, ?) > 0 ORDER BY seq", (common,))
    for (entry,) in rows.yield_per(5000):
        yield entry, _holds(entry, common, known, lengths)


def _holds(entry: bytes, common: bytes, known: Collection[bytes], lengths: Collection[int]) -> bool:
    place = entry.find(common)
    while place >= 0:
        if any(entry[place : place + length] in known for length in lengths):
            return True
        place = entry.find(common, place + 1)
    return False


# -- what the rules know beside the log --


def stays(connection: Connection, first_day: str, last_day: str) -> tuple[Stay, ...]:
    """Stays in the room of these days."""
    rows = connection.execute(
        text("SELECT person, entered_at, left_at FROM presence WHERE day BETWEEN :first AND :last"),
        {"first": first_day, "last": last_day},
    )
    return tuple(
        Stay(row.person, datetime.fromisoformat(row.entered_at), datetime.fromisoformat(row.left_at) if row.left_at else None)
        for row in rows
    )


def reprints(connection: Connection) -> frozenset[str]:
    """Print jobs that replace a spoiled sheet."""
    return frozenset(row.id for row in connection.execute(text("SELECT id FROM certificate_job WHERE replaces <> ''")))


# -- remarks and sheets --


def add_remark(connection: Connection, remark: Remark) -> None:
    connection.execute(
        text("INSERT INTO log_remark (flag, verdict, words, at, by) VALUES (:flag, :verdict, :words, :at, :by)"),
        {
            "flag": remark.flag,
            "verdict": remark.verdict.value,
            "words": remark.words,
            "at": remark.at,
            "by": remark.by,
        },
    )


def remarks(connection: Connection, flags: Iterable[str]) -> dict[str, Remark]:
    """The newest remark of each of these flags."""
    rows = connection.execute(
        text(
            "SELECT flag, verdict, words, at, by FROM log_remark WHERE flag IN (SELECT value FROM json_each(:flags)) ORDER BY id"
        ),
        {"flags": json.dumps(list(flags))},
    )
    return {row.flag: Remark(row.flag, Verdict(row.verdict), row.words, row.at, row.by) for row in rows}


def keep(connection: Connection, file: str, sha256: str, contents: Mapping[str, Any], signature: Signature, made_at: str) -> None:
    """Keep a signed sheet; nothing of it is ever changed."""
    connection.execute(
        text(
            "INSERT INTO log_review (id, month, first, last, file, sha256, contents, made_at,"
            " person, name, role, signed_at, statement, value) VALUES (:id, :month, :first, :last, :file, :sha256,"
            " :contents, :made_at, :person, :name, :role, :signed_at, :statement, :value)"
        ),
        {
            "id": str(uuid.uuid4()),
            "month": contents["month"],
            "first": contents["first"],
            "last": contents["last"],
            "file": file,
            "sha256": sha256,
            "contents": canonical.encode(contents).decode(),
            "made_at": made_at,
            **asdict(signature),
        },
    )


def signed(connection: Connection) -> tuple[Signed, ...]:
    """The signed sheets, newest first."""
    rows = connection.execute(
        text("SELECT month, first, last, file, sha256, made_at, name FROM log_review ORDER BY made_at DESC, id")
    )
    return tuple(Signed(**row._mapping) for row in rows)


def whole_months(connection: Connection) -> dict[str, str]:
    """The months that were reviewed after their end, and when that was signed last."""
    query = "SELECT month, max(made_at) AS at FROM log_review WHERE json_extract(contents, '$.over') GROUP BY month"
    return {row.month: row.at for row in connection.execute(text(query))}


def reviewed(connection: Connection) -> tuple[Reviewed, ...]:
    """What the signed sheets found, newest first."""
    rows = connection.execute(text("SELECT month, made_at, name, contents FROM log_review ORDER BY made_at DESC, id"))
    return tuple(_reviewed(row.month, row.made_at, row.name, json.loads(row.contents)) for row in rows)


def _reviewed(month: str, made_at: str, name: str, contents: Mapping[str, Any]) -> Reviewed:
    verdicts = [flag["verdict"] for flag in contents["flags"]]
    return Reviewed(month, made_at, name, int(contents["entries"]), len(verdicts), verdicts.count(Verdict.REPORTED))


def reviewed_up_to(connection: Connection, month: str) -> int:
    """The last entry that the signed sheets of this month cover; 0 when there is none."""
    found = connection.execute(text("SELECT max(last) FROM log_review WHERE month = :month"), {"month": month}).scalar()
    return int(found or 0)
