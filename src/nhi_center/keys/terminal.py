"""The terminal's own secret and signing key (端末登録).

Training keeps them in a file that says so. A real terminal keeps them in the operating system's keyring (keys.places).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys.places import Place, SecretService, TrainingFile


@dataclass(frozen=True, slots=True)
class TerminalKeys:
    """``secret`` (32 bytes) binds the slots to this machine; ``signing`` signs the heads of its log; ``passphrase`` opens the
    TLS key's file; ``place`` is where they are kept."""

    terminal: str
    secret: bytes = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)
    passphrase: str = field(repr=False)
    place: Place = field(repr=False, compare=False)

    def sign(self, payload: bytes) -> str:
        """Ed25519 signature as lower-case hex."""
        return self.signing.sign(payload).hex()

    @property
    def public(self) -> str:
        return self.signing.public_key().public_bytes_raw().hex()


def create(place: Place, terminal: str) -> TerminalKeys:
    """Make a terminal's keys and keep them. Raises FileExistsError when it has some already, EnvironmentTrouble KY-*."""
    if place.read(_name(terminal)) is not None:
        raise FileExistsError(terminal)
    keys = TerminalKeys(terminal, secrets.token_bytes(32), Ed25519PrivateKey.generate(), secrets.token_hex(32), place)
    body = {
        "secret": keys.secret.hex(),
        "signing": keys.signing.private_bytes_raw().hex(),
        "passphrase": keys.passphrase,
    }
    place.write(_name(terminal), json.dumps(body))
    return keys


def load(place: Place, terminal: str) -> TerminalKeys:
    """Raises EnvironmentTrouble KY-02 when this terminal is not registered here or its keys are damaged, KY-05, KY-07, KY-08."""
    kept = place.read(_name(terminal))
    try:
        body = json.loads(kept or "")
        signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(body["signing"]))
        return TerminalKeys(terminal, bytes.fromhex(body["secret"]), signing, str(body["passphrase"]), place)
    except (ValueError, KeyError, TypeError):
        raise EnvironmentTrouble("KY-02", "端末の登録が見つからないか壊れています。取扱責任者へ連絡してください。") from None


def place_of(training: bool, training_file: Path) -> Place:
    """Where a terminal's secrets lie: only training may have them in a file."""
    return TrainingFile(training_file) if training else SecretService()


def create_for_training(path: Path, terminal: str) -> TerminalKeys:
    """Make a training terminal's keys. Raises FileExistsError when there are some already."""
    return create(TrainingFile(path), terminal)


def load_for_training(path: Path, terminal: str = "T04") -> TerminalKeys:
    """Raises as ``load``."""
    return load(TrainingFile(path), terminal)


def _name(terminal: str) -> str:
    return f"{terminal}/keys"
