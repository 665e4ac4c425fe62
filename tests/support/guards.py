"""What watches every test: the addresses it tries, and what it leaves running or on screen."""

from __future__ import annotations

import gc
import ipaddress
import multiprocessing
import socket
import sys
import threading
from typing import Any

_CALLS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"})


class RefusedAddresses:
    """The addresses refused since the last ``take``."""

    def __init__(self) -> None:
        self._refused: list[str] = []

    def add(self, address: str) -> None:
        self._refused.append(address)

    def take(self) -> list[str]:
        refused, self._refused = self._refused, []
        return refused


def watch_addresses() -> RefusedAddresses:
    """From now on, for the life of this process, every address beyond loopback is refused and kept in the result.

    An audit hook, so that no Python library goes round it; only C code with sockets of its own could.
    """
    refused = RefusedAddresses()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            host = arguments[0]
        elif event in _CALLS:
            host = _host(*arguments[:2])
        else:
            return
        if not _is_local(host):
            refused.add(f"{event} {host!s}")
            raise PermissionError(f"tests may not leave this machine: {event}")

    sys.addaudithook(hook)
    return refused


def _host(endpoint: socket.socket, address: Any) -> Any:
    """The host of an internet address; None for any other family and for a socket that is connected already."""
    internet = endpoint.family in (socket.AF_INET, socket.AF_INET6)
    return address[0] if internet and address is not None else None


def _is_local(host: Any) -> bool:
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Leftovers:
    """Threads, child processes and windows that were not there when this was made.

    A thread just told to end gets ``patience_s`` to do so.
    """

    def __init__(self, patience_s: float = 2) -> None:
        self._patience_s = patience_s
        self._threads = set(threading.enumerate())
        self._children = set(multiprocessing.active_children())
        self._windows = set(_windows())

    def take(self) -> list[str]:
        """Their names. Windows are closed, so that the next test starts without them."""
        left = [f"thread {thread.name}" for thread in self._outliving_threads()]
        left += [f"process {child.name}" for child in multiprocessing.active_children() if child not in self._children]
        return left + self._close_new_windows()

    def _outliving_threads(self) -> list[threading.Thread]:
        """New threads that keep the process alive."""
        new = [thread for thread in threading.enumerate() if thread not in self._threads and not thread.daemon]
        for thread in new:
            thread.join(timeout=self._patience_s)
        return [thread for thread in new if thread.is_alive()]

    def _close_new_windows(self) -> list[str]:
        if not (_windows().keys() - self._windows):
            return []
        # What only a reference cycle or a pending deletion holds is not left behind.
        gc.collect()
        _delete_pending()
        new = {window: name for window, name in _windows().items() if window not in self._windows}
        for window in new:
            window.close()
            window.deleteLater()
        _delete_pending()
        return [f"window {name}" for name in new.values()]


def _windows() -> dict[Any, str]:
    """Top-level widgets and their names; none before a test has made an application (Qt is never loaded for this)."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return {}
    # Qt keeps its one tooltip window for the next tooltip.
    return {
        window: f"{type(window).__name__} {window.objectName()!r}"
        for window in widgets.QApplication.topLevelWidgets()
        if window.metaObject().className() != "QTipLabel"
    }


def _delete_pending() -> None:
    core = sys.modules["PySide6.QtCore"]
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
