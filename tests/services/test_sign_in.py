"""Who answers for whom at sign-in, and what opens on no other machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import canonical, room_rules
from nhi_center.domain.operators import Role
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.keys.account_book import AccountBook
from nhi_center.keys.accounts import enrol
from nhi_center.keys.passwords import FLOOR
from nhi_center.keys.places import SecretService
from nhi_center.keys.slots import Contents, SlotBook
from nhi_center.keys.terminal import create
from nhi_center.services.clock import SystemClock
from nhi_center.services.office import Premises
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in, sign_out
from nhi_center.services.ward_settings import SIGNED_PREFIX
from nhi_center.settings import Segment, Settings
from nhi_center.storage import audit, register
from nhi_center.storage import room as room_rows
from nhi_center.storage.store import create_store, new_key
from tests.support.office import CHEAP, PASSWORDS, advance, enter, premises, room, signed_in
from tests.support.secret_service import bus, keyring_daemon, secret_service

__all__ = ["premises", "secret_service"]

TOKO = ("s-toko", PASSWORDS["s-toko"])
WARD = ("40127", PASSWORDS["40127"])


def refusal(act: Callable[[], object]) -> OperatorError:
    with pytest.raises(OperatorError) as caught:
        act()
    return caught.value


def acts(premises: Premises, action: str) -> list[dict[str, Any]]:
    office, session = signed_in(premises, "40128")
    with office.store.read.begin() as connection:
        found = [json.loads(entry) for entry, _hash in audit.every(connection)]
    sign_out(office, session)
    return [entry for entry in found if entry["action"] == action]


# -- the first time at a terminal --


@pytest.mark.parametrize("voucher", [TOKO, WARD])
def test_the_first_sign_in_at_a_terminal_is_let_in_by_one_who_may(premises: Premises, voucher: tuple[str, str]) -> None:
    enter(premises, "k-ichiro")
    premises.slots.remove("k-ichiro")
    right = PASSWORDS["k-ichiro"]
    assert refusal(lambda: sign_in(premises, "k-ichiro", right)).code == "no-slot"
    by_clerk = refusal(lambda: sign_in(premises, "k-ichiro", right, voucher=("k-hanako", PASSWORDS["k-hanako"])))
    assert (by_clerk.code, by_clerk.field) == ("wrong-role", "voucher_id")
    assert not premises.slots.holds("k-ichiro")
    sign_out(*sign_in(premises, "k-ichiro", right, voucher=voucher))
    sign_out(*sign_in(premises, "k-ichiro", right))
    (vouched,) = acts(premises, "vouch")
    assert (vouched["actor"], vouched["subject"], vouched["facts"]["step"]) == (voucher[0], "k-ichiro", "admit")


def test_a_wrong_password_is_not_helped_by_a_second_person(premises: Premises) -> None:
    premises.slots.remove("k-ichiro")
    told = refusal(lambda: sign_in(premises, "k-ichiro", "wrong", voucher=TOKO))
    assert (told.code, told.field) == ("wrong-password", "password")
    assert not premises.slots.holds("k-ichiro")


def test_who_is_not_in_the_room_gets_no_slot(premises: Premises) -> None:
    premises.slots.remove("k-ichiro")
    assert refusal(lambda: sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"], voucher=WARD)).code == "not-inside"
    assert not premises.slots.holds("k-ichiro")


def test_who_vouches_must_belong_to_this_terminal(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    premises.slots.remove("k-ichiro")
    premises.slots.remove("s-toko")
    told = refusal(lambda: sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"], voucher=TOKO))
    assert told.code == "no-slot"


# -- out of contact --


def contact(premises: Premises, hours_ago: float) -> None:
    office, session = signed_in(premises, "40127")
    with office.store.write.begin() as connection:
        room_rows.keep_contact(connection, office.clock.now().isoformat(timespec="seconds"))
    sign_out(office, session)
    advance(premises, hours=hours_ago)


def test_a_terminal_long_without_contact_asks_for_a_second_person(premises: Premises) -> None:
    contact(premises, 23.9)
    enter(premises, "k-ichiro")
    sign_out(*signed_in(premises, "k-ichiro"))
    advance(premises, hours=0.2)
    told = refusal(lambda: signed_in(premises, "k-ichiro"))
    assert (told.code, "24時間" in told.message) == ("no-contact", True)
    sign_out(*sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"], voucher=WARD))
    sign_out(*signed_in(premises, "40127"))  # may answer for others, and so for himself
    (vouched,) = acts(premises, "vouch")
    assert (vouched["actor"], vouched["subject"], vouched["facts"]["step"]) == ("40127", "k-ichiro", "contact")


def test_a_terminal_never_in_contact_is_new_not_lost(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    advance(premises, hours=1)
    sign_out(*signed_in(premises, "k-ichiro"))


# -- the ward's rules --


def ward_says(premises: Premises, **rules: Any) -> Premises:
    """The rules of the room, signed by a gateway this terminal trusts."""
    gateway = Ed25519PrivateKey.generate()
    trust = replace(premises.trust, gateway=gateway.public_key().public_bytes_raw().hex())
    changed = replace(premises, trust=trust)
    office, session = signed_in(changed, "40127")
    body = {"name": room_rules.NAME, "value": rules, "effective_from": "2026-01-01", "approved_by": ["a", "b"], "cursor": 1}
    signature = gateway.sign(SIGNED_PREFIX + canonical.encode(body)).hex()
    with office.store.write.begin() as connection:
        register.put_ward_setting(connection, 1, room_rules.NAME, {**body, "signature": signature})
    sign_out(office, session)
    return changed


def test_the_ward_may_ask_for_no_presence(premises: Premises) -> None:
    assert refusal(lambda: signed_in(premises, "k-ichiro")).code == "not-inside"
    relaxed = ward_says(premises, require_presence=False)
    sign_out(*signed_in(relaxed, "k-ichiro"))


def test_the_ward_says_how_many_failures_stop_an_id(premises: Premises) -> None:
    strict = ward_says(premises, failures_until_locked=3)
    sign_out(*signed_in(strict, "40127"))  # who gets in brings the rule to the gate
    for _ in range(3):
        assert refusal(lambda: sign_in(strict, "40128", "wrong")).code == "wrong-password"
        advance(strict, minutes=2)
    assert refusal(lambda: signed_in(strict, "40128")).code == "locked-out"


# -- registered terminals only --


def test_a_store_copied_to_another_machine_does_not_open_there(premises: Premises, tmp_path: Path) -> None:
    elsewhere = room(tmp_path / "elsewhere")
    for name in ("store", "slots", "accounts", "room", "recovery"):
        shutil.rmtree(elsewhere.settings.business_folder / name)
        shutil.copytree(premises.settings.business_folder / name, elsewhere.settings.business_folder / name)
    with pytest.raises(EnvironmentTrouble) as caught:
        signed_in(elsewhere, "40127")
    assert caught.value.code == "KY-01"
    with pytest.raises(EnvironmentTrouble) as caught:
        sign_in(elsewhere, "40127", PASSWORDS["40127"], voucher=("40100", PASSWORDS["40100"]))
    assert caught.value.code == "KY-01"
    sign_out(*signed_in(premises, "40127"))


def furnish_for_real(folder: Path) -> Settings:
    """A real terminal's room: its secret in the keyring, an account at its full cost."""
    settings = Settings("T07", "端末 07", False, folder, Segment("127.0.0.1", 9, "gateway.invalid"))
    terminal = create(SecretService(), "T07")
    key = new_key()
    create_store(settings.store, key)
    account = enrol("40100", "見本 管理", Role.WARD_ADMIN, PASSWORDS["40100"], FLOOR)
    AccountBook(settings.accounts).save(account)
    SlotBook(settings.slots, terminal).save(account, Contents((key,)))
    settings.trust.write_text(json.dumps({"version": 1, "gateway": "", "terminals": {}, "people": {}}))
    return settings


def test_a_real_terminal_opens_with_its_own_keyring_alone(tmp_path: Path) -> None:
    with bus(tmp_path / "here"), keyring_daemon("hirake-goma"):
        settings = furnish_for_real(tmp_path / "business")
        office, session = sign_in(open_premises(settings, SystemClock()), "40100", PASSWORDS["40100"])
        assert office.room_keys.open(office.room_keys.seal(b"x", b"y"), b"y") == b"x"
        sign_out(office, session)
        assert not settings.training_keys.exists()
    with bus(tmp_path / "there"), keyring_daemon("hirake-goma"):
        with pytest.raises(EnvironmentTrouble) as caught:
            open_premises(settings, SystemClock())
        assert caught.value.code == "KY-02"
        create(SecretService(), "T07")
        with pytest.raises(EnvironmentTrouble) as caught:
            sign_in(open_premises(settings, SystemClock()), "40100", PASSWORDS["40100"])
        assert caught.value.code == "KY-01"
    with pytest.raises(EnvironmentTrouble) as caught:
        open_premises(settings, SystemClock())
    assert caught.value.code == "KY-05"


@pytest.mark.usefixtures("secret_service")
def test_a_real_terminal_takes_no_cheap_account(tmp_path: Path) -> None:
    settings = furnish_for_real(tmp_path / "business")
    AccountBook(settings.accounts).save(enrol("40100", "見本 管理", Role.WARD_ADMIN, PASSWORDS["40100"], CHEAP))
    assert refusal(lambda: sign_in(open_premises(settings, SystemClock()), "40100", PASSWORDS["40100"])).code == "account-damaged"
