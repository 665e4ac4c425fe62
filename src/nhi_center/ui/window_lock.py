"""The lock of the main window: one turn of the event loop hides everything; unlocking gives back the same field."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QMainWindow, QStackedWidget, QWidget

from nhi_center.domain.locking import LockReason
from nhi_center.ui.common.fields import PasswordField
from nhi_center.ui.common.screen import Screen
from nhi_center.ui.cover import Cover, Place
from nhi_center.ui.lock import IdleWatch, LockPage


class WindowLock(QObject):
    """``screens`` gives every screen that is open. Signals: locked(LockReason), unlocked()."""

    locked = Signal(object)
    unlocked = Signal()

    def __init__(self, window: QMainWindow, idle: IdleWatch, page: LockPage, screens: Callable[[], Iterable[Screen]]) -> None:
        super().__init__(window)
        self._window, self._idle, self.page, self._screens = window, idle, page, screens
        self._cover = Cover(window)
        self._place = Place(None)
        self._work: QWidget | None = None
        self._stack: QStackedWidget | None = None
        self._said: tuple[str, str] | None = None

    def build(self, work: QWidget) -> QStackedWidget:
        """The work and, over it, the page of the lock: one of them is to be seen."""
        self._work = work
        self._stack = QStackedWidget()
        self._stack.setObjectName("cover")
        self._stack.addWidget(work)
        self._stack.addWidget(self.page)
        return self._stack

    @property
    def is_locked(self) -> bool:
        return self._stack is not None and self._stack.currentWidget() is self.page

    def lock(self, reason: LockReason, name: str, role: str) -> None:
        """Hide everything now. What is half typed is kept by the screens first; nothing is thrown away but passwords."""
        if self._stack is None or self.is_locked:
            return
        QGuiApplication.inputMethod().commit()
        self._place = Place.in_front_of(self._window)
        for screen in self._screens():
            screen.locking()
        for field in self._window.findChildren(PasswordField):
            field.clear()
        # As if another program had come to the front: the field in hand is not left, and so not judged.
        self._window.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self._cover.close()
        self.page.prepare(name, role)
        self._stack.setCurrentWidget(self.page)
        self._window.repaint()  # not when the event loop comes to it
        self.page.password_field.editor.setFocus()
        self.locked.emit(reason)

    def unlock(self) -> None:
        """The same person is back: the same screen, the same field, the cursor where it was."""
        if not self.is_locked or self._stack is None or self._work is None:
            return
        self.page.clear()
        self._stack.setCurrentWidget(self._work)
        self._cover.open()
        self._place.take()
        self._place = Place(None)
        self._idle.start()
        self.unlocked.emit()

    def forget(self) -> None:
        """Nobody works here any more; what was hidden is not shown again."""
        self._cover.forget()
        self.page.clear()
        self._place = Place(None)
        self._said = None

    def show_work(self) -> None:
        """Somebody has signed in."""
        if self._stack is not None and self._work is not None:
            self.page.clear()
            self._stack.setCurrentWidget(self._work)

    def open_dialog(self, dialog: QDialog) -> None:
        """Open it now, or, while the lock hides everything, with the rest afterwards: a job may end and ask at any time."""
        if self.is_locked:
            self._cover.later(dialog)
        else:
            dialog.open()

    def keep_word(self, kind: str, text: str) -> None:
        """What a job said behind the lock is said again when somebody can read it; an error is not pushed out by less."""
        if self.is_locked and not (self._said and self._said[0] == "error" and kind != "error"):
            self._said = (kind, text)

    def take_word(self) -> tuple[str, str] | None:
        said, self._said = self._said, None
        return said
