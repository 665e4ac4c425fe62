from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.tasks.garbage import GuiCollector


class Holder:
    """A dead cycle that holds a widget."""

    def __init__(self, died: list[int]) -> None:
        self.widget = QWidget()
        self.myself = self
        weakref.finalize(self, lambda: died.append(threading.get_ident()))


def allocate() -> None:
    for _ in range(200_000):
        _ = [[]]


def test_widgets_in_dead_cycles_die_in_the_gui_thread(qtbot: QtBot, qapp: QApplication) -> None:
    collector = GuiCollector()
    collector.start()
    try:
        assert not gc.isenabled()
        died: list[int] = []
        for _ in range(20):
            Holder(died)
        other = threading.Thread(target=allocate)
        other.start()
        other.join()
        assert died == []
        gc.collect(0)
        for _ in range(2000):
            _keep = Holder([])
        qtbot.waitUntil(lambda: len(died) == 20)
        assert set(died) == {threading.get_ident()}
    finally:
        collector.stop()
    assert gc.isenabled()
    collector.stop()
