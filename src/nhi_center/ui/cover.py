"""While a window is locked nothing else of this program is on the screen, whoever opens it, and nothing of it is lost."""

from __future__ import annotations

from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QToolTip, QWidget

_PASSING = (Qt.WindowType.Popup, Qt.WindowType.ToolTip, Qt.WindowType.SplashScreen)
"""Menus, lists of choices and tool tips: they are put away for good."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the keyboard stood: the field, and in it the cursor or what was selected."""

    widget: QWidget | None
    cursor: int = 0
    selected_from: int = -1
    selected: int = 0

    @classmethod
    def in_front_of(cls, window: QWidget) -> Place:
        """The field in hand of the dialog in front, else of the window; also when another program has the keyboard."""
        widget = (QApplication.activeModalWidget() or window).focusWidget()
        if isinstance(widget, QLineEdit):
            return cls(widget, widget.cursorPosition(), widget.selectionStart(), widget.selectionLength())
        return cls(widget)

    def take(self) -> bool:
        """Stand there again; False when it is not to be seen any more."""
        widget = self.widget
        if widget is None or not shiboken6.isValid(widget) or not widget.isVisible():
            return False
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(widget, QLineEdit):
            self._select(widget)
        return True

    def _select(self, line: QLineEdit) -> None:
        if self.selected_from < 0:
            line.setCursorPosition(self.cursor)
        elif self.cursor == self.selected_from:
            line.setSelection(self.selected_from + self.selected, -self.selected)
        else:
            line.setSelection(self.selected_from, self.selected)


class Cover(QObject):
    """Hides every top-level of the program but ``window``, from ``close`` to ``open``, also those that are only then shown."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._hidden: list[tuple[QWidget, Qt.WindowModality]] = []
        self._shown: list[tuple[QWidget, Qt.WindowModality]] = []
        self.closed = False

    def close(self) -> None:
        """In this turn of the event loop: nothing but the window is left on the screen."""
        self.closed = True
        QToolTip.hideText()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        for widget in QApplication.topLevelWidgets():
            if widget is not self._window and not widget.isHidden():
                self._put_away(widget, widget.windowModality())
        for native in QGuiApplication.topLevelWindows():  # a window without a widget: what is dragged, for one
            if native.isVisible() and native is not self._window.windowHandle():
                native.hide()

    def open(self) -> None:
        """Show what was there, and what wanted to come meanwhile."""
        self._put_shown_away()
        hidden = self._hidden
        self.forget()
        for widget, modality in hidden:
            if shiboken6.isValid(widget):
                widget.setWindowModality(modality)
                widget.show()

    def later(self, dialog: QDialog) -> None:
        """To be shown when the window is open again."""
        self._remember(dialog, Qt.WindowModality.WindowModal)

    def forget(self) -> None:
        """The cover ends, and what it hid stays hidden."""
        self._put_shown_away()
        self.closed = False
        self._hidden = []
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is shown now is kept off the screen before its native window comes, and hidden in the next turn."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and self._must_not_be_seen(watched):
            self._shown.append((watched, watched.windowModality()))
            watched.setWindowModality(Qt.WindowModality.NonModal)  # first, or it would take the keys of the lock
            watched.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
            QTimer.singleShot(0, self, self._put_shown_away)
        return False

    def _must_not_be_seen(self, widget: QWidget) -> bool:
        kept_off = widget.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        return widget.isWindow() and widget is not self._window and not kept_off

    def _put_shown_away(self) -> None:
        shown, self._shown = self._shown, []
        for widget, modality in shown:
            if shiboken6.isValid(widget):
                self._put_away(widget, modality)
                widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)

    def _put_away(self, widget: QWidget, modality: Qt.WindowModality) -> None:
        if widget.windowType() in _PASSING:
            widget.close()
        else:
            self._remember(widget, modality)
        if shiboken6.isValid(widget) and not widget.isHidden():
            widget.hide()

    def _remember(self, widget: QWidget, modality: Qt.WindowModality) -> None:
        if all(known is not widget for known, _modality in self._hidden):
            self._hidden.append((widget, modality))
