"""What is done at the keyboard and the mouse, for those who watch all of it: one filter over the whole program for all of them.

A filter over the program is called for each of its events, some thousands while a page is made, and every call costs a crossing
into Python (measured: three filters were a quarter of the time in which the largest pages open). So there is one, and it rests
while a page is made: nobody's key can come meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication


class Watcher(Protocol):
    """``watched_types``: of which events it wants to know; ``sees`` gives True where the event must go no further."""

    watched_types: frozenset[QEvent.Type]

    def sees(self, watched: QObject, event: QEvent) -> bool: ...


class InputWatch(QObject):
    """The one of a program: ``input_watch``. Who came last is asked first, as with filters of Qt."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._watchers: list[Watcher] = []
        self._types: frozenset[QEvent.Type] = frozenset()
        self._resting = 0

    def add(self, watcher: Watcher) -> None:
        """Once more is like once; it is asked first from now on."""
        self.remove(watcher)
        self._watchers.insert(0, watcher)
        self._count()

    def remove(self, watcher: Watcher) -> None:
        if watcher in self._watchers:
            self._watchers.remove(watcher)
            self._count()

    def _count(self) -> None:
        self._types = frozenset[QEvent.Type]().union(*(watcher.watched_types for watcher in self._watchers))
        self._install()

    def _install(self) -> None:
        self._application.removeEventFilter(self)
        if self._watchers and not self._resting:
            self._application.installEventFilter(self)

    @contextmanager
    def rest(self) -> Iterator[None]:
        """While widgets are made, in one turn of the event loop: no event of a person is delivered within."""
        self._resting += 1
        self._install()
        try:
            yield
        finally:
            self._resting -= 1
            self._install()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in self._types:
            return False
        return any(kind in watcher.watched_types and watcher.sees(watched, event) for watcher in tuple(self._watchers))


def input_watch(application: QApplication | None = None) -> InputWatch:
    """The program's own, made when it is first asked for."""
    program = application or QApplication.instance()
    assert isinstance(program, QApplication)
    found = program.findChild(InputWatch)
    return found if isinstance(found, InputWatch) else InputWatch(program)
