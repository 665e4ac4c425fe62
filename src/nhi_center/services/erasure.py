"""消去: shown with its counts, agreed by supervisor and ward staff, done step by step, proved by trying to read (特記 11, 12).

What was agreed is kept before anything is touched. Killed at any moment it goes on from the step it had reached; a step that is
done twice does no harm. The keys go first, so that what a stop leaves behind is unreadable already.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nhi_center.domain import canonical
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.erasure import (
    LONGEST_PLACE,
    LONGEST_WORDS,
    STATEMENT,
    STEP_WORDS,
    WARD_ROLES,
    Count,
    DiskMethod,
    Erasure,
    Finding,
    Obstacle,
    Plan,
    Scope,
    State,
    Step,
    check_agreeable,
    check_month,
    check_words,
    contents,
)
from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.link.wire_erasure import Destroying
from nhi_center.services import copy_lines, day_close, month_keys
from nhi_center.services import erasure_files as files
from nhi_center.services.audit_heads import seal_head
from nhi_center.services.erasure_end import conclude
from nhi_center.services.handover import Credential
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.signing import require_signature, sign
from nhi_center.services.today_erasure import due
from nhi_center.services.work import begin, log_refusal, reading, require
from nhi_center.storage import audit, copies, migrate
from nhi_center.storage import erasure as storage
from nhi_center.storage.engine import Connection
from nhi_center.storage.store import opens

Report = Callable[[int, int, str], None]
FILES = (("backups", "バックアップの写し"), ("papers", "帳票・書き出し・印刷待ちのファイル"))
_ABOUT_NOBODY = frozenset(
    {
        *("sign_in", "sign_out", "sign", "lock", "unlock", "extend_lock", "denied", "wrong_password", "status", "sync"),
        *("erase", "back_up", "self_check", "rekey", "inspect", "leave", "presence", "copy_ledger"),
    }
)
"""Words of the log that tell nothing of an insured person: only of these may there be some that the segment lacks yet."""
_PRESENT = frozenset({"inside", "unsent", "refused"})
"""Of the day close: who agrees has to be in the room, and the exchange has lines of its own here."""


# -- before --


def plan(office: Office, session: Session, scope: Scope, month: str = "") -> Plan:
    """What would go, with counts, and what has to be at zero first. Raises OperatorError for a month that is not over."""
    with reading(office, session, Action.ERASE) as connection:
        if scope is Scope.MONTH:
            check_month(month, office.clock.today())
        return _plan(office, connection, session.person, scope, month)


@dataclass(frozen=True, slots=True)
class Target:
    """What may be chosen: a month that is over, or everything. ``due``: its 保存期間 is over."""

    scope: Scope
    month: str
    due: bool


def targets(office: Office, session: Session) -> tuple[Target, ...]:
    """Months that are over and of which something is here yet, oldest first; then everything."""
    with reading(office, session, Action.ERASE) as connection:
        late = due(office, connection)
        running = f"{office.clock.today():%Y-%m}"
        months = [month for month in storage.months_with_data(connection) if month < running]
        return (*(Target(Scope.MONTH, month, month in late) for month in months), Target(Scope.ALL, "", False))


def every(office: Office, session: Session) -> tuple[Erasure, ...]:
    """Past ones and those under way, newest first."""
    with reading(office, session, Action.ERASE) as connection:
        return storage.every(connection)


# -- agreeing --


def agree(office: Office, session: Session, shown: Plan, place: str, supervisor: Credential, ward: Credential) -> Erasure:
    """Both sign ``shown``, and it is kept as what will be done: nothing is erased yet (``go_on``). Two password hashes.

    Raises OperatorError while something stands in the way (erasure-obstacle), when the counts have changed, at ``place``, when
    another is under way, and as ``sign`` does.
    """
    require(office, session, Action.ERASE)
    now = plan(office, session, shown.scope, shown.month)
    check_agreeable(now, shown, place)
    signed = contents(now, place)
    pair = _signatures(office, signed, supervisor, ward)
    with begin(office, session, Action.ERASE, step="erasure_agreed", scope=now.scope.value) as unit:
        if any(one.open for one in storage.every(unit.connection)):
            raise OperatorError("途中の消去があります。先にそれを終えてください。", code="erasure-open")
        check_agreeable(_plan(office, unit.connection, session.person, now.scope, now.month), shown, place)
        unit.subject = str(uuid.uuid4())
        storage.add(unit.connection, unit.subject, signed, unit.stamp, pair)
        unit.note(**{f"n_{count.item}": count.number for count in now.counts if count.number})
        unit.note(months=len(now.months), decided_by=pair["supervisor"].person, approved_by=pair["ward"].person)
        return _found(unit.connection, unit.subject)


def record_disk(
    office: Office,
    session: Session,
    terminal: str,
    serial: str,
    method: DiskMethod,
    place: str,
    supervisor: Credential,
    ward: Credential,
) -> Erasure:
    """A failed terminal's disk, which both have seen erased or destroyed: written down by hand, with both signatures.

    Raises OperatorError at ``terminal``, ``serial``, ``place``, and as ``sign`` does.
    """
    require(office, session, Action.ERASE)
    check_words(terminal, "terminal", "端末の名前", LONGEST_PLACE)
    check_words(serial, "serial", "ディスクの製造番号", LONGEST_WORDS)
    check_words(place, "place", "場所", LONGEST_PLACE)
    signed = {
        "scope": Scope.DISK.value,
        "month": "",
        "terminal": terminal.strip(),
        "counts": [{"item": "disks", "words": f"ディスク(製造番号 {serial.strip()})", "number": 1}],
        "months": [],
        "place": place.strip(),
        "method": method.label,
        "day": office.clock.today().isoformat(),
    }
    pair = _signatures(office, signed, supervisor, ward)
    with begin(office, session, Action.ERASE, step="erasure_disk", method=method.value) as unit:
        unit.subject = str(uuid.uuid4())
        storage.add(unit.connection, unit.subject, signed, unit.stamp, pair)
        seq, _hash = audit.last(unit.connection, office.terminal)
        seen = Finding(f"立会い({method.label})", 0, "取扱責任者と区職員が確かめました")
        storage.end(unit.connection, unit.subject, State.DONE, (seen,), unit.stamp, seq + 1)
        unit.note(decided_by=pair["supervisor"].person, approved_by=pair["ward"].person)
        return _found(unit.connection, unit.subject)


def _signatures(office: Office, signed: dict[str, Any], supervisor: Credential, ward: Credential) -> dict[str, Signature]:
    pair = {
        "supervisor": sign(office, supervisor.person, supervisor.password, STATEMENT, signed),
        "ward": sign(office, ward.person, ward.password, STATEMENT, signed),
    }
    require_signature(office, pair["supervisor"], STATEMENT, signed, Role.SUPERVISOR)
    require_signature(office, pair["ward"], STATEMENT, signed, *WARD_ROLES)
    return pair


# -- doing --


def go_on(office: Office, session: Session, id_: str, report: Report = lambda _done, _total, _words: None) -> Erasure:
    """Do every step that is not done yet, then try to read what should be gone. Run it in the long lane: it takes its time.

    A step that cannot be done now (no line to the segment, no room) is kept in the log and left out; the erasure is 一部消去
    until it is tried again. What is left for the next sign-in is the change of the store's key. Raises OperatorError for one
    that is over, EnvironmentTrouble when the store itself fails.
    """
    with reading(office, session, Action.ERASE) as connection:
        erasure = _found(connection, id_)
    if not erasure.open or erasure.scope is Scope.DISK:
        raise OperatorError("この消去は終わっています。", code="erasure-over")
    for number, step in enumerate(_ACTS):
        if step in erasure.steps:
            continue
        report(number, len(Step), STEP_WORDS[step])
        try:
            _ACTS[step](office, erasure)
        except EnvironmentTrouble as trouble:
            log_refusal(office, session, "denied", subject=id_, asked=Action.ERASE.value, step=step.value, reason=trouble.code)
            if step in (Step.ROWS, Step.STORE_FILE):
                break
    report(len(Step), len(Step), "消えたことの確認")
    with begin(office, session, Action.ERASE, subject=id_, step="erasure_ended") as unit:
        copy_lines.settle(unit, (office.settings.backups, office.settings.documents, office.settings.exports))
        conclude(unit, office.terminal, id_, _proof(office, unit.connection, erasure))
    seal_head(office)
    with reading(office, session, Action.ERASE) as connection:
        return _found(connection, id_)


def _segment_keys(office: Office, erasure: Erasure) -> None:
    supervisor, ward = (one.person for one in erasure.signatures)
    months = _months(erasure)
    if months:
        office.premises.link.destroy_month_keys(Destroying(erasure.id, months, (supervisor, ward)))
    _done(office, erasure, Step.SEGMENT_KEYS, Finding("区のサーバの月の鍵", 0, f"{len(months)}月分を破棄したと返答がありました"))


def _slot_keys(office: Office, erasure: Erasure) -> None:
    month_keys.destroy_here(office, _months(erasure), erasure.id)
    _done(office, erasure, Step.SLOT_KEYS)


def _backups(office: Office, erasure: Erasure) -> None:
    found = files.backups(office, erasure.scope, _months(erasure))
    seen = files.try_to_read(office, found)
    files.destroy(found)
    migrate.forget_copies(office.settings.store)
    _done(office, erasure, Step.BACKUPS, seen)


def _rows(office: Office, erasure: Erasure) -> None:
    with begin(office, terminal_session(office), Action.ERASE, subject=erasure.id, step=f"erased_{Step.ROWS.value}") as unit:
        storage.erase_rows(unit.connection, erasure.scope, erasure.month, unit.today, unit.stamp)
        storage.step_done(unit.connection, erasure.id, Step.ROWS, unit.stamp)
        if erasure.scope is Scope.ALL:
            copies.all_erased(unit.connection, unit.today.isoformat())


def _store_file(office: Office, erasure: Erasure) -> None:
    free, log = storage.rewrite(office.store)
    seen = f"未使用の頁 {free}、書込みログの残り {log}バイト"
    _done(office, erasure, Step.STORE_FILE, Finding("データベースのファイルの空き", free + log, seen))


def _files(office: Office, erasure: Erasure) -> None:
    files.destroy(files.papers(office, erasure.scope, erasure.month))
    _done(office, erasure, Step.FILES)


_ACTS: dict[Step, Callable[[Office, Erasure], None]] = {
    Step.SEGMENT_KEYS: _segment_keys,
    Step.SLOT_KEYS: _slot_keys,
    Step.BACKUPS: _backups,
    Step.ROWS: _rows,
    Step.STORE_FILE: _store_file,
    Step.FILES: _files,
}
"""All but the store's key, which is changed while nobody works: at the next sign-in (``services.rekeying``)."""


def _done(office: Office, erasure: Erasure, step: Step, *seen: Finding) -> None:
    with begin(office, terminal_session(office), Action.ERASE, subject=erasure.id, step=f"erased_{step.value}") as unit:
        storage.step_done(unit.connection, erasure.id, step, unit.stamp, seen)


def _proof(office: Office, connection: Connection, erasure: Erasure) -> tuple[Finding, ...]:
    """What can be read yet of all that was to go."""
    words = storage.counted(erasure.scope)
    rows = {item: number for item, number in storage.counts(connection, erasure.scope, erasure.month).items() if number}
    left = sum(rows.values())
    seen = "、".join(f"{words[item][0]} {number}" for item, number in rows.items()) or "数え直して 0件"
    keys = len(set(_months(erasure)) & set(office.contents.month_keys))
    there = len(files.backups(office, erasure.scope, _months(erasure)))
    papers = len(files.papers(office, erasure.scope, erasure.month))
    missing = "" if Step.SEGMENT_KEYS in _found(connection, erasure.id).steps else "区のサーバと通信できず、まだです"
    return (
        Finding("データベースの行", left, seen),
        Finding("この端末の月の鍵", keys, f"残り {keys}本"),
        *((Finding("区のサーバの月の鍵", len(_months(erasure)) or 1, missing),) if missing else ()),
        Finding("バックアップのファイル", there, f"残り {there}個"),
        Finding("帳票・印刷待ちのファイル", papers, f"残り {papers}個"),
        *(() if opens(office.settings.store, office.contents.store_keys[0]) else (Finding("データベース", 1, "開けません"),)),
    )


# -- what there is --


def _plan(office: Office, connection: Connection, person: str, scope: Scope, month: str) -> Plan:
    months = month_keys.known_months_in(connection, office) if scope is Scope.ALL else (month,)
    words = storage.counted(scope)
    counts = tuple(Count(item, words[item][0], number) for item, number in storage.counts(connection, scope, month).items())
    found = (files.copies(files.backups(office, scope, months)), files.papers(office, scope, month))
    lying = tuple(Count(item, name, len(lot)) for (item, name), lot in zip(FILES, found, strict=True))
    keys = Count("keys", "月の鍵", len(months))
    obstacles = tuple(line for line in lines_to_zero(office, connection, person, scope, month) if line.number)
    return Plan(scope, month, office.terminal, (*counts, *lying, keys), months, obstacles)


def lines_to_zero(office: Office, connection: Connection, person: str, scope: Scope, month: str) -> tuple[Obstacle, ...]:
    """Everything that has to be at zero first, also what is; within an act whose permission was checked."""
    waiting = dict(storage.unready(connection, scope, month, office.clock.today()))
    waiting["区のサーバの控えがない操作記録"] = _unconfirmed(connection)
    if scope is Scope.ALL:
        for item in day_close.open_items(office, connection, person):
            if item.kind not in _PRESENT:
                waiting[_words(item)] = max(item.count, waiting.get(_words(item), 0))
    return tuple(Obstacle(words, number) for words, number in waiting.items())


def _words(item: OpenItem) -> str:
    """Without the count, which stands beside it."""
    return item.words.rpartition(" ")[0] or item.words


def _unconfirmed(connection: Connection) -> int:
    """Entries about the work that the segment has not countersigned."""
    number, first = 0, audit.sent_up_to(connection) + 1
    while rows := audit.entries(connection, first, 500):
        number += sum(canonical.decode(entry)["action"] not in _ABOUT_NOBODY for _seq, entry, _hash in rows)
        first = rows[-1][0] + 1
    return number


def _months(erasure: Erasure) -> tuple[str, ...]:
    return tuple(erasure.contents["months"])


def _found(connection: Connection, id_: str) -> Erasure:
    erasure = storage.find(connection, id_)
    if erasure is None:
        raise OperatorError("この消去は見つかりません。", code="no-erasure")
    return erasure
