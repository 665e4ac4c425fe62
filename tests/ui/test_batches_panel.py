"""印刷の束 by keys: put together in the queue, printed, held, moved, cancelled; what comes out is seen before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nhi_center.domain.print_batches import STOPPED, BatchState
from nhi_center.services import print_batches
from nhi_center.tasks.runner import JobRunner
from nhi_center.ui.book import ENTRIES as BOOK
from nhi_center.ui.book.batches_panel import BatchesPanel
from nhi_center.ui.book.screen import BookScreen
from nhi_center.ui.certificates import ENTRY as QUEUE
from nhi_center.ui.certificates.page_view import PageView
from nhi_center.ui.certificates.screen import CertificatesScreen
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.frame_parts import WindowFacts
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.shell import MainWindow
from tests.services.test_print_batches import lots, second_printer
from tests.support.office import desk, premises
from tests.support.renewal import ward
from tests.support.screens import press, put_away, settle, window_over
from tests.ui.pictures import check_screen
from tests.ui.test_book_screen import typed
from tests.ui.test_verification_screen import texts

__all__ = ["desk", "lots", "premises", "ward"]

Shown = tuple[MainWindow, BatchesPanel]
_ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def shown(qtbot: QtBot, lots: SimpleNamespace, glyphs: NamePainter) -> Iterator[Shown]:
    second_printer(lots)
    window = window_over(lots.office, lots.clerk, glyphs, (*BOOK, QUEUE))
    window.open_screen("book", {"page": "batches"})
    settle()
    yield window, panel_of(window)
    put_away([window])


@pytest.fixture
def busy(qtbot: QtBot, lots: SimpleNamespace, glyphs: NamePainter) -> Iterator[Shown]:
    """The same page over the real lanes: it can be worked while something is printed."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window = MainWindow(WindowFacts("端末 04", lots.office.clock.local, training=True), IdleWatch(application))
    runner = JobRunner(window)
    window.start(Desk(lots.office, lots.clerk, runner, glyphs, window), (*BOOK, QUEUE))
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.open_screen("book", {"page": "batches"})
    qtbot.waitUntil(lambda: bool(panel_of(window).batches.rows()) and runner.pending == 0, timeout=20_000)
    yield window, panel_of(window)
    runner.close()
    put_away([window])


def begun(panel: BatchesPanel, prefix: str, qtbot: QtBot) -> str:
    """Print the batch on this paper; back when a sheet of it has been printed. Gives its id."""
    at = next(n for n, row in enumerate(panel.batches.rows()) if row.batch.prefix == prefix)
    panel.batches.select(at)
    batch: str = panel.batches.rows()[at].batch.id
    press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: panel.strip.isVisible() and panel.strip.bar.value() >= 1, timeout=20_000)
    return batch


def panel_of(window: MainWindow) -> BatchesPanel:
    screen = window.screen_named("book")
    assert isinstance(screen, BookScreen)
    panel = screen.panels["batches"]
    assert isinstance(panel, BatchesPanel)
    return panel


def states(panel: BatchesPanel) -> list[str]:
    return [row.batch.state.value for row in panel.batches.rows()]


def test_order_hold_move_and_cancel(shown: Shown, tmp_path: Path) -> None:
    window, panel = shown
    first, second = panel.batches.rows()
    assert len(panel.sheets.rows()) == first.total
    assert window.grab().save(str(tmp_path / "waiting.png"))
    assert check_screen(window) == []
    press(Qt.Key.Key_Down, _ALT)
    settle()
    assert [row.batch.id for row in panel.batches.rows()] == [second.batch.id, first.batch.id]
    at = next(n for n, row in enumerate(panel.batches.rows()) if row.batch.prefix == "S")
    panel.batches.select(at)
    press(Qt.Key.Key_F6)
    settle()
    assert states(panel)[at] == "held"
    assert not panel.run_button.isEnabled()
    press(Qt.Key.Key_F8)
    settle()
    typed("1", "1")
    settle()
    row = panel.batches.rows()[at]
    assert (row.printer, row.paper) == ("証 2号機", 50)
    assert "プリンターの故障" in panel.error.text()
    assert window.grab().save(str(tmp_path / "moved.png"))
    press(Qt.Key.Key_F7)
    settle()
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert states(panel) == ["waiting", "cancelled"]


def test_printed_stopped_and_gone_on_with(shown: Shown, tmp_path: Path, qtbot: QtBot) -> None:
    window, panel = shown
    at = next(n for n, row in enumerate(panel.batches.rows()) if row.batch.prefix == "")
    panel.batches.select(at)
    batch = panel.batches.rows()[at].batch.id
    press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: not panel._long.running, timeout=60_000)
    settle()
    row = next(row for row in panel.batches.rows() if row.batch.id == batch)
    assert (row.batch.state, row.left) == (BatchState.DONE, 0)
    assert "枚を印刷しました" in texts(window)
    assert window.grab().save(str(tmp_path / "done.png"))
    assert check_screen(window) == []


def test_esc_stops_it_between_two_sheets_and_f3_goes_on(busy: Shown, lots: SimpleNamespace, tmp_path: Path, qtbot: QtBot) -> None:
    window, panel = busy
    batch = begun(panel, "S", qtbot)
    qtbot.waitUntil(lambda: "printing" in states(panel), timeout=20_000)
    assert not any(panel.buttons[key].isEnabled() for key in ("F3", "F6", "F7", "F8")), "first it is stopped"
    assert window.grab().save(str(tmp_path / "printing.png"))
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not panel._long.running, timeout=20_000)
    qtbot.waitUntil(lambda: panel.error.text() == STOPPED, timeout=20_000)
    row = next(row for row in panel.batches.rows() if row.batch.id == batch)
    assert (row.batch.state, panel.run_button.isEnabled()) == (BatchState.STOPPED, True)
    assert 0 < row.left < row.total
    sheets = print_batches.sheets(lots.office, lots.clerk, batch)
    assert {sheet.job.state.value for sheet in sheets} == {"needs_check", "queued"}, "no sheet is left half on its way"
    assert window.grab().save(str(tmp_path / "stopped.png"))
    qtbot.waitUntil(lambda: check_screen(window) == [], timeout=5_000)  # once the new line has its place
    press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: panel.strip.isVisible() and panel.strip.bar.value() >= 1, timeout=20_000)
    panel._long.cancel()
    qtbot.waitUntil(lambda: not panel._long.running, timeout=20_000)
    (again,) = [one for one in print_batches.listing(lots.office, lots.clerk) if one.batch.id == batch]
    assert again.left < row.left


def test_the_lock_stops_no_batch_and_loses_none(busy: Shown, lots: SimpleNamespace, qtbot: QtBot) -> None:
    window, panel = busy
    batch = begun(panel, "", qtbot)
    window.lock()
    assert window.is_locked
    press(Qt.Key.Key_Escape)  # of the page behind the lock no key is left
    qtbot.waitUntil(lambda: not panel._long.running, timeout=60_000)
    found = {row.batch.id: row for row in print_batches.listing(lots.office, lots.clerk)}
    assert (found.pop(batch).batch.state, [row.batch.state for row in found.values()]) == (BatchState.DONE, [BatchState.WAITING])
    window.unlock()
    qtbot.waitUntil(lambda: "枚を印刷しました" in texts(window), timeout=20_000)


def test_both_sides_are_seen_before(shown: Shown, tmp_path: Path, qtbot: QtBot) -> None:
    window, panel = shown
    panel.batches.select(next(n for n, row in enumerate(panel.batches.rows()) if row.batch.prefix == "S"))
    settle()
    press(Qt.Key.Key_Return)
    assert panel.sheets.hasFocus()
    press(Qt.Key.Key_Return)
    settle()
    qtbot.waitUntil(lambda: any(view.isVisible() for view in window.findChildren(PageView)), timeout=20_000)
    settle()
    view = next(view for view in window.findChildren(PageView) if view.isVisible())
    assert view.window().grab().save(str(tmp_path / "contents.png"))
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_Escape)
    assert panel.batches.hasFocus()


def test_what_is_ticked_in_the_queue_becomes_a_batch(qtbot: QtBot, lots: SimpleNamespace, glyphs: NamePainter) -> None:
    for row in print_batches.listing(lots.office, lots.clerk):
        print_batches.cancel(lots.office, lots.clerk, row.batch.id)
    window = window_over(lots.office, lots.clerk, glyphs, (*BOOK, QUEUE))
    window.open_screen("certificates", {})
    settle()
    screen = window.screen_named("certificates")
    assert isinstance(screen, CertificatesScreen)
    qtbot.waitUntil(lambda: bool(screen.table.queue.rows), timeout=20_000)
    press(Qt.Key.Key_Space)
    assert len(screen.table.chosen()) == 1
    press(Qt.Key.Key_B, _ALT)
    settle()
    assert window.current_screen is window.screen_named("book")
    assert panel_of(window).batches.rows()[0].total == 1
    put_away([window])
