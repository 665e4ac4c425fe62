from __future__ import annotations

import json
from pathlib import Path

import pytest

from nhi_center.domain import recovery as ward
from nhi_center.domain.operators import Role
from nhi_center.domain.recovery import STORE
from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys.accounts import enrol
from nhi_center.keys.recovery import RecoverySlot, load_public, save_public
from nhi_center.keys.slots import Contents, SlotBook
from nhi_center.keys.terminal import create_for_training
from tests.support.office import CHEAP


def test_recovery_slot_is_written_with_every_slot_and_holds_every_key(tmp_path: Path) -> None:
    private = ward.new_private()
    slot = RecoverySlot(tmp_path / "recovery", "T04")
    slots = SlotBook(tmp_path / "slots", create_for_training(tmp_path / "terminal.json", "T04"), slot)
    account = enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP)
    slots.save(account, Contents((b"o" * 48,)))
    assert not slot.file.exists()  # the ward has given no key yet
    save_public(tmp_path / "recovery", ward.public_of(private))
    slots.save_for_all((account,), Contents((b"n" * 48, b"o" * 48), {"2026-11": b"m" * 32}))
    body = json.loads(slot.file.read_bytes())
    opened = json.loads(ward.open_entry(private, body["recovery"], STORE))
    assert opened == {"terminal": "T04", "store_keys": [(b"n" * 48).hex(), (b"o" * 48).hex()]}


def test_a_damaged_public_key_stops_before_a_slot_is_written(tmp_path: Path) -> None:
    save_public(tmp_path, ward.public_of(ward.new_private()))
    (tmp_path / "ward.pub").write_bytes(b"{}")
    with pytest.raises(EnvironmentTrouble) as trouble:
        load_public(tmp_path)
    assert trouble.value.code == "KY-06"
    slots = SlotBook(tmp_path / "slots", create_for_training(tmp_path / "t.json", "T04"), RecoverySlot(tmp_path, "T04"))
    account = enrol("k-test", "見本 試子", Role.CLERK, "kenshuu", CHEAP)
    with pytest.raises(EnvironmentTrouble):
        slots.save(account, Contents((b"s" * 48,)))
    assert not slots.holds("k-test")
