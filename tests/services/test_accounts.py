"""Accounts of the room: opened, closed and changed at one terminal, believed at another for their signatures alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from nhi_center.domain.operators import Role, Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.keys import accounts as records
from nhi_center.keys.account_book import Closure
from nhi_center.keys.accounts import Registrar, enrol, to_json, unlock
from nhi_center.keys.passwords import FLOOR
from nhi_center.keys.room_key import to_json as room_key_json
from nhi_center.services.accounts import change_password, close_account, open_account
from nhi_center.services.office import Office, Premises
from nhi_center.services.roster_told import told
from nhi_center.services.session import sign_in, sign_out
from nhi_center.storage import closures
from tests.support.office import CHEAP, PASSWORDS, advance, as_person, premises, signed_in
from tests.support.roster import put_on_roster
from tests.support.two_terminals import ADMIN, SIGNER, at, deliver, outgoing, two_terminals

__all__ = ["premises"]

Desk = tuple[Office, Session]
NEW = "akai-densha-to-yubin-77"
KINDS = ("account", "closure", "room_key")


@pytest.fixture
def ward(premises: Premises) -> Iterator[Desk]:
    office, session = signed_in(premises, "40127")
    yield office, session
    office.store.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Ward staff 40127 at T04, the ward administrator at T05."""
    first, second = two_terminals(tmp_path)
    here, there = at(first, "40127"), at(second, ADMIN)
    yield here, there
    here[0].store.close()
    there[0].store.close()


def refusal(act: Callable[[], object]) -> OperatorError:
    with pytest.raises(OperatorError) as caught:
        act()
    return caught.value


def open_jiro(desk: Desk, **changed: Any) -> records.Account:
    office, session = desk
    given = {"person": "k-jiro", "name": "見本 次郎", "role": Role.CLERK, "password": NEW, "signer": SIGNER} | changed
    put_on_roster(office, "k-jiro", "見本 次郎", Role.CLERK)
    return open_account(office, session, **given)  # type: ignore[arg-type]


# -- opening --


def test_an_opened_account_signs_in_here_at_once(ward: Desk) -> None:
    account = open_jiro(ward)
    office, session = ward
    assert account.was_registered_by(office.premises.accounts.find(ADMIN))
    sign_out(office, session)
    told = refusal(lambda: sign_in(office.premises, "k-jiro", NEW))
    assert told.code == "not-inside"  # his password and slot open the store; only the door has not seen him


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"person": "k-ichiro"}, "known-id", "person"),
        ({"person": "../x"}, "bad-id", "person"),
        ({"password": "mijikai"}, "weak-password", "password"),
        ({"signer": ("40127", "wrong")}, "wrong-password", "signer_password"),
        ({"signer": ("s-toko", PASSWORDS["s-toko"])}, "wrong-role", "signer_id"),
        ({"role": Role.WARD_ADMIN, "signer": ("40127", PASSWORDS["40127"])}, "wrong-role", "signer_id"),
        ({"role": Role.TERMINAL}, "wrong-role", "signer_id"),
    ],
)
def test_an_account_is_refused_at_the_field_that_is_wrong(ward: Desk, changed: dict[str, Any], code: str, field: str) -> None:
    before = ward[0].premises.accounts.every()
    told = refusal(lambda: open_jiro(ward, **changed))
    assert (told.code, told.field) == (code, field)
    assert ward[0].premises.accounts.every() == before
    assert outgoing(ward[0], *KINDS) == []


def test_a_clerk_opens_no_account(ward: Desk) -> None:
    assert refusal(lambda: open_jiro((ward[0], as_person(ward[0], "k-ichiro")))).code == "not-permitted"


# -- at the other terminal --


def test_a_new_account_reaches_the_other_terminal_and_is_let_in_there(pair: tuple[Desk, Desk]) -> None:
    here, (there, admin) = pair
    open_jiro(here)
    sent = outgoing(here[0], *KINDS)
    assert [kind for _id, kind, _body in sent] == ["account", "room_key"]
    assert deliver(sent, there) == ["", ""]
    assert deliver(sent, there) == ["", ""]  # told again, nothing changes
    sign_out(there, admin)
    assert refusal(lambda: sign_in(there.premises, "k-jiro", NEW)).code == "no-slot"
    assert refusal(lambda: sign_in(there.premises, "k-jiro", "wrong", voucher=SIGNER)).code == "wrong-password"
    assert not there.premises.slots.holds("k-jiro")


@pytest.mark.parametrize("forged", ["stranger", "clerk", "himself", "staff_makes_admin", "edited", "cheap"])
def test_an_account_nobody_of_the_ward_opened_is_not_believed(pair: tuple[Desk, Desk], forged: str) -> None:
    _here, (there, _admin) = pair
    book = there.premises.accounts

    def registrar(person: str) -> Registrar:
        return Registrar(person, unlock(book.find(person), PASSWORDS[person]).signing)

    stranger = Registrar("40127", unlock(enrol("40127", "見本 区子", Role.WARD_STAFF, NEW, CHEAP), NEW).signing)
    by = {"stranger": stranger, "clerk": registrar("k-ichiro"), "himself": None}.get(forged, registrar("40127"))
    role = Role.WARD_ADMIN if forged == "staff_makes_admin" else Role.CLERK
    account = enrol("k-mado", "見本 窓子", role, NEW, CHEAP, registrar=by)
    if forged == "edited":
        account = replace(account, role=Role.SUPERVISOR)
    if forged == "cheap":
        book.floor = FLOOR
    (reason,) = deliver([("r-1", "account", to_json(account))], there)
    assert reason.startswith("account-")
    book.floor = None
    assert not book.knows("k-mado")


def test_the_wards_own_list_names_the_first_administrator(pair: tuple[Desk, Desk]) -> None:
    _here, (there, _admin) = pair
    from nhi_center.domain.trust import TrustedPerson

    account = enrol("40200", "見本 管理二", Role.WARD_ADMIN, NEW, CHEAP)
    listed = {"40200": TrustedPerson(account.name, account.role.value, account.signing)}
    assert deliver([("r-1", "account", to_json(account))], there) == ["account-registration"]
    trusting = replace(there, premises=replace(there.premises, trust=replace(there.premises.trust, people=listed)))
    assert deliver([("r-2", "account", to_json(account))], trusting) == [""]
    assert there.premises.accounts.knows("40200")


# -- changing the password --


def test_a_changed_password_reaches_the_other_terminal(pair: tuple[Desk, Desk]) -> None:
    (here, session), (there, admin) = pair
    changed = change_password(here, session, PASSWORDS["40127"], NEW, NEW)
    assert changed.revision == 2
    sent = outgoing(here, *KINDS)
    assert deliver(sent, there) == [""]
    assert there.premises.accounts.find("40127") == changed
    sign_out(there, admin)
    assert refusal(lambda: at(there.premises, "40127")).code == "wrong-password"
    advance(there.premises, seconds=2)
    sign_out(*sign_in(there.premises, "40127", NEW, voucher=SIGNER))
    sign_out(here, session)
    sign_out(*sign_in(here.premises, "40127", NEW))


def test_an_older_or_foreign_revision_is_not_believed(pair: tuple[Desk, Desk]) -> None:
    (here, session), (there, _admin) = pair
    before = there.premises.accounts.find("40127")
    changed = change_password(here, session, PASSWORDS["40127"], NEW, NEW)
    again = records.with_password(before, unlock(before, PASSWORDS["40127"]), PASSWORDS["40127"], NEW + "x", CHEAP, at="x")
    foreign = enrol("40127", "見本 区子", Role.WARD_STAFF, NEW, CHEAP)
    assert deliver([("r-1", "account", to_json(changed))], there) == [""]
    reasons = deliver(
        [
            ("r-2", "account", to_json(before)),
            ("r-3", "account", to_json(again)),
            ("r-4", "account", to_json(replace(foreign, revision=9))),
            ("r-5", "account", to_json(foreign)),
            ("r-6", "account", {"version": 2}),
        ],
        there,
    )
    assert reasons == ["account-revision", "account-revision", "account-signature", "account-keys", "unreadable"]
    assert there.premises.accounts.find("40127") == changed


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        (("wrong", NEW, NEW), "old_password", "wrong-password"),
        ((PASSWORDS["40127"], NEW, NEW + "x"), "repeated", "not-the-same"),
        ((PASSWORDS["40127"], "mijikai", "mijikai"), "new_password", "weak-password"),
        ((PASSWORDS["40127"], "shinjuku-kokuho-2026", "shinjuku-kokuho-2026"), "new_password", "weak-password"),
        ((PASSWORDS["40127"],) * 3, "new_password", "used-before"),
    ],
)
def test_a_password_is_refused_at_its_field(ward: Desk, typed: tuple[str, str, str], field: str, code: str) -> None:
    office, session = ward
    told = refusal(lambda: change_password(office, session, *typed))
    assert (told.field, told.code) == (field, code), told.message
    assert all(word not in told.message for word in typed)
    assert office.premises.accounts.find("40127").revision == 1


# -- closing --


def test_a_closed_person_is_out_everywhere(pair: tuple[Desk, Desk]) -> None:
    (here, session), (there, admin) = pair
    at_there = there.premises
    at_there.slots.save(at_there.accounts.find("k-hanako"), there.contents)
    close_account(here, session, "k-hanako", suspicion=False, password=PASSWORDS["40127"])
    sent = outgoing(here, *KINDS)
    assert [kind for _id, kind, _body in sent] == ["closure", "room_key"]
    assert deliver(sent, there) == ["", ""]
    assert deliver(sent, there) == ["", ""]
    for office, who in ((here, session), (there, admin)):
        assert office.premises.accounts.is_closed("k-hanako")
        assert not office.premises.slots.holds("k-hanako")
        newest = office.premises.room_keys.newest()
        assert newest is not None
        assert (newest.number, "k-hanako" in newest.sealed, "k-ichiro" in newest.sealed) == (2, False, True)
        (removal,) = told(office, who).removals
        closure = office.premises.accounts.closure("k-hanako")
        assert closure is not None
        assert (removal.person, removal.untold, closure.by) == ("k-hanako", (), "40127")
        with pytest.raises(OperatorError) as caught:
            sign_in(office.premises, "k-hanako", PASSWORDS["k-hanako"], voucher=SIGNER)
        assert caught.value.code == "wrong-password"


@pytest.mark.parametrize(
    ("by", "person", "code"),
    [
        ("40127", "40127", "himself"),
        ("40127", ADMIN, "last-admin"),
        ("s-toko", "40128", "wrong-role"),
        ("k-ichiro", "k-hanako", "not-permitted"),
        ("40127", "nobody", "unknown-person"),
    ],
)
def test_who_may_not_be_closed(ward: Desk, by: str, person: str, code: str) -> None:
    session = as_person(ward[0], by)
    told = refusal(lambda: close_account(ward[0], session, person, suspicion=False, password=PASSWORDS[by]))
    assert told.code == code
    assert not ward[0].premises.accounts.is_closed(person)


def test_closing_takes_ones_own_password_and_happens_once(ward: Desk) -> None:
    office, session = ward
    told = refusal(lambda: close_account(office, session, "k-hanako", suspicion=False, password="wrong"))
    assert (told.field, told.code) == ("password", "wrong-password")
    advance(office.premises, seconds=2)
    close_account(office, session, "k-hanako", suspicion=False, password=PASSWORDS["40127"])
    again = refusal(lambda: close_account(office, session, "k-hanako", suspicion=True, password=PASSWORDS["40127"]))
    assert again.code == "already-closed"
    assert refusal(lambda: open_jiro(ward, person="k-hanako")).code == "known-id"


@pytest.mark.parametrize("forged", ["unsigned", "clerk", "supervisor_closes_ward", "himself", "closed_signer"])
def test_a_closure_nobody_may_make_is_not_believed(pair: tuple[Desk, Desk], forged: str) -> None:
    (here, session), (there, _admin) = pair
    by, person = {
        "unsigned": ("40127", "k-ichiro"),
        "clerk": ("k-ichiro", "k-hanako"),
        "supervisor_closes_ward": ("s-toko", "40128"),
        "himself": ("40128", "40128"),
        "closed_signer": ("s-toko", "k-ichiro"),
    }[forged]
    signing = unlock(there.premises.accounts.find(by), PASSWORDS[by]).signing
    closure = Closure(person, by, "2026-11-24T01:00:00+00:00", True).signed(signing)
    if forged == "unsigned":
        closure = replace(closure, suspicion=False)
    if forged == "closed_signer":
        close_account(here, session, by, suspicion=False, password=PASSWORDS["40127"])
        deliver(outgoing(here, "closure"), there)
    (reason,) = deliver([("r-9", "closure", asdict(closure))], there)
    assert reason
    assert not there.premises.accounts.is_closed(person)
    assert there.premises.slots.holds(ADMIN)


def test_a_second_persons_suspicion_counts_too(pair: tuple[Desk, Desk]) -> None:
    (here, session), (there, _admin) = pair
    close_account(here, session, "k-hanako", suspicion=False, password=PASSWORDS["40127"])
    deliver(outgoing(here, "closure"), there)
    signing = unlock(there.premises.accounts.find("40128"), PASSWORDS["40128"]).signing
    later = Closure("k-hanako", "40128", "2099-01-01T00:00:00+00:00", True).signed(signing)
    with there.store.read.begin() as connection:
        assert not closures.rekey_due(connection)
    assert deliver([("r-8", "closure", asdict(later))], there) == [""]
    with there.store.read.begin() as connection:
        assert closures.rekey_due(connection)
    known = there.premises.accounts.closure("k-hanako")
    assert known is not None
    assert known.by == "40127"


# -- the room's key --


def test_the_room_reads_what_the_room_sealed_and_who_left_does_not_read_on(pair: tuple[Desk, Desk]) -> None:
    (here, session), (there, admin) = pair
    sealed = here.room_keys.seal("見本の下書き".encode(), b"draft a-1")
    assert there.room_keys.open(sealed, b"draft a-1").decode() == "見本の下書き"
    for changed, context in ((sealed, b"draft a-2"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"draft a-1"), (b"", b"draft a-1")):
        with pytest.raises(EnvironmentTrouble) as caught:
            there.room_keys.open(changed, context)
        assert caught.value.code == "KY-09"
    close_account(here, session, "k-hanako", suspicion=False, password=PASSWORDS["40127"])
    deliver(outgoing(here, *KINDS), there)
    sign_out(here, session)
    here, session = signed_in(here.premises, "40127")
    sealed = here.room_keys.seal(b"later", b"draft a-1")
    hanako = unlock(here.premises.accounts.find("k-hanako"), PASSWORDS["k-hanako"])
    left = here.premises.room_keys.open_all("k-hanako", hanako.sealing)
    assert sorted(left.keys) == [1]
    with pytest.raises(EnvironmentTrouble):
        left.open(sealed, b"draft a-1")
    sign_out(there, admin)
    there, _admin = at(there.premises, ADMIN)
    assert there.room_keys.open(sealed, b"draft a-1") == b"later"
    there.store.close()
    here.store.close()


def test_a_newcomer_reads_what_is_sealed_now(ward: Desk) -> None:
    office, _session = ward
    sealed = office.room_keys.seal(b"now", b"x")
    open_jiro(ward)
    jiro = unlock(office.premises.accounts.find("k-jiro"), NEW)
    assert office.premises.room_keys.open_all("k-jiro", jiro.sealing).open(sealed, b"x") == b"now"


def test_a_room_key_of_one_who_may_not_make_it_is_not_believed(pair: tuple[Desk, Desk]) -> None:
    _here, (there, _admin) = pair
    clerk = unlock(there.premises.accounts.find("k-ichiro"), PASSWORDS["k-ichiro"])
    newest = there.premises.room_keys.newest()
    assert newest is not None
    forged = replace(newest, number=2, made_by="k-ichiro").signed(clerk.signing)
    foreign = replace(newest, number=2)
    reasons = deliver([("r-1", "room_key", room_key_json(forged)), ("r-2", "room_key", room_key_json(foreign))], there)
    assert reasons == ["room-key-role", "room-key-signature"]
    assert there.premises.room_keys.newest() == newest


def test_two_keys_made_at_once_end_as_one(tmp_path: Path) -> None:
    first, second = two_terminals(tmp_path)
    signing = unlock(first.accounts.find(ADMIN), PASSWORDS[ADMIN]).signing
    one = first.room_keys.make(first.accounts.every(), ADMIN, signing, "x")
    other = second.room_keys.make(second.accounts.every(), ADMIN, signing, "x")
    first.room_keys.take(other)
    second.room_keys.take(one)
    assert first.room_keys.newest() == second.room_keys.newest()


def test_under_suspicion_the_store_is_due_for_another_key(pair: tuple[Desk, Desk]) -> None:
    (here, session), (there, _admin) = pair
    close_account(here, session, "k-hanako", suspicion=True, password=PASSWORDS["40127"])
    deliver(outgoing(here, *KINDS), there)
    for office in (here, there):
        with office.store.read.begin() as connection:
            assert closures.rekey_due(connection)
