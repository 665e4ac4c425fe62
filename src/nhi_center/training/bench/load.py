"""What goes on beside the typing: certificates being made by the PDF process, the register coming in again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.printing.sheets import CertificateSheet, PdfJob
from nhi_center.printing.worker import PdfTicket
from nhi_center.storage import register
from nhi_center.tasks.runner import Lane
from nhi_center.ui.workstation import Workstation

BATCH = 1_000
_SHEET = CertificateSheet(
    kind=Kind.ELIGIBILITY,
    symbol="04-01",
    number="0000001",
    branch="01",
    name="葛\U000e0102城　見本子",
    sex="2",
    birth=date(1970, 3, 12),
    head_name="葛\U000e0102城　見本子",
    address="東京都新宿区歌舞伎町1丁目4番1号",
    issued=date(2026, 11, 24),
    valid_from=date(2026, 11, 24),
    valid_until=date(2027, 9, 30),
    acquired=date(2026, 11, 1),
)


class Load(QObject):
    """Keeps both going until it is stopped. ``printed`` counts finished sheets, ``synced`` finished exchanges."""

    def __init__(self, station: Workstation, folder: Path, *, syncing: bool) -> None:
        super().__init__(station)
        self._station, self._folder, self._syncing = station, folder, syncing
        self._ticket: PdfTicket | None = None
        self.printed = self.synced = 0
        self.failed: Exception | None = None
        if syncing:
            station.synced.connect(self._on_synced)
        self._timer = QTimer(self)
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Certificates from now on, and the register too if ``syncing``."""
        self._timer.start()
        if self._syncing:
            self._pull_again()

    def stop(self) -> None:
        self._timer.stop()
        if self._ticket is not None:
            self.printed += self._ticket.progress[0]
            self._ticket.cancel()

    def _look(self) -> None:
        office = self._station.office
        if office is None or (self._ticket is not None and not self._ticket.done()):
            return
        if self._ticket is not None:
            try:
                self._ticket.result()
            except Exception as error:
                self.failed = error
                self._timer.stop()
                return
            self.printed += BATCH
        sheets = tuple(replace(_SHEET, number=f"{number:07}") for number in range(BATCH))
        self._ticket = office.premises.pdf.submit(PdfJob(sheets, self._folder / "load.pdf"))

    def _on_synced(self, _summary: object) -> None:
        self.synced += 1
        self._pull_again()

    def _pull_again(self) -> None:
        """The next exchange takes the whole register once more."""
        office = self._station.office
        if office is None or not self._timer.isActive():
            return

        def forget(_token: object) -> None:
            with office.store.write.begin() as connection:
                register.keep_cursor(connection, 0)

        self._station.runner.submit(Lane.WRITE, forget, owner=self, done=lambda _none: self._station.sync())
