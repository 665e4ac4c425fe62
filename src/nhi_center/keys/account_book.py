"""The accounts this terminal knows: one file per person, and beside it who was closed, by whom (アカウントの閉鎖)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import canonical
from nhi_center.domain.operators import Role
from nhi_center.errors import OperatorError
from nhi_center.files import replace_file
from nhi_center.keys import passwords
from nhi_center.keys.accounts import WRONG, Account, from_json, is_person_id, to_json

_CLOSED = ".closed"


@dataclass(frozen=True, slots=True)
class Closure:
    """A person was shut out of the room. ``suspicion``: the stores' keys may be known to him, so they are changed."""

    person: str
    by: str
    at: str
    suspicion: bool
    signature: str = ""

    def payload(self) -> bytes:
        """What ``by`` signs."""
        return b"nhi-center closure 1\n" + canonical.encode({**asdict(self), "signature": ""})

    def signed(self, key: Ed25519PrivateKey) -> Closure:
        return Closure(self.person, self.by, self.at, self.suspicion, key.sign(self.payload()).hex())


def closure_from_json(body: Mapping[str, Any]) -> Closure:
    """Raises ValueError when it is no such record; says nothing about its signature."""
    try:
        closure = Closure(**body)
    except TypeError:
        raise ValueError("closure") from None
    texts = (closure.person, closure.by, closure.at, closure.signature)
    if not all(isinstance(text, str) for text in texts) or type(closure.suspicion) is not bool:
        raise ValueError("closure")
    if not is_person_id(closure.person):
        raise ValueError("closure")
    return closure


class AccountBook:
    """Under ``folder``. ``floor`` is the least a record's password must cost; training takes any."""

    def __init__(self, folder: Path, floor: passwords.Cost | None = None) -> None:
        self._folder = folder
        self.floor = floor

    def save(self, account: Account) -> None:
        replace_file(self._file(account.person), canonical.encode(to_json(account)))

    def find(self, person: str) -> Account:
        """The account of ``person``, closed or not. Raises OperatorError with the words of a wrong password: an ID is not
        probed here; and with code account-damaged when the file is not what the person signed, or cheaper than ``floor``."""
        file = self._file(person) if is_person_id(person) else None
        if file is None or not file.exists():
            raise OperatorError(WRONG, field="password", code="wrong-password")
        return self._parse(file)

    def knows(self, person: str) -> bool:
        return is_person_id(person) and self._file(person).exists()

    def every(self) -> tuple[Account, ...]:
        """The open accounts, by person id."""
        return tuple(account for account in self.everybody() if not self.is_closed(account.person))

    def everybody(self) -> tuple[Account, ...]:
        """All accounts, closed ones too, by person id."""
        return tuple(self._parse(self._file(name)) for name in self.names())

    def names(self) -> tuple[str, ...]:
        """Of the files that stand where accounts do, whatever is in them, sorted."""
        found = sorted(os.listdir(self._folder)) if self._folder.exists() else []
        return tuple(name.removesuffix(".json") for name in found if _is_account(name))

    def read(self, person: str) -> Account | None:
        """The record as it stands; None when there is none or it is damaged."""
        if not is_person_id(person):
            return None
        try:
            return self._parse(self._file(person))
        except (FileNotFoundError, OperatorError):
            return None

    def set_aside(self, name: str) -> None:
        """The file counts no more as an account; it stays, under another name, for whoever looks into it."""
        self._file(name).replace(self._folder / f"{name}.json.aside")

    def open_in(self, role: Role) -> tuple[Account, ...]:
        return tuple(account for account in self.every() if account.role is role)

    # -- closed --

    def close(self, closure: Closure) -> None:
        """The person's account counts no more; the record stays, for the signatures he made."""
        replace_file(self._closed_file(closure.person), canonical.encode(asdict(closure)))

    def is_closed(self, person: str) -> bool:
        return self._closed_file(person).exists()

    def closure(self, person: str) -> Closure | None:
        """Who closed the account and when. A damaged file still keeps it closed."""
        try:
            return closure_from_json(json.loads(self._closed_file(person).read_bytes()))
        except FileNotFoundError:
            return None
        except ValueError:
            return Closure(person, "", "", False)

    def _file(self, person: str) -> Path:
        return self._folder / f"{person}.json"

    def _closed_file(self, person: str) -> Path:
        return self._folder / f"{person}{_CLOSED}.json"

    def _parse(self, file: Path) -> Account:
        try:
            account = from_json(json.loads(file.read_bytes()))
            cheap = self.floor is not None and passwords.is_below(account.cost, self.floor)
            if cheap or not account.is_whole or account.person != file.stem:
                raise ValueError("account")
        except ValueError:
            raise OperatorError("この人の登録が壊れています。取扱責任者へ連絡してください。", code="account-damaged") from None
        return account


def _is_account(name: str) -> bool:
    return name.endswith(".json") and not name.startswith(".") and not name.endswith(f"{_CLOSED}.json")
