"""A person's account: public keys in the open, private keys sealed under his password.

One record per person, which every terminal of the room keeps (``keys.account_book``). Everything in it that is not
ciphertext is authenticated with it, so nobody without the password can change the cost of its hash or the role. The whole is
signed by the person himself, and his first record by who opened the account: another terminal needs no more to tell a change
of password from a forgery. That the person himself does not change his role is for the store to see (services.known_people).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nhi_center.domain import canonical
from nhi_center.domain.operators import Role
from nhi_center.domain.trust import signed_by
from nhi_center.errors import OperatorError
from nhi_center.keys import passwords

VERSION = 2
WRONG = "職員番号・取扱者IDかパスワードが違います。"


@dataclass(frozen=True, slots=True)
class Registration:
    """Who opened the account, when (UTC, ISO), and his Ed25519 signature over person, name, role and public keys."""

    by: str
    at: str
    signature: str


@dataclass(frozen=True, slots=True)
class Former:
    """A password he had before, as something only that password gives (kept only where the ward refuses former ones)."""

    cost: passwords.Cost
    salt: str
    check: str


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the roster (従事者名簿・区職員). ``sealing`` and ``signing`` are raw public keys in hex.

    ``revision`` counts his password changes, ``signature`` is his own over all the rest.
    """

    person: str
    name: str
    role: Role
    cost: passwords.Cost
    salt: str
    nonce: str
    sealed: str
    sealing: str
    signing: str
    revision: int
    changed_at: str
    registered: Registration
    former: tuple[Former, ...] = ()
    signature: str = ""

    def verifies(self, payload: bytes, signature: str) -> bool:
        """Whether ``signature`` (hex) over ``payload`` was made by this person."""
        return signed_by(self.signing, payload, signature)

    @property
    def is_whole(self) -> bool:
        """Whether the record is as its person signed it."""
        return self.verifies(_self_signed(self), self.signature)

    def was_registered_by(self, registrar: Account) -> bool:
        """Whether ``registrar`` opened exactly this account: this person, name, role and these keys."""
        registered = self.registered
        return registered.by == registrar.person and registrar.verifies(_registration(self), registered.signature)

    def was_opened_by(self, registrar: Account) -> bool:
        """The same, and whether he may: only the ward opens accounts, and only an administrator those of administrators."""
        may = registrar.role is Role.WARD_ADMIN or (registrar.role is Role.WARD_STAFF and self.role is not Role.WARD_ADMIN)
        return may and self.role is not Role.TERMINAL and self.was_registered_by(registrar)


@dataclass(frozen=True, slots=True)
class PrivateKeys:
    """What a password opens. Kept no longer than one act needs it."""

    sealing: X25519PrivateKey = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who opens accounts for others, with the key he signs that with."""

    person: str
    signing: Ed25519PrivateKey = field(repr=False)


def enrol(
    person: str,
    name: str,
    role: Role,
    password: str,
    cost: passwords.Cost = passwords.STANDARD,
    *,
    at: str = "",
    registrar: Registrar | None = None,
) -> Account:
    """A new account with fresh keys, opened by ``registrar``; the first of a room, or after a recovery, by the person himself."""
    keys = PrivateKeys(X25519PrivateKey.generate(), Ed25519PrivateKey.generate())
    by = registrar or Registrar(person, keys.signing)
    account = Account(
        person=person,
        name=name,
        role=role,
        cost=cost,
        salt="",
        nonce="",
        sealed="",
        sealing=keys.sealing.public_key().public_bytes_raw().hex(),
        signing=keys.signing.public_key().public_bytes_raw().hex(),
        revision=1,
        changed_at=at,
        registered=Registration(by.person, at, ""),
    )
    signature = by.signing.sign(_registration(account)).hex()
    account = replace(account, registered=Registration(by.person, at, signature))
    return _sealed(account, keys, password, cost)


def unlock(account: Account, password: str) -> PrivateKeys:
    """The private keys. Raises OperatorError when the password is wrong or the account file was changed.

    Only the gate (services.gate) calls this for a person at the keyboard: it counts what is refused.
    """
    try:
        key = passwords.derive(password, bytes.fromhex(account.salt), account.cost)
        secret = AESGCM(key).decrypt(bytes.fromhex(account.nonce), bytes.fromhex(account.sealed), _authenticated(account))
    except (InvalidTag, ValueError):
        raise OperatorError(WRONG, field="password", code="wrong-password") from None
    return PrivateKeys(X25519PrivateKey.from_private_bytes(secret[:32]), Ed25519PrivateKey.from_private_bytes(secret[32:]))


def with_password(
    account: Account, keys: PrivateKeys, old: str, new: str, cost: passwords.Cost, *, at: str, keep: int = 0
) -> Account:
    """The next revision, under a new password: the same keys, sealed and signed anew. ``keep``: former passwords remembered."""
    former = (_former(old, account.cost), *account.former)[:keep] if keep else ()
    return _sealed(replace(account, revision=account.revision + 1, changed_at=at, former=former), keys, new, cost)


def was_used_before(account: Account, password: str) -> bool:
    """Whether this is one of the remembered former passwords. One password hash for each."""
    return any(
        secrets.compare_digest(passwords.derive(password, bytes.fromhex(one.salt), one.cost).hex(), one.check)
        for one in account.former
    )


def to_json(account: Account) -> dict[str, Any]:
    """The record as files and the exchange carry it."""
    return {**asdict(account), "role": account.role.value, "version": VERSION, "former": [asdict(one) for one in account.former]}


def from_json(body: Mapping[str, Any]) -> Account:
    """Raises ValueError when it is no such record; says nothing about its signatures."""
    try:
        known = dict(body)
        if known.pop("version") != VERSION or known.keys() != {one.name for one in fields(Account)}:
            raise ValueError("account")
        account = Account(
            **{
                **known,
                "role": Role(known["role"]),
                "cost": _cost(known["cost"]),
                "registered": Registration(**known["registered"]),
                "former": tuple(Former(_cost(one["cost"]), one["salt"], one["check"]) for one in known["former"]),
            }
        )
        texts = (account.person, account.name, account.salt, account.nonce, account.sealed, account.sealing, account.signing)
        if not all(isinstance(text, str) for text in (*texts, account.changed_at, account.signature)):
            raise ValueError("account")
        if type(account.revision) is not int or not is_person_id(account.person):
            raise ValueError("account")
    except (KeyError, TypeError, AttributeError):
        raise ValueError("account") from None
    return account


def same_identity(one: Account, other: Account) -> bool:
    """Whether two records tell of one person: all but what a change of password may change."""
    return all(
        getattr(one, name) == getattr(other, name) for name in ("person", "name", "role", "sealing", "signing", "registered")
    )


def is_person_id(text: str) -> bool:
    """Whether this can be an ID: it becomes a file's name."""
    return 0 < len(text) <= 40 and text.isascii() and text.replace("-", "").isalnum()


def _cost(body: Mapping[str, Any]) -> passwords.Cost:
    cost = passwords.Cost(**body)
    most = asdict(passwords.MOST)
    if not all(type(value) is int and 0 < value <= most[name] for name, value in asdict(cost).items()):
        raise ValueError("cost")
    return cost


def _sealed(account: Account, keys: PrivateKeys, password: str, cost: passwords.Cost) -> Account:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    account = replace(account, cost=cost, salt=salt.hex(), nonce=nonce.hex(), sealed="", signature="")
    secret = keys.sealing.private_bytes_raw() + keys.signing.private_bytes_raw()
    sealed = AESGCM(passwords.derive(password, salt, cost)).encrypt(nonce, secret, _authenticated(account))
    account = replace(account, sealed=sealed.hex())
    return replace(account, signature=keys.signing.sign(_self_signed(account)).hex())


def _former(password: str, cost: passwords.Cost) -> Former:
    salt = secrets.token_bytes(16)
    return Former(cost, salt.hex(), passwords.derive(password, salt, cost).hex())


def _registration(account: Account) -> bytes:
    named = {name: getattr(account, name) for name in ("person", "name", "sealing", "signing")}
    body = {**named, "role": account.role.value, "by": account.registered.by, "at": account.registered.at}
    return b"nhi-center registration 1\n" + canonical.encode(body)


def _authenticated(account: Account) -> bytes:
    return b"nhi-center account 2\n" + canonical.encode({**to_json(account), "sealed": "", "signature": ""})


def _self_signed(account: Account) -> bytes:
    return b"nhi-center account record 2\n" + canonical.encode({**to_json(account), "signature": ""})
