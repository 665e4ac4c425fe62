"""The chip that says how the printers stand, as they say it themselves."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal

from nhi_center.services import print_watch
from nhi_center.services.print_watch import Standing
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Chip

AGAIN_MS = 3000
"""While the spooler has something that has not ended."""
_TONES = {"待機中": "done", "印刷中": "info", "停止": "error", "応答なし": "error"}


class PrinterChip(Chip):
    """Signals: told() when a sheet stands otherwise than before; trouble(text) once for each thing to do at a printer."""

    told = Signal()
    trouble = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__("プリンター 待機中", "done", sign=False, name="certificates_printer_chip")
        self._desk = desk
        self._sending = False
        self._advice = ""
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._look_if_seen)

    def sending(self) -> None:
        """Sheets are on their way to the printer."""
        self._sending = True
        self.set_state("プリンター 印刷中", "info")

    def sent(self) -> None:
        """No more; from now on the printers are asked."""
        self._sending = False
        self.look()

    def look(self) -> None:
        """Ask now, in a lane."""
        office, session = self._desk.office, self._desk.session
        self._desk.run_latest(
            "printers", Lane.LONG, lambda _token: print_watch.look(office, session), owner=self, done=self._show
        )

    def _look_if_seen(self) -> None:
        if self.isVisible():
            self.look()

    def _show(self, standing: Standing) -> None:
        if not self._sending:
            self.set_state(f"プリンター {standing.word}", _TONES[standing.word])
        if standing.advice and standing.advice != self._advice:
            self.trouble.emit(standing.advice)
        self._advice = standing.advice
        if standing.changed:
            self.told.emit()
        if standing.waiting or standing.advice:
            self._again.start()
