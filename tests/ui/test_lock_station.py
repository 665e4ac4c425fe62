"""The clipboard, the key and the system's signals at the whole workstation."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nhi_center.isolation import os_lock
from nhi_center.services.office import Office, Premises
from tests.support.office import PASSWORDS, premises
from tests.support.station import StationHands, at_the_station, log_of
from tests.support.system_bus import Login, private_bus
from tests.ui.test_lock_desk import OWN, half_keyed, hands

__all__ = ["hands", "premises"]

Key, Mod = Qt.Key, Qt.KeyboardModifier


# -- the clipboard --


def test_copying_out_is_for_who_may_and_in_the_log(hands: StationHands) -> None:
    line = half_keyed(hands)
    for _ in range(3):
        hands.press(Key.Key_C, Mod.ControlModifier)
    assert QApplication.clipboard().text() == ""
    assert "取扱責任者だけ" in hands.window.message_bar.text.text()
    refused = log_of(hands.office, "denied")
    assert [(entry["subject"], entry["facts"]) for entry in refused] == [("entry", {"asked": "copy_out", "characters": 2})]
    assert line.text() == "R8.1"
    hands.sign_out()
    hands.sign_in("s-toko")
    hands.window.open_screen("custody", {})
    hands.settle()
    hands.press(Key.Key_C, Mod.ControlModifier)
    copied = QApplication.clipboard().text()
    assert copied
    (entry,) = log_of(hands.office, "copy_out")
    assert (entry["subject"], entry["facts"]) == ("custody", {"characters": len(copied)})
    hands.press(Key.Key_F12)
    assert QApplication.clipboard().text() == ""


@pytest.mark.parametrize("end", ["sign_out", "close"])
def test_what_was_copied_goes_with_the_session(end: str, hands: StationHands) -> None:
    hands.sign_in("s-toko")
    hands.window.open_screen("custody", {})
    hands.settle()
    hands.press(Key.Key_C, Mod.ControlModifier)
    assert QApplication.clipboard().text()
    if end == "sign_out":
        hands.sign_out()
    else:
        hands.station.close()
    assert QApplication.clipboard().text() == ""


# -- the key --


def test_the_lock_keeps_the_key_and_signing_out_drops_it(hands: StationHands) -> None:
    hands.sign_in("k-ichiro")
    hands.window.open_screen("entry", {})
    hands.settle()
    secrets = [key.hex()[::-1] for key in hands.office.contents.store_keys]
    hands.press(Key.Key_F12)
    assert holders(secrets), "the search would prove nothing"
    hands.unlock(OWN)
    hands.sign_out()
    hands.until(lambda: holders(secrets) == [])
    assert not [one for one in gc.get_objects() if isinstance(one, Office)]


def holders(backwards: list[str]) -> list[str]:
    """What holds one of these keys as bytes or in hexadecimal; backwards, so as not to find this list."""
    return [repr(holder)[:200] for holder in gc.get_objects() for part in gc.get_referents(holder) if _is_key(part, backwards)]


def _is_key(part: object, backwards: list[str]) -> bool:
    text = part.hex() if isinstance(part, bytes | bytearray) and len(part) == 48 else part if isinstance(part, str) else ""
    if len(text) < 96:
        return False
    turned = text.lower()[::-1]
    return any(secret in turned for secret in backwards)


# -- the system --


def test_the_system_locks_the_window_over_a_real_bus(
    premises: Premises, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with private_bus(tmp_path / "bus") as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("XDG_SESSION_ID", "own")
        login = Login(address)
        with at_the_station(qtbot, premises) as hands:
            hands.until(lambda: os_lock.state().complete and os_lock.state().sleep_waits)
            hands.sign_in("40127")
            for act in (login.lock_session, lambda: login.properties(Active=False), lambda: login.suspend(True)):
                act()
                hands.until(lambda: hands.window.is_locked)
                hands.settle()
                hands.unlock(PASSWORDS["40127"])
            hands.until(lambda: not login.sleep_held)
            steps = [entry["facts"]["step"] for entry in log_of(hands.office, "lock")]
            assert steps == ["os_lock", "user_switch", "sleep"]
        login.close()


def test_without_a_bus_the_workstation_works_and_says_so(hands: StationHands) -> None:
    assert not os_lock.state().complete
    hands.sign_in("k-ichiro")
    hands.press(Key.Key_F12)
    assert hands.window.is_locked
