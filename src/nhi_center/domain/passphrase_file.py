"""A private key in a file that the ward locks away: Argon2id and AES-256-GCM of its passphrase; the cost is authenticated."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nhi_center.domain import canonical, password_hash
from nhi_center.domain.password_hash import Cost

_NAMES = {"form", "cost", "salt", "nonce", "fingerprint", "sealed"}


class NotTheForm(ValueError):
    """Another kind of file, or none of ours."""


class WrongPassphrase(ValueError):
    """Another passphrase, or a file that somebody has changed: the two cannot be told apart."""


def write(form: str, secret: bytes, fingerprint: str, passphrase: str, cost: Cost = password_hash.STANDARD) -> bytes:
    """``fingerprint`` stands in the open: which key it is can be told without the passphrase."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    told = {"form": form, "cost": asdict(cost), "salt": salt.hex(), "nonce": nonce.hex(), "fingerprint": fingerprint}
    key = password_hash.derive(passphrase, salt, cost)
    sealed = AESGCM(key).encrypt(nonce, secret, canonical.encode(told))
    return canonical.encode({**told, "sealed": sealed.hex()})


def read(form: str, file: bytes, passphrase: str) -> bytes:
    """The secret. Raises NotTheForm, WrongPassphrase, or ValueError for a damaged file."""
    told = body(form, file, _NAMES)
    try:
        sealed, salt, nonce = (bytes.fromhex(told[name]) for name in ("sealed", "salt", "nonce"))
        key = password_hash.derive(passphrase, salt, Cost(**told["cost"]))
        open_part = canonical.encode({name: value for name, value in told.items() if name != "sealed"})
        return AESGCM(key).decrypt(nonce, sealed, open_part)
    except InvalidTag:
        raise WrongPassphrase(form) from None
    except TypeError:
        raise ValueError("damaged") from None


def body(form: str, file: bytes, names: set[str]) -> dict[str, Any]:
    """The entries of a file of this form with just these names. Raises NotTheForm."""
    try:
        told = json.loads(file)
        if told.keys() != names or told["form"] != form:
            raise NotTheForm(form)
    except (ValueError, KeyError, AttributeError, RecursionError):
        raise NotTheForm(form) from None
    return dict(told)
