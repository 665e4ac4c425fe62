"""許可した入力機器: entered with the ward's approval, told and logged when something else is plugged in during work."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import audit_log, os_events, scanners
from nhi_center.services.office import Office
from tests.isolation.test_input_devices import DIGITS, FULL
from tests.support import machine
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
OWN = machine.input_device("0011", "0001", "0001", "AT keyboard", keys=FULL)
SCANNER = machine.input_device("0003", "0c2e", "0b61", "Scanner", serial="SN-1", keys=DIGITS)
OTHER = machine.input_device("0003", "1a86", "e026", "Rubber duck", keys=FULL)


def look(office: Office, root: Path, *devices: str) -> tuple[list[tuple[str, str, bool]], tuple[str, ...]]:
    machine.inputs(root, *devices)
    collected = os_events.collect(office, root=root)
    events = [one for one in collected.events if one.step.startswith("os_input")]
    return [(one.step, str(one.facts["device"]), bool(one.facts["allowed"])) for one in events], collected.strangers


def test_an_unlisted_keyboard_is_told_and_kept_and_a_listed_scanner_is_not_a_stranger(desk: Room, tmp_path: Path) -> None:
    office, _clerk = desk
    supervisor = as_person(office, "s-toko")
    assert look(office, tmp_path, OWN) == ([], ()), "what was there at the first look is the terminal's own"
    assert look(office, tmp_path, OWN, SCANNER) == ([("os_input_in", "0c2e:0b61", False)], ("0c2e:0b61",))
    assert look(office, tmp_path, OWN, SCANNER) == ([], ())
    made = scanners.allow(office, supervisor, "0C2E:0B61", "SN-1", "スキャナー", "承認 8-12")
    look(office, tmp_path, OWN)
    assert look(office, tmp_path, OWN, SCANNER, OTHER) == (
        [("os_input_in", "0c2e:0b61", True), ("os_input_in", "1a86:e026", False)],
        ("1a86:e026",),
    )
    assert look(office, tmp_path, OWN) == ([("os_input_out", "0c2e:0b61", True), ("os_input_out", "1a86:e026", False)], ())
    scanners.withdraw(office, supervisor, made.id)
    assert look(office, tmp_path, OWN, SCANNER)[1] == ("0c2e:0b61",)
    told = [line.what for line in audit_log.page(office, supervisor).lines]
    assert "動作点検 入力機器をつないだ" in told
    assert "入力機器の許可 許可した" in told


def test_the_same_make_with_another_serial_is_a_stranger_unless_none_was_given(desk: Room, tmp_path: Path) -> None:
    office, _clerk = desk
    supervisor = as_person(office, "s-toko")
    scanners.allow(office, supervisor, "0c2e:0b61", "SN-2", "スキャナー", "8-12")
    look(office, tmp_path, OWN)
    assert look(office, tmp_path, OWN, SCANNER)[1] == ("0c2e:0b61",)
    scanners.allow(office, supervisor, "0c2e:0b61", "", "スキャナー", "8-13")
    look(office, tmp_path, OWN)
    assert look(office, tmp_path, OWN, SCANNER)[1] == ()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (("0c2e", "", "スキャナー", "8-12"), "product"),
        (("0c2e:0b61", "", " ", "8-12"), "name"),
        (("0c2e:0b61", "", "スキャナー", ""), "approval"),
        (("0c2e:0b61", "x" * 41, "スキャナー", "8-12"), "serial"),
    ],
)
def test_an_entry_is_whole_or_none(desk: Room, typed: tuple[str, str, str, str], field: str) -> None:
    supervisor = as_person(desk[0], "s-toko")
    with pytest.raises(OperatorError) as caught:
        scanners.allow(desk[0], supervisor, *typed)
    assert caught.value.field == field
    assert scanners.listing(desk[0], supervisor).rows == ()


def test_only_the_supervisor_enters_the_ward_sees_and_what_was_allowed_stands(desk: Room, tmp_path: Path) -> None:
    office, clerk = desk
    supervisor, ward = as_person(office, "s-toko"), as_person(office, "40127")
    for person in (clerk, ward):
        with pytest.raises(OperatorError) as caught:
            scanners.allow(office, person, "0c2e:0b61", "", "スキャナー", "8-12")
        assert caught.value.code == "not-permitted"
    made = scanners.allow(office, supervisor, "0c2e:0b61", "SN-1", "スキャナー", "8-12")
    with pytest.raises(OperatorError) as caught:
        scanners.allow(office, supervisor, "0c2e:0b61", "SN-1", "スキャナー", "8-12")
    assert caught.value.code == "allowed-already"
    machine.inputs(tmp_path, OTHER, SCANNER)
    rows = scanners.listing(office, ward, tmp_path).rows
    assert [(row.name, row.attached, row.allowed) for row in rows] == [("Rubber duck", True, False), ("スキャナー", True, True)]
    for statement in ("DELETE FROM scanner", "UPDATE scanner SET approval = 'x'"):
        with pytest.raises(DatabaseError), office.store.write.begin() as connection:
            connection.execute(text(statement))
    scanners.withdraw(office, supervisor, made.id)
    with pytest.raises(OperatorError) as caught:
        scanners.withdraw(office, supervisor, made.id)
    assert caught.value.code == "not-allowed"


def test_where_the_machine_tells_nothing_the_list_still_stands(desk: Room, tmp_path: Path) -> None:
    supervisor = as_person(desk[0], "s-toko")
    scanners.allow(desk[0], supervisor, "0c2e:0b61", "", "スキャナー", "8-12")
    found = scanners.listing(desk[0], supervisor, tmp_path)
    assert "入力機器の一覧" in found.reason
    assert [row.attached for row in found.rows] == [False]
