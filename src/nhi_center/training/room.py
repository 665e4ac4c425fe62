"""The training room: one terminal, its people, their roster, an otherwise empty store. Everything is visibly invented."""

from __future__ import annotations

import json
from dataclasses import dataclass

from nhi_center.domain.operators import Role
from nhi_center.domain.trust import Trust, TrustedPerson, trust_to_json
from nhi_center.keys import passwords
from nhi_center.keys.accounts import AccountBook, enrol
from nhi_center.keys.files import replace_file
from nhi_center.keys.slots import Contents, SlotBook
from nhi_center.keys.terminal import TerminalKeys, create_for_training
from nhi_center.settings import Settings, to_toml


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the training room; the sign-in window of a training terminal shows ``password``."""

    person: str
    name: str
    role: Role
    password: str


DEMO_PEOPLE = (
    DemoPerson("k-ichiro", "見本 一郎", Role.CLERK, "kenshuu-ichiro-2026"),
    DemoPerson("k-hanako", "見本 花子", Role.CLERK, "kenshuu-hanako-2026"),
    DemoPerson("s-toko", "見本 統子", Role.SUPERVISOR, "kenshuu-toko-2026"),
    DemoPerson("40127", "見本 区子", Role.WARD_STAFF, "kenshuu-kuko-2026"),
    DemoPerson("40128", "見本 区郎", Role.WARD_STAFF, "kenshuu-kuro-2026"),
    DemoPerson("40100", "見本 管理", Role.WARD_ADMIN, "kenshuu-kanri-2026"),
)


def furnish(settings: Settings, *, cost: passwords.Cost = passwords.STANDARD) -> TerminalKeys:
    """Make terminal keys, accounts, slots and a store that holds nothing but the roster in the business folder.

    Raises FileExistsError when there is a store or a terminal already: a room is furnished once.
    """
    # Once in a room's life: the window, which reads the demo people here, must not load the database library for it.
    from nhi_center.storage.store import create_store, new_key, open_store
    from nhi_center.training.roster import enrol_people

    settings.business_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    terminal = create_for_training(settings.training_keys, settings.terminal)
    accounts, slots = AccountBook(settings.accounts), SlotBook(settings.slots, terminal)
    store_key = new_key()
    create_store(settings.store, store_key)
    for demo in DEMO_PEOPLE:
        account = enrol(demo.person, demo.name, demo.role, demo.password, cost)
        accounts.save(account)
        slots.save(account, Contents((store_key,)))
    contractors = tuple((demo.person, demo.name, demo.role) for demo in DEMO_PEOPLE if demo.role.is_contractor)
    store = open_store(settings.store, (store_key,))
    try:
        with store.write.begin() as connection:
            enrol_people(connection, contractors, settings.terminal)
    finally:
        store.close()
    replace_file(settings.business_folder / "terminal.toml", to_toml(settings).encode())
    return terminal


def write_trust(settings: Settings, terminal: TerminalKeys, gateway: str) -> None:
    """The list of keys the ward keeps: the gateway's (hex), this terminal's, and everybody's of the room."""
    people = {
        account.person: TrustedPerson(account.name, account.role.value, account.signing)
        for account in AccountBook(settings.accounts).every()
    }
    trust = Trust(gateway, {settings.terminal: terminal.public}, people)
    replace_file(settings.trust, json.dumps(trust_to_json(trust), ensure_ascii=False, indent=1).encode())
