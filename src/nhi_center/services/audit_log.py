"""操作記録: reading it in words, proving that it has not been changed, and handing the ward a copy it can prove alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from nhi_center import resources
from nhi_center.domain import audit, audit_file
from nhi_center.domain.audit import Broken, Countersign, Head, check_chain, countersign_bytes, head_bytes
from nhi_center.domain.audit_words import Glossary, Line, read_entry
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.files import write_whole
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading
from nhi_center.storage import audit as storage
from nhi_center.storage.engine import Connection

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
        names=_names(office, session),
    )


def _names(office: Office, session: Session) -> dict[str, str]:
    """The ward inspects the company, not the pace of one clerk: it reads roles on screen; the copy it proves has the ids."""
    ward = session.role.is_ward
    accounts = office.premises.accounts.every()
    return {a.person: a.role.label if ward and a.role.is_contractor else a.name for a in accounts}


def check(office: Office, session: Session, report: Report = lambda _done, _total, _words: None) -> Checked:
    """Recompute the whole log and compare it with the head the segment has countersigned. The check itself is kept.

    Takes a moment for a long log: run it in the long lane; ``report`` may stop it.
    """
    with reading(office, session, Action.INSPECT) as connection:
        last, _hash = storage.last(connection, office.terminal)
        anchor = storage.newest_anchor(connection, office.terminal)
        seen = _Seen(anchor.seq if anchor else 0)
        found = check_chain(office.terminal, _counted(connection, last, report, seen))
    fault = _fault(office, found, anchor, seen)
    entries = found.seq if isinstance(found, Broken) else found[0]
    with begin(office, session, Action.INSPECT, step="verify", entries=entries, intact=not fault):
        pass
    return Checked(entries, anchor.seq if anchor and not fault else 0, fault)


def export(office: Office, session: Session) -> Exported:
    """Write the whole log, with the terminal's signed head and the newest countersigned one, into the documents folder.

    An earlier copy of the same day stays. Raises OperatorError when the log does not hold (it is not handed out as if it
    did), EnvironmentTrouble PR-03.
    """
    with reading(office, session, Action.INSPECT) as connection:
        rows = tuple(storage.every(connection))
        anchor = storage.newest_anchor(connection, office.terminal)
    found = check_chain(office.terminal, rows)
    if isinstance(found, Broken):
        raise OperatorError(
            f"操作記録の{found.seq}番でつながりが切れています。書き出さずに、区職員に知らせてください。", code="broken"
        )
    last, hash_ = found
    head = Head(office.terminal, last, hash_.hex(), office.clock.now().isoformat(timespec="seconds"))
    head = replace(head, signature=office.premises.terminal.sign(head_bytes(head)))
    data = audit_file.write(1, audit.genesis(office.terminal), (entry for entry, _hash in rows), head, anchor)
    target = _target(office)
    digest = hashlib.sha256(data).hexdigest()
    with begin(office, session, Action.INSPECT, step="export", first=1, last=last, sha256=digest):
        write_whole(target, data)
    return Exported(target, digest, 1, last, anchor.seq if anchor else 0)


@dataclass(slots=True)
class _Seen:
    """The hash that stands at the anchored entry, picked up while the chain is recomputed."""

    wanted: int
    hash: str = ""


def _counted(connection: Connection, total: int, report: Report, seen: _Seen) -> Iterator[tuple[bytes, bytes]]:
    for number, (entry, stored) in enumerate(storage.every(connection), start=1):
        if number % EVERY == 0:
            report(number, total, "操作記録")
        if number == seen.wanted:
            seen.hash = stored.hex()
        yield entry, stored


def _fault(office: Office, found: tuple[int, bytes] | Broken, anchor: Countersign | None, seen: _Seen) -> str:
    if isinstance(found, Broken):
        return f"{found.seq}番: {found.reason}"
    if anchor is None:
        return ""
    if seen.hash != anchor.hash:
        return f"{anchor.seq}番: 区のサーバの控えと合いません。記録が書き換えられたか、切り取られています。"
    if not office.premises.trust.gateway_signed(countersign_bytes(anchor), anchor.signature):
        return f"{anchor.seq}番: 区のサーバの控えの署名が正しくありません。"
    return ""


def _target(office: Office) -> Path:
    folder = office.settings.documents
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        raise EnvironmentTrouble("PR-03", "書き出し先のフォルダーを使えません。取扱責任者に連絡してください。") from None
    stem = f"audit-{office.terminal}-{office.clock.today():%Y%m%d}"
    path, copy = folder / f"{stem}.log", 1
    while path.exists():
        copy += 1
        path = folder / f"{stem}-{copy}.log"
    return path
