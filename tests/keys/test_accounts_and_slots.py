from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nhi_center.domain.operators import Role
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.keys.account_book import AccountBook, Closure
from nhi_center.keys.accounts import Registrar, Registration, enrol, from_json, to_json, unlock, was_used_before, with_password
from nhi_center.keys.passwords import FLOOR, STANDARD, Cost, calibrated, is_below
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


@pytest.mark.parametrize(
    "change",
    [
        {"role": Role.WARD_STAFF},
        {"name": "別人"},
        {"cost": Cost(8, 1, 1)},
        {"cost": Cost(2**40, 1, 1)},
        {"signing": "00" * 32},
        {"revision": 7},
        {"changed_at": "2099-01-01"},
        {"registered": Registration("k-test", "", "00")},
    ],
)
def test_an_edited_account_does_not_open(change: dict[str, object]) -> None:
    account = enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP)
    edited = replace(account, **change)  # type: ignore[arg-type]
    assert account.is_whole
    assert not edited.is_whole
    with pytest.raises(OperatorError):
        unlock(edited, "kenshuu")


def test_a_record_that_would_stop_the_machine_is_none() -> None:
    account = enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP)
    with pytest.raises(ValueError, match="cost"):
        from_json(to_json(replace(account, cost=replace(CHEAP, memory_kib=2**31))))


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


def test_a_new_password_seals_the_same_keys_anew_and_is_signed_by_its_person() -> None:
    account = enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP)
    keys = unlock(account, "kenshuu")
    changed = with_password(account, keys, "kenshuu", "atarashii", CHEAP, at="2026-11-24", keep=2)
    assert (changed.revision, changed.signing, changed.sealing) == (2, account.signing, account.sealing)
    assert changed.is_whole
    assert changed.salt != account.salt
    assert unlock(changed, "atarashii").sealing.private_bytes_raw() == keys.sealing.private_bytes_raw()
    with pytest.raises(OperatorError):
        unlock(changed, "kenshuu")
    assert was_used_before(changed, "kenshuu")
    assert not was_used_before(changed, "mijikai")
    assert from_json(json.loads(json.dumps(to_json(changed)))) == changed
    third = with_password(changed, keys, "atarashii", "mittsume", CHEAP, at="2026-11-25", keep=1)
    assert was_used_before(third, "atarashii")
    assert not was_used_before(third, "kenshuu")  # one is remembered


def test_an_account_says_who_opened_it() -> None:
    ward = enrol("40100", "見本 管理", Role.WARD_ADMIN, "kenshuu", CHEAP)
    other = enrol("40127", "見本 区子", Role.WARD_STAFF, "kenshuu", CHEAP)
    registrar = Registrar(ward.person, unlock(ward, "kenshuu").signing)
    account = enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP, at="2026-11-24", registrar=registrar)
    assert account.was_registered_by(ward)
    assert not account.was_registered_by(other)
    assert not replace(account, role=Role.SUPERVISOR).was_registered_by(ward)
    assert not replace(account, sealing=other.sealing).was_registered_by(ward)
    assert ward.was_registered_by(ward)


def test_a_real_terminal_takes_no_account_that_is_cheap_to_guess(tmp_path: Path) -> None:
    AccountBook(tmp_path).save(enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP))
    AccountBook(tmp_path).find("k-test")
    with pytest.raises(OperatorError) as caught:
        AccountBook(tmp_path, FLOOR).find("k-test")
    assert caught.value.code == "account-damaged"


def test_the_cost_is_fitted_to_the_machine_and_never_below_the_floor() -> None:
    fast = calibrated(lambda cost: 10.0 * cost.passes)
    assert (fast.memory_kib, fast.passes) == (128 * 1024, 12)
    assert calibrated(lambda _cost: 200.0) == STANDARD
    assert calibrated(lambda cost: 70.0 * cost.passes / 3) == Cost(128 * 1024, 9, 2)
    slow = calibrated(lambda cost: cost.memory_kib / 100)
    assert slow.memory_kib == FLOOR.memory_kib
    assert not is_below(slow, FLOOR)
    assert is_below(Cost(FLOOR.memory_kib, FLOOR.passes - 1, 8), FLOOR)
    assert not is_below(calibrated(), FLOOR)


def test_a_closed_account_stays_closed_whatever_happens_to_the_file(tmp_path: Path) -> None:
    book = AccountBook(tmp_path)
    account = enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP)
    by = unlock(account, "kenshuu")
    book.save(account)
    closure = Closure("k-test", "40127", "2026-11-24", True).signed(by.signing)
    book.close(closure)
    assert book.closure("k-test") == closure
    assert account.verifies(closure.payload(), closure.signature)
    assert (book.every(), book.everybody()) == ((), (account,))
    (tmp_path / "k-test.closed.json").write_bytes(b"")
    assert book.is_closed("k-test")
    assert book.closure("k-test") is not None
