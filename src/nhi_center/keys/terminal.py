"""The terminal's own secret and signing key (端末登録).

Training keeps them in a file that says so. A real terminal keeps them in the operating system's keyring.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys.files import replace_file

_TRAINING_MARK = "研修用: この端末の秘密は守られていません"


@dataclass(frozen=True, slots=True)
class TerminalKeys:
    """``secret`` (32 bytes) binds the slots to this machine; ``signing`` signs the heads of its log."""

    terminal: str
    secret: bytes = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)

    def sign(self, payload: bytes) -> str:
        """Ed25519 signature as lower-case hex."""
        return self.signing.sign(payload).hex()

    @property
    def public(self) -> str:
        return self.signing.public_key().public_bytes_raw().hex()


def create_for_training(path: Path, terminal: str) -> TerminalKeys:
    """Make a training terminal's keys. Raises FileExistsError when there are some already."""
    if path.exists():
        raise FileExistsError(path.name)
    keys = TerminalKeys(terminal, secrets.token_bytes(32), Ed25519PrivateKey.generate())
    body = {
        "mark": _TRAINING_MARK,
        "terminal": terminal,
        "secret": keys.secret.hex(),
        "signing": keys.signing.private_bytes_raw().hex(),
    }
    replace_file(path, json.dumps(body, ensure_ascii=False).encode())
    return keys


def load_for_training(path: Path) -> TerminalKeys:
    """Raises EnvironmentTrouble KY-02 when the file is missing, damaged, or not a training terminal's."""
    try:
        body = json.loads(path.read_bytes())
        if body["mark"] != _TRAINING_MARK:
            raise ValueError
        signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(body["signing"]))
        return TerminalKeys(str(body["terminal"]), bytes.fromhex(body["secret"]), signing)
    except (OSError, ValueError, KeyError, TypeError):
        raise EnvironmentTrouble("KY-02", "端末の登録が見つからないか壊れています。取扱責任者へ連絡してください。") from None
