"""Which signed documents of a period lie in the documents folder, for 証拠一式."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain import exports
from nhi_center.domain.exports import manifest_name
from nhi_center.domain.pack import Group


@dataclass(frozen=True, slots=True)
class Document:
    """One file that was written, with the fingerprint it had then."""

    group: Group
    file: str
    sha256: str


def _export(file: str, manifest: str) -> tuple[Document, ...]:
    """The encrypted files, each as its manifest tells it, and the manifest that proves them."""
    found, _payload, _signature = exports.read(manifest.encode())
    told = hashlib.sha256(manifest.encode()).hexdigest()
    files = (Document(Group.EXPORTS, one.name, one.sha256) for one in found.files)
    return (*files, Document(Group.EXPORTS, manifest_name(file), told))


def documents(connection: Connection, first: date, last: date) -> tuple[Document, ...]:
    """受領証 of the 便 settled on these days, then アクセスログ点検表 and the encrypted monthly reports of their months."""
    days = {"first": first.isoformat(), "last": last.isoformat()}
    receipts = connection.execute(
        text(
            "SELECT r.file, r.sha256 FROM receipt r JOIN handover h ON h.id = r.handover"
            " WHERE substr(h.ended_at, 1, 10) BETWEEN :first AND :last ORDER BY r.made_at, r.file"
        ),
        days,
    )
    reviews = connection.execute(
        text(
            "SELECT file, sha256 FROM log_review WHERE month BETWEEN substr(:first, 1, 7) AND substr(:last, 1, 7)"
            " ORDER BY made_at, file"
        ),
        days,
    )
    left = connection.execute(
        text(
            "SELECT file, manifest FROM export WHERE kind = 'summary'"
            " AND period BETWEEN substr(:first, 1, 7) AND substr(:last, 1, 7) ORDER BY made_at, file"
        ),
        days,
    )
    return (
        *(Document(Group.RECEIPTS, row.file, row.sha256) for row in receipts),
        *(Document(Group.REPORTS, row.file, row.sha256) for row in reviews),
        *(one for row in left for one in _export(row.file, row.manifest)),
    )
