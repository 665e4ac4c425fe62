"""Where the passphrase of the gateway's private keys comes from: never from an argument, a variable or gateway.toml.

A service has no desktop and so no keyring: systemd decrypts a credential (LoadCredentialEncrypted) into a folder that only the
service sees and that lies in memory. A person at a terminal types it. Training has a file that says so, as its terminals have.
"""

from __future__ import annotations

import getpass
import os
import secrets
import sys
from pathlib import Path

from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.files import replace_file

CREDENTIAL = "passphrase"
TRAINING_FILE = "training-passphrase"
SHORTEST = 15
_typed: dict[Path, bytes] = {}


def of(folder: Path) -> bytes:
    """The passphrase of a gateway's keys. Raises EnvironmentTrouble GW-11 when nobody gives one."""
    given = _given(folder) or _typed.get(folder)
    if given is None:
        given = _typed[folder] = _asked("サーバの鍵の合言葉: ")
    return given


def first(folder: Path) -> bytes:
    """The passphrase of keys that are about to be made: given as above, or typed twice.

    Raises EnvironmentTrouble GW-11, OperatorError at ``passphrase`` when it is too short or not the same.
    """
    given = _given(folder) or _typed.get(folder)
    if given is None:
        given = _typed[folder] = typed_twice()
    return _long_enough(given)


def typed_twice() -> bytes:
    """A new passphrase from the terminal. Raises EnvironmentTrouble GW-11, OperatorError at ``passphrase``."""
    typed = _long_enough(_asked("新しい合言葉: "))
    if _asked("もう一度: ") != typed:
        raise OperatorError("合言葉が一致しません。もう一度実行してください。", field="passphrase")
    return typed


def make_for_training(folder: Path) -> None:
    """A passphrase in a file beside the keys: nothing of training is secret. One that is there stays."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / TRAINING_FILE).exists():
        replace_file(folder / TRAINING_FILE, secrets.token_hex(16).encode())


def _given(folder: Path) -> bytes | None:
    for file in (Path(os.environ.get("CREDENTIALS_DIRECTORY", os.devnull)) / CREDENTIAL, folder / TRAINING_FILE):
        try:
            return file.read_bytes().rstrip(b"\n")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            raise EnvironmentTrouble("GW-11", "サーバの鍵の合言葉を読めません。資格情報の権限を確かめてください。") from None
    return None


def _asked(words: str) -> bytes:
    if not sys.stdin.isatty():
        raise EnvironmentTrouble(
            "GW-11", "サーバの鍵の合言葉がありません。systemd の資格情報(passphrase)を用意するか、画面から実行してください。"
        )
    return getpass.getpass(words).encode()


def _long_enough(passphrase: bytes) -> bytes:
    if len(passphrase) < SHORTEST:
        raise OperatorError(f"合言葉は{SHORTEST}文字以上にしてください。", field="passphrase")
    return passphrase
