"""The exchange with the segment: our rows out, its changes in, the log anchored (同期).

No transaction stays open across the line. Every step may be repeated: the gateway keeps one row per id, and a change is
taken by its cursor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from nhi_center import __version__
from nhi_center.domain.audit import countersign_bytes
from nhi_center.domain.operators import Action
from nhi_center.domain.people import Person, person_from_json
from nhi_center.errors import EnvironmentTrouble
from nhi_center.isolation import system_age
from nhi_center.link.wire import MAX_ENTRIES, ROOM_KINDS, Change, ChangePage, Record, Segment
from nhi_center.link.wire_lease import STALE_REASONS
from nhi_center.link.wire_state import TerminalState
from nhi_center.services import (
    conflicts,
    copy_lines,
    export_sending,
    leaving,
    lost_terminals,
    meeting,
    numbers,
    results,
    room_figures,
    standing_own,
    takers,
    told_calls,
    updates,
)
from nhi_center.services.audit_heads import seal_head, write_files
from nhi_center.services.month_keys import tell_segment
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.services.session import terminal_session
from nhi_center.services.work import Unit, begin, log_refusal, reading
from nhi_center.storage import audit, device_holds, erasure, exchange, outbox, register, room
from nhi_center.storage.room import TerminalSeen
from nhi_center.storage.trouble import told_apart

PUSH_ROWS = 500
Report = Callable[[int, int, str], None]
"""(done, total or 0, words): called between steps; raises to stop."""


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """What one exchange did. ``anchored`` is the number of the last log entry the gateway has countersigned."""

    sent: int
    refused: int
    received: int
    anchored: int


PAGE = 500
"""Changes of one exchange: read in one go, which holds up every other thread, so not the most the gateway would give."""
PART = 25
"""Changes taken in before somebody else may have a turn."""


def synchronise(office: Office, report: Report = lambda _done, _total, _words: None) -> SyncSummary:
    """Send, receive and anchor until both sides have everything. Raises EnvironmentTrouble LK-* and leaves nothing half done."""
    try:
        summary = _exchange(office, report)
    except EnvironmentTrouble as trouble:
        meeting.failed(office, trouble)
        raise
    meeting.succeeded(office)
    return summary


def _exchange(office: Office, report: Report) -> SyncSummary:
    standing_own.tell(office)
    room_figures.tell(office)
    meeting.meet(office)
    sent, refused = send(office, report)
    numbers.refill(office)
    tell_segment(office)
    received = receive(office, report)
    told_calls.open_waiting(office)
    results.act(office)
    meeting.compare_at_close(office)
    meeting.forget_sent(office)
    lost_terminals.act(office)
    anchored = anchor(office)
    export_sending.send(office)
    leaving.act(office)
    if updates.is_due(office):
        updates.fetch(office)
    return SyncSummary(sent, refused, received, anchored)


def send(office: Office, report: Report) -> tuple[int, int]:
    """Push the outbox; gives (kept by the gateway, refused)."""
    terminal = terminal_session(office)
    sent = refused = 0
    while True:
        with reading(office, terminal, Action.SYNC) as connection:
            rows = outbox.waiting(connection, PUSH_ROWS)
        if not rows:
            return sent, refused
        report(sent, sent + len(rows), "送信")
        answer = office.premises.link.push(tuple(Record(row.seq, row.id, row.kind, row.body, row.data) for row in rows))
        bad = {refusal.seq: refusal.reason for refusal in answer.refused}
        kept = tuple(row.seq for row in rows if row.seq <= answer.ack and row.seq not in bad)
        with begin(office, terminal, Action.SYNC, sent=len(kept), refused=len(bad)) as unit:
            if kept:
                outbox.acknowledge(unit.connection, kept)
            moved = {row.seq for row in rows if bad.get(row.seq) in STALE_REASONS and conflicts.keep_refused(office, unit, row)}
            for seq, reason in bad.items():
                if seq in moved:
                    continue
                outbox.refuse(unit.connection, seq, reason)
        sent += len(kept)
        refused += len(bad)
        if not kept and not bad:
            raise EnvironmentTrouble(
                "LK-04", "相手のサーバが送信を受け取りません。データは端末に残っています。取扱責任者へ連絡してください。"
            )


def receive(office: Office, report: Report) -> int:
    """Take the segment's changes from where we stopped, then its list of the room's terminals; gives how many changes."""
    terminal = terminal_session(office)
    received = 0
    with reading(office, terminal, Action.SYNC) as connection:
        if erasure.contract_over(connection):
            return 0  # what has been erased here does not come again
    while True:
        with reading(office, terminal, Action.SYNC) as connection:
            after = register.cursor(connection)
        page = _page(office, after)
        if page.changes:
            with begin(office, terminal, Action.SYNC, received=len(page.changes)) as unit:
                skipped: Skipped = Counter()
                for first in range(0, len(page.changes), PART):
                    report(received + first, 0, "受信")
                    skipped += _take(office, unit, page.changes[first : first + PART])
                register.keep_cursor(unit.connection, page.next)
                copy_lines.note_register(unit)
                if skipped:
                    unit.note(skipped=sum(skipped.values()))
            for (origin, kind, reason), count in skipped.items():
                log_refusal(office, terminal, "denied", subject=origin, asked="sync", kind=kind, reason=reason, count=count)
        elif page.next > after:  # all of it was for nobody: the next exchange need not ask for it again
            with told_apart(), office.store.write.begin() as connection:
                register.keep_cursor(connection, page.next)
        received += len(page.changes)
        report(received, 0, "受信")
        if not page.more:
            _end_anew(office)
            meet(office, page.next)
            return received


def _page(office: Office, after: int) -> ChangePage:
    """The next changes; from the first on when the segment has pruned what this terminal did not hear of (LK-10)."""
    try:
        return office.premises.link.changes(after, PAGE)
    except EnvironmentTrouble as trouble:
        if trouble.code != "LK-10":
            raise
    with begin(office, terminal_session(office), Action.SYNC, step="read_anew") as unit:
        exchange.read_anew(unit.connection)
    return office.premises.link.changes(0, PAGE)


def _end_anew(office: Office) -> None:
    """The whole list has been read again: who was not in it has left the register meanwhile."""
    with reading(office, terminal_session(office), Action.SYNC) as connection:
        anew = exchange.number(connection, exchange.ANEW)
    if anew:
        with begin(office, terminal_session(office), Action.SYNC, step="read_anew") as unit:
            unit.note(gone=register.forget_unread(unit.connection))
            exchange.keep(unit.connection, exchange.ANEW, 0)


def meet(office: Office, cursor: int) -> None:
    """Say how we stand, ask how far the room's terminals have come, and remember when we last had everything: ``cursor`` is where
    we are."""
    _tell_state(office)
    seen = [TerminalSeen(contact.terminal, contact.cursor, contact.at) for contact in office.premises.link.room()]
    mine = [replace(one, cursor=cursor) if one.terminal == office.terminal else one for one in seen]
    with told_apart(), office.store.write.begin() as connection:
        room.keep_terminals(connection, mine)  # no entry in the log: every quarter of a minute, and nobody's act
        room.keep_contact(connection, office.clock.now().isoformat(timespec="seconds"))


def _tell_state(office: Office) -> None:
    with reading(office, terminal_session(office), Action.SYNC) as connection:
        counts = outbox.counts(connection)
        held = device_holds.count_open(connection)
    office.premises.link.tell_state(
        TerminalState(
            __version__,
            system_age.system_name(),
            system_age.patched_on(),
            system_age.signatures_on(),
            counts["waiting"],
            counts["refused"],
            held,
        )
    )


def anchor(office: Office) -> int:
    """Sign the log as it stands, send its new entries with that head, keep the gateway's countersignature, and write both into
    the files the ward checks. Gives the number anchored."""
    seal_head(office)
    terminal = terminal_session(office)
    with reading(office, terminal, Action.SYNC) as connection:
        sent = anchored = audit.sent_up_to(connection)
    while True:
        with reading(office, terminal, Action.SYNC) as connection:
            kept = audit.head_after(connection, office.terminal, sent, MAX_ENTRIES)
            rows = audit.entries(connection, sent + 1, kept.head.seq - sent) if kept else ()
        if kept is None:
            break
        head = kept.head
        countersign = office.premises.link.anchor(Segment(tuple(row[1] for row in rows), sent + 1, head))
        same = (countersign.terminal, countersign.seq, countersign.hash, countersign.root)
        whole = same == (head.terminal, head.seq, head.hash, head.root)
        if not whole or not office.premises.trust.gateway_signed(countersign_bytes(countersign), countersign.signature):
            raise EnvironmentTrouble("LK-07", "記録の控えの署名が合いません。操作を止めて、区職員に知らせてください。")
        with told_apart(), office.store.write.begin() as connection:
            audit.keep_anchor(connection, countersign)  # no entry of its own, or there would always be one left to anchor
        sent = head.seq
    if sent > anchored:
        write_files(office)
    return sent


Skipped = Counter[tuple[str, str, str]]
"""Records of the room that were not believed, by (terminal, kind, reason)."""


def _take(office: Office, unit: Unit, changes: tuple[Change, ...]) -> Skipped:
    """Raises EnvironmentTrouble LK-04 when a change cannot be read: the whole page is left then."""
    connection = unit.connection
    people: list[tuple[int, Person]] = []
    skipped: Skipped = Counter()
    gone = unlike = 0
    for change in changes:
        try:
            if change.kind == "person":
                people.append((change.cursor, person_from_json(change.body)))
            elif change.kind == "person_gone":
                register.put_people(connection, people, unit.stamp)
                people.clear()
                gone += 1
                unlike += not register.forget_person(connection, change.id, change.cursor, change.body)
            elif change.kind == "result":
                register.put_result(connection, change.cursor, change.id, change.body)
            elif change.kind == "lease":
                conflicts.take_change(office, unit, change.body)
            elif change.kind == "ward_setting":
                register.put_ward_setting(connection, change.cursor, change.id, change.body)
            else:
                record = _room_record(change)
                reason = takers.take(office, connection, record)
                if reason:
                    skipped[record.terminal, record.kind, reason] += 1
        except (ValueError, KeyError, TypeError):
            raise EnvironmentTrouble(
                "LK-04", "受け取った台帳の形が違います。プログラムの版を区の担当者に確認してください。"
            ) from None
    register.put_people(connection, people, unit.stamp)
    if gone:
        before = int(unit.facts.get("gone", 0)), int(unit.facts.get("gone_unlike", 0))
        unit.note(gone=before[0] + gone, gone_unlike=before[1] + unlike)
    return skipped


def _room_record(change: Change) -> RoomRecord:
    """Raises ValueError, KeyError or TypeError for a kind of record that only a newer program knows."""
    kind, terminal, body = change.body["kind"], change.body["terminal"], change.body["body"]
    if kind not in ROOM_KINDS or not isinstance(terminal, str) or not isinstance(body, dict):
        raise ValueError("room record")
    return RoomRecord(change.cursor, change.id, kind, terminal, body)
