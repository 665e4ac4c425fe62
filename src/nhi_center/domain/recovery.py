"""The ward's recovery key (復旧鍵): what is sealed to it stays shut for years, and only the ward opens it, offline.

HPKE (RFC 9180) with the hybrid KEM of ML-KEM-768 and X25519: whoever keeps today's files until he has a quantum computer
must still break both. What a seal is for (``purpose``) is part of it: a backup's part never passes for a store's key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from nhi_center.domain import canonical, passphrase_file, password_hash
from nhi_center.domain.passphrase_file import NotTheForm, WrongPassphrase
from nhi_center.domain.password_hash import Cost

STORE = b"store"
"""Purpose: a terminal's store keys."""
BACKUP = b"backup"
"""Purpose: the random part of a backup's key."""

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_SEED = 64
_KEM_PUBLIC = 1184
_PUBLIC_FORM, _PRIVATE_FORM = "nhi-center recovery public key 1", "nhi-center recovery private key 1"


class RecoveryFault(ValueError):
    """A recovery file that does not open; its text is a sentence for the ward."""


def new_private() -> bytes:
    """A fresh private key: the seed of ML-KEM-768, then X25519, raw (96 bytes)."""
    return MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw()


def public_of(private: bytes) -> bytes:
    """The public key that belongs to it, raw (1216 bytes)."""
    kem, curve = _halves(private)
    return kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


def seal(public: bytes, data: bytes, purpose: bytes) -> bytes:
    """Seal ``data`` so that only the ward opens it, and only as ``purpose``. Raises RecoveryFault when the key is none."""
    try:
        kem = MLKEM768PublicKey.from_public_bytes(public[:_KEM_PUBLIC])
        curve = X25519PublicKey.from_public_bytes(public[_KEM_PUBLIC:])
    except ValueError:
        raise RecoveryFault("区の復旧鍵(公開鍵)が壊れています。") from None
    return _SUITE.encrypt(data, hpke.MLKEM768X25519PublicKey(kem, curve), _info(purpose))


def unseal(private: bytes, sealed: bytes, purpose: bytes) -> bytes:
    """What was sealed. Raises RecoveryFault for another key, another purpose, or a changed file."""
    try:
        return _SUITE.decrypt(sealed, hpke.MLKEM768X25519PrivateKey(*_halves(private)), _info(purpose))
    except (InvalidTag, ValueError):
        raise RecoveryFault("この復旧鍵では開けません。別の鍵で封じられたか、ファイルが変わっています。") from None


def fingerprint(public: bytes) -> str:
    """Ten groups of four digits a person compares on paper: the first 160 bits of SHA-256."""
    digits = hashlib.sha256(public).hexdigest()[:40].upper()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def entry(public: bytes, data: bytes, purpose: bytes) -> dict[str, str]:
    """``seal`` as an entry of a JSON file, under the name ``recovery``: purpose, the key's fingerprint, and the seal in hex."""
    return {"purpose": purpose.decode(), "ward": fingerprint(public), "sealed": seal(public, data, purpose).hex()}


def open_entry(private: bytes, body: Mapping[str, Any], purpose: bytes) -> bytes:
    """What an ``entry`` holds. Raises RecoveryFault as ``unseal``; a seal for another key is told by its fingerprint."""
    try:
        ward, sealed, said = str(body["ward"]), bytes.fromhex(body["sealed"]), body["purpose"]
    except (KeyError, TypeError, ValueError):
        raise RecoveryFault("復旧のための部分がないか、壊れています。") from None
    if said != purpose.decode():
        raise RecoveryFault("別の目的のために封じられています。")
    if ward != fingerprint(public_of(private)):
        raise RecoveryFault(f"別の復旧鍵で封じられています。鍵の指紋は {ward} です。")
    return unseal(private, sealed, purpose)


# -- the two files --


def public_file(public: bytes) -> bytes:
    """The file terminals keep: no secret."""
    return canonical.encode({"form": _PUBLIC_FORM, "public": public.hex(), "fingerprint": fingerprint(public)})


def read_public(file: bytes) -> bytes:
    """The key in a ``public_file``. Raises RecoveryFault when it is none, or its fingerprint is another's."""
    try:
        body = passphrase_file.body(_PUBLIC_FORM, file, {"form", "public", "fingerprint"})
    except NotTheForm:
        raise RecoveryFault("復旧鍵のファイルではありません。") from None
    try:
        public = bytes.fromhex(body["public"])
        seal(public, b"", b"check")
    except (TypeError, ValueError):
        raise RecoveryFault("区の復旧鍵(公開鍵)が壊れています。") from None
    if fingerprint(public) != body["fingerprint"]:
        raise RecoveryFault("区の復旧鍵(公開鍵)の指紋が合いません。")
    return public


def private_file(private: bytes, passphrase: str, cost: Cost = password_hash.STANDARD) -> bytes:
    """The file the ward locks away (``domain.passphrase_file``)."""
    return passphrase_file.write(_PRIVATE_FORM, private, fingerprint(public_of(private)), passphrase, cost)


def open_private(file: bytes, passphrase: str) -> bytes:
    """The private key. Raises RecoveryFault when the passphrase is wrong or the file is not one of ``private_file``."""
    try:
        return passphrase_file.read(_PRIVATE_FORM, file, passphrase)
    except NotTheForm:
        raise RecoveryFault("復旧鍵のファイルではありません。") from None
    except WrongPassphrase:
        raise RecoveryFault("合い言葉が違うか、復旧鍵のファイルが変わっています。") from None
    except ValueError:
        raise RecoveryFault("復旧鍵のファイルが壊れています。") from None


def _halves(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    return MLKEM768PrivateKey.from_seed_bytes(private[:_SEED]), X25519PrivateKey.from_private_bytes(private[_SEED:])


def _info(purpose: bytes) -> bytes:
    return b"nhi-center recovery 1\n" + purpose
