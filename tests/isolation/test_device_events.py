"""The system's word that something was plugged in: the real libudev, under the system call filter, over a simulated machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.restricted import terminal, told

WRAPPER = shutil.which("umockdev-wrapper")

SIMULATED = """
import ctypes, select
library = ctypes.CDLL("libumockdev.so.0")
library.umockdev_testbed_new.restype = ctypes.c_void_p
library.umockdev_testbed_get_root_dir.restype = ctypes.c_char_p
testbed = ctypes.c_void_p(library.umockdev_testbed_new())
root = library.umockdev_testbed_get_root_dir(testbed).decode()
os.environ["UMOCKDEV_DIR"] = root
def add(text):
    fault = ctypes.c_void_p()
    assert library.umockdev_testbed_add_from_string(testbed, text.encode(), ctypes.byref(fault))
from nhi_center.isolation.attached import attached
from nhi_center.isolation.device_events import DeviceEvents
(Path(root) / "sys/class/block").mkdir(parents=True)
seccomp.apply()
events = DeviceEvents.open()
told["hears"] = events is not None
waiting = select.poll(); waiting.register(events.descriptor, select.POLLIN)
told["quiet"] = waiting.poll(0) == []
told["before"] = [one.product for one in attached(Path(root))]
STICK = "/devices/pci0000:00/usb1/1-2"
add(f'''P: {STICK}
E: SUBSYSTEM=usb
E: DEVTYPE=usb_device
A: idVendor=0781
A: idProduct=5567
A: serial=SN-1
A: bDeviceClass=00

P: {STICK}/1-2:1.0
E: SUBSYSTEM=usb
E: DEVTYPE=usb_interface
A: bInterfaceClass=08
''')
library.umockdev_testbed_uevent(testbed, f"/sys{STICK}".encode(), b"add")
told["woken"] = waiting.poll(5000) != []
told["drained"] = events.drain() > 0
told["quiet again"] = waiting.poll(0) == []
told["after"] = [(one.product, one.serial, one.holds_data) for one in attached(Path(root))]
events.close()
"""


@pytest.mark.skipif(WRAPPER is None, reason="umockdev is not installed (installer/setup.sh dev installs it)")
def test_a_stick_that_is_plugged_in_is_heard_and_found(tmp_path: Path) -> None:
    terminal(tmp_path)
    assert WRAPPER is not None
    assert told(tmp_path, SIMULATED, command=(WRAPPER,)) == {
        "hears": True,
        "quiet": True,
        "before": [],
        "woken": True,
        "drained": True,
        "quiet again": True,
        "after": [["0781:5567", "SN-1", True]],
    }


REAL = """
from nhi_center.isolation.device_events import DeviceEvents
files(); seccomp.apply()
events = DeviceEvents.open()
told["opened"] = events is not None and events.drain() == 0
"""


def test_it_opens_under_every_restriction(tmp_path: Path) -> None:
    """Nothing is plugged into the machine of a test; that the descriptor is there is the filter's exception for device events."""
    terminal(tmp_path)
    assert told(tmp_path, REAL) == {"opened": True}
