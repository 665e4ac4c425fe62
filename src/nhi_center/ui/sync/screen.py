"""通信: opened from the status bar, by everybody."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.sync.panel import SyncPanel


class SyncScreen(Screen):
    """The panel on a page of its own."""

    name = "sync"
    title = "通信"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.page.addWidget(TitleLine(self.title, "区のサーバとのやりとりと、接続先の制限"))
        self.panel = SyncPanel(desk)
        self.panel.said.connect(self.say)
        self.page.addWidget(self.panel, 1)

    def keys(self) -> tuple[KeyHint, ...]:
        return self.panel.keys()

    def first_focus(self) -> QWidget:
        return self.panel.first_focus()

    def refresh(self) -> None:
        self.panel.refresh()

    def help_text(self) -> str:
        return "status_sync"
