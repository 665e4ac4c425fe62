"""A person's account: public keys in the open, private keys sealed under his password.

One file per person. Everything that is not ciphertext is authenticated with it, so neither the cost of the password
hash nor the role can be lowered or raised by editing the file.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nhi_center.domain import canonical
from nhi_center.domain.operators import Role
from nhi_center.errors import OperatorError
from nhi_center.keys import passwords
from nhi_center.keys.files import replace_file

WRONG = "職員番号・取扱者IDかパスワードが違います。"


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the roster (従事者名簿・区職員). ``sealing`` and ``signing`` are raw public keys in hex."""

    person: str
    name: str
    role: Role
    cost: passwords.Cost
    salt: str
    nonce: str
    sealed: str
    sealing: str
    signing: str

    def verifies(self, payload: bytes, signature: str) -> bool:
        """Whether ``signature`` (hex) over ``payload`` was made by this person."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.signing)).verify(bytes.fromhex(signature), payload)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKeys:
    """What a password opens. Kept no longer than one act needs it."""

    sealing: X25519PrivateKey = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)


def enrol(person: str, name: str, role: Role, password: str, cost: passwords.Cost = passwords.STANDARD) -> Account:
    """A new account with fresh keys."""
    sealing, signing = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    open_part = Account(
        person,
        name,
        role,
        cost,
        salt.hex(),
        nonce.hex(),
        "",
        sealing.public_key().public_bytes_raw().hex(),
        signing.public_key().public_bytes_raw().hex(),
    )
    secret = sealing.private_bytes_raw() + signing.private_bytes_raw()
    sealed = AESGCM(passwords.derive(password, salt, cost)).encrypt(nonce, secret, _authenticated(open_part))
    return replace(open_part, sealed=sealed.hex())


def unlock(account: Account, password: str) -> PrivateKeys:
    """The private keys. Raises OperatorError when the password is wrong or the account file was changed."""
    key = passwords.derive(password, bytes.fromhex(account.salt), account.cost)
    try:
        secret = AESGCM(key).decrypt(bytes.fromhex(account.nonce), bytes.fromhex(account.sealed), _authenticated(account))
    except InvalidTag:
        raise OperatorError(WRONG, field="password", code="wrong-password") from None
    return PrivateKeys(X25519PrivateKey.from_private_bytes(secret[:32]), Ed25519PrivateKey.from_private_bytes(secret[32:]))


class AccountBook:
    """The accounts this terminal knows, one file each under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, account: Account) -> None:
        body = {**_fields(account), "role": account.role.value, "cost": asdict(account.cost), "version": 1}
        replace_file(self._file(account.person), canonical.encode(body))

    def find(self, person: str) -> Account:
        """The account of ``person``. Raises OperatorError with the words of a wrong password: an ID is not probed here."""
        file = self._file(person) if person.replace("-", "").isalnum() and person.isascii() else None
        if file is None or not file.exists():
            raise OperatorError(WRONG, field="password", code="wrong-password")
        return _parse(file)

    def every(self) -> tuple[Account, ...]:
        """All accounts, by person id."""
        return tuple(_parse(self._folder / name) for name in sorted(os.listdir(self._folder)) if name.endswith(".json"))

    def _file(self, person: str) -> Path:
        return self._folder / f"{person}.json"


def _parse(file: Path) -> Account:
    try:
        body = json.loads(file.read_bytes())
        body.pop("version")
        return Account(**{**body, "role": Role(body["role"]), "cost": passwords.Cost(**body["cost"])})
    except (ValueError, KeyError, TypeError):
        raise OperatorError("この人の登録が壊れています。取扱責任者へ連絡してください。", code="account-damaged") from None


def _fields(account: Account) -> dict[str, object]:
    return {name: getattr(account, name) for name in Account.__slots__}


def _authenticated(account: Account) -> bytes:
    body = {**_fields(account), "role": account.role.value, "cost": asdict(account.cost), "sealed": ""}
    return b"nhi-center account 1\n" + canonical.encode(body)
