"""The training room: one terminal, its people, their roster, an otherwise empty store. Everything is visibly invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nhi_center.domain import recovery as recovery_key
from nhi_center.domain.operators import Role
from nhi_center.files import replace_file
from nhi_center.keys import passwords, recovery
from nhi_center.keys.account_book import AccountBook
from nhi_center.keys.accounts import Registrar, enrol, unlock
from nhi_center.keys.recovery import RecoverySlot
from nhi_center.keys.room_key import RoomKeyBook
from nhi_center.keys.slots import Contents, SlotBook
from nhi_center.keys.terminal import TerminalKeys, create_for_training
from nhi_center.services import trust_list
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

OPENED_AT = "2026-11-24T00:00:00+00:00"
FIRST_DAY = date(2026, 4, 1)
RECOVERY_PASSPHRASE = "kenshuu-fukkyuu-2026"
"""Opens the training ward's recovery key, which lies in the room itself; a real ward's never does."""
RECOVERY_FILE = "training-ward.key"


def furnish(settings: Settings, *, cost: passwords.Cost = passwords.STANDARD, since: date = FIRST_DAY) -> TerminalKeys:
    """Make terminal keys, accounts, slots and a store that holds nothing but roster and contract in the business folder.

    ``since``: the first of April from which on the room is worked in; an earlier one than usual for a history of work.

    Raises FileExistsError when there is a store or a terminal already: a room is furnished once.
    """
    # Once in a room's life: the window, which reads the demo people here, must not load the database library for it.
    from nhi_center.storage.store import create_store, new_key
    from nhi_center.training.contract import enter_contracts
    from nhi_center.training.roster import enrol_people

    settings.business_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    terminal = create_for_training(settings.training_keys, settings.terminal)
    accounts, slots = (
        AccountBook(settings.accounts),
        SlotBook(settings.slots, terminal, RecoverySlot(settings.recovery, settings.terminal)),
    )
    _make_recovery_key(settings, cost)
    store_key = new_key()
    create_store(settings.store, store_key)
    opened_at = OPENED_AT if since == FIRST_DAY else f"{since.isoformat()}T00:00:00+00:00"
    admin = next(demo for demo in DEMO_PEOPLE if demo.role is Role.WARD_ADMIN)
    first = enrol(admin.person, admin.name, admin.role, admin.password, cost, at=opened_at)
    admin_keys = unlock(first, admin.password)
    registrar = Registrar(first.person, admin_keys.signing)
    others = tuple(
        enrol(demo.person, demo.name, demo.role, demo.password, cost, at=opened_at, registrar=registrar)
        for demo in DEMO_PEOPLE
        if demo is not admin
    )
    for account in (first, *others):
        accounts.save(account)
        slots.save(account, Contents((store_key,)))
    enrol_people(settings, store_key, tuple((demo.person, demo.name, demo.role) for demo in DEMO_PEOPLE), since)
    supervisor = next(demo for demo in DEMO_PEOPLE if demo.role is Role.SUPERVISOR)
    second = next(account for account in others if account.person == supervisor.person)
    enter_contracts(settings, store_key, ((second, unlock(second, supervisor.password)), (first, admin_keys)), since)
    RoomKeyBook(settings.room_keys).make((first, *others), first.person, registrar.signing, opened_at)
    replace_file(settings.business_folder / "terminal.toml", to_toml(settings).encode())
    return terminal


def _make_recovery_key(settings: Settings, cost: passwords.Cost) -> None:
    private = recovery_key.new_private()
    recovery.save_public(settings.recovery, recovery_key.public_of(private))
    replace_file(settings.recovery / RECOVERY_FILE, recovery_key.private_file(private, RECOVERY_PASSPHRASE, cost))


def write_trust(settings: Settings, terminal: TerminalKeys, gateway: str) -> None:
    """The list of keys the ward keeps: the gateway's (hex), this terminal's, and everybody's of the room."""
    trust_list.begin(settings, gateway, terminal.public, AccountBook(settings.accounts).every())
