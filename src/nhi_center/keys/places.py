"""Where a terminal keeps its own secrets: the operating system's keyring, or, in training, a file that says so.

The keyring's backend is built here, by its class. Were the choice left to the keyring library, a backend that writes plain
text, or none at all, would be taken without a word where no better one answers.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import replace_file

SERVICE = "nhi-center"
LIMIT_S = 5.0
_TRAINING_MARK = "研修用: この端末の秘密は守られていません"
_INSTALL = "gnome-keyring(Secret Service)を入れ、その利用者でデスクトップに入り直してください"

T = TypeVar("T")


class Place(Protocol):
    """Holds small secrets by name. Every method raises EnvironmentTrouble KY-* when the place cannot be used."""

    def read(self, name: str) -> str | None: ...
    def write(self, name: str, value: str) -> None: ...


class TrainingFile:
    """A file marked as training's. Raises KY-02 when it is there but damaged, or not a training terminal's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str) -> str | None:
        return self._entries().get(name)

    def write(self, name: str, value: str) -> None:
        entries = {**self._entries(), name: value}
        replace_file(self._path, json.dumps({"mark": _TRAINING_MARK, **entries}, ensure_ascii=False).encode())

    def _entries(self) -> dict[str, str]:
        try:
            body = json.loads(self._path.read_bytes())
            if body.pop("mark") != _TRAINING_MARK:
                raise ValueError("mark")
            return {str(name): str(value) for name, value in body.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise EnvironmentTrouble("KY-02", "端末の登録が見つからないか壊れています。取扱責任者へ連絡してください。") from None


class SecretService:
    """The desktop session's Secret Service (GNOME Keyring, KWallet). Every call ends within ``LIMIT_S``.

    Raises EnvironmentTrouble: KY-05 there is none (says what to install), KY-07 it is locked, KY-08 it does not answer.
    """

    def read(self, name: str) -> str | None:
        found: str | None = _in_time(lambda: _backend().get_password(SERVICE, name))
        return found

    def write(self, name: str, value: str) -> None:
        _in_time(lambda: _backend().set_password(SERVICE, name, value))


def require_secure(backend: type[Any]) -> None:
    """Raise EnvironmentTrouble KY-05 unless this very class keeps secrets safely here: no subclass, no other, no chain."""
    from keyring.backends.SecretService import Keyring

    if backend is not Keyring:
        raise _nowhere("安全でない鍵の置き場所は使えません")
    try:
        usable = bool(backend.priority)
    except Exception:
        usable = False
    if not usable:
        raise _nowhere("鍵の置き場所(Secret Service)が見つかりません")


def _backend() -> Any:
    """The backend over an unlocked collection: nothing here may wait for a prompt nobody sees."""
    from keyring.backends.SecretService import Keyring

    require_secure(Keyring)
    _require_unlocked()
    backend: Any = Keyring
    return backend()


def _require_unlocked() -> None:
    import secretstorage

    try:
        connection = secretstorage.dbus_init()
    except Exception:
        raise _nowhere("鍵の置き場所(Secret Service)が見つかりません") from None
    try:
        try:
            collection = secretstorage.collection.get_collection_by_alias(connection, "default")
            locked = collection.is_locked()
        except secretstorage.exceptions.ItemNotFoundException:
            raise _nowhere("鍵の置き場所がまだ作られていません") from None
        if locked:
            raise EnvironmentTrouble(
                "KY-07", "鍵の置き場所(キーリング)がロックされています。この端末の利用者でデスクトップに入り直してください。"
            )
    finally:
        connection.close()


def _in_time(call: Callable[[], T]) -> T:
    """The result of ``call``, or its exception, or KY-08: a daemon that waits for a prompt must not stop the window."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(LIMIT_S)
    if results:
        return results[0]
    if not failures:
        raise EnvironmentTrouble(
            "KY-08", "鍵の置き場所(キーリング)が答えません。端末を再起動し、続くときは区に連絡してください。"
        )
    if isinstance(failures[0], EnvironmentTrouble):
        raise failures[0]
    # What the library says may name the item; that it failed is all that anybody needs.
    raise EnvironmentTrouble("KY-08", "鍵の置き場所(キーリング)を読み書きできません。端末を再起動してください。") from None


def _nowhere(what: str) -> EnvironmentTrouble:
    return EnvironmentTrouble("KY-05", f"{what}。{_INSTALL}。それまでこの端末は開けません。")
