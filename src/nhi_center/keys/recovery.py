"""The terminal's side of the ward's recovery key (復旧鍵): its public half, and the store's key sealed to it.

The private half lies with the ward; ``nhi-center-verify`` makes and uses it (domain.recovery).
"""

from __future__ import annotations

import json
from pathlib import Path

from nhi_center.domain import canonical, recovery
from nhi_center.domain.recovery import BACKUP, STORE, RecoveryFault, fingerprint
from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import replace_file

__all__ = ["BACKUP", "STORE", "RecoverySlot", "fingerprint", "load_public", "save_public", "seal_to_ward", "ward_entry"]

PUBLIC_FILE = "ward.pub"


def seal_to_ward(public: bytes, data: bytes, purpose: bytes) -> bytes:
    """Seal ``data`` so that only the ward opens it, and only as ``purpose`` (``BACKUP``, ``STORE``)."""
    return recovery.seal(public, data, purpose)


def ward_entry(public: bytes, data: bytes, purpose: bytes) -> dict[str, str]:
    """The same as the entry ``recovery`` of a JSON file, as ``nhi-center-verify recover FILE.json`` reads it."""
    return recovery.entry(public, data, purpose)


def load_public(folder: Path) -> bytes | None:
    """The ward's public key, None while the ward has not given one. Raises EnvironmentTrouble KY-06 when it is damaged."""
    try:
        return recovery.read_public((folder / PUBLIC_FILE).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, RecoveryFault):
        raise EnvironmentTrouble(
            "KY-06", "区の復旧鍵(公開鍵)を読めないか、壊れています。仕事はできません。区管理者へ連絡してください。"
        ) from None


def save_public(folder: Path, public: bytes) -> None:
    """Keep the ward's public key; every seal from now on is for it."""
    replace_file(folder / PUBLIC_FILE, recovery.public_file(public))


class RecoverySlot:
    """This terminal's store keys, sealed to the ward: one file, replaced whole."""

    def __init__(self, folder: Path, terminal: str) -> None:
        self._folder = folder
        self._terminal = terminal

    @property
    def file(self) -> Path:
        return self._folder / f"{self._terminal}.recovery.json"

    def is_for_the_wards_key(self) -> bool:
        """Whether the file is sealed to the key the ward has given now; True while it has given none. Raises KY-06."""
        public = load_public(self._folder)
        if public is None:
            return True
        try:
            return bool(json.loads(self.file.read_bytes())["recovery"]["ward"] == fingerprint(public))
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def save(self, store_keys: tuple[bytes, ...]) -> bool:
        """Seal the keys, newest first; False while there is no key of the ward. Raises EnvironmentTrouble KY-06."""
        public = load_public(self._folder)
        if public is None:
            return False
        data = canonical.encode({"terminal": self._terminal, "store_keys": [key.hex() for key in store_keys]})
        body = {"version": 1, "terminal": self._terminal, "recovery": recovery.entry(public, data, STORE)}
        replace_file(self.file, canonical.encode(body))
        return True
