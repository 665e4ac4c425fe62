"""The moment something is plugged in or out: heard from the system at once, told once for all the messages it makes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

from nhi_center.isolation.device_events import DeviceEvents

SETTLES_MS = 300
"""One stick is half a dozen messages: the device, its interface, a disk, its partitions."""


class PlugWatch(QObject):
    """Signals: changed() when the devices may be others than before. Where the system tells nothing it never comes."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._events = DeviceEvents.open()
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLES_MS)
        self._settling.timeout.connect(self.changed)
        self._notifier: QSocketNotifier | None = None
        if self._events is not None:
            self._notifier = QSocketNotifier(self._events.descriptor, QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._on_told)

    @property
    def hears(self) -> bool:
        return self._events is not None

    def _on_told(self, *_what: object) -> None:
        if self._events is not None and self._events.drain():
            self._settling.start()
