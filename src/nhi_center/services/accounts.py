"""Accounts of the room: opened by the ward, closed by whoever may, changed by their person; told to every terminal."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from nhi_center.domain.operators import Action, Role, Session
from nhi_center.domain.room_rules import PasswordRules
from nhi_center.errors import OperatorError
from nhi_center.keys import accounts as records
from nhi_center.keys import passwords
from nhi_center.keys.account_book import Closure
from nhi_center.keys.accounts import Account, Registrar
from nhi_center.keys.recovery import fingerprint, load_public
from nhi_center.keys.room_key import Generation
from nhi_center.keys.room_key import to_json as room_key_json
from nhi_center.services import known_people, password_rules, trust_list
from nhi_center.services.gate import Identified, identify_in
from nhi_center.services.office import Office
from nhi_center.services.password_rules import require_good
from nhi_center.services.roster_gate import check_account
from nhi_center.services.work import Unit, begin, require
from nhi_center.storage import closures


def open_account(
    office: Office, session: Session, person: str, name: str, role: Role, password: str, *, signer: tuple[str, str]
) -> Account:
    """Open an account, with a slot at this terminal, and tell the room. ``signer``: ID and password of the ward person who
    signs the registration; of the ward administrator for one of the ward's administrators.

    Raises OperatorError: not permitted; at ``person`` when the ID is none or was ever used; at ``password`` when the ward's
    rules refuse it; at ``signer_password`` or ``signer_id``; code not-accepted and the like for somebody of the contractor
    whom the roster does not permit. Takes two password hashes: run it in a lane.
    """
    require(office, session, Action.OPEN_ACCOUNT)
    _require_new_id(office, person)
    require_good(office, password, (person, name), field="password")
    signing = _identified(office, session, signer, "open_account")
    _require_may_open(signing, role)
    with begin(office, session, Action.OPEN_ACCOUNT, subject=person, role=role.value) as unit:
        check_account(office, unit.connection, person, role)
        at = unit.now.isoformat(timespec="seconds")
        registrar = Registrar(signing.account.person, signing.keys.signing)
        account = records.enrol(person, name, role, password, new_cost(office), at=at, registrar=registrar)
        unit.note(signed_by=signing.account.person)
        unit.record("account", records.to_json(account))
        known_people.keep(unit.connection, account)
        office.premises.accounts.save(account)
        office.premises.slots.save(account, office.contents)
        keys = signing.keys
        shared = office.premises.room_keys.share(account, signing.account.person, keys.sealing, keys.signing, at)
        _tell_room_key(unit, shared)
    trust_list.add_people(office.settings, (account,))
    return account


def close_account(office: Office, session: Session, person: str, *, suspicion: bool, password: str) -> None:
    """Shut a person out of the whole room: no slot here, no part in the next room key, and every other terminal told.

    ``password`` is the acting person's own: the closure carries his signature. With ``suspicion`` every terminal gives its
    store another key at its next sign-in. Raises OperatorError: not permitted, at ``password``; code himself (nobody closes
    himself), last-admin, wrong-role (a supervisor closes the contractor's people only), already-closed, unknown-person.
    """
    require(office, session, Action.REMOVE_PERSON)
    _require_may_close(office, session.role, session.person, person)
    signing = _identified(office, session, (session.person, password), "remove_person", field="password")
    with begin(office, session, Action.REMOVE_PERSON, subject=person, suspicion=suspicion) as unit:
        at = unit.now.isoformat(timespec="seconds")
        closure = Closure(person, session.person, at, suspicion).signed(signing.keys.signing)
        id_ = unit.record("closure", asdict(closure))
        closures.keep(unit.connection, person, closure.by, at, suspicion, id_)
        office.premises.accounts.close(closure)
        office.premises.slots.remove(person)
        everybody = known_people.open_people(unit.connection)
        _tell_room_key(unit, office.premises.room_keys.make(everybody, session.person, signing.keys.signing, at))


def change_password(office: Office, session: Session, old: str, new: str, repeated: str) -> Account:
    """The person's own password: one record is encrypted anew and reaches the other terminals by the exchange.

    Raises OperatorError at ``old_password``, ``new_password`` or ``repeated``. Takes several password hashes: run it in a lane.
    """
    require(office, session, Action.CHANGE_PASSWORD)
    rules = require_good(office, new, (session.person, session.name), field="new_password")
    if new != repeated:
        raise OperatorError("2回目のパスワードが違います。もう一度入れてください。", field="repeated", code="not-the-same")
    found = _identified(office, session, (session.person, old), "change_password", field="old_password")
    if new == old or records.was_used_before(found.account, new):
        raise OperatorError("前に使ったパスワードです。別のものにしてください。", field="new_password", code="used-before")
    cost = new_cost(office)
    with begin(office, session, Action.CHANGE_PASSWORD, subject=session.person) as unit:
        at = unit.now.isoformat(timespec="seconds")
        changed = records.with_password(found.account, found.keys, old, new, cost, at=at, keep=rules.history)
        unit.note(revision=changed.revision)
        unit.record("account", records.to_json(changed))
        known_people.keep(unit.connection, changed)
        office.premises.accounts.save(changed)
    return changed


@dataclass(frozen=True, slots=True)
class Own:
    """What a person reads about himself. Times in UTC, ISO, or "". ``due``: the ward wants his password changed by now."""

    person: str
    name: str
    role: Role
    opened_by: str
    opened_at: str
    changed_at: str
    rules: PasswordRules
    due: bool
    recovery: str
    """The fingerprint of the ward's recovery key as it is here, for the ward to compare; "" for others, and without one."""


def own(office: Office, session: Session) -> Own:
    """The person's own account, and the rules that hold for his password."""
    require(office, session, Action.CHANGE_PASSWORD)
    account = office.premises.accounts.find(session.person)
    opened = account.registered
    rules, due = password_rules.now(office, session), password_rules.is_due(office, session)
    public = load_public(office.settings.recovery) if account.role.is_ward else None
    shown = fingerprint(public) if public else ""
    return Own(account.person, account.name, account.role, opened.by, opened.at, account.changed_at, rules, due, shown)


def new_cost(office: Office) -> passwords.Cost:
    """What a new record's password shall cost: fitted to this machine; in training as the room's other accounts."""
    if office.settings.training:
        return office.premises.accounts.every()[0].cost
    return passwords.calibrated()


def require_may_close(office: Office, role: Role, by: str, person: str) -> None:
    """Raise OperatorError unless ``by``, in ``role``, may shut ``person`` out. For this terminal's people and for records."""
    book = office.premises.accounts
    if person == by:
        raise OperatorError("自分自身は閉じられません。別の人に頼んでください。", field="person", code="himself")
    if not book.knows(person):
        raise OperatorError("この ID の人はこの部屋にいません。", field="person", code="unknown-person")
    account = book.find(person)
    if role is Role.SUPERVISOR and account.role.is_ward:
        raise OperatorError("区の人を閉じるのは区だけです。", field="person", code="wrong-role")
    admins = [one.person for one in book.open_in(Role.WARD_ADMIN)]
    if admins == [person]:
        raise OperatorError(
            "最後の区管理者は閉じられません。先に別の区管理者を登録してください。", field="person", code="last-admin"
        )


def _require_may_close(office: Office, role: Role, by: str, person: str) -> None:
    require_may_close(office, role, by, person)
    if office.premises.accounts.is_closed(person):
        raise OperatorError("この人はもう閉じてあります。", field="person", code="already-closed")


def _require_new_id(office: Office, person: str) -> None:
    if not records.is_person_id(person):
        raise OperatorError("ID は半角の英数字と - で40字までです。", field="person", code="bad-id")
    if office.premises.accounts.knows(person):
        raise OperatorError("この ID は使われています(閉じた人の ID も使えません)。", field="person", code="known-id")


def _require_may_open(signing: Identified, role: Role) -> None:
    who = signing.account.role
    if not who.is_ward or (role is Role.WARD_ADMIN and who is not Role.WARD_ADMIN) or role is Role.TERMINAL:
        raise OperatorError(
            "この登録に署名できるのは区職員(区管理者の登録は区管理者)です。", field="signer_id", code="wrong-role"
        )


def _identified(
    office: Office, session: Session, who: tuple[str, str], asked: str, *, field: str = "signer_password"
) -> Identified:
    try:
        return identify_in(office, session, *who, asked)
    except OperatorError as refused:
        own = who[0] == session.person and refused.code == "wrong-password"
        raise OperatorError("パスワードが違います。" if own else refused.message, field=field, code=refused.code) from None


def _tell_room_key(unit: Unit, generation: Generation | None) -> None:
    if generation is not None:
        unit.record("room_key", room_key_json(generation))
