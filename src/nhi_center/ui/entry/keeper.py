"""Keeping the draft: in the write lane, one at a time, and what changed meanwhile right after."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from nhi_center.services import entry as service
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.entry.flow import Flow


class DraftKeeper(QObject):
    """Signals: said(words for the foot of the page)."""

    said = Signal(str)

    def __init__(self, desk: Desk, flow: Flow, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._flow = desk, flow
        self._unsaved = self._saving = self._ended = False

    def touch(self) -> None:
        """Something has changed; it is kept when the focus moves on."""
        self._unsaved = True

    def save_if_touched(self) -> None:
        if self._unsaved:
            self.save()

    def save(self) -> None:
        self._unsaved = True
        if self._saving or self._ended:
            return
        self._saving, self._unsaved = True, False
        office, session = self._desk.office, self._desk.session
        id_, draft = self._flow.entry.application.id, self._flow.draft()
        self._desk.run(
            Lane.WRITE,
            lambda _token: service.save_draft(office, session, id_, draft),
            owner=self,
            done=self._on_saved,
            failed=self._on_not_saved,
        )

    def end(self) -> None:
        """The application is given away: what is under way in the lane comes before it, nothing after."""
        self._ended = True

    def resume(self) -> None:
        """It could not be given away: the draft is kept here again."""
        self._ended = False

    def _on_saved(self, at: str) -> None:
        self._saving = False
        self.said.emit(f"下書きを {at[11:19]} に保存しました")
        self.save_if_touched()

    def _on_not_saved(self, error: Exception) -> None:
        self._saving = False
        self._unsaved = True
        self.said.emit("● 下書きを保存できていません")
        self._desk.present_error(error)
