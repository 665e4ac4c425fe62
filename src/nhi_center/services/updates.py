"""Updates (更新) as they reach a terminal: fetched a piece at each exchange and believed when the ward's key signed them.

They lie in the business folder until the ward administrator installs them as root (``nhi-center-update``): the program may not
write where it lies itself.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nhi_center import __version__
from nhi_center.domain import updates
from nhi_center.domain.operators import Action
from nhi_center.domain.updates import Signed, Update, UpdateFault
from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import flush_folder, replace_file, require_room
from nhi_center.isolation import system_age
from nhi_center.link.wire_updates import PART_BYTES, parts_of
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin, log_refusal
from nhi_center.storage.trouble import told_apart

TRUSTED = Path("/etc/nhi-center/update.pub")
"""The ward's public key in hex, written by root alone (``nhi-center-update trust``)."""
PARTS_AT_ONCE = 8
"""Of one exchange: rows and calls go first."""
_ASK_EVERY = timedelta(hours=1)
_ASKED = "asked"
_PART = ".part"
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True)
class Standing:
    """``trusted``: this terminal knows the ward's key. ``ready``: a whole package with its signature, and where it lies.
    ``under_way``: parts had, and of how many."""

    trusted: bool
    ready: Path | None
    version: str
    under_way: tuple[int, int] | None


def installed() -> str:
    """This program's version as its package has it, such as ``0.1.0+deb12``."""
    return f"{__version__}+deb{''.join(re.findall('[0-9]+', system_age.system_name())[:1])}"


def trusted_key(file: Path = TRUSTED) -> bytes | None:
    """The ward's public key; None where nobody has entered one."""
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None
    return key if len(key) == 32 else None


def fetch(office: Office, trusted: Path = TRUSTED) -> None:
    """Take the next parts of the newest update for this machine, and prove it once it is whole. Raises EnvironmentTrouble LK-*.

    A signature that is not the ward's, or bytes that are not the signed ones, are thrown away, and the log keeps it. What is on
    offer no longer, or no newer than what runs, is thrown away too.
    """
    key = trusted_key(trusted)
    if key is None:
        return
    folder = office.settings.updates
    found = _newest(office, key)
    with told_apart():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(folder / _ASKED, office.clock.now().isoformat().encode())
    _tidy(folder, found)
    if found is None or (folder / found.update.file).exists():
        return
    if _more(office, folder, found.update):
        _finish(office, folder, found)


def is_due(office: Office) -> bool:
    """Whether to ask again what is on offer: an hour after the last time, and at each exchange while a package is on its way."""
    folder = office.settings.updates
    try:
        asked = datetime.fromisoformat((folder / _ASKED).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return True
    return abs(office.clock.now() - asked) >= _ASK_EVERY or any(folder.glob(f"*{_PART}"))


def standing(office: Office, trusted: Path = TRUSTED) -> Standing:
    """What has come, for the page 動作点検."""
    key = trusted_key(trusted)
    if key is None:
        return Standing(False, None, "", None)
    folder = office.settings.updates
    for file in sorted(folder.glob("*.deb")):
        try:
            update = updates.read_manifest(file.with_suffix(".json").read_bytes()).check(key)
        except (OSError, UpdateFault):
            continue
        if updates.is_newer(update.version, installed()):
            return Standing(True, file, update.version, None)
    for file in sorted(folder.glob(f"*{_PART}")):
        whole = re.fullmatch(r"(.+)\.(\d+)", file.stem)
        if whole:
            return Standing(True, None, whole[1].split("_")[1], (file.stat().st_size // PART_BYTES, parts_of(int(whole[2]))))
    return Standing(True, None, "", None)


def _newest(office: Office, key: bytes) -> Signed | None:
    """Of those the ward's key has signed. Another's signature is kept in the log, once for each package."""
    good: dict[Update, Signed] = {}
    for offered in office.premises.link.updates():
        try:
            good[offered.check(key)] = offered
        except UpdateFault:
            _refuse_once(office, offered.update, "bad-signature")
    chosen = updates.newest(tuple(good), installed(), _MACHINES.get(platform.machine(), ""))
    return good[chosen] if chosen else None


def _refuse_once(office: Office, update: Update, reason: str) -> None:
    mark = office.settings.updates / f".{update.sha256}.refused"
    if mark.exists():
        return
    replace_file(mark, b"")
    log_refusal(office, terminal_session(office), "denied", asked="sync", kind="update", reason=reason)


def _tidy(folder: Path, found: Signed | None) -> None:
    """Away with every package but the one that is wanted."""
    wanted = {found.update.file, found.update.file.removesuffix(".deb") + ".json", _under_way(found.update)} if found else set()
    if folder.is_dir():
        for file in folder.iterdir():
            if file.name not in wanted and file.suffix in (".deb", ".json", _PART):
                file.unlink()


def _under_way(update: Update) -> str:
    return f"{update.file}.{update.size}{_PART}"


def _more(office: Office, folder: Path, update: Update) -> bool:
    """Append the next parts; whether all are here. A part that a crash cut off is asked for again."""
    require_room(folder, update.size)
    with told_apart(), open(os.open(folder / _under_way(update), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b") as file:
        had = os.fstat(file.fileno()).st_size // PART_BYTES
        file.truncate(had * PART_BYTES)
        file.seek(0, os.SEEK_END)
        for number in range(had, min(had + PARTS_AT_ONCE, parts_of(update.size))):
            file.write(office.premises.link.update_part(update.sha256, number))
        file.flush()
        os.fsync(file.fileno())
        return file.tell() >= update.size


def _finish(office: Office, folder: Path, found: Signed) -> None:
    update, part = found.update, folder / _under_way(found.update)
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if (part.stat().st_size, digest) != (update.size, update.sha256):
        part.unlink()
        log_refusal(office, terminal_session(office), "denied", asked="sync", kind="update", reason="damaged")
        raise EnvironmentTrouble(
            "UP-01", "届いた更新が署名されたものと違うので、捨てました。続くときは、区の担当者に連絡してください。"
        )
    replace_file(folder / update.file.replace(".deb", ".json"), updates.manifest(found))
    with begin(office, terminal_session(office), Action.SYNC, step="update") as unit:
        unit.note(version=update.version)
    os.replace(part, folder / update.file)
    flush_folder(folder)
