"""What the operating system says, over a real bus: locking, sleep, another user; and a computer that says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nhi_center.domain.locking import LockReason
from nhi_center.isolation import os_lock
from nhi_center.isolation.qt import OsLockWatch, session_address, system_address
from tests.support.system_bus import Login, Saver, private_bus

Watch = tuple[OsLockWatch, list[LockReason]]


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One bus stands for both the system's and the user's."""
    with private_bus(tmp_path / "bus") as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("XDG_SESSION_ID", "own")
        yield address


@pytest.fixture
def login(bus: str) -> Iterator[Login]:
    made = Login(bus)
    yield made
    made.close()


@pytest.fixture
def watching(qtbot: QtBot) -> Iterator[Callable[[], Watch]]:
    made: list[OsLockWatch] = []

    def start() -> Watch:
        watch = OsLockWatch()
        made.append(watch)
        heard: list[LockReason] = []
        watch.lock_wanted.connect(heard.append)
        with qtbot.waitSignal(watch.settled):
            watch.start()
        return watch, heard

    yield start
    for watch in made:
        watch.stop()


def test_the_system_locks_sleeps_and_changes_its_user(login: Login, watching: Callable[[], Watch], qtbot: QtBot) -> None:
    watch, heard = watching()
    assert watch.state.complete
    assert os_lock.state() is watch.state
    login.lock_session()
    login.properties(LockedHint=True)
    login.properties(Active=False)
    login.suspend(True)
    qtbot.waitUntil(lambda: len(heard) == 4, timeout=20_000)
    assert heard == [LockReason.OS_LOCK, LockReason.OS_LOCK, LockReason.USER_SWITCH, LockReason.SLEEP]


def test_coming_back_and_other_peoples_sessions_lock_nothing(login: Login, watching: Callable[[], Watch], qtbot: QtBot) -> None:
    _watch, heard = watching()
    login.properties(Active=True)
    login.properties(LockedHint=False)
    login.suspend(False)
    login.lock_session("/org/freedesktop/login1/session/other")
    login.lock_session()  # the last one is heard, so the others have been
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [LockReason.OS_LOCK]


def test_the_session_is_found_without_its_name_in_the_environment(
    login: Login, watching: Callable[[], Watch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_SESSION_ID")
    watch, _heard = watching()
    assert watch.state.session
    assert login.answers.asked.count("Get") == 1


def test_sleep_waits_until_the_screen_is_covered(login: Login, watching: Callable[[], Watch], qtbot: QtBot) -> None:
    watch, heard = watching()
    assert watch.state.sleep_waits
    assert login.sleep_held
    login.suspend(True)
    qtbot.waitUntil(lambda: heard == [LockReason.SLEEP])
    assert login.sleep_held
    watch.covered()
    qtbot.waitUntil(lambda: not login.sleep_held)
    asked = login.answers.asked.count("Inhibit")
    login.suspend(False)
    qtbot.waitUntil(lambda: login.answers.asked.count("Inhibit") == asked + 1)


@pytest.mark.parametrize(
    ("interface", "path"),
    [
        ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
        ("org.freedesktop.ScreenSaver", "/ScreenSaver"),
        ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ],
)
def test_a_screen_saver_locks_and_needs_no_logind(
    interface: str, path: str, bus: str, watching: Callable[[], Watch], qtbot: QtBot
) -> None:
    saver = Saver(bus, interface, path)
    watch, heard = watching()
    assert (watch.state.screensaver, watch.state.sleep, watch.state.session) == (True, False, False)
    saver.active(False)
    saver.active(True)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [LockReason.OS_LOCK]
    saver.close()


def test_a_computer_without_a_bus_says_so(watching: Callable[[], Watch], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    watching()
    assert not os_lock.state().complete
    assert "受け取れません" in os_lock.state().words
    assert "F12" in os_lock.state().words


def test_only_local_buses_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bus over the network would be a way out of the computer."""
    for address in ("tcp:host=127.0.0.1,port=9", "unix:path=/nowhere;tcp:host=127.0.0.1", "autolaunch:"):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert (system_address(), session_address()) == ("", "")
