"""Key slots: the store key sealed to each person of this terminal (HPKE, RFC 9180).

The seal's ``info`` carries a value derived from the terminal's own secret, so a slot copied to another machine stays shut
even for the person it was made for.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.keys.accounts import Account, PrivateKeys
from nhi_center.keys.files import replace_file
from nhi_center.keys.terminal import TerminalKeys

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class SlotBook:
    """The slots of this terminal, one file per person under ``folder``."""

    def __init__(self, folder: Path, terminal: TerminalKeys) -> None:
        self._folder = folder
        self._terminal = terminal

    def save(self, account: Account, store_key: bytes) -> None:
        """Let ``account`` open this terminal's store."""
        public = X25519PublicKey.from_public_bytes(bytes.fromhex(account.sealing))
        replace_file(self._file(account.person), _SUITE.encrypt(store_key, public, self._info(account)))

    def open(self, account: Account, keys: PrivateKeys) -> bytes:
        """The store key. Raises OperatorError without a slot for the person, EnvironmentTrouble KY-01 when it does not open."""
        file = self._file(account.person)
        if not file.exists():
            raise OperatorError("この端末には登録されていません。取扱責任者か区職員に登録を頼んでください。", code="no-slot")
        try:
            return _SUITE.decrypt(file.read_bytes(), keys.sealing, self._info(account))
        except (InvalidTag, ValueError):
            raise EnvironmentTrouble(
                "KY-01",
                "この端末の鍵と合いません。別の端末から写されたか、鍵のファイルが壊れています。取扱責任者へ連絡してください。",
            ) from None

    def _info(self, account: Account) -> bytes:
        bound = HKDF(hashes.SHA256(), 32, salt=None, info=b"nhi-center slot 1").derive(self._terminal.secret)
        return b"nhi-center slot 1\n" + self._terminal.terminal.encode() + b"\n" + account.person.encode() + b"\n" + bound

    def _file(self, person: str) -> Path:
        return self._folder / f"{person}.slot"
