"""Refused identifications (認証の失敗): wrong passwords are kept in the log, as the ward's inspection asks.

At sign-in the log is still sealed: these wait in a small file and come into the log with the next person who gets in. What was
typed as an ID is kept only where it is one: people type passwords into that field.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from nhi_center.domain.operators import Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.keys.account_book import AccountBook
from nhi_center.keys.files import replace_file
from nhi_center.services.office import Office, Premises
from nhi_center.services.work import log_refusal

WRONG_PASSWORD = "wrong_password"
MOST_KEPT = 200
"""Somebody at the keyboard must not fill the disk; the last of these then stands for all that followed."""


def keep_at_sign_in(premises: Premises, person: str) -> None:
    """A wrong ID or password before anybody is signed in. Never stands in the way of telling it."""
    kept = _kept(premises.settings.refused_sign_ins)[: MOST_KEPT - 1]
    kept.append({"person": _known(premises.accounts, person), "at": premises.clock.now().isoformat(timespec="seconds")})
    with suppress(OSError):
        replace_file(premises.settings.refused_sign_ins, json.dumps(kept).encode())


def take_over(office: Office, session: Session) -> None:
    """Bring what waited into the log. A crash in between repeats them rather than losing one."""
    file = office.settings.refused_sign_ins
    kept = _kept(file)
    for one in kept:
        log_refusal(office, session, WRONG_PASSWORD, subject=one["person"], asked="sign_in", tried_at=one["at"])
    if kept:
        file.unlink(missing_ok=True)


def keep(office: Office, session: Session, person: str, asked: str) -> None:
    """A wrong password while somebody is signed in: at the lock or under a signature."""
    with suppress(EnvironmentTrouble):  # the person is told of his password, whatever the disk does
        log_refusal(office, session, WRONG_PASSWORD, subject=_known(office.premises.accounts, person), asked=asked)


def _kept(file: Path) -> list[dict[str, str]]:
    try:
        return [{"person": str(one["person"]), "at": str(one["at"])} for one in json.loads(file.read_bytes())]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _known(accounts: AccountBook, person: str) -> str:
    try:
        return accounts.find(person).person
    except OperatorError:
        return ""
