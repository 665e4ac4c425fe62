"""A real private dbus-daemon, and on it a stand-in for logind and the screen savers that says what a test asks for."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusObjectPath,
    QDBusUnixFileDescriptor,
    QDBusVariant,
    QDBusVirtualObject,
)

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow send_destination="*"/><allow own="*"/><allow receive_sender="*"/></policy></busconfig>"""
_numbers = count(1)
OWN_SESSION = "/org/freedesktop/login1/session/own"


@contextmanager
def private_bus(folder: Path) -> Iterator[str]:
    """The address of a bus of its own, reached by a socket in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "bus.conf"
    config.write_text(_CONFIG.format(folder=folder), encoding="utf-8")
    command = ["dbus-daemon", f"--config-file={config}", "--print-address=1", "--nofork", "--nopidfile"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()


class _Answers(QDBusVirtualObject):
    """logind, as far as it is asked."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.asked: list[str] = []
        self.read_end = -1

    def introspect(self, _path: str) -> str:
        return ""

    def handleMessage(self, message: QDBusMessage, connection: QDBusConnection) -> bool:
        self.asked.append(message.member())
        answer = message.createReply()
        if message.member() == "Inhibit":
            self.read_end, write_end = os.pipe()
            answer.setArguments([QDBusUnixFileDescriptor(write_end)])
            os.close(write_end)
        elif message.member() == "Get":
            answer.setArguments([QDBusVariant("own")])
        else:
            answer.setArguments([QDBusObjectPath(OWN_SESSION)])
        return bool(connection.send(answer))


class Login(QObject):
    """logind on a system bus. ``sleep_held``: whether somebody still keeps the system from sleeping."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._bus = QDBusConnection.connectToBus(address, f"test-login-{next(_numbers)}")
        self.answers = _Answers(self)
        assert self._bus.registerVirtualObject(
            "/org/freedesktop/login1", self.answers, QDBusConnection.VirtualObjectRegisterOption.SubPath
        )
        assert self._bus.registerService("org.freedesktop.login1")

    def suspend(self, begins: bool) -> None:
        self._say("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", begins)

    def lock_session(self, path: str = OWN_SESSION) -> None:
        self._say(path, "org.freedesktop.login1.Session", "Lock")

    def properties(self, **changed: bool) -> None:
        self._say(
            OWN_SESSION, "org.freedesktop.DBus.Properties", "PropertiesChanged", "org.freedesktop.login1.Session", changed, ["x"]
        )

    @property
    def sleep_held(self) -> bool:
        """The pipe whose other end was handed out is at its end once nobody holds that."""
        if self.answers.read_end < 0:
            return False
        waiting = select.poll()  # select() takes no descriptor over 1,023, and a whole run of the tests has more open
        waiting.register(self.answers.read_end, select.POLLIN | select.POLLHUP)
        return not (waiting.poll(0) and os.read(self.answers.read_end, 1) == b"")

    def close(self) -> None:
        if self.answers.read_end >= 0:
            os.close(self.answers.read_end)
        QDBusConnection.disconnectFromBus(self._bus.name())

    def _say(self, path: str, interface: str, name: str, *arguments: Any) -> None:
        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments(list(arguments))
        assert self._bus.send(message)


class Saver(QObject):
    """A screen saver on the user's bus."""

    def __init__(self, address: str, interface: str, path: str) -> None:
        super().__init__()
        self._bus = QDBusConnection.connectToBus(address, f"test-saver-{next(_numbers)}")
        self._interface, self._path = interface, path
        assert self._bus.registerService(interface)

    def active(self, is_active: bool) -> None:
        message = QDBusMessage.createSignal(self._path, self._interface, "ActiveChanged")
        message.setArguments([is_active])
        assert self._bus.send(message)

    def close(self) -> None:
        QDBusConnection.disconnectFromBus(self._bus.name())
