from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nhi_center.domain.operators import Role
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.keys.accounts import AccountBook, enrol, unlock
from nhi_center.keys.passwords import Cost
from nhi_center.keys.slots import Contents, SlotBook
from nhi_center.keys.terminal import create_for_training, load_for_training
from tests.support.office import CHEAP


def test_password_opens_and_another_does_not() -> None:
    account = enrol("k-test", "見本 試子", Role.CLERK, "長い見本の文句です2026", CHEAP)
    keys = unlock(account, "長い見本の文句です２０２６")
    assert keys.signing.public_key().public_bytes_raw().hex() == account.signing
    with pytest.raises(OperatorError) as caught:
        unlock(account, "長い見本の文句です2027")
    assert caught.value.field == "password"


@pytest.mark.parametrize("change", [{"role": Role.WARD_STAFF}, {"name": "別人"}, {"cost": Cost(8, 1, 1)}, {"signing": "00" * 32}])
def test_an_edited_account_does_not_open(change: dict[str, object]) -> None:
    account = enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP)
    with pytest.raises(OperatorError):
        unlock(replace(account, **change), "kenshuu")  # type: ignore[arg-type]


def test_the_book_keeps_accounts_and_tells_damage_from_absence(tmp_path: Path) -> None:
    book = AccountBook(tmp_path)
    account = enrol("k-test", "見本 試子", Role.SUPERVISOR, "kenshuu", CHEAP)
    book.save(account)
    assert book.find("k-test") == account
    assert book.every() == (account,)
    for unknown in ("k-none", "../k-test", "", "見本"):
        with pytest.raises(OperatorError) as caught:
            book.find(unknown)
        assert caught.value.code == "wrong-password"
    (tmp_path / "k-test.json").write_text(json.dumps({"person": "k-test"}))
    with pytest.raises(OperatorError) as caught:
        book.find("k-test")
    assert caught.value.code == "account-damaged"


def test_a_slot_opens_for_its_person_on_its_terminal_only(tmp_path: Path) -> None:
    here = create_for_training(tmp_path / "here.json", "T04")
    elsewhere = create_for_training(tmp_path / "elsewhere.json", "T04")
    account = enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP)
    keys = unlock(account, "kenshuu")
    slots = SlotBook(tmp_path / "slots", here)
    slots.save(account, Contents((b"s" * 48,), {"2026-11": b"m" * 32}))
    assert slots.open(account, keys) == Contents((b"s" * 48,), {"2026-11": b"m" * 32})
    assert SlotBook(tmp_path / "slots", load_for_training(tmp_path / "here.json")).open(account, keys).store_keys == (b"s" * 48,)
    with pytest.raises(EnvironmentTrouble) as caught:
        SlotBook(tmp_path / "slots", elsewhere).open(account, keys)
    assert caught.value.code == "KY-01"
    stranger = enrol("k-other", "見本 他子", Role.CLERK, "kenshuu", CHEAP)
    with pytest.raises(OperatorError):
        slots.open(stranger, unlock(stranger, "kenshuu"))


def test_a_terminal_is_registered_once_and_damage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "terminal.json"
    create_for_training(path, "T04")
    with pytest.raises(FileExistsError):
        create_for_training(path, "T04")
    path.write_bytes(path.read_bytes().replace("研修用".encode(), "本番用".encode()))
    with pytest.raises(EnvironmentTrouble) as caught:
        load_for_training(path)
    assert caught.value.code == "KY-02"
