"""What lies in files and goes with an erasure: backups, lists and exports, prints that wait, work under way.

Files that show no insured person stay: they are the evidence of the office (receipts, log, self-check, 消去証明書).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from nhi_center.domain.erasure import Finding, Scope, span
from nhi_center.files import overwrite
from nhi_center.services.clock import JST
from nhi_center.services.office import Office
from nhi_center.storage.store import opens

EVIDENCE = (
    *("erasure-", "copy-ledger-", "going-live-", "terminal-", "self-check-", "receipt-", "audit-", "log-review-"),
    *("roster-", "training-", "members-", "summary-", "handovers-", "calls-", "takeover-"),
    *("controls-", "control-records-", "on-site-", "incident-", "keys-", "pack-", "manual"),
    *("trainings-", "pledges-", "presence-", "terminals-", "ward-people-"),
)
"""How the names of files in documents/ and exports/ begin that hold counts, the log or the office's own people."""


def backups(office: Office, scope: Scope, months: Iterable[str]) -> tuple[Path, ...]:
    """This terminal's copies of these months, with whatever lies beside them; at the end all there is."""
    folder = office.settings.backups
    if not folder.is_dir():
        return ()
    files = tuple(sorted(file for file in folder.iterdir() if file.is_file() or file.is_symlink()))
    if scope is Scope.ALL:
        return files
    wanted = set(months)
    stems = {file.stem for file in files if file.suffix == ".json" and _month_of(file) in wanted}
    return tuple(file for file in files if file.stem in stems)


def copies(found: Iterable[Path]) -> tuple[Path, ...]:
    """The copies among the files of the backups."""
    return tuple(file for file in found if file.suffix == ".db")


def papers(office: Office, scope: Scope, month: str) -> tuple[Path, ...]:
    """Files of documents/, exports/, spool/ and work/ that were written in the period and may show a person."""
    first, behind = span(scope, month)
    return tuple(file for file in _papers(office) if first <= _day_of(file) < behind)


def papers_before(office: Office, last: date) -> tuple[Path, ...]:
    """The same, written on this day at the latest."""
    return tuple(file for file in _papers(office) if _day_of(file) <= last.isoformat())


def destroy(files: Iterable[Path]) -> int:
    """Overwrite and remove them; gives how many."""
    gone = 0
    for file in files:
        overwrite(file)
        gone += 1
    return gone


def try_to_read(office: Office, found: tuple[Path, ...]) -> Finding:
    """Try every key of a database that is left at this terminal on every copy: none may open one. A month's key is none: it makes
    a copy's only together with the ward's half, so that of it there is only to prove that it is gone."""
    tried = copies(found)
    keys = office.contents.store_keys
    opened = sum(any(opens(copy, key) for key in keys) for copy in tried)
    seen = f"{len(tried)}個を端末に残る鍵{len(keys)}本で試し、{opened}個が開きました" if tried else "バックアップはありません"
    return Finding("バックアップを残りの鍵で開く", opened, seen)


def _papers(office: Office) -> Iterator[Path]:
    settings = office.settings
    for folder in (settings.documents, settings.exports, settings.spool, settings.work):
        if folder.is_dir():
            for file in sorted(folder.rglob("*")):
                kept = folder in (settings.documents, settings.exports) and file.name.startswith(EVIDENCE)
                if not kept and (file.is_symlink() or file.is_file()):
                    yield file


def _day_of(file: Path) -> str:
    return datetime.fromtimestamp(file.lstat().st_mtime, JST).date().isoformat()


def _month_of(sidecar: Path) -> str:
    try:
        return str(json.loads(sidecar.read_bytes())["month"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
