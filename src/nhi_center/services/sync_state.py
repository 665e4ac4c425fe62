"""通信: how the exchange with the segment stands, and to where this terminal may connect."""

from __future__ import annotations

from dataclasses import dataclass

from nhi_center.domain.operators import Action, Session
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import audit, outbox

KINDS = {
    "presence": "入退室",
    "handover": "受渡し",
    "application": "届出・申請",
    "verification": "照合",
    "review": "区の審査",
    "certificate": "証等の出力",
    "call": "電話",
    "day_close": "終業点検",
    "summary": "月次報告",
    "custody": "手元の書類",
    "account": "アカウント",
    "closure": "人の閉鎖",
    "room_key": "事務室の鍵",
}
"""What a record is about, by its kind."""


@dataclass(frozen=True, slots=True)
class Refused:
    """送信エラー(要確認): a record the segment did not take, without its contents. ``made_at`` in UTC, ISO."""

    number: int
    about: str
    made_at: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncState:
    """Rows by where they stand, the log's copy at the segment, and the one permitted address. Times in UTC, ISO, or ""."""

    waiting: int
    sent: int
    oldest_waiting: str
    refused: tuple[Refused, ...]
    log_entries: int
    anchored: int
    anchored_at: str
    host: str
    port: int


def read(office: Office, session: Session) -> SyncState:
    """How things stand now."""
    with reading(office, session, Action.STATUS) as connection:
        counts = outbox.counts(connection)
        entries, _hash = audit.last(connection, office.terminal)
        anchor = audit.newest_anchor(connection, office.terminal)
        refused = outbox.refused(connection)
        oldest = outbox.oldest_waiting(connection)
    segment = office.settings.segment
    return SyncState(
        waiting=counts["waiting"],
        sent=counts["sent"],
        oldest_waiting=oldest,
        refused=tuple(Refused(row.seq, KINDS.get(row.kind, row.kind), row.made_at, row.reason) for row in refused),
        log_entries=entries,
        anchored=anchor.seq if anchor else 0,
        anchored_at=anchor.countersigned_at if anchor else "",
        host=segment.host,
        port=segment.port,
    )
