"""契約: every entry of the record, append-only; of one number the last one stands."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain.contract import KeptContract, from_json, to_json
from nhi_center.domain.operators import Signature


def add(connection: Connection, kept: KeptContract, terminal: str) -> None:
    """An entry that is there already (told again by the segment) stays as it is."""
    connection.execute(
        text(
            "INSERT INTO contract (id, number, contents, signatures, at, by, terminal)"
            " VALUES (:id, :number, :contents, :signatures, :at, :by, :terminal) ON CONFLICT (id) DO NOTHING"
        ),
        {
            "id": kept.id,
            "number": kept.contract.number,
            "contents": json.dumps(to_json(kept.contract), ensure_ascii=False, sort_keys=True),
            "signatures": json.dumps([asdict(one) for one in kept.signatures], ensure_ascii=False),
            "at": kept.at,
            "by": kept.by,
            "terminal": terminal,
        },
    )


def every(connection: Connection) -> tuple[KeptContract, ...]:
    """All entries, the first one first."""
    rows = connection.execute(text("SELECT id, contents, signatures, at, by FROM contract ORDER BY at, id"))
    return tuple(_kept(row) for row in rows)


def _kept(row: Any) -> KeptContract:
    signatures = tuple(Signature(**one) for one in json.loads(row.signatures))
    return KeptContract(row.id, from_json(json.loads(row.contents)), signatures, row.at, row.by)
