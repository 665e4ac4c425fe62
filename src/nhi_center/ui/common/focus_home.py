"""The keyboard always stands somewhere: when the field in hand is disabled or goes away, it comes back to the page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget


class FocusHome(QObject):
    """Calls ``come_home`` when ``window`` is in front and nothing in it has the focus: no key would do anything then."""

    def __init__(self, window: QWidget, come_home: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._come_home = come_home
        # A timer of its own, so that it dies with the window: a call kept elsewhere would come when the window is gone.
        self._look_soon = QTimer(self)
        self._look_soon.setSingleShot(True)
        self._look_soon.timeout.connect(self._look)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    @Slot("QWidget*", "QWidget*")
    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None:
            self._look_soon.start(0)  # a dialog that closes, or a page that changes, gives it on by itself

    def _look(self) -> None:
        alone = QApplication.focusWidget() is None and QApplication.activeModalWidget() is None
        # Between a dialog and its window no window is the active one for a moment.
        in_front = self._window.isVisible() and QApplication.activeWindow() in (None, self._window)
        if alone and in_front and QApplication.applicationState() is Qt.ApplicationState.ApplicationActive:
            self._window.activateWindow()
            self._come_home()
