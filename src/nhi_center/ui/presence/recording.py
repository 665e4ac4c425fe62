"""A page of 入退室・名簿 that is a table whose rows are acted on: one act at a time, then the table is read again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from nhi_center.errors import OperatorError
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.table import DataTable


class RecordingPanel(QWidget):
    """The base of such a page. It makes ``table`` and ``refresh``.

    Signals: said(kind, text).
    """

    said = Signal(str, str)
    table: DataTable

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._busy = False

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        """Read the rows again; a page says how."""

    def _run(self, act: Callable[[], None], told: str) -> None:
        """Record something in the write lane, and say ``told`` once it is recorded. Nothing else is begun meanwhile."""
        self._busy = True
        self.desk.run(
            Lane.WRITE, lambda _token: act(), owner=self, done=lambda _none: self._on_recorded(told), failed=self._refuse
        )

    def _on_recorded(self, told: str) -> None:
        self._busy = False
        self.said.emit("done", told)
        self.table.setFocus()
        self.refresh()

    def _refuse(self, error: Exception) -> None:
        self._busy = False
        if isinstance(error, OperatorError):
            if self._shown_at_its_place(error):
                return
            self.refresh()
        self.desk.present_error(error)

    def _shown_at_its_place(self, _error: OperatorError) -> bool:
        """Whether a field of the page shows it; a page without fields has no place for it."""
        return False
