"""区の人: the ward administrator registers and closes the ward's people, and releases who was stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nhi_center.domain.operators import Role, Session
from nhi_center.errors import OperatorError
from nhi_center.services.clock import JST
from nhi_center.services.founding import NewPerson
from nhi_center.services.gate import identify
from nhi_center.services.office import Office, Premises
from nhi_center.services.session import sign_in, sign_out
from nhi_center.services.ward_accounts import WardPerson, add, close, let_try_again, ward_accounts
from nhi_center.storage import audit as log
from nhi_center.storage import room
from nhi_center.storage.room import TerminalSeen
from tests.support.office import PASSWORDS, advance, as_person, premises, signed_in
from tests.support.two_terminals import ADMIN, at, deliver, outgoing, two_terminals

__all__ = ["premises"]

Desk = tuple[Office, Session]
OWN = PASSWORDS[ADMIN]
WORDS = "kawa-no-soba no isu 3ko"
NEW = NewPerson("40200", "見本 区夫", WORDS, WORDS)
KINDS = ("account", "closure", "room_key")


@pytest.fixture
def admin(premises: Premises) -> Iterator[Desk]:
    office, session = signed_in(premises, ADMIN)
    yield office, session
    office.store.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """The ward administrator at T04 and at T05."""
    first, second = two_terminals(tmp_path)
    here, there = signed_in(first, ADMIN), at(second, ADMIN)
    yield here, there
    here[0].store.close()
    there[0].store.close()


def refusal(act: Callable[[], object]) -> OperatorError:
    with pytest.raises(OperatorError) as caught:
        act()
    return caught.value


def line(desk: Desk, person: str) -> WardPerson:
    (found,) = [one for one in ward_accounts(*desk) if one.person == person]
    return found


def just_now(office: Office, moment: str) -> bool:
    at = datetime.fromisoformat(moment).replace(tzinfo=JST)
    return timedelta() <= office.clock.now() - at < timedelta(minutes=10)


def entries(office: Office, action: str) -> list[dict[str, Any]]:
    with office.store.read.begin() as connection:
        found = [json.loads(row[0]) for row in log.every(connection)]
    return [entry for entry in found if entry["action"] == action]


def test_the_list_holds_the_wards_people_alone(admin: Desk) -> None:
    people = ward_accounts(*admin)
    assert [one.person for one in people] == sorted(p for p in PASSWORDS if p.startswith("40"))
    assert [one.person for one in people if one.own] == [ADMIN]
    assert not any(one.closed or one.stopped for one in people)


def test_who_is_added_signs_in_at_once_and_reaches_the_other_terminal(pair: tuple[Desk, Desk]) -> None:
    here, there = pair
    add(*here, NEW, Role.WARD_ADMIN, OWN)
    found = line(here, NEW.person)
    assert (found.name, found.role, found.opened_by, found.closed) == (NEW.name, Role.WARD_ADMIN, ADMIN, False)
    assert just_now(here[0], found.opened_at)
    assert set(deliver(outgoing(here[0], *KINDS), there[0])) == {""}
    assert line(there, NEW.person).opened_by == ADMIN
    sign_out(*here)
    office, session = sign_in(here[0].premises, NEW.person, WORDS)
    assert [one.person for one in ward_accounts(office, session) if one.own] == [NEW.person]
    sign_out(office, session)


@pytest.mark.parametrize(
    ("changed", "role", "own", "field", "code"),
    [
        ({"person": "4"}, Role.WARD_STAFF, OWN, "person", ""),
        ({"person": "40127"}, Role.WARD_STAFF, OWN, "person", "known-id"),
        ({"name": " "}, Role.WARD_STAFF, OWN, "name", ""),
        ({}, Role.CLERK, OWN, "role", "wrong-role"),
        ({"repeated": WORDS + "x"}, Role.WARD_STAFF, OWN, "repeated", ""),
        ({"password": "mijikai", "repeated": "mijikai"}, Role.WARD_STAFF, OWN, "password", "weak-password"),
        ({}, Role.WARD_STAFF, "wrong", "signer_password", "wrong-password"),
    ],
)
def test_a_registration_is_refused_at_its_field(
    admin: Desk, changed: dict[str, str], role: Role, own: str, field: str, code: str
) -> None:
    before = ward_accounts(*admin)
    told = refusal(lambda: add(*admin, replace(NEW, **changed), role, own))
    assert told.field == field
    assert not code or told.code == code
    assert ward_accounts(*admin) == before


def test_a_closed_person_stays_on_the_list_with_who_and_when(pair: tuple[Desk, Desk]) -> None:
    here, there = pair
    close(*here, "40128", typed="40128", suspicion=False, password=OWN)
    gone = ward_accounts(*here)[-1]
    assert (gone.person, gone.closed, gone.closed_by, gone.sent) == ("40128", True, ADMIN, False)
    assert just_now(here[0], gone.closed_at)
    sent = outgoing(here[0], *KINDS)
    for office in (here[0], there[0]):
        deliver(sent, office)
        with office.store.write.begin() as connection:
            room.keep_terminals(connection, (TerminalSeen("T04", 9, ""), TerminalSeen("T05", 9, ""), TerminalSeen("T06", 0, "")))
    for desk in (here, there):
        assert (line(desk, "40128").sent, line(desk, "40128").untold) == (True, ("T06",))
        wrong = refusal(partial(identify, desk[0].premises, "40128", PASSWORDS["40128"]))
        assert wrong.code == "wrong-password"


@pytest.mark.parametrize(
    ("person", "typed", "own", "field", "code"),
    [
        ("40128", "40127", OWN, "typed", "other-person"),
        ("40128", "40128", "wrong", "password", "wrong-password"),
        (ADMIN, ADMIN, OWN, "person", "himself"),
        ("k-ichiro", "k-ichiro", OWN, "person", "wrong-role"),
        ("49999", "49999", OWN, "person", "unknown-person"),
    ],
)
def test_who_may_not_be_closed(admin: Desk, person: str, typed: str, own: str, field: str, code: str) -> None:
    told = refusal(lambda: close(*admin, person, typed=typed, suspicion=False, password=own))
    assert (told.field, told.code) == (field, code)
    assert not admin[0].premises.accounts.is_closed(person)


def test_the_last_administrator_stays_and_a_second_one_may_close_the_first(admin: Desk) -> None:
    office, _session = admin
    add(*admin, NEW, Role.WARD_ADMIN, OWN)
    second = as_person(office, NEW.person)
    close(office, second, ADMIN, typed=ADMIN, suspicion=True, password=WORDS)
    assert office.premises.accounts.is_closed(ADMIN)
    told = refusal(lambda: close(office, second, NEW.person, typed=NEW.person, suspicion=False, password=WORDS))
    assert told.code == "himself"


def test_a_stopped_person_is_released_and_the_log_says_by_whom(admin: Desk) -> None:
    office, session = admin
    assert refusal(lambda: let_try_again(office, session, "40128", OWN)).code == "not-stopped"
    for _ in range(10):
        refusal(lambda: identify(office.premises, "40128", "wrong"))
        advance(office.premises, seconds=61)
    assert line(admin, "40128").stopped
    told = refusal(lambda: let_try_again(office, session, "40128", "wrong"))
    assert (told.field, told.code) == ("password", "wrong-password")
    assert line(admin, "40128").stopped
    advance(office.premises, seconds=2)
    let_try_again(office, session, "40128", OWN)
    assert not line(admin, "40128").stopped
    assert identify(office.premises, "40128", PASSWORDS["40128"]).account.person == "40128"
    (entry,) = entries(office, "vouch")
    assert (entry["actor"], entry["subject"], entry["facts"]["vouched_by"]) == (ADMIN, "40128", ADMIN)
