"""What the operating system says about locking, sleep and the change of its user, heard over D-Bus by Qt.

Only local buses (AF_UNIX) are joined. Where there is none, or nobody answers on it, that is a state to be told, never an error:
the idle clock and F12 lock all the same. A signal can only ever lock.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusObjectPath, QDBusPendingCallWatcher, QDBusVariant

from nhi_center.domain.locking import LockReason
from nhi_center.isolation import os_lock
from nhi_center.isolation.os_lock import OsLockState

_LOGIN = "org.freedesktop.login1"
_MANAGER_PATH = "/org/freedesktop/login1"
_AUTO_PATH = f"{_MANAGER_PATH}/session/auto"
_MANAGER = f"{_LOGIN}.Manager"
_SESSION = f"{_LOGIN}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_BUS = "org.freedesktop.DBus"
_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
)
_numbers = count(1)


def system_address() -> str:
    """Where the system's bus is; "" when there is none."""
    return _local(os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "") or _existing(Path("/run/dbus/system_bus_socket")))


def session_address() -> str:
    """Where the user's bus is; "" when there is none. None is ever started for us."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return _local(os.environ.get("DBUS_SESSION_BUS_ADDRESS", "") or (_existing(Path(runtime) / "bus") if runtime else ""))


def _existing(path: Path) -> str:
    return f"unix:path={path}" if path.exists() else ""


def _local(address: str) -> str:
    return address if all(one.startswith("unix:") for one in address.split(";")) else ""


class OsLockWatch(QObject):
    """Listens from ``start`` to ``stop``. Signals: lock_wanted(LockReason); settled(): every question to the system is answered.

    ``state`` (also ``os_lock.state()``) says what is heard.
    """

    lock_wanted = Signal(object)
    settled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = OsLockState()
        self._buses: dict[str, QDBusConnection] = {}
        self._asked: set[QDBusPendingCallWatcher] = set()
        self._inhibitor: Any = None

    def start(self) -> None:
        """Join the buses that are there. Never raises, never waits for an answer."""
        for name, address in (("system", system_address()), ("session", session_address())):
            if address:
                self._join(name, address)
        if "system" in self._buses:
            self._listen_to_login()
        if "session" in self._buses:
            self._listen_to_savers()
        self._tell()
        self._settle()

    def stop(self) -> None:
        """Leave the buses; the system need not wait for us any more."""
        self._inhibitor = None
        self._asked.clear()
        for bus in self._buses.values():
            QDBusConnection.disconnectFromBus(bus.name())
        self._buses = {}
        self.state = OsLockState()
        self._tell()

    def covered(self) -> None:
        """The screen is covered: the system may sleep."""
        self._inhibitor = None

    # -- joining --

    def _join(self, name: str, address: str) -> None:
        bus = QDBusConnection.connectToBus(address, f"nhi-center-{name}-{next(_numbers)}")
        if bus.isConnected():
            self._buses[name] = bus

    def _listen_to_login(self) -> None:
        bus = self._buses["system"]
        bus.connect(_LOGIN, _MANAGER_PATH, _MANAGER, "PrepareForSleep", self, _slot("_on_sleep(QDBusMessage)"))
        session = os.environ.get("XDG_SESSION_ID", "")
        if session:
            self._find_session(session)
        else:  # GetSessionByPID takes an unsigned number, which this binding cannot send; "auto" is the session of the asker
            self._ask("system", (_LOGIN, _AUTO_PATH, _PROPERTIES, "Get"), [_SESSION, "Id"], self._on_session_id)
        self._hold_sleep()

    def _on_session_id(self, answer: Any) -> None:
        self.state = replace(self.state, sleep=True)
        self._find_session(str(answer.variant()) if isinstance(answer, QDBusVariant) else "")

    def _find_session(self, session: str) -> None:
        self._ask("system", (_LOGIN, _MANAGER_PATH, _MANAGER, "GetSession"), [session], self._on_session_path)

    def _hold_sleep(self) -> None:
        """Ask the system to wait with sleeping until the screen is covered."""
        what = ["sleep", "nhi-center", "画面をロックしてからスリープします。", "delay"]
        self._ask("system", (_LOGIN, _MANAGER_PATH, _MANAGER, "Inhibit"), what, self._on_inhibitor)

    def _on_session_path(self, answer: Any) -> None:
        self.state = replace(self.state, sleep=True)
        if isinstance(answer, QDBusObjectPath):
            bus, path, changed = self._buses["system"], answer.path(), "_on_properties(QString,QVariantMap,QStringList)"
            bus.connect(_LOGIN, path, _SESSION, "Lock", self, _slot("_on_session_lock(QDBusMessage)"))
            bus.connect(_LOGIN, path, _PROPERTIES, "PropertiesChanged", self, _slot(changed))
            self.state = replace(self.state, session=True)

    def _on_inhibitor(self, answer: Any) -> None:
        self._inhibitor = answer
        self.state = replace(self.state, sleep=True, sleep_waits=answer is not None)

    def _listen_to_savers(self) -> None:
        for interface, path in _SAVERS:
            self._buses["session"].connect(interface, path, interface, "ActiveChanged", self, _slot("_on_saver(QDBusMessage)"))
        for service in sorted({interface for interface, _path in _SAVERS}):
            self._ask("session", (_BUS, "/org/freedesktop/DBus", _BUS, "NameHasOwner"), [service], self._on_saver_there)

    def _on_saver_there(self, answer: Any) -> None:
        if answer is True:
            self.state = replace(self.state, screensaver=True)

    def _ask(self, bus: str, call: tuple[str, str, str, str], arguments: list[Any], then: Callable[[Any], None]) -> None:
        message = QDBusMessage.createMethodCall(*call)
        message.setArguments(arguments)
        watcher = QDBusPendingCallWatcher(self._buses[bus].asyncCall(message, 5000), self)
        self._asked.add(watcher)

        def answered(done: QDBusPendingCallWatcher) -> None:
            if done not in self._asked:  # stopped meanwhile
                return
            self._asked.discard(done)
            if not done.isError():
                then(next(iter(done.reply().arguments()), None))
            self._tell()
            done.deleteLater()
            self._settle()

        watcher.finished.connect(answered)

    def _tell(self) -> None:
        os_lock.keep_state(self.state)

    def _settle(self) -> None:
        if not self._asked:
            self.settled.emit()

    # -- what the system says --

    @Slot("QDBusMessage")
    def _on_sleep(self, message: QDBusMessage) -> None:
        if _first(message) is True:
            self.lock_wanted.emit(LockReason.SLEEP)
        elif "system" in self._buses:  # awake again: hold the next sleep
            self._hold_sleep()

    @Slot("QDBusMessage")
    def _on_session_lock(self, _message: QDBusMessage) -> None:
        self.lock_wanted.emit(LockReason.OS_LOCK)

    @Slot(str, "QVariantMap", "QStringList")
    def _on_properties(self, _interface: str, changed: dict[str, Any], _invalidated: list[str]) -> None:
        """Another user's session is in front; or the system says that this one is locked."""
        if changed.get("Active") is False:
            self.lock_wanted.emit(LockReason.USER_SWITCH)
        elif changed.get("LockedHint") is True:
            self.lock_wanted.emit(LockReason.OS_LOCK)

    @Slot("QDBusMessage")
    def _on_saver(self, message: QDBusMessage) -> None:
        if _first(message) is True:
            self.lock_wanted.emit(LockReason.OS_LOCK)


def _slot(signature: str) -> bytes:
    """The binding's types ask for bytes and its code for what SLOT gives."""
    return cast(bytes, SLOT(signature))


def _first(message: QDBusMessage) -> Any:
    return next(iter(message.arguments()), None)
