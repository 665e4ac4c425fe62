"""What floats over the page: the telephone with the veil behind it, and the help."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nhi_center.ui.common.help_panel import HelpPanel

OVERLAY_WIDTH = 820


class Floating(QObject):
    """Keeps the floating parts where the pages are, whatever the size of the window."""

    def __init__(self, work: QWidget, pages: QWidget) -> None:
        super().__init__(work)
        self._work, self._pages = work, pages
        self.veil = QWidget(work)
        self.veil.setObjectName("veil")
        self.veil.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.veil.setStyleSheet("QWidget#veil { background: rgba(255, 255, 255, 190); }")
        self.overlay = QWidget(work)
        self.overlay.setObjectName("overlay")
        self.overlay.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._holder = QVBoxLayout(self.overlay)
        self._holder.setContentsMargins(2, 0, 0, 0)
        self.veil.hide()
        self.overlay.hide()
        self.help_panel = HelpPanel(work)
        self.help_panel.widened.connect(self.place)
        pages.installEventFilter(self)

    @property
    def overlay_shown(self) -> bool:
        return self.overlay.isVisibleTo(self._work)

    def show_overlay(self, screen: QWidget) -> None:
        """The help goes with what was in front: it is about that."""
        self.help_panel.hide()
        if self._holder.indexOf(screen) < 0:
            self._holder.addWidget(screen)
        self.place()
        for part in (self.veil, self.overlay):
            part.show()
            part.raise_()
        screen.show()

    def hide_overlay(self) -> None:
        self.help_panel.hide()
        self.veil.hide()
        self.overlay.hide()

    def show_help(self, name: str) -> None:
        self.help_panel.show_help(name)
        self.place()

    def place(self) -> None:
        origin = self._pages.mapTo(self._work, self._pages.rect().topLeft())
        width, height = self._pages.width(), self._pages.height()
        self.veil.setGeometry(origin.x(), origin.y(), width, height)
        taken = min(width, max(OVERLAY_WIDTH, round(width * 0.6)))
        self.overlay.setGeometry(origin.x() + width - taken, origin.y(), taken, height)
        panel = min(self.help_panel.width(), width - 24)
        self.help_panel.setGeometry(origin.x() + width - panel - 12, origin.y() + 12, panel, height - 24)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._pages and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.place()
        return super().eventFilter(watched, event)
