"""What the kernel lists as able to type; invented machines in its own form, and the machine this runs on."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhi_center.isolation.input_devices import InputDevice, keyboards
from nhi_center.isolation.wtmp import Unreadable
from tests.support import machine

FULL = "10000 7 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
DIGITS = "10000ffc"
BUTTON = "10000000000000 0"


def test_a_keyboard_a_scanner_and_what_cannot_type(tmp_path: Path) -> None:
    machine.inputs(
        tmp_path,
        machine.input_device("0011", "0001", "0001", "AT Translated Set 2 keyboard", keys=FULL),
        machine.input_device("0019", "0000", "0001", "Power Button", keys=BUTTON),
        machine.input_device("0003", "046d", "c077", "Optical Mouse", handlers="mouse0 event4", keys="ff0000 0 0 0 0"),
        machine.input_device("0003", "0C2E", "0B61", "Honeywell Scanner", serial="SN-0042", keys=DIGITS),
        machine.input_device("0003", "0C2E", "0B61", "Honeywell Scanner", serial="SN-0042", keys=FULL),
    )
    assert keyboards(tmp_path) == (
        InputDevice("0001:0001", "", "AT Translated Set 2 keyboard"),
        InputDevice("0c2e:0b61", "SN-0042", "Honeywell Scanner"),
    )


def test_the_serial_number_stands_with_the_usb_device_where_the_keyboard_tells_none(tmp_path: Path) -> None:
    place = "/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/0003:0C2E:0B61.0001/input/input7"
    device = tmp_path / "sys/devices/pci0000:00/0000:00:14.0/usb1/1-2"
    device.mkdir(parents=True)
    (device / "idVendor").write_text("0c2e\n")
    (device / "serial").write_text("16285B00D9\n")
    machine.inputs(tmp_path, machine.input_device("0003", "0c2e", "0b61", "Scanner", keys=DIGITS, place=place))
    assert keyboards(tmp_path) == (InputDevice("0c2e:0b61", "16285B00D9", "Scanner"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "I: Bus=0003\nH: Handlers=kbd\nB: KEY=zz\n",
        "H: Handlers=kbd event0\nB: KEY=\n",
        'N: Name="kbd"\n',
        "\ufffd" * 50,
    ],
)
def test_what_is_not_in_the_kernel_s_form_is_no_device(tmp_path: Path, text: str) -> None:
    machine.inputs(tmp_path, text)
    assert keyboards(tmp_path) == ()


def test_a_place_that_leads_out_of_the_machine_is_not_followed(tmp_path: Path) -> None:
    machine.inputs(tmp_path, machine.input_device("0003", "0c2e", "0b61", "Scanner", keys=DIGITS, place="/../../etc"))
    assert keyboards(tmp_path) == (InputDevice("0c2e:0b61", "", "Scanner"),)


def test_without_the_list_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="入力機器の一覧"):
        keyboards(tmp_path)


def test_the_list_of_this_machine_is_read_or_said_to_be_missing() -> None:
    root = Path("/")
    if not (root / "proc/bus/input/devices").exists():
        with pytest.raises(Unreadable):
            keyboards(root)
        return
    listed = (root / "proc/bus/input/devices").read_text(errors="replace")
    assert all(device.name in listed for device in keyboards(root))
