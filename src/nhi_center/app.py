"""The composition root of the windows: settings, premises, screens, crash records. It wires, it decides nothing."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from nhi_center.crash import CrashRecorder
from nhi_center.domain.first_start import Step
from nhi_center.errors import EnvironmentTrouble
from nhi_center.isolation import restrict
from nhi_center.keys.holding import hold_terminal
from nhi_center.printing.fonts import Role, chain
from nhi_center.services.clock import JST, SystemClock, TrainingClock
from nhi_center.services.first_start import FirstStart, load
from nhi_center.services.office import Premises
from nhi_center.services.premises import open_premises
from nhi_center.settings import load as settings_file
from nhi_center.tasks.runner import JobRunner
from nhi_center.training.house import House
from nhi_center.training.room import DEMO_PEOPLE
from nhi_center.ui import theme
from nhi_center.ui.common.focus_ring import FocusRingKeeper
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.sign_in.window import DemoPerson
from nhi_center.ui.workstation import Pages, Workstation

TRAINING_DAY = date(2026, 11, 24)
"""The business date of every training day: tests, pictures and examples agree on it."""


def application() -> QApplication:
    """The one QApplication, dressed. Raises EnvironmentTrouble FT-01 when a font is missing."""
    # The lanes share Python's lock with the keys. With the usual 5 ms a busy exchange makes each key wait in several turns: the
    # slowest of a hundred took 390 ms on two cores, with half a millisecond 87.
    sys.setswitchinterval(0.0005)
    made = QApplication.instance()
    made = made if isinstance(made, QApplication) else QApplication(["nhi-center"])
    made.setApplicationName("nhi-center")
    theme.install(made)
    FocusRingKeeper(made)
    return made


def training_clock(opening: time | None = None) -> TrainingClock:
    """The training day's clock; it opens at the real time of day unless told otherwise."""
    at = opening or SystemClock().local().time()
    return TrainingClock(datetime.combine(TRAINING_DAY, at, JST))


def workstation(qt: QApplication, premises: Premises) -> Workstation:
    """The workstation of these premises. Demo people appear in training, and only there."""
    demo = (
        tuple(DemoPerson(p.person, p.password, p.name, p.role.label) for p in DEMO_PEOPLE) if premises.settings.training else ()
    )
    return Workstation(qt, premises, _pages, demo)


def _pages() -> Pages:
    """Every screen; what is behind them is loaded by then, while the sign-in window already stands."""
    from nhi_center.ui.pages import all_pages

    return all_pages()


def watch_crashes(premises: Premises, station: Workstation) -> None:
    """Every bug leaves a record and one sentence in the window."""

    def told(reference: str) -> None:
        station.window.say(
            "error", f"思わぬ不具合がありました。保存した内容は無事です。取扱責任者に番号 {reference} を伝えてください。"
        )

    recorder = CrashRecorder(premises.settings.crash_records, premises.clock.now, told)
    recorder.install()
    station.runner.unhandled.connect(lambda error: told(recorder.record(error)))
    qInstallMessageHandler(_quiet)


def _quiet(kind: QtMsgType, _context: Any, message: str) -> None:
    """Qt's own words go to stderr: they name widgets and fonts, never what stands in them."""
    if kind is not QtMsgType.QtDebugMsg and "propagateSizeHints" not in message:  # the offscreen platform has none
        print(message, file=sys.stderr)


def run_terminal(folder: Path) -> int:
    """Open the workstation of a real terminal; before its 稼働前点検表 is signed, the first start instead, and then the program
    anew: what restricts it comes before Qt (接続制限).

    Raises EnvironmentTrouble SU-01 or SU-02, IS-01, and what ``open_premises`` raises.
    """
    from nhi_center.services.going_live import SETTINGS_FILE, is_in_service

    qt = application()
    start = FirstStart(folder, SystemClock())
    if load(start).step is not Step.DONE:
        if _set_up(qt, start):
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
        return 0
    settings = settings_file(start.folder / SETTINGS_FILE)
    with hold_terminal(settings.business_folder):
        premises = open_premises(settings, start.clock)
        if not is_in_service(settings, premises.accounts, premises.terminal.public):
            premises.close()
            raise EnvironmentTrouble("SU-02", "稼働前点検の署名が、この端末のものではありません。区の担当者に連絡してください。")
        return _stay(qt, premises)


def _stay(qt: QApplication, premises: Premises) -> int:
    """The workstation of these premises, until its last window closes."""
    if restrict.reached() is not None:
        restrict.finish()
    station = workstation(qt, premises)
    watch_crashes(premises, station)
    station.show()
    try:
        return qt.exec()
    finally:
        station.close()


def _set_up(qt: QApplication, start: FirstStart) -> bool:
    """The first start, until its window closes; whether everything is settled."""
    from nhi_center.services.ward_people import put_down
    from nhi_center.ui.first_start import first_start_window

    glyphs = NamePainter(chain(Role.NAME))
    glyphs.prepare()
    window = first_start_window(start, load(start), JobRunner(qt), glyphs)
    window.show()
    try:
        qt.exec()
    finally:
        window.close_lanes()
        put_down(start)
    return load(start).step is Step.DONE


def run_training(house: House) -> int:
    """Open the training workstation of a house that answers, and stay until its last window closes."""
    qt = application()
    with hold_terminal(house.settings.business_folder):
        return _stay(qt, open_premises(house.settings, training_clock()))
