"""A PDF made by a page here: in the print lane, once at a time, and where it lies afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk


class PaperMaker(QObject):
    """``make(verb, ...)`` runs ``verb(office, session, ...)``. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk, self._busy = desk, False

    def make(self, verb: Callable[..., Path], *arguments: Any, failed: Callable[[Exception], object] | None = None) -> None:
        """Nothing while the one before is on its way."""
        if self._busy:
            return
        self._busy = True
        office, session = self._desk.office, self._desk.session
        self._desk.run(
            Lane.PRINT,
            lambda _token: verb(office, session, *arguments),
            owner=self,
            done=lambda path: self.said.emit("done", made_words(path)),
            failed=failed,
            ended=self._ended,
        )

    def _ended(self) -> None:
        self._busy = False


def made_words(path: Path) -> str:
    """Where the paper lies now."""
    return f"{path.name} を作りました。業務フォルダーの documents にあります。"
