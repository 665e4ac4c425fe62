"""The time until the lock as the page in front wants it, in the status bar; and whose name stands above that page."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from nhi_center.ui.common.frame_parts import Header, StatusBar
from nhi_center.ui.common.screen import Screen
from nhi_center.ui.lock import IdleWatch


class Countdown(QObject):
    """``front`` gives the screen the keys belong to, ``screens`` all that are open."""

    def __init__(
        self,
        idle: IdleWatch,
        header: Header,
        status_bar: StatusBar,
        front: Callable[[], Screen | None],
        screens: Callable[[], Iterable[Screen]],
    ) -> None:
        super().__init__(header)
        self._idle, self._header, self._status_bar = idle, header, status_bar
        self._front, self._screens = front, screens
        self._name = self._role = ""
        idle.limit = self.limit_s
        idle.ticked.connect(self._on_tick)

    def limit_s(self) -> int | None:
        """What the page in front allows; a question over it shows more than the page, and has no time of its own."""
        screen = self._front()
        if screen is None or not shiboken6.isValid(screen):  # asked in every event, also while the window goes away
            return None
        return None if QGuiApplication.modalWindow() is not None else screen.idle_limit_s()

    def set_person(self, name: str, role: str) -> None:
        self._name, self._role = name, role
        self.show()

    def show(self) -> None:
        """Another page is in front, or another part of it: its time, and who works here. Not by name while a page stands open
        longer than others, as when papers are counted."""
        self._header.set_person("" if self.limit_s() is not None else self._name, self._role)
        if self._idle.running:
            self._show_seconds(self._idle.seconds_left())

    def stop(self) -> None:
        self._idle.stop()
        self._status_bar.set_seconds_left(None)

    def _on_tick(self, seconds: int) -> None:
        if not self._on_a_call():
            self._idle.end_extension()
            seconds = self._idle.seconds_left()
        self._show_seconds(seconds)
        self._header.set_person("" if self.limit_s() is not None else self._name, self._role)

    def _show_seconds(self, seconds: int) -> None:
        """The key that puts the lock off is told where it works: on the page of the call."""
        front = self._front()
        extendable = front is not None and bool(front.call_in_progress())
        self._status_bar.set_seconds_left(seconds, extendable=extendable, extended=self._idle.extended)

    def _on_a_call(self) -> bool:
        return any(screen.call_in_progress() for screen in self._screens())
