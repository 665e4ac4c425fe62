"""Signed updates of the workstation (更新): what a package is, who vouches for it, and which one a terminal may take.

The ward signs on its own PC, offline, with a key that exists nowhere else; the gateway only carries. A terminal believes the one
public key that its administrator typed, neither the gateway nor the line: who takes the gateway over cannot bring a program in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nhi_center.domain import canonical

PACKAGE = "nhi-center"
MAX_BYTES = 200_000_000
MAX_MANIFEST_BYTES = 4 * 1024
_FORM = "nhi-center update 1"
_NAME = re.compile(r"(nhi-center)_([0-9]{1,4}(?:\.[0-9]{1,4}){1,3}\+deb[0-9]{1,3})_(amd64|arm64)\.deb")
_VERSION = re.compile(r"([0-9.]+)\+(deb[0-9]+)")


class UpdateFault(ValueError):
    """A package or its signature that is not to be believed; its text is a sentence for the ward administrator."""


@dataclass(frozen=True, slots=True)
class Update:
    """One package. ``version`` as Debian has it (``0.2.0+deb12``); ``signed_on`` an ISO day; ``size`` in bytes."""

    package: str
    version: str
    architecture: str
    size: int
    sha256: str
    signed_on: str

    @property
    def file(self) -> str:
        return f"{self.package}_{self.version}_{self.architecture}.deb"


@dataclass(frozen=True, slots=True)
class Signed:
    """An update and the ward's signature over exactly it."""

    update: Update
    signature: bytes

    def check(self, public: bytes) -> Update:
        """The update, once the signature was found to be this key's. Raises UpdateFault."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.signature, _signed_bytes(self.update))
        except (InvalidSignature, ValueError):
            raise UpdateFault("更新の署名が、この端末に登録された鍵のものではありません。入れません。") from None
        return self.update


def named(file: str, data: bytes, signed_on: str) -> Update:
    """The update that is in the file of this name. Raises UpdateFault for another name or too much of it."""
    found = _NAME.fullmatch(file)
    if found is None:
        raise UpdateFault("ファイルの名前が nhi-center_0.2.0+deb12_amd64.deb の形ではありません。名前を変えずに渡してください。")
    if not 0 < len(data) <= MAX_BYTES:
        raise UpdateFault("更新の大きさが正しくありません。")
    return Update(found[1], found[2], found[3], len(data), hashlib.sha256(data).hexdigest(), signed_on)


def sign(update: Update, key: Ed25519PrivateKey) -> Signed:
    return Signed(update, key.sign(_signed_bytes(update)))


def manifest(signed: Signed) -> bytes:
    """The file beside the package: no secret."""
    return canonical.encode({"form": _FORM, **asdict(signed.update), "signature": signed.signature.hex()})


def read_manifest(data: bytes) -> Signed:
    """What ``manifest`` wrote; the signature is not looked at. Raises UpdateFault."""
    try:
        if len(data) > MAX_MANIFEST_BYTES:
            raise ValueError("size")
        body = json.loads(data)
        if body.pop("form") != _FORM:
            raise ValueError("form")
        signature = bytes.fromhex(body.pop("signature"))
        update = Update(**body)
        fits = (
            _NAME.fullmatch(update.file)
            and type(update.size) is int
            and 0 < update.size <= MAX_BYTES
            and re.fullmatch(r"[0-9a-f]{64}", update.sha256)
            and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", update.signed_on)
            and len(signature) == 64
        )
        if not fits:
            raise ValueError("entries")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UpdateFault("更新の署名のファイルではないか、壊れています。") from None
    return Signed(update, signature)


def is_newer(version: str, installed: str) -> bool:
    """Whether ``version`` is for the same Debian and later: an update never leads back, and never to another system."""
    one, other = _VERSION.fullmatch(version), _VERSION.fullmatch(installed)
    if one is None or other is None or one[2] != other[2]:
        return False
    return _numbers(one[1]) > _numbers(other[1])


def newest(updates: Sequence[Update], installed: str, architecture: str) -> Update | None:
    """The latest of those this machine may take; None when there is none."""
    fitting = [one for one in updates if one.architecture == architecture and is_newer(one.version, installed)]
    return max(fitting, key=lambda one: _numbers(one.version.partition("+")[0]), default=None)


def _numbers(version: str) -> tuple[int, ...]:
    """0.2 and 0.2.0 are the same."""
    numbers = [int(part or 0) for part in version.split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))


def _signed_bytes(update: Update) -> bytes:
    return canonical.encode({"form": _FORM, **asdict(update)})
