"""契約: entered by 取扱責任者 and 区管理者 together, told to every terminal of the room; outside it no 取扱者 signs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from nhi_center.domain import contract as rules
from nhi_center.domain.contract import SIGNERS, STATEMENT, Contract, KeptContract
from nhi_center.domain.operators import Action, Role, Session, Signature, signatures_from_json
from nhi_center.errors import OperatorError
from nhi_center.keys.accounts import Account
from nhi_center.services import known_people, ward_settings
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.signing import is_over, require_signature, sign
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import contract as storage
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class ContractLine:
    """One entry with whether it is the one in force, and the names of who signed it."""

    kept: KeptContract
    state: str
    signed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contracts:
    """The whole record, newest entry first. ``company``: as the ward has set it, "" while it has not."""

    lines: tuple[ContractLine, ...]
    company: str
    today: date


def contracts(office: Office, session: Session) -> Contracts:
    """Everything that was ever entered."""
    with reading(office, session, Action.VIEW_CONTROLS) as connection:
        found = storage.every(connection)
        company = ward_settings.rules(office, connection).company
    today, standing = office.clock.today(), {one.id for one in rules.standing(found)}
    lines = (
        ContractLine(one, _state(one, standing, today), tuple(signature.name for signature in one.signatures))
        for one in sorted(found, key=lambda one: (one.at, one.id), reverse=True)
    )
    return Contracts(tuple(lines), company, today)


def _state(one: KeptContract, standing: set[str], today: date) -> str:
    if one.id not in standing:
        return "前の記録"
    if one.contract.covers(today):
        return "契約中"
    return "これから" if today < one.contract.begins else "終了"


def other_side(session: Session) -> Role:
    """Whose signature is needed beside this person's."""
    return Role.WARD_ADMIN if session.role is Role.SUPERVISOR else Role.SUPERVISOR


def enter(office: Office, session: Session, wanted: Contract, password: str, other: tuple[str, str]) -> KeptContract:
    """Enter a contract, or the same number anew. ``password``: of who is signed in; ``other``: ID and password of the other side.

    Takes two password hashes: run it in a lane. Raises OperatorError at the field that is not whole, or as ``sign`` does.
    """
    require(office, session, Action.MANAGE_CONTRACT)
    rules.check(wanted)
    with reading(office, session, Action.MANAGE_CONTRACT) as connection:
        company = ward_settings.rules(office, connection).company
        rules.check_first(wanted, storage.every(connection))
    if company and company != wanted.company:
        raise OperatorError("区の設定にある受託者の名とちがいます。", field="company", code="company")
    contents, person = rules.to_json(wanted), other[0].strip()
    known = office.premises.accounts
    role = known.find(person).role if known.knows(person) else None
    if role is not other_side(session):
        words = f"もう一人は{other_side(session).label}です。"
        raise OperatorError(words, field="person", code="wrong-role")
    own = _sign(office, session.person, password, contents, "own_password")
    signatures = (own, _sign(office, person, other[1], contents, "password"))
    with begin(office, session, Action.MANAGE_CONTRACT, subject=wanted.number, step="contract_entered") as unit:
        for signature in signatures:
            require_signature(office, signature, STATEMENT, contents, *SIGNERS)
        id_ = unit.record(STATEMENT, rules.told(wanted, signatures, unit.stamp, unit.person))
        kept = KeptContract(id_, wanted, signatures, unit.stamp, unit.person)
        storage.add(unit.connection, kept, office.terminal)
    return kept


def _sign(office: Office, person: str, password: str, contents: Mapping[str, Any], field: str) -> Signature:
    try:
        return sign(office, person, password, STATEMENT, contents)
    except OperatorError as refused:
        raise OperatorError(refused.message, field=field, code=refused.code) from None


def require_in_force(office: Office, connection: Connection, account: Account) -> None:
    """Raise OperatorError when this is a 取扱者 and no contract covers today. Everybody else may always sign in, to enter one."""
    if account.role is not Role.CLERK:
        return
    refused = rules.refusal(storage.every(connection), office.clock.today())
    if refused is not None:
        raise refused


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """Another terminal's entry (see ``services.takers``). Raises Disbelieved unless one of each side has signed just this."""
    body = record.body
    wanted = rules.from_json(body["contract"])
    signatures = signatures_from_json(body["signatures"])
    rules.check(wanted)
    roles = set()
    for signature in signatures:
        author = known_people.find(connection, signature.person)
        if author is None or not is_over(author, signature, STATEMENT, body["contract"]):
            raise Disbelieved("bad-signature")
        roles.add(author.role)
    if roles != set(SIGNERS):
        raise Disbelieved("not-both-sides")
    storage.add(connection, KeptContract(record.id, wanted, signatures, str(body["at"]), str(body["by"])), record.terminal)
