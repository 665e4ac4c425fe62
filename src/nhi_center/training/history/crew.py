"""Who works in a history: the training room's people, each with the keys a password opens, unlocked once for the whole run.

Signing in checks a password for 0.2 seconds on purpose; a year has thousands of signatures. Nothing else is left out: sessions,
signatures and acts are those of the services, and every signature is over what its act asks for.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from nhi_center.domain.operators import Action, Session, Signature
from nhi_center.domain.statements import signed_bytes, statement_hash
from nhi_center.keys.accounts import Account, PrivateKeys, unlock
from nhi_center.services import working_hours
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.training.room import DEMO_PEOPLE

ICHIRO, HANAKO, TOKO, WARD, ADMIN = "k-ichiro", "k-hanako", "s-toko", "40127", "40100"
CONTRACTORS = (ICHIRO, HANAKO, TOKO)
LOCKERS = {ICHIRO: "12", HANAKO: "11", TOKO: "13"}
PASSWORDS = {demo.person: demo.password for demo in DEMO_PEOPLE}


class Crew:
    """The people over one open store."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._known: dict[str, tuple[Account, PrivateKeys]] = {}
        for person, password in PASSWORDS.items():
            account = office.premises.accounts.find(person)
            self._known[person] = (account, unlock(account, password))
        self._sessions: dict[str, Session] = {}

    def session(self, person: str) -> Session:
        """His sign-in of today, which is an act of the log as any other."""
        if person not in self._sessions:
            account, _keys = self._known[person]
            made = Session(str(uuid.uuid4()), account.person, account.name, account.role, self.office.terminal)
            with begin(self.office, made, Action.SIGN_IN, subject=made.id):
                pass
            self._sessions[person] = made
        return self._sessions[person]

    def sign_out_all(self) -> None:
        for made in self._sessions.values():
            with begin(self.office, made, Action.SIGN_OUT, subject=made.id) as unit:
                working_hours.book(self.office, unit, Action.SIGN_OUT)
        self._sessions.clear()

    def sign(self, person: str, kind: str, contents: Mapping[str, Any]) -> Signature:
        """As ``services.signing.sign``, without the password."""
        account, keys = self._known[person]
        at = self.office.clock.local().isoformat(timespec="seconds")
        statement = statement_hash(kind, contents)
        value = keys.signing.sign(signed_bytes(statement, account.person, account.role.value, at)).hex()
        return Signature(account.person, account.name, account.role.value, at, statement, value)
