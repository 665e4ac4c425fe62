from __future__ import annotations

import json

import pytest

from nhi_center.domain import recovery
from nhi_center.domain.password_hash import Cost
from nhi_center.domain.recovery import BACKUP, STORE, RecoveryFault

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)


def test_only_the_wards_key_opens_and_only_for_its_purpose() -> None:
    private, other = recovery.new_private(), recovery.new_private()
    sealed = recovery.seal(recovery.public_of(private), b"s" * 48, STORE)
    assert recovery.unseal(private, sealed, STORE) == b"s" * 48
    for key, data, purpose in (
        (other, sealed, STORE),
        (private, sealed, BACKUP),
        (private, sealed[:-1] + bytes([sealed[-1] ^ 1]), STORE),
        (private, sealed[:20], STORE),
    ):
        with pytest.raises(RecoveryFault):
            recovery.unseal(key, data, purpose)


def test_a_seal_needs_both_halves_of_the_private_key() -> None:
    private, other = recovery.new_private(), recovery.new_private()
    sealed = recovery.seal(recovery.public_of(private), b"data", STORE)
    for half in (private[:64] + other[64:], other[:64] + private[64:]):
        with pytest.raises(RecoveryFault):
            recovery.unseal(half, sealed, STORE)


def test_private_file_opens_with_its_passphrase_alone() -> None:
    private = recovery.new_private()
    file = recovery.private_file(private, "長い見本の合い言葉", CHEAP)
    assert private.hex().encode() not in file
    assert recovery.open_private(file, "長い見本の合い言葉") == private
    with pytest.raises(RecoveryFault, match="合い言葉が違う"):
        recovery.open_private(file, "別の合い言葉")


@pytest.mark.parametrize("change", ["cost", "fingerprint", "sealed", "form"])
def test_a_changed_private_file_does_not_open(change: str) -> None:
    body = json.loads(recovery.private_file(recovery.new_private(), "見本", CHEAP))
    body[change] = {"memory_kib": 32, "passes": 1, "lanes": 1} if change == "cost" else "00" * 60
    with pytest.raises(RecoveryFault):
        recovery.open_private(json.dumps(body).encode(), "見本")


def test_public_file_round_trip_and_a_swapped_key_is_seen() -> None:
    public, other = recovery.public_of(recovery.new_private()), recovery.public_of(recovery.new_private())
    assert recovery.read_public(recovery.public_file(public)) == public
    body = json.loads(recovery.public_file(public))
    for changed in ({**body, "public": other.hex()}, {**body, "public": "00"}, {"public": body["public"]}):
        with pytest.raises(RecoveryFault):
            recovery.read_public(json.dumps(changed).encode())
    assert len(recovery.fingerprint(public).split()) == 10
    assert recovery.fingerprint(public) != recovery.fingerprint(other)


def test_entry_names_the_key_it_needs() -> None:
    private, other = recovery.new_private(), recovery.new_private()
    body = recovery.entry(recovery.public_of(private), b"part", BACKUP)
    assert recovery.open_entry(private, body, BACKUP) == b"part"
    with pytest.raises(RecoveryFault, match="鍵の指紋は"):
        recovery.open_entry(other, body, BACKUP)
    with pytest.raises(RecoveryFault, match="別の目的"):
        recovery.open_entry(private, body, STORE)
    with pytest.raises(RecoveryFault):
        recovery.open_entry(private, {**body, "purpose": "store"}, STORE)
