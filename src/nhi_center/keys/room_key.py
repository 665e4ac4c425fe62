"""The room's key (事務室の鍵): what the terminals exchange for its people alone is sealed under it. The segment never has it.

One file per generation: 32 random bytes, sealed to each person (HPKE, X25519) and signed by who made it. When somebody leaves
the next generation is made without him; what he has read before, he has read.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nhi_center.domain import canonical
from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import replace_file
from nhi_center.keys.accounts import Account, is_person_id

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation as files and the exchange carry it. ``revision`` counts the people it was shared with afterwards."""

    number: int
    revision: int
    made_by: str
    made_at: str
    sealed: Mapping[str, str]
    signature: str = ""

    def payload(self) -> bytes:
        """What ``made_by`` signs."""
        return b"nhi-center room key 1\n" + canonical.encode({**to_json(self), "signature": ""})

    def signed(self, key: Ed25519PrivateKey) -> Generation:
        return replace(self, signature=key.sign(self.payload()).hex())

    def open(self, person: str, sealing: X25519PrivateKey) -> bytes | None:
        """The key, None for who has no part in it."""
        try:
            return _SUITE.decrypt(bytes.fromhex(self.sealed[person]), sealing, _info(self.number, person))
        except (KeyError, ValueError, InvalidTag):
            return None


@dataclass(frozen=True, slots=True)
class RoomKeys:
    """The generations one person could open, by number. Forgotten with the office at sign-out; the repr shows none of it."""

    keys: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    def seal(self, data: bytes, context: bytes) -> bytes:
        """Under the newest generation, for whoever is in the room now. Raises EnvironmentTrouble KY-09 without a key."""
        if not self.keys:
            raise _none_here()
        number, nonce = max(self.keys), secrets.token_bytes(12)
        head = number.to_bytes(4, "big")
        return head + nonce + AESGCM(self.keys[number]).encrypt(nonce, data, _bound(head, context))

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """What was sealed for this ``context``. Raises EnvironmentTrouble KY-09 without its key, or when it was changed."""
        head, nonce = sealed[:4], sealed[4:16]
        try:
            return AESGCM(self.keys[int.from_bytes(head, "big")]).decrypt(nonce, sealed[16:], _bound(head, context))
        except (KeyError, ValueError, InvalidTag):
            raise _none_here() from None


class RoomKeyBook:
    """The generations this terminal knows, under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self) -> Generation | None:
        return max(self.every(), key=lambda one: one.number, default=None)

    def every(self) -> tuple[Generation, ...]:
        """Oldest first; a file that cannot be read is left out."""
        return tuple(sorted(filter(None, map(_read, self._folder.glob("*.json"))), key=lambda one: one.number))

    def make(self, people: Iterable[Account], by: str, signing: Ed25519PrivateKey, at: str) -> Generation:
        """The next generation, for exactly these people."""
        newest, key = self.newest(), secrets.token_bytes(32)
        number = newest.number + 1 if newest else 1
        sealed = {account.person: _seal(key, number, account) for account in people}
        made = Generation(number, 1, by, at, sealed).signed(signing)
        self._save(made)
        return made

    def share(
        self, account: Account, by: str, sealing: X25519PrivateKey, signing: Ed25519PrivateKey, at: str
    ) -> Generation | None:
        """The newest generation with ``account`` in it; None when ``by`` cannot open it himself."""
        newest = self.newest()
        key = newest.open(by, sealing) if newest else None
        if newest is None or key is None:
            return None
        sealed = {**newest.sealed, account.person: _seal(key, newest.number, account)}
        shared = Generation(newest.number, newest.revision + 1, by, at, sealed).signed(signing)
        self._save(shared)
        return shared

    def take(self, received: Generation) -> bool:
        """Keep a generation whose signature was verified; False when what is here is newer. Two made at once: every terminal
        keeps the same one."""
        here = _read(self._file(received.number))
        if here is not None and (here.revision, here.signature) >= (received.revision, received.signature):
            return False
        self._save(received)
        return True

    def set_aside(self, number: int) -> None:
        """The generation counts no more; its file stays, under another name, for whoever looks into it."""
        file = self._file(number)
        file.replace(file.with_name(f"{file.name}.aside"))

    def open_all(self, person: str, sealing: X25519PrivateKey) -> RoomKeys:
        """What this person may read."""
        opened = {one.number: one.open(person, sealing) for one in self.every()}
        return RoomKeys({number: key for number, key in opened.items() if key is not None})

    def _save(self, generation: Generation) -> None:
        replace_file(self._file(generation.number), canonical.encode(to_json(generation)))

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:06}.json"


def to_json(generation: Generation) -> dict[str, Any]:
    return {**asdict(generation), "sealed": dict(generation.sealed)}


def from_json(body: Mapping[str, Any]) -> Generation:
    """Raises ValueError when it is no such record; says nothing about its signature."""
    try:
        made = Generation(**body)
        numbers = (made.number, made.revision)
        texts = (made.made_by, made.made_at, made.signature, *made.sealed, *made.sealed.values())
    except (TypeError, AttributeError):
        raise ValueError("room key") from None
    if any(type(number) is not int or not 0 < number < 1_000_000 for number in numbers):
        raise ValueError("room key")
    if not all(isinstance(text, str) for text in texts) or not all(map(is_person_id, made.sealed)):
        raise ValueError("room key")
    return made


def _read(file: Path) -> Generation | None:
    try:
        return from_json(json.loads(file.read_bytes()))
    except (OSError, ValueError):
        return None


def _seal(key: bytes, number: int, account: Account) -> str:
    public = X25519PublicKey.from_public_bytes(bytes.fromhex(account.sealing))
    return _SUITE.encrypt(key, public, _info(number, account.person)).hex()


def _info(number: int, person: str) -> bytes:
    return b"nhi-center room key 1\n" + str(number).encode() + b"\n" + person.encode()


def _bound(head: bytes, context: bytes) -> bytes:
    return b"nhi-center room 1\n" + head + b"\n" + context


def _none_here() -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "KY-09", "事務室の鍵で開けません。別の端末で入り直すと届くことがあります。続くときは取扱責任者へ連絡してください。"
    )
