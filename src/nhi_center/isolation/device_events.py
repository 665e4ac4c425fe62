"""The system's word that a device came or went (udev), through its own library: a descriptor to wait at, no polling.

What came is not read from the message but looked up afterwards, by whoever waits. Python's own sockets are not used: the list of
``guard`` knows the gateway and nothing else, and the system calls filter leaves of netlink just what tells of devices.
"""

from __future__ import annotations

import ctypes
import weakref
from typing import Any

_LIBRARY = "libudev.so.1"
_FROM_UDEV = b"udev"
MOST_AT_ONCE = 1_000


class DeviceEvents:
    """``descriptor`` becomes readable when something came or went; ``drain`` makes it wait for the next."""

    def __init__(self, library: Any, context: int, monitor: int) -> None:
        self._library = library
        self._monitor = monitor
        self.descriptor = int(library.udev_monitor_get_fd(ctypes.c_void_p(monitor)))
        self.close = weakref.finalize(self, _close, library, context, monitor)

    @classmethod
    def open(cls) -> DeviceEvents | None:
        """None where the system has no udev, or does not let this process hear it."""
        try:
            library = ctypes.CDLL(_LIBRARY)
        except OSError:
            return None
        for name in ("udev_new", "udev_monitor_new_from_netlink", "udev_monitor_receive_device"):
            getattr(library, name).restype = ctypes.c_void_p
        context = library.udev_new()
        monitor = library.udev_monitor_new_from_netlink(ctypes.c_void_p(context), _FROM_UDEV) if context else None
        if not monitor:
            if context:
                library.udev_unref(ctypes.c_void_p(context))
            return None
        if library.udev_monitor_enable_receiving(ctypes.c_void_p(monitor)) < 0:
            _close(library, context, monitor)
            return None
        return cls(library, context, monitor)

    def drain(self) -> int:
        """Take what has come, without waiting; gives how many."""
        taken = 0
        while taken < MOST_AT_ONCE and (device := self._library.udev_monitor_receive_device(ctypes.c_void_p(self._monitor))):
            self._library.udev_device_unref(ctypes.c_void_p(device))
            taken += 1
        return taken


def _close(library: Any, context: int, monitor: int) -> None:
    library.udev_monitor_unref(ctypes.c_void_p(monitor))
    library.udev_unref(ctypes.c_void_p(context))
