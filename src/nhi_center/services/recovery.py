"""復旧: a store whose operators are gone is opened with the code the ward unsealed, for a new ward administrator."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from nhi_center.domain.copies import Kind
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.errors import OperatorError
from nhi_center.keys import accounts as records
from nhi_center.keys.accounts import Account
from nhi_center.keys.room_key import to_json as room_key_json
from nhi_center.keys.slots import Contents
from nhi_center.services import copy_lines, known_people
from nhi_center.services.accounts import new_cost
from nhi_center.services.office import Office, Premises
from nhi_center.services.password_rules import require_good
from nhi_center.services.work import begin
from nhi_center.storage.store import open_store


@dataclass(frozen=True, slots=True)
class NewAdministrator:
    """Who will open this terminal from now on."""

    person: str
    name: str
    password: str = field(repr=False)


def recover(premises: Premises, key: bytes, admin: NewAdministrator, copy: str = "") -> tuple[Account, ...]:
    """Open the store with ``key``, register ``admin`` as 区管理者 with a slot here, and keep it in the log.

    Gives everybody whose account counts in this store. ``copy``: the backup this store was just made from; it gets its line in
    情報管理台帳.

    The other accounts stay as they are: whoever is gone is closed by the new administrator. Month keys of backups are not
    recovered with it; the segment keeps them. Raises OperatorError (ID or password at their fields), EnvironmentTrouble ST-*
    (ST-02: the code belongs to another store).
    """
    if not records.is_person_id(admin.person) or premises.accounts.knows(admin.person):
        raise OperatorError("この ID は使えません。まだ使われていない ID にしてください。", field="person", code="known-id")
    office = Office(premises, open_store(premises.settings.store, (key,)), Contents((key,)))
    try:
        require_good(office, admin.password, (admin.person, admin.name), field="password")
        known_people.put_right(office)
        _register(office, admin, copy)
        return known_people.read_open(office)
    finally:
        office.store.close()


def _register(office: Office, admin: NewAdministrator, copy: str) -> None:
    session = Session(str(uuid.uuid4()), admin.person, admin.name, Role.WARD_ADMIN, office.terminal)
    premises = office.premises
    with begin(office, session, Action.RECOVER, subject=admin.person, step="register") as unit:
        at = unit.now.isoformat(timespec="seconds")
        if copy:
            copy_lines.note(unit, Kind.RECOVERY, 1, copy)
        account = records.enrol(admin.person, admin.name, Role.WARD_ADMIN, admin.password, new_cost(office), at=at)
        unit.record("account", records.to_json(account))
        known_people.keep(unit.connection, account)
        premises.accounts.save(account)
        premises.slots.save(account, office.contents)
        keys = records.unlock(account, admin.password)
        made = premises.room_keys.make(known_people.open_people(unit.connection), account.person, keys.signing, at)
        unit.record("room_key", room_key_json(made))
