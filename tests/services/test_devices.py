"""許可していない装置: what is plugged in without the ward's approval stops 書出し and 印刷, and is told, kept and looked at."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import canonical, devices
from nhi_center.domain.operators import Session
from nhi_center.domain.self_check import State
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import audit_log, printers, scanners, self_check, self_check_system
from nhi_center.services import devices as service
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.today import status
from nhi_center.services.ward_settings import SIGNED_PREFIX
from nhi_center.storage import register
from tests.support import machine
from tests.support.certificates import trusting
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
STICK = ("1-2", "0781:5567", "08")


def allow(office: Office, gateway: Ed25519PrivateKey, *lines: dict[str, Any], cursor: int = 7000) -> None:
    body = {"cursor": cursor, "name": "devices", "value": list(lines), "effective_from": "2026-04-01", "approved_by": ["a", "b"]}
    signature = gateway.sign(SIGNED_PREFIX + canonical.encode(body)).hex()
    with office.store.write.begin() as connection:
        register.put_ward_setting(connection, cursor, "devices", {**body, "signature": signature})


def line(id_: str) -> dict[str, str]:
    return {"id": id_, "approval": "8-12", "date": "2026-04-01"}


def refused(act: Any) -> str:
    with pytest.raises(OperatorError) as caught:
        act()
    return caught.value.code


def test_a_stick_stops_exports_and_printing_until_ward_staff_have_looked(desk: Room, tmp_path: Path) -> None:
    office, clerk = desk
    supervisor, ward = as_person(office, "s-toko"), as_person(office, "40127")
    root = machine.whole(tmp_path / "machine")
    assert service.look(office, root) == ()
    audit_log.export(office, supervisor)
    machine.usb(root, *STICK, serial="4C53\x01 0001")
    (held,) = service.look(office, root)
    assert (held.product, held.serial, held.holds_data) == ("0781:5567", "4C530001", True)
    assert service.look(office, root) == (), "told once"
    assert refused(lambda: audit_log.export(office, supervisor)) == "device-held"
    assert refused(lambda: printers.port_of(office, clerk, "")) == "device-held"
    assert status(office, ward).counts["inspection"] == 1
    assert "inspection" in status(office, ward).alarms
    (hold,) = service.open_holds(office, ward)
    assert refused(lambda: service.acknowledge(office, supervisor, hold.id, "外した")) == "not-permitted"
    assert refused(lambda: service.acknowledge(office, ward, hold.id, " ")) == "no-words"
    service.acknowledge(office, ward, hold.id, "外して区へ渡した")
    assert refused(lambda: service.acknowledge(office, ward, hold.id, "もう一度")) == "looked-at-already"
    assert service.look(office, root) == (), "still there, and looked at"
    audit_log.export(office, supervisor)
    machine.unplugged(root, "1-2")
    service.look(office, root)
    machine.usb(root, *STICK)
    assert len(service.look(office, root)) == 1, "plugged in anew"
    told = [entry.what for entry in audit_log.page(office, supervisor).lines]
    assert "動作点検 許可していない装置で停止" in told
    assert "許可していない装置の確認" in told
    reasons = [entry.facts for entry in audit_log.page(office, supervisor).lines if entry.what.startswith("断った操作")]
    assert any("許可していない装置がつながった" in facts for facts in reasons)


def test_what_is_on_the_wards_list_stops_nothing(desk: Room, tmp_path: Path) -> None:
    office, gateway = trusting(desk[0])
    root = machine.whole(tmp_path / "machine")
    service.look(office, root)
    allow(office, gateway, line("0781:5567/SN-1"))
    machine.usb(root, *STICK, serial="SN-1")
    assert service.look(office, root) == ()
    machine.usb(root, "1-3", "0781:5567", "08", serial="SN-2")
    assert [one.serial for one in service.look(office, root)] == ["SN-2"], "another piece of the same make"
    body = canonical.decode(office.settings.allowed_devices.read_bytes())
    assert body["value"] == [line("0781:5567/SN-1")]


def test_a_list_that_the_ward_has_not_signed_allows_nothing(desk: Room, tmp_path: Path) -> None:
    office, _gateway = trusting(desk[0])
    root = machine.whole(tmp_path / "machine")
    service.look(office, root)
    allow(office, Ed25519PrivateKey.generate(), line("0781:5567"))
    machine.usb(root, *STICK)
    with pytest.raises(EnvironmentTrouble) as caught:
        service.look(office, root)
    assert caught.value.code == "KY-04"


def test_what_was_there_at_the_first_look_is_the_terminals_own_unless_it_takes_data(desk: Room, tmp_path: Path) -> None:
    office = desk[0]
    root = machine.whole(tmp_path / "machine")
    machine.usb(root, "1-4", "046d:c31c", "03")
    machine.usb(root, "1-5", "05e3:0608", "09", bDeviceClass="09")
    machine.usb(root, "1-6", "8087:0a2b", "e0", removable="fixed")
    machine.usb(root, *STICK)
    machine.disk(root, "mmcblk0", bus="pci0000:00/mmc0", removable=False)
    assert sorted(one.product for one in service.look(office, root)) == ["0781:5567", "block:mmcblk0"]


@pytest.mark.parametrize(("classes", "data"), [(("03",), False), (("06",), True), (("e0", "08"), True)])
def test_anything_that_comes_later_is_told_whether_it_takes_data_or_not(
    desk: Room, tmp_path: Path, classes: tuple[str, ...], data: bool
) -> None:
    office = desk[0]
    root = machine.whole(tmp_path / "machine")
    service.look(office, root)
    machine.usb(root, "2-1", "18d1:4ee1", *classes)
    (held,) = service.look(office, root)
    assert held.holds_data is data


def test_an_allowed_scanner_stops_nothing_but_a_stick_that_calls_itself_one_does(desk: Room, tmp_path: Path) -> None:
    office = desk[0]
    root = machine.whole(tmp_path / "machine")
    service.look(office, root)
    scanners.allow(office, as_person(office, "s-toko"), "0c2e:0b61", "", "スキャナー", "8-12")
    machine.usb(root, "1-4", "0c2e:0b61", "03")
    assert service.look(office, root) == ()
    machine.usb(root, "1-5", "0c2e:0b61", "03", "08", serial="X")
    assert [one.holds_data for one in service.look(office, root)] == [True]


def test_the_self_check_names_each_device_with_its_approval(desk: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office, gateway = trusting(desk[0])
    root = machine.whole(tmp_path / "machine")
    machine.usb(root, "1-3", "04b8:0202", "07", serial="P1")
    monkeypatch.setattr(self_check_system, "ROOT", root)
    allow(office, gateway, line("04b8:0202/P1"))
    found = self_check_system.devices(office, lambda *_words: None, None)
    assert found.state is State.OK
    assert "04b8:0202 P1(承認 8-12 2026-04-01)" in found.sentence
    assert "0fe6:0001(許可の一覧にない)" in found.sentence
    machine.usb(root, *STICK)
    assert self_check_system.devices(office, lambda *_words: None, None).state is State.WARNING
    service.look(office, root)
    found = self_check_system.devices(office, lambda *_words: None, None)
    assert (found.state, "書出しと印刷を止めています" in found.sentence) == (State.ERROR, True)
    assert self_check.run(office, terminal_session(office)).state is State.ERROR


def test_the_copy_of_the_list_is_believed_by_its_signature_alone(desk: Room) -> None:
    office, gateway = trusting(desk[0])
    today = date(2026, 11, 24)
    assert service.copied_list(office.settings, today) == ()
    allow(office, gateway, line("0781:5567"))
    service.keep_copy(office)
    with pytest.raises(EnvironmentTrouble):
        service.copied_list(office.settings, today)  # the list of keys beside it knows another gateway
    office.settings.allowed_devices.write_bytes(b"{")
    with pytest.raises(EnvironmentTrouble) as caught:
        service.copied_list(office.settings, today)
    assert caught.value.code == "KY-04"


@pytest.mark.parametrize(
    "value",
    [
        {},
        [1],
        [{"id": "0781:5567"}],
        [{"id": "0781", "approval": "8", "date": "2026-04-01"}],
        [{"id": "0781:5567", "approval": " ", "date": "2026-04-01"}],
        [{"id": "0781:5567", "approval": "8", "date": "soon"}],
        [{"id": "0781:5567", "approval": 8, "date": "2026-04-01"}],
        [{"id": "0781:5567", "approval": "8", "date": "2026-04-01", "more": "x"}],
    ],
)
def test_a_line_is_whole_or_the_list_is_none(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        devices.parse(value)
