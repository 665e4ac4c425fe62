"""Somebody writes in the business folder: the files of the accounts are held against what the store knows."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from nhi_center.domain.operators import Role
from nhi_center.domain.presence import Entered, event_to_json
from nhi_center.domain.roster import Designation, designation_to_json
from nhi_center.errors import OperatorError
from nhi_center.keys.accounts import Registrar, enrol, unlock, with_password
from nhi_center.services.accounts import change_password, close_account
from nhi_center.services.gate import is_stopped
from nhi_center.services.month_keys import ensure_month_key
from nhi_center.services.office import Premises
from nhi_center.services.session import sign_in, sign_out
from nhi_center.services.signing import sign
from tests.support.office import CHEAP, PASSWORDS, as_person, premises, signed_in
from tests.support.refused import refusals
from tests.support.two_terminals import ADMIN, at, deliver, outgoing, two_terminals

__all__ = ["premises"]

OWN = "watashi-no-himitsu-2026"


@pytest.fixture(autouse=True)
def known(premises: Premises) -> None:
    """The room has been in use."""
    sign_out(*signed_in(premises, "40127"))


def found(premises: Premises) -> list[tuple[str, str]]:
    """(person, reason) of what the log has refused, seen by the ward."""
    office, session = signed_in(premises, "40128")
    told = refusals(office)
    sign_out(office, session)
    return told


def refused(premises: Premises, person: str, password: str, **given: tuple[str, str]) -> str:
    with pytest.raises(OperatorError) as caught:
        sign_in(premises, person, password, **given)  # type: ignore[arg-type]
    return caught.value.code


def test_nobody_gives_himself_another_role(premises: Premises) -> None:
    account = premises.accounts.find("40127")
    keys = unlock(account, PASSWORDS["40127"])
    raised = with_password(replace(account, role=Role.WARD_ADMIN), keys, "", PASSWORDS["40127"], CHEAP, at="")
    assert raised.is_whole
    premises.accounts.save(raised)
    assert refused(premises, "40127", PASSWORDS["40127"]) == "account-changed"
    assert premises.accounts.find("40127") == account
    assert ("40127", "account-changed") in found(premises)
    sign_out(*signed_in(premises, "40127"))


def test_the_stores_key_is_not_sealed_to_an_account_that_was_laid_down(premises: Premises) -> None:
    stranger = enrol("x-dareka", "見本 誰夫", Role.WARD_ADMIN, OWN, CHEAP)
    theirs = replace(enrol("40128", "見本 区郎", Role.WARD_STAFF, OWN, CHEAP))
    premises.accounts.save(stranger)
    (premises.settings.slots / "x-dareka.slot").write_bytes(b"x")
    premises.accounts.save(theirs)
    office, session = signed_in(premises, "40127")
    sign_out(ensure_month_key(office), session)
    assert not premises.accounts.knows("x-dareka")
    assert (premises.settings.slots / "x-dareka.slot").read_bytes() == b"x"
    assert refused(premises, "x-dareka", OWN) == "wrong-password"
    assert refused(premises, "40128", OWN) == "wrong-password"
    premises.failures.clear("40128")
    assert {("", "account-strange"), ("40128", "account-changed")} <= set(found(premises))


def test_laid_down_while_somebody_works_it_gets_no_key_either(premises: Premises) -> None:
    office, session = signed_in(premises, "40127")
    stranger = enrol("x-dareka", "見本 誰夫", Role.WARD_ADMIN, OWN, CHEAP)
    premises.accounts.save(stranger)
    (premises.settings.slots / "x-dareka.slot").write_bytes(b"x")
    office = ensure_month_key(office)
    close_account(office, session, "k-hanako", suspicion=False, password=PASSWORDS["40127"])
    sign_out(office, session)
    assert (premises.settings.slots / "x-dareka.slot").read_bytes() == b"x"
    newest = premises.room_keys.newest()
    assert newest is not None
    assert "x-dareka" not in newest.sealed


def test_whoever_is_registered_by_somebody_of_the_ward_counts(premises: Premises) -> None:
    admin = premises.accounts.find("40100")
    registrar = Registrar("40100", unlock(admin, PASSWORDS["40100"]).signing)
    new = enrol("40301", "見本 三郎", Role.WARD_STAFF, OWN, CHEAP, registrar=registrar)
    second = enrol("40302", "見本 四郎", Role.WARD_STAFF, OWN, CHEAP, registrar=Registrar("40301", unlock(new, OWN).signing))
    premises.accounts.save(second)
    premises.accounts.save(new)
    sign_out(*sign_in(premises, "40302", OWN, voucher=("40100", PASSWORDS["40100"])))
    assert premises.accounts.knows("40301")


def test_an_old_password_is_not_put_back(premises: Premises) -> None:
    before = premises.accounts.find("40127")
    office, session = signed_in(premises, "40127")
    changed = change_password(office, session, PASSWORDS["40127"], OWN, OWN)
    sign_out(office, session)
    premises.accounts.save(before)
    assert refused(premises, "40127", PASSWORDS["40127"]) == "account-changed"
    assert premises.accounts.find("40127") == changed
    assert ("40127", "account-older") in found(premises)
    sign_out(*sign_in(premises, "40127", OWN))


def test_a_change_of_password_that_a_crash_cut_off_counts(premises: Premises) -> None:
    account = premises.accounts.find("40127")
    keys = unlock(account, PASSWORDS["40127"])
    changed = with_password(account, keys, PASSWORDS["40127"], OWN, CHEAP, at="2026-11-24T00:00:00+00:00")
    premises.accounts.save(changed)
    sign_out(*sign_in(premises, "40127", OWN))
    assert premises.accounts.find("40127") == changed


def test_who_was_closed_stays_closed_when_the_file_that_says_so_is_gone(premises: Premises) -> None:
    slot = premises.settings.slots / "40128.slot"
    shutil.copy(slot, slot.with_suffix(".kept"))
    office, session = signed_in(premises, "40127")
    close_account(office, session, "40128", suspicion=False, password=PASSWORDS["40127"])
    sign_out(office, session)
    shutil.move(slot.with_suffix(".kept"), slot)
    (premises.settings.accounts / "40128.closed.json").unlink()
    assert refused(premises, "40128", PASSWORDS["40128"]) == "account-changed"
    assert premises.accounts.is_closed("40128")
    assert not slot.exists()
    office, session = signed_in(premises, "40127")
    assert ("40128", "account-reopened") in refusals(office)
    sign_out(office, session)


@pytest.mark.parametrize("with_slot", [False, True])
def test_a_stopped_id_is_not_released_by_somebody_made_up(premises: Premises, with_slot: bool) -> None:
    account = premises.accounts.find("k-hanako")
    if with_slot:  # her own slot, in a role she has given herself
        keys = unlock(account, PASSWORDS["k-hanako"])
        premises.accounts.save(with_password(replace(account, role=Role.SUPERVISOR), keys, "", OWN, CHEAP, at=""))
    else:
        premises.accounts.save(enrol("k-hanako", "見本 花子", Role.SUPERVISOR, OWN, CHEAP))
        (premises.settings.slots / "k-hanako.slot").unlink()
    for number in range(10):
        premises.failures.failed("40128", f"2026-11-24T00:00:{number:02}+00:00")
    code = refused(premises, "40128", "a guess", voucher=("k-hanako", OWN))
    assert code == ("account-changed" if with_slot else "no-slot")
    assert is_stopped(premises, "40128")


def test_a_room_key_of_somebody_else_is_not_used(premises: Premises) -> None:
    stranger = enrol("40127", "見本 区子", Role.WARD_STAFF, OWN, CHEAP)
    right = premises.room_keys.newest()
    planted = premises.room_keys.make(premises.accounts.every(), "40127", unlock(stranger, OWN).signing, "")
    assert premises.room_keys.newest() == planted
    office, session = signed_in(premises, "40128")
    assert premises.room_keys.newest() == right
    assert list(office.room_keys.keys) == [1]
    assert ("", "room-key-strange") in refusals(office)
    sign_out(office, session)


def test_a_file_changed_while_somebody_works_signs_nothing(premises: Premises) -> None:
    office, session = signed_in(premises, "40127")
    premises.accounts.save(enrol("s-toko", "見本 統子", Role.SUPERVISOR, OWN, CHEAP))
    with pytest.raises(OperatorError) as caught:
        sign(office, "s-toko", OWN, "receipt", {"papers": 3})
    assert caught.value.code == "account-changed"
    assert ("s-toko", "account-changed") in refusals(office)
    assert as_person(office, "40127").role is Role.WARD_STAFF
    sign_out(office, session)


def test_a_file_that_is_no_account_stops_nobody(premises: Premises) -> None:
    (premises.settings.accounts / "junk.json").write_text(json.dumps({"version": 2}), encoding="utf-8")
    premises.settings.accounts.joinpath("k-hanako.json").write_bytes(b"{")
    sign_out(*signed_in(premises, "40127"))
    assert len(premises.accounts.every()) == 6
    assert (premises.settings.accounts / "junk.json.aside").exists()


@pytest.mark.parametrize("left", [None, b"{"])
def test_whoever_takes_his_own_file_away_is_closed_all_the_same(tmp_path: Path, left: bytes | None) -> None:
    first, second = two_terminals(tmp_path)
    (here, session), (there, other) = at(first, "40127"), at(second, ADMIN)
    close_account(here, session, "k-hanako", suspicion=False, password=PASSWORDS["40127"])
    file = second.settings.accounts / "k-hanako.json"
    file.unlink()
    if left is not None:
        file.write_bytes(left)
    assert deliver(outgoing(here, "closure"), there) == [""]
    assert second.accounts.is_closed("k-hanako")
    sign_out(here, session)
    sign_out(there, other)


_ACCEPTED = {"report": "R-1", "receipt": "8新国第1号", "day": "2026-11-24"}
_WANTED = designation_to_json(
    Designation(
        name="見本 五郎",
        employer="見本株式会社",
        department="窓口",
        role=Role.SUPERVISOR,
        begins=date(2026, 11, 1),
        ends=date(2027, 3, 31),
        jobs="入力",
        card="",
        locker="",
    )
)


@pytest.mark.parametrize(
    ("kind", "act", "by", "told"),
    [
        ("roster", "accepted", "40128", ""),
        ("roster", "accepted", "s-toko", "not-permitted"),
        ("roster", "accepted", "x-dareka", "unknown-author"),
        ("roster", "proposed", "40100", ""),  # the first supervisor of a room
        ("roster", "proposed", "40128", "not-permitted"),
        ("roster", "proposed", "k-ichiro", "not-permitted"),
        ("presence", "entered", "40128", ""),
        ("presence", "entered", "k-ichiro", "not-permitted"),
        ("presence", "entered", "x-dareka", "unknown-author"),
    ],
)
def test_another_terminal_names_somebody_who_may_do_it(premises: Premises, kind: str, act: str, by: str, told: str) -> None:
    at = "2026-11-24T09:00:00+09:00"
    inside = _ACCEPTED if act == "accepted" else _WANTED
    event = {"person": "s-goro", "revision": 1, "act": act, "at": at, "by": by, "body": inside}
    came = event_to_json(Entered("2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d", "k-ichiro", at, by, "01"))
    office, session = signed_in(premises, "40127")
    assert deliver([("r-1", kind, {"event": event} if kind == "roster" else came)], office, "T05") == [told]
    sign_out(office, session)
