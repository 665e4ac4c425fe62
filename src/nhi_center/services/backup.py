"""バックアップ: an encrypted copy of the store each day, in the business folder, the last 14; and the way back.

A copy's key comes from two halves: a random part, sealed to the ward's recovery key and kept beside the copy, and the month
key, which is in this terminal's slots and at the segment. The ward alone opens a copy, and only while the month key exists
somewhere; when it is destroyed, every copy of that month is gone, wherever somebody has kept one.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from nhi_center.domain import canonical
from nhi_center.domain.audit import Broken, check_chain
from nhi_center.domain.copies import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import disk_full, folder_inside, is_full, outside, require_own_file, require_still, write_inside
from nhi_center.keys import recovery
from nhi_center.services import copy_lines, month_keys
from nhi_center.services.inside import OUTSIDE
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin, log_refusal, reading
from nhi_center.storage import audit, backup_state
from nhi_center.storage.backup import CopyFacts, copy_store, restore_copy
from nhi_center.storage.backup_state import Try
from nhi_center.storage.check import Token
from nhi_center.storage.store import discard_store, open_store

KEPT = 14
Report = Callable[[int, int, str], None]
"""(done, total, words): called between steps; raises to stop."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What stands beside a copy, for everybody to read: whose it is, which month key it needs, what must be in it.

    ``recovery`` is the random part of the key, sealed to the ward (domain.recovery).
    """

    terminal: str
    month: str
    day: str
    made_at: str
    sha256: str
    store: CopyFacts
    recovery: dict[str, str]


@dataclass(frozen=True, slots=True)
class BackupState:
    """How backups stand. Days are business days, times UTC, ISO; "" for never.

    ``fault`` is the code of the last try when it failed. ``ward_can_open``: the ward has given its recovery key.
    ``key_at_segment``: without that, the copies are lost together with this machine. ``key_refused``: the segment's reason.
    """

    last_day: str
    last_at: str
    copies: int
    fault: str
    fault_at: str
    ward_can_open: bool
    key_at_segment: bool
    key_refused: str


def prepare(office: Office) -> Office:
    """After sign-in: the office with this month's key. A trouble never keeps anybody from working; backups tell of it."""
    try:
        return month_keys.ensure_month_key(office)
    except EnvironmentTrouble:
        return office


def back_up(office: Office, report: Report, token: Token | None = None) -> Path:
    """Make and check one copy, keep the last 14, and give its file. Run it in the long lane; work goes on meanwhile.

    Raises EnvironmentTrouble BK-01 (the ward has given no recovery key: nothing unsealed is made instead), BK-02 (no month key
    yet), BK-03 (the copy was not sound), BK-04 (the folder leads out of the business folder), ST-05 (no room), and
    OperatorCancelled. A failed try is kept in the store and the log.
    """
    today = office.clock.today().isoformat()
    try:
        file, sidecar = _make(office, report, token)
    except EnvironmentTrouble as trouble:
        _keep_failure(office, today, trouble)
        raise
    with begin(
        office, terminal_session(office), Action.BACK_UP, subject=file.stem, step="copy", entries=sidecar.store.seq
    ) as unit:
        unit.note(sha256=sidecar.sha256)
        backup_state.keep_try(unit.connection, Try(today, sidecar.made_at, file.name, ""))
        copy_lines.note(unit, Kind.BACKUP, 1, file.name)
        copy_lines.gone(unit, copies(office)[KEPT:])
    _keep_the_last(office)
    return file


def back_up_if_missed(office: Office, report: Report, token: Token | None = None) -> Path | None:
    """At sign-in: a copy when the last day of work has none. Raises as ``back_up``."""
    with reading(office, terminal_session(office), Action.BACK_UP) as connection:
        worked = backup_state.last_day_of_work(connection, office.clock.today())
        good = backup_state.last_good(connection)
    return back_up(office, report, token) if worked > (good.day if good else "") else None


def state(office: Office, session: Session) -> BackupState:
    """For the self-check and whoever asks."""
    month = f"{office.clock.today():%Y-%m}"
    with reading(office, session, Action.STATUS) as connection:
        good, last = backup_state.last_good(connection), backup_state.last_try(connection)
        mark = backup_state.month_marks(connection).get(month)
    failed = last is not None and bool(last.code)
    return BackupState(
        last_day=good.day if good else "",
        last_at=good.at if good else "",
        copies=len(copies(office)),
        fault=last.code if last and failed else "",
        fault_at=last.at if last and failed else "",
        ward_can_open=recovery.load_public(office.settings.recovery) is not None,
        key_at_segment=mark is not None and mark.sent,
        key_refused=mark.refused if mark else "",
    )


def copies(office: Office) -> tuple[Path, ...]:
    """This terminal's copies, newest first."""
    found = office.settings.backups.glob(f"nhi-center-{office.terminal}-*.db")
    return tuple(sorted((file for file in found if sidecar_of(file).exists()), reverse=True))


def restore(copy: Path, random_part: bytes, month_key: bytes, target: Path, new_key: bytes, report: Report) -> Sidecar:
    """Make a store at ``target`` from a copy, under ``new_key``, and prove that it is the one the copy was made of.

    ``random_part`` is what the ward has unsealed (``nhi-center-verify recover``), ``month_key`` comes from the segment or a slot.
    Raises FileExistsError (there is a store), EnvironmentTrouble BK-03 (wrong key, damaged, or not what the sidecar says),
    BK-05 (no sidecar), ST-05.
    """
    sidecar = read_sidecar(copy)
    report(0, 1, "バックアップの照合")
    if _sha256(copy) != sidecar.sha256:
        raise _not_the_copy()
    key = _key(random_part, month_key, sidecar.terminal, sidecar.month)
    facts = restore_copy(copy, key, target, new_key, report)
    if facts != sidecar.store or _chain(target, new_key, sidecar.terminal) != (facts.seq, facts.hash):
        discard_store(target)
        raise _not_the_copy()
    return sidecar


def read_sidecar(copy: Path) -> Sidecar:
    """Raises EnvironmentTrouble BK-05 when it is missing or damaged."""
    try:
        body = json.loads(sidecar_of(copy).read_bytes())
        head = body["audit"]
        facts = CopyFacts(int(body["store_version"]), int(head["seq"]), str(head["hash"]))
        said = {name: str(body[name]) for name in ("terminal", "month", "day", "made_at", "sha256")}
        return Sidecar(**said, store=facts, recovery=dict(body["recovery"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise EnvironmentTrouble(
            "BK-05",
            "バックアップに添えたファイルがないか、壊れています。このバックアップは使えません。別のものを使ってください。",
        ) from None


def sidecar_of(copy: Path) -> Path:
    return copy.with_suffix(".json")


def _make(office: Office, report: Report, token: Token | None) -> tuple[Path, Sidecar]:
    folder = _folder(office)
    public = recovery.load_public(office.settings.recovery)
    if public is None:
        raise EnvironmentTrouble(
            "BK-01",
            "区の復旧鍵がまだ登録されていないので、バックアップを作っていません。仕事は続けられます。区管理者へ連絡してください。",
        )
    month = month_keys.usable(office)
    if month is None:
        raise EnvironmentTrouble(
            "BK-02",
            "今月の鍵が用意できていないので、バックアップを作っていません。一度サインアウトして、もう一度サインインしてください。",
        )
    part = secrets.token_bytes(32)
    file = _free_name(office, folder)
    with _pinned(office, folder) as handle:
        facts = copy_store(office.store, file, _key(part, month[1], office.terminal, month[0]), report, token)
        _require_inside(office, file, handle)
    sidecar = Sidecar(
        terminal=office.terminal,
        month=month[0],
        day=office.clock.today().isoformat(),
        made_at=office.clock.now().isoformat(timespec="seconds"),
        sha256=_sha256(file),
        store=facts,
        recovery=recovery.ward_entry(public, part, recovery.BACKUP),
    )
    try:
        _write_sidecar(office, file, sidecar)
    except BaseException:
        file.unlink(missing_ok=True)  # nobody could ever open it
        raise
    return file, sidecar


def _to_json(sidecar: Sidecar) -> dict[str, Any]:
    return {
        "version": 1,
        "terminal": sidecar.terminal,
        "month": sidecar.month,
        "day": sidecar.day,
        "made_at": sidecar.made_at,
        "sha256": sidecar.sha256,
        "store_version": sidecar.store.version,
        "audit": {"seq": sidecar.store.seq, "hash": sidecar.store.hash},
        "recovery": sidecar.recovery,
    }


def _folder(office: Office) -> Path:
    folder = office.settings.backups
    with _pinned(office, folder):
        return folder


@contextmanager
def _pinned(office: Office, folder: Path) -> Iterator[int]:
    """The folder as it is looked at now. Raises EnvironmentTrouble BK-04, also for what is found to lead outside in the block."""
    try:
        with folder_inside(office.settings.business_folder, folder) as handle:
            yield handle
    except EnvironmentTrouble as trouble:
        if trouble.code != OUTSIDE:
            raise
        log_refusal(office, terminal_session(office), "denied", reason="outside-folder")
        raise EnvironmentTrouble(
            "BK-04",
            "バックアップのフォルダーが業務フォルダーの外を指しています。作っていません。取扱責任者へ連絡してください。",
        ) from None


def _require_inside(office: Office, file: Path, handle: int) -> None:
    """The copy is made by its path: when the folder was exchanged meanwhile, it lies elsewhere, and is taken away."""
    try:
        require_still(office.settings.business_folder, file.parent, handle)
        descriptor = os.open(file.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=handle)
        try:
            require_own_file(descriptor)
        finally:
            os.close(descriptor)
    except (OSError, EnvironmentTrouble):
        file.unlink(missing_ok=True)
        with suppress(OSError):
            os.unlink(file.name, dir_fd=handle)
        raise outside() from None


def _write_sidecar(office: Office, file: Path, sidecar: Sidecar) -> None:
    with _pinned(office, file.parent):
        try:
            write_inside(office.settings.business_folder, sidecar_of(file), canonical.encode(_to_json(sidecar)))
        except OSError as error:
            if is_full(error):
                raise disk_full() from None
            raise


def _free_name(office: Office, folder: Path) -> Path:
    """By day and the number of the log's last entry, which only grows: the names sort as the copies were made."""
    with reading(office, terminal_session(office), Action.BACK_UP) as connection:
        number, _hash = audit.last(connection, office.terminal)
    stem = f"nhi-center-{office.terminal}-{office.clock.today():%Y%m%d}"
    while (folder / f"{stem}-{number:08}.db").exists():
        number += 1
    return folder / f"{stem}-{number:08}.db"


def _key(random_part: bytes, month_key: bytes, terminal: str, month: str) -> bytes:
    """48 bytes, the raw form: whoever lacks one half knows nothing of it."""
    info = b"nhi-center backup 1\n" + terminal.encode() + b"\n" + month.encode()
    return HKDF(hashes.SHA256(), 48, salt=None, info=info).derive(random_part + month_key)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _chain(store: Path, key: bytes, terminal: str) -> tuple[int, str] | None:
    """Number and hash of the log's last entry, recomputed from the first; None when it does not hold."""
    opened = open_store(store, (key,))
    try:
        with opened.read.begin() as connection:
            found = check_chain(terminal, audit.every(connection))
    finally:
        opened.close()
    return None if isinstance(found, Broken) else (found[0], found[1].hex() if found[0] else "")


def _not_the_copy() -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "BK-03",
        "バックアップの中身が、添えたファイルと合いません。壊れているか、置き換えられています。使わないでください。",
    )


def _keep_failure(office: Office, day: str, trouble: EnvironmentTrouble) -> None:
    try:
        with begin(office, terminal_session(office), Action.BACK_UP, step="failed", reason=trouble.code) as unit:
            backup_state.keep_try(unit.connection, Try(day, unit.now.isoformat(timespec="seconds"), "", trouble.code))
    except EnvironmentTrouble:
        pass  # the disk that had no room for the copy has none for this either; the screen says it


def _keep_the_last(office: Office) -> None:
    """Copies beyond the last 14, and what a killed program has left half done."""
    kept = copies(office)[:KEPT]
    wanted = {file.name for copy in kept for file in (copy, sidecar_of(copy))}
    folder, mine = office.settings.backups, f"nhi-center-{office.terminal}-*"
    for file in (*folder.glob(mine), *folder.glob(f".{mine}.new*")):
        if file.name not in wanted:
            file.unlink()
