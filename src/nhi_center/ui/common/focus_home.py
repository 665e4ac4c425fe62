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
        self._asked = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    @Slot("QWidget*", "QWidget*")
    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None and not self._asked:
            self._asked = True
            QTimer.singleShot(0, self._look)  # a dialog that closes, or a page that changes, gives it on by itself

    def _look(self) -> None:
        self._asked = False
        alone = QApplication.focusWidget() is None and QApplication.activeModalWidget() is None
        in_front = QApplication.applicationState() is Qt.ApplicationState.ApplicationActive and self._window.isVisible()
        if alone and in_front:
            self._window.activateWindow()
            self._come_home()
