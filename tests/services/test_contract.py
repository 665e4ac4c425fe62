"""契約: entered by both sides, told to the room, and what its period means at the sign-in window."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from nhi_center.domain import contract as rules
from nhi_center.domain.contract import Contract, KeptContract
from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import contract, screen_lock, takers
from nhi_center.services.office import Office, Premises
from nhi_center.services.room import RoomRecord
from nhi_center.services.session import sign_in
from nhi_center.storage import contract as storage
from nhi_center.synthesis.cast import COMPANY
from tests.support.office import PASSWORDS, advance, as_person, desk, enter, premises, room, signed_in

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
BEGINS, ENDS = date(2027, 4, 1), date(2028, 3, 31)
NEXT = Contract("令和9年度", COMPANY, "国民健康保険事務センター業務", BEGINS, ENDS, date(2026, 4, 1), clauses=True)


def enter_next(office: Office, wanted: Contract = NEXT) -> str:
    admin = ("40100", PASSWORDS["40100"])
    return contract.enter(office, as_person(office, "s-toko"), wanted, PASSWORDS["s-toko"], admin).id


@pytest.fixture
def without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Premises]:
    """A room where nobody has entered a contract, as a terminal is at first."""
    monkeypatch.setattr("nhi_center.training.contract.enter_contracts", lambda *_parts: None)
    made = room(tmp_path / "without")
    yield made
    made.close()


def test_both_sides_sign_and_the_record_says_who(desk: Room) -> None:
    office, _clerk = desk
    enter_next(office)
    found = contract.contracts(office, as_person(office, "40127"))
    assert [(line.kept.contract.number, line.state, line.signed_by) for line in found.lines] == [
        ("令和9年度", "これから", ("見本 統子", "見本 管理")),
        ("研修-令和8年度", "契約中", ("見本 統子", "見本 管理")),
    ]
    assert found.lines[0].kept.contract.fiscal_years == (2027,)
    assert NEXT.covers(BEGINS)
    assert not NEXT.covers(date(2028, 4, 1))


@pytest.mark.parametrize(
    ("other", "password", "field"),
    [
        ("40127", PASSWORDS["40127"], "person"),
        ("k-hanako", PASSWORDS["k-hanako"], "person"),
        ("s-toko", PASSWORDS["s-toko"], "person"),
        ("99999", "nobody has this one", "person"),
        ("40100", "not-her-password", "password"),
    ],
)
def test_the_other_side_is_the_ward_administrator_with_her_own_password(
    desk: Room, other: str, password: str, field: str
) -> None:
    office, _clerk = desk
    with pytest.raises(OperatorError) as refused:
        contract.enter(office, as_person(office, "s-toko"), NEXT, PASSWORDS["s-toko"], (other, password))
    assert refused.value.field == field
    assert len(contract.contracts(office, as_person(office, "s-toko")).lines) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": " "}, "number"),
        ({"jobs": "個人番号 123456789018"}, "jobs"),
        ({"ends": date(2027, 3, 1)}, "ends"),
        ({"ends": date(2029, 4, 1)}, "ends"),
        ({"first_begins": date(2027, 5, 1)}, "first_begins"),
    ],
)
def test_a_contract_that_is_not_whole_or_too_long_is_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(OperatorError) as refused:
        rules.check(replace(NEXT, **change))
    assert refused.value.field == field
    rules.check(replace(NEXT, ends=date(2029, 3, 31)))  # three years to the day are allowed


def test_a_clerk_without_a_contract_is_told_what_to_do_and_supervisor_and_ward_come_in(without: Premises) -> None:
    enter(without, "k-ichiro", "s-toko")
    with pytest.raises(OperatorError, match="契約の記録がない") as refused:
        signed_in(without, "k-ichiro")
    assert refused.value.code == "no-contract"
    assert "契約" in refused.value.message
    for person in ("s-toko", "40127", "40100"):
        office, _session = signed_in(without, person)
        office.store.close()
    office, _session = signed_in(without, "s-toko")
    enter_next(office, replace(NEXT, begins=date(2026, 11, 1), ends=date(2027, 3, 31)))
    office.store.close()
    office, session = signed_in(without, "k-ichiro")
    assert session.person == "k-ichiro"
    office.store.close()


@pytest.mark.parametrize(("days", "words"), [(-300, "からです"), (200, "で終わりました")])
def test_outside_the_period_a_clerk_does_not_sign_in(premises: Premises, days: int, words: str) -> None:
    advance(premises, days=days)
    enter(premises, "k-ichiro")
    with pytest.raises(OperatorError, match=words) as refused:
        sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"])
    assert refused.value.code == "contract"
    office, _session = signed_in(premises, "40100")
    with office.store.read.begin() as connection:
        entry = connection.execute(text('SELECT entry FROM audit WHERE instr(entry, \'"reason":"contract"\') > 0')).scalar_one()
    assert json.loads(entry)["actor"] == "k-ichiro"
    office.store.close()


def test_who_was_signed_in_when_it_ended_does_not_come_back_from_the_lock(desk: Room) -> None:
    office, clerk = desk
    screen_lock.lock(office, clerk, LockReason.KEY)
    screen_lock.unlock(office, clerk, PASSWORDS["k-ichiro"])
    advance(office.premises, days=365)
    screen_lock.lock(office, clerk, LockReason.KEY)
    with pytest.raises(OperatorError, match="契約"):
        screen_lock.unlock(office, clerk, PASSWORDS["k-ichiro"])


def test_the_three_years_begin_with_the_first_contract_in_the_record(desk: Room) -> None:
    office, _clerk = desk
    with pytest.raises(OperatorError) as refused:
        enter_next(office, replace(NEXT, first_begins=BEGINS))
    assert refused.value.field == "first_begins"
    enter_next(office, replace(NEXT, company="別の見本会社", first_begins=BEGINS))


def test_what_is_entered_anew_under_a_number_stands_and_the_first_entry_stays(desk: Room) -> None:
    office, _clerk = desk
    enter_next(office)
    enter_next(office, replace(NEXT, ends=date(2027, 9, 30)))
    lines = contract.contracts(office, as_person(office, "s-toko")).lines
    assert [line.state for line in lines] == ["これから", "前の記録", "契約中"]
    with office.store.read.begin() as connection:
        kept = storage.every(connection)
    assert rules.in_force(kept, date(2027, 10, 1)) is None
    assert rules.in_force(kept, date(2027, 9, 30)) is not None


def record_of(office: Office, id_: str) -> RoomRecord:
    with office.store.read.begin() as connection:
        body = connection.execute(text("SELECT body FROM outbox WHERE id = :id"), {"id": id_}).scalar_one()
    return RoomRecord(1, id_, "contract", "T05", json.loads(body))


def test_another_terminals_entry_is_believed_when_both_sides_signed_just_this(desk: Room) -> None:
    office, _clerk = desk
    record = record_of(office, enter_next(office))
    forged = replace(record, id="1", body={**record.body, "contract": {**record.body["contract"], "ends": "2028-12-31"}})
    alone = replace(record, id="2", body={**record.body, "signatures": record.body["signatures"][:1]})
    with office.store.write.begin() as connection:
        assert takers.take(office, connection, replace(forged, cursor=2)) == "bad-signature"
        assert takers.take(office, connection, replace(alone, cursor=3)) == "not-both-sides"
        assert len(storage.every(connection)) == 2
        assert takers.take(office, connection, record) == ""
        assert len(storage.every(connection)) == 2
        assert takers.take(office, connection, replace(record, id="3", cursor=4)) == ""
        assert {one.id for one in storage.every(connection)} == {"training-contract-1", record.id, "3"}


def test_every_training_terminal_has_the_same_contract(tmp_path: Path) -> None:
    made: list[KeptContract] = []
    for terminal in ("T04", "T05"):
        premises = room(tmp_path / terminal, terminal=terminal)
        office, _session = signed_in(premises, "40100")
        with office.store.read.begin() as connection:
            made += storage.every(connection)
        office.store.close()
        premises.close()
    assert made[0].id == made[1].id
    assert made[0].contract == made[1].contract
