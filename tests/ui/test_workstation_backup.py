"""At the workstation: whoever signs in has this month's key, and the copy a day of work lacks is made behind his back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nhi_center.services import backup
from nhi_center.services.clock import JST, TrainingClock
from nhi_center.services.office import Premises
from nhi_center.ui.workstation import Pages, Workstation
from tests.support.office import PASSWORDS, enter, premises
from tests.ui import gallery

__all__ = ["premises"]


def workstation(premises: Premises, day: int) -> Workstation:
    clock = TrainingClock(datetime(2026, 11, day, 9, 0, tzinfo=JST))
    no_pages = Pages((), {}, lambda _office, _session: None, lambda _window, _facts: None)
    return Workstation(gallery.dressed_application(), replace(premises, clock=clock), lambda: no_pages)


def sign_in(station: Workstation, qtbot: QtBot) -> None:
    qtbot.addWidget(station.window)
    qtbot.addWidget(station.sign_in)
    with qtbot.waitSignal(station.signed_in, timeout=60_000):
        station.sign_in.submitted.emit("40127", PASSWORDS["40127"])


def test_a_missed_copy_is_made_after_sign_in_and_said(premises: Premises, qtbot: QtBot) -> None:
    enter(premises, "k-ichiro")
    station = workstation(premises, 26)
    sign_in(station, qtbot)
    office = station.office
    assert office is not None
    assert "2026-11" in office.contents.month_keys

    message = station.window.findChild(QLabel, "message_text")
    assert message is not None
    qtbot.waitUntil(lambda: "前の日に作れなかったバックアップ" in message.text(), timeout=60_000)
    (copy,) = backup.copies(office)
    assert backup.read_sidecar(copy).day == "2026-11-26"
    station.close()


def test_a_copy_that_cannot_be_made_is_said_and_keeps_nobody_from_working(premises: Premises, qtbot: QtBot) -> None:
    enter(premises, "k-ichiro")
    (premises.settings.recovery / "ward.pub").unlink()
    station = workstation(premises, 26)
    sign_in(station, qtbot)
    message = station.window.findChild(QLabel, "message_text")
    assert message is not None
    qtbot.waitUntil(lambda: "BK-01" in message.text(), timeout=60_000)
    assert station.office is not None
    assert station.window.isVisible()
    station.close()
