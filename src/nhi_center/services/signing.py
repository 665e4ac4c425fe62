"""Countersigning: a second person signs what he sees, with his own ID and password. Who is signed in never changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.domain.statements import signed_bytes, statement_hash
from nhi_center.errors import OperatorError
from nhi_center.keys.accounts import Account
from nhi_center.services.gate import identify_in
from nhi_center.services.office import Office
from nhi_center.services.terminal import terminal_session

BAD_SIGNATURE = "署名が内容と合いません。もう一度署名してください。"


def sign(office: Office, person: str, password: str, kind: str, contents: Mapping[str, Any]) -> Signature:
    """Sign ``contents`` as ``person``. Takes as long as the password hash (about 0.2 s): run it in a lane.

    Raises OperatorError as the gate does, which keeps it in the log. Otherwise nothing is stored: the act that needs the
    signature keeps it.
    """
    found = identify_in(office, terminal_session(office), person, password, "sign")
    account, keys = found.account, found.keys
    signed_at = office.clock.local().isoformat(timespec="seconds")
    statement = statement_hash(kind, contents)
    value = keys.signing.sign(signed_bytes(statement, account.person, account.role.value, signed_at)).hex()
    return Signature(account.person, account.name, account.role.value, signed_at, statement, value)


def require_signature(office: Office, signature: Signature, kind: str, contents: Mapping[str, Any], *roles: Role) -> None:
    """Raise OperatorError unless ``signature`` is over exactly these contents, by a known person in one of ``roles``."""
    account = office.premises.accounts.find(signature.person)
    if account.role not in roles or account.role.value != signature.role:
        raise OperatorError("この署名は、あなたの役割ではできません。", code="wrong-role")
    if not is_over(account, signature, kind, contents):
        raise OperatorError(BAD_SIGNATURE, code="bad-signature")


def is_over(account: Account, signature: Signature, kind: str, contents: Mapping[str, Any]) -> bool:
    """Whether ``account`` made this signature over exactly these contents."""
    expected = statement_hash(kind, contents)
    payload = signed_bytes(expected, account.person, account.role.value, signature.signed_at)
    return signature.statement == expected and account.verifies(payload, signature.value)


def sign_for(office: Office, person: str, password: str, action: Action, kind: str, contents: Mapping[str, Any]) -> Signature:
    """As ``sign``, for a person whose role must permit ``action`` (an approval by a second person)."""
    account = office.premises.accounts.find(person)
    if not Session("", account.person, account.name, account.role, office.terminal).may(action):
        raise OperatorError("この承認は、その人の役割ではできません。", code="wrong-role")
    return sign(office, person, password, kind, contents)
