"""通信: how the exchange with the segment stands, and to where this terminal may connect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from nhi_center.domain.exchange import (
    SEEN_AFTER,
    Caution,
    clock_caution,
    differing_caution,
    failing_words,
    numbers_caution,
)
from nhi_center.domain.operators import Action, Session
from nhi_center.services import meeting, numbers, room, ward_settings
from nhi_center.services.numbers import Stock
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import audit, exchange, outbox
from nhi_center.storage import room as storage
from nhi_center.storage.engine import Connection

KINDS = {
    "presence": "入退室",
    "cabinet": "保管庫",
    "account": "アカウント",
    "closure": "人を外した知らせ",
    "roster": "従事者名簿",
    "room_key": "事務室の鍵",
    "handover": "受渡し",
    "handover_told": "室内へ知らせる便",
    "incident": "事故・差異の記録",
    "application": "届出・申請",
    "verification": "照合",
    "verification_rate": "照合の割合",
    "review": "区の審査",
    "certificate": "証等の出力",
    "call": "電話",
    "call_told": "室内へ知らせる電話",
    "call_answer": "電話の回答例",
    "day_close": "終業点検",
    "standing": "端末の手元の書類",
    "summary": "月次報告",
    "custody": "手元の書類",
    "lease": "端末間の引渡し",
    "failure": "使えない端末",
    "contract": "契約",
    "control_record": "監督の記録",
    "on_site_inspection": "立入り調査",
    "working_hours": "業務の時間",
    "report_words": "月次報告の言葉",
    "day_figures": "端末の一日の件数",
    "copy_approval": "写しの承諾番号",
}
"""What a record is about, by its kind."""


@dataclass(frozen=True, slots=True)
class Refused:
    """送信エラー(要確認): a record the segment did not take, without its contents. ``made_at`` in UTC, ISO.

    ``behind``: later records of the same case, which wait for it.
    """

    number: int
    about: str
    made_at: str
    reason: str
    behind: int = 0


@dataclass(frozen=True, slots=True)
class RoomTerminal:
    """A terminal of the room as the segment knew it at our last exchange. ``contact_at`` in UTC, ISO; "" when it never came.

    ``silent``: without contact for longer than the ward allows. ``untold``: it has not heard yet that somebody was shut out.
    """

    name: str
    here: bool
    contact_at: str
    silent: bool
    untold: bool


@dataclass(frozen=True, slots=True)
class SyncState:
    """Rows by where they stand, the log's copy at the segment, the one permitted address, the room. Times in UTC, ISO, or "".

    ``contact_at`` is when this terminal last had everything, ``silent`` that it is longer ago than ``contact_hours``.
    ``stopped``: LK-08 or LK-09 while the exchange waits for a person. ``failures``: exchanges in a row that did not come to their
    end, ``failed`` the code of the last. ``agreed``: when both sides last held the same records at a day close (wall clock, ISO),
    "differs", or "".
    """

    waiting: int
    sent: int
    oldest_waiting: str
    refused: tuple[Refused, ...]
    log_entries: int
    anchored: int
    anchored_at: str
    host: str
    port: int
    contact_at: str
    silent: bool
    contact_hours: int
    terminals: tuple[RoomTerminal, ...]
    skipped: int
    stopped: str
    failures: int
    failed: str
    agreed: str
    numbers: tuple[Stock, ...]
    cautions: tuple[Caution, ...]


def read(office: Office, session: Session) -> SyncState:
    """How things stand now. Raises as ``ward_settings.rules``."""
    with reading(office, session, Action.STATUS) as connection:
        counts = outbox.counts(connection)
        entries, _hash = audit.last(connection, office.terminal)
        anchor = audit.newest_anchor(connection, office.terminal)
        refused = outbox.refused(connection)
        oldest = outbox.oldest_waiting(connection)
        hours = ward_settings.rules(office, connection).contact_hours
        since = office.clock.now() - timedelta(hours=hours)
        contact = room.last_contact(connection)
        terminals = _terminals(office, connection, since)
        skipped = storage.skipped_count(connection)
        names = (meeting.STOPPED, meeting.FAILURES, meeting.FAILED, meeting.AGREED)
        standing = {name: exchange.value(connection, name) for name in names}
        stocks = numbers.stocks(connection, office.clock.today())
        found = cautions(office, connection)
    segment = office.settings.segment
    return SyncState(
        waiting=counts["waiting"],
        sent=counts["sent"],
        oldest_waiting=oldest,
        refused=tuple(Refused(row.seq, KINDS.get(row.kind, row.kind), row.made_at, row.reason, row.behind) for row in refused),
        log_entries=entries,
        anchored=anchor.seq if anchor else 0,
        anchored_at=anchor.countersigned_at if anchor else "",
        host=segment.host,
        port=segment.port,
        contact_at=contact.isoformat() if contact else "",
        silent=contact is None or contact < since,
        contact_hours=hours,
        terminals=terminals,
        skipped=skipped,
        stopped=standing["stopped"],
        failures=int(standing["failures"] or 0),
        failed=standing["failed"],
        agreed=standing["agreed"],
        numbers=stocks,
        cautions=found,
    )


def cautions(office: Office, connection: Connection) -> tuple[Caution, ...]:
    """What somebody must do about the exchange, the gravest first."""
    found = []
    if stopped := exchange.value(connection, meeting.STOPPED):
        found.append(Caution("stopped", "通信停止", f"{meeting.WORDS[stopped]}({stopped})", "error"))
    if exchange.value(connection, meeting.AGREED) == "differs":
        found.append(differing_caution())
    if seconds := meeting.apart_seconds(office):
        found.append(clock_caution(seconds))
    dry = [stock for stock in numbers.stocks(connection, office.clock.today()) if stock.dry]
    if dry:
        found.append(numbers_caution("・".join(stock.title for stock in dry), min(stock.own for stock in dry)))
    failures = exchange.number(connection, meeting.FAILURES)
    if failures >= SEEN_AFTER and not stopped:
        words = failing_words(failures, exchange.value(connection, meeting.FAILED))
        found.append(Caution("failing", "通信不通", words, "warning"))
    return tuple(found)


def _terminals(office: Office, connection: Connection, since: datetime) -> tuple[RoomTerminal, ...]:
    """Those with something wrong first: the list may be longer than its place on the screen."""
    untold = {seen.terminal for seen in room.untold_of_removals(office, connection)}
    found = [
        RoomTerminal(
            name=seen.terminal,
            here=seen.terminal == office.terminal,
            contact_at=seen.contact_at,
            silent=bool(seen.contact_at) and datetime.fromisoformat(seen.contact_at) < since,
            untold=seen.terminal in untold,
        )
        for seen in room.terminals(connection)
    ]
    return tuple(sorted(found, key=lambda one: (not one.untold, not one.silent, bool(one.contact_at), one.name)))
