"""Key slots: what opens this terminal's store, sealed to each of its people (HPKE, RFC 9180).

The seal's ``info`` carries a value derived from the terminal's own secret, so a slot copied to another machine stays shut
even for the person it was made for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from nhi_center.domain import canonical
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.files import replace_file
from nhi_center.keys.accounts import Account, PrivateKeys
from nhi_center.keys.recovery import RecoverySlot
from nhi_center.keys.terminal import TerminalKeys

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a slot holds, the same for everybody of the terminal. The repr shows none of it.

    ``store_keys``: the store's key, newest first; two only while a change of the key is unconfirmed.
    ``month_keys``: by month ("2026-11"), 32 bytes each: without it a backup of that month stays shut for ever.
    """

    store_keys: tuple[bytes, ...] = field(repr=False)
    month_keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def forget(self, months: Iterable[str]) -> None:
        """Forget these months' keys in memory too: whoever seals a slot from these contents later seals it without them."""
        if isinstance(self.month_keys, MutableMapping):
            for month in months:
                self.month_keys.pop(month, None)

    def encode(self) -> bytes:
        months = {month: key.hex() for month, key in self.month_keys.items()}
        return canonical.encode({"version": 2, "store_keys": [key.hex() for key in self.store_keys], "month_keys": months})

    @classmethod
    def decode(cls, data: bytes) -> Contents:
        """Raises ValueError when the bytes are something else."""
        try:
            body = canonical.decode(data)
            if body.keys() != {"version", "store_keys", "month_keys"} or body["version"] != 2 or not body["store_keys"]:
                raise ValueError("slot")
            months = {str(month): bytes.fromhex(key) for month, key in body["month_keys"].items()}
            return cls(tuple(bytes.fromhex(key) for key in body["store_keys"]), months)
        except (AttributeError, KeyError, TypeError):
            raise ValueError("slot") from None


class SlotBook:
    """The slots of this terminal, one file per person under ``folder``, and the ward's own (``recovery``) wherever it has a key.

    Every write raises EnvironmentTrouble KY-06 when the ward's public key is there but damaged.
    """

    def __init__(self, folder: Path, terminal: TerminalKeys, recovery: RecoverySlot | None = None) -> None:
        self._folder = folder
        self._terminal = terminal
        self._recovery = recovery

    def save(self, account: Account, contents: Contents) -> None:
        """Let ``account`` open this terminal's store."""
        if self._recovery is not None:
            self._recovery.save(contents.store_keys)
        self._seal(account, contents)

    def _seal(self, account: Account, contents: Contents) -> None:
        public = X25519PublicKey.from_public_bytes(bytes.fromhex(account.sealing))
        replace_file(self._file(account.person), _SUITE.encrypt(contents.encode(), public, self._info(account)))

    def save_for_all(self, accounts: Iterable[Account], contents: Contents) -> None:
        """Seal ``contents`` anew for everybody who has a slot here. Each file is replaced whole; a repeat is harmless."""
        if self._recovery is not None:
            self._recovery.save(contents.store_keys)
        for account in accounts:
            if self.holds(account.person):
                self._seal(account, contents)

    def ensure_recovery(self, contents: Contents) -> None:
        """The ward has given a key, or another one, since the slots were written: seal to it what ``contents`` opens."""
        if self._recovery is not None and not self._recovery.is_for_the_wards_key():
            self._recovery.save(contents.store_keys)

    def holds(self, person: str) -> bool:
        """Whether there is a slot for this person."""
        return self._file(person).exists()

    def remove(self, person: str) -> None:
        """The person cannot open this terminal's store any more."""
        self._file(person).unlink(missing_ok=True)

    def open(self, account: Account, keys: PrivateKeys) -> Contents:
        """What the slot holds. Raises OperatorError without a slot for him, EnvironmentTrouble KY-01 when it does not open."""
        file = self._file(account.person)
        if not file.exists():
            raise OperatorError("この端末には登録されていません。取扱責任者か区職員に登録を頼んでください。", code="no-slot")
        try:
            return Contents.decode(_SUITE.decrypt(file.read_bytes(), keys.sealing, self._info(account)))
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
