"""操作記録: reading it in words, proving that it has not been changed, and handing the ward a copy it can prove alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from nhi_center import resources
from nhi_center.domain.audit import Broken, Countersign, check_chain, countersign_bytes
from nhi_center.domain.audit_check import check_file
from nhi_center.domain.audit_file import SUFFIX, AuditFault
from nhi_center.domain.audit_words import Glossary, Line, read_entry
from nhi_center.domain.incident_report import Kind
from nhi_center.domain.merkle import Range, leaf_hash
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.printing.files import free_name
from nhi_center.services import devices, incidents
from nhi_center.services.audit_heads import seal_head, whole_copy
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.work import begin, month_of, reading, require
from nhi_center.storage import audit as storage
from nhi_center.storage.audit import KeptHead
from nhi_center.storage.engine import Connection

__all__ = ["Checked", "Exported", "LogPage", "check", "destroy_pseudonyms", "export", "glossary", "names", "page", "seal_head"]

SHOWN = 500
"""Lines read for the page at once."""

EVERY = 5000
"""How often a long check says how far it is."""

Report = Callable[[int, int, str], None]
"""(done, total, words): called between steps; raises to stop."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """The newest lines before a number, newest first. ``last`` is the log's last entry, ``anchored`` what the segment confirms.

    ``names`` by person's id, for who did what.
    """

    lines: tuple[Line, ...]
    last: int
    anchored: int
    anchored_at: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the whole log found. ``fault`` says where it does not hold, "" when everything does."""

    entries: int
    anchored: int
    fault: str


@dataclass(frozen=True, slots=True)
class Exported:
    """The copy for the ward: entries ``first`` to ``last``, confirmed by the segment up to ``anchored``."""

    path: Path
    sha256: str
    first: int
    last: int
    anchored: int


@cache
def glossary() -> Glossary:
    return Glossary.parse(resources.read_toml("audit_words.toml"))


def page(office: Office, session: Session, before: int = 0) -> LogPage:
    """Up to SHOWN lines before entry ``before`` (0: the newest), newest first."""
    with reading(office, session, Action.INSPECT) as connection:
        last, _hash = storage.last(connection, office.terminal)
        end = before or last + 1
        first = max(1, end - SHOWN)
        rows = storage.entries(connection, first, end - first) if end > first else ()
        anchor = storage.newest_anchor(connection, office.terminal)
    return LogPage(
        lines=tuple(read_entry(entry, office.terminal, glossary()) for _seq, entry, _hash in reversed(rows)),
        last=last,
        anchored=anchor.seq if anchor else 0,
        anchored_at=anchor.countersigned_at if anchor else "",
        names=names(office, session),
    )


def names(office: Office, session: Session) -> dict[str, str]:
    """The ward inspects the company, not the pace of one clerk: it reads roles on screen; the copy it proves has the ids."""
    require(office, session, Action.INSPECT)
    ward = session.role.is_ward
    accounts = office.premises.accounts.every()
    return {a.person: a.role.label if ward and a.role.is_contractor else a.name for a in accounts}


def check(office: Office, session: Session, report: Report = lambda _done, _total, _words: None) -> Checked:
    """Recompute the whole log and compare it with its signed heads and what the segment has countersigned. The check is kept.

    Takes a moment for a long log: run it in the long lane; ``report`` may stop it.
    """
    with reading(office, session, Action.INSPECT) as connection:
        last, _hash = storage.last(connection, office.terminal)
        anchor = storage.newest_anchor(connection, office.terminal)
        head = storage.newest_head(connection, office.terminal)
        seen = _Seen(anchor, head)
        found = check_chain(office.terminal, _counted(connection, last, report, seen))
    fault = _fault(office, found, seen)
    entries = found.seq if isinstance(found, Broken) else found[0]
    with begin(office, session, Action.INSPECT, step="verify", entries=entries, intact=not fault) as unit:
        if fault:
            source = f"log {fault}"
            incidents.open_found(unit, Kind.LOG, f"操作記録の検査で異状が見つかった。{fault}", source=source, happened=True)
    return Checked(entries, anchor.seq if anchor and not fault else 0, fault)


@logs_outside
def export(office: Office, session: Session) -> Exported:
    """Write the whole log as one file of the kind that lies beside the store, into the documents folder. It ends with a head
    signed now. An earlier copy of the same day stays.

    Raises OperatorError when the log does not hold (it is not handed out as if it did), EnvironmentTrouble PR-03.
    """
    require(office, session, Action.INSPECT)
    devices.require_none_held(office, "export")
    seal_head(office)
    with reading(office, session, Action.INSPECT) as connection:
        heads = storage.heads(connection, office.terminal)
        data = whole_copy(office, connection, f"{office.clock.today():%Y%m%d}", heads)
    try:
        proven = check_file(data, office.premises.trust)
    except AuditFault as fault:
        raise OperatorError(f"{fault} 書き出さずに、区職員に知らせてください。", code="broken") from None
    stem = f"audit-{office.terminal}-{office.clock.today():%Y%m%d}"
    target = free_name(office.settings.documents, stem, SUFFIX, office.settings.business_folder)
    digest = hashlib.sha256(data).hexdigest()
    with begin(office, session, Action.INSPECT, step="export", first=1, last=proven.last, sha256=digest) as unit:
        unit.write(target, data)
    return Exported(target, digest, 1, proven.last, proven.anchored)


def destroy_pseudonyms(office: Office, session: Session, month: str) -> bool:
    """Remove the key of a month ("2026-11"): nobody can tell any more whom its entries were about. False when it is gone already.

    The log itself stays whole, and so does every copy of it. For the ward's administrator alone. Raises OperatorError for the
    running month.
    """
    with begin(office, session, Action.REKEY, step="forget", month=month) as unit:
        if month >= month_of(unit.today):
            raise OperatorError("この月はまだ終わっていません。終わった月だけを消去できます。", field="month", code="running")
        return storage.destroy_month_key(unit.connection, month)


@dataclass(slots=True)
class _Seen:
    """What stands at the anchored entry and at the last signed head, picked up while the chain is recomputed."""

    anchor: Countersign | None
    head: KeptHead | None
    hashes: dict[int, str] = field(default_factory=dict)
    tree: Range = field(default_factory=Range)
    leaves: list[bytes] = field(default_factory=list)

    def take(self, number: int, entry: bytes, stored: bytes) -> None:
        if self.anchor and number == self.anchor.seq:
            self.hashes[number] = stored.hex()
        if self.head and number <= self.head.head.seq:
            self.leaves.append(leaf_hash(entry))
            if number % EVERY == 0 or number == self.head.head.seq:
                self.tree, self.leaves = self.tree.extended(self.leaves), []


def _counted(connection: Connection, total: int, report: Report, seen: _Seen) -> Iterator[tuple[bytes, bytes]]:
    for number, (entry, stored) in enumerate(storage.every(connection), start=1):
        if number % EVERY == 0:
            report(number, total, "操作記録")
        seen.take(number, entry, stored)
        yield entry, stored


def _fault(office: Office, found: tuple[int, bytes] | Broken, seen: _Seen) -> str:
    if isinstance(found, Broken):
        return f"{found.seq}番: {found.reason}"
    anchor, head = seen.anchor, seen.head
    if anchor is not None and seen.hashes.get(anchor.seq) != anchor.hash:
        return f"{anchor.seq}番: 区のサーバの控えと合いません。記録が書き換えられたか、切り取られています。"
    if anchor is not None and not office.premises.trust.gateway_signed(countersign_bytes(anchor), anchor.signature):
        return f"{anchor.seq}番: 区のサーバの控えの署名が正しくありません。"
    if head is not None and (seen.tree.size, seen.tree.root().hex()) != (head.head.seq, head.head.root):
        return f"{head.head.seq}番: 端末が署名した値と合いません。記録が書き換えられたか、切り取られています。"
    return ""
