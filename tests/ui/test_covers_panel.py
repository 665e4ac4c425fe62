"""台紙 by keys: printed for all that lack one, a spoiled one reported, the others good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nhi_center.domain.covers import CoverState
from nhi_center.domain.custody import COVER
from nhi_center.services import certificate_checks as checks
from nhi_center.ui.book import ENTRIES
from nhi_center.ui.book.covers_panel import CoversPanel
from nhi_center.ui.book.screen import BookScreen
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.shell import MainWindow
from tests.services.test_covers import checked
from tests.support.office import desk, premises
from tests.support.print_room import in_tray
from tests.support.renewal import ward
from tests.support.screens import press, put_away, settle, window_over
from tests.ui.pictures import check_screen
from tests.ui.test_book_screen import typed

__all__ = ["checked", "desk", "premises", "ward"]

Shown = tuple[MainWindow, CoversPanel]


def over(office: SimpleNamespace, glyphs: NamePainter) -> Shown:
    window = window_over(office.office, office.hanako, glyphs, ENTRIES)
    window.open_screen("book", {"page": "covers"})
    settle()
    screen = window.screen_named("book")
    assert isinstance(screen, BookScreen)
    panel = screen.panels["covers"]
    assert isinstance(panel, CoversPanel)
    return window, panel


@pytest.fixture
def show(qtbot: QtBot, checked: SimpleNamespace, glyphs: NamePainter) -> Iterator[Shown]:
    window, panel = over(checked, glyphs)
    yield window, panel
    put_away([window])


def states(panel: CoversPanel) -> list[CoverState | None]:
    return [row.state for row in panel.table.rows()]


def test_printed_one_spoiled_the_others_good(show: Shown, checked: SimpleNamespace, tmp_path: Path, qtbot: QtBot) -> None:
    window, panel = show
    count = len(panel.table.rows())
    assert panel.counts.text() == f"{count}世帯 台紙のない {count}世帯"
    assert window.grab().save(str(tmp_path / "missing.png"))
    press(Qt.Key.Key_F6)
    assert set(states(panel)) == {None}, "nothing was printed yet"
    press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: set(states(panel)) == {CoverState.NEEDS_CHECK}, timeout=20_000)
    press(Qt.Key.Key_F7)
    settle()
    typed("1")
    qtbot.waitUntil(lambda: states(panel).count(None) == 1, timeout=20_000)
    press(Qt.Key.Key_F6)
    settle()
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: states(panel).count(CoverState.GOOD) == count - 1, timeout=20_000)
    assert in_tray(checked.office, COVER.id) == count - 1
    at = next(n for n, row in enumerate(panel.table.rows()) if row.state is CoverState.GOOD)
    checks.report_spoiled(checked.office, checked.clerk, panel.table.rows()[at].enclosed[0].job, "1")
    panel.refresh()
    qtbot.waitUntil(lambda: any(row.stale for row in panel.table.rows()), timeout=20_000)
    assert "刷り直す 1世帯" in panel.counts.text()
    assert window.grab().save(str(tmp_path / "after.png"))
    assert check_screen(window) == []


def test_without_documents_the_page_says_when_they_come(
    qtbot: QtBot, ward: SimpleNamespace, glyphs: NamePainter, tmp_path: Path
) -> None:
    ward.hanako = ward.clerk
    window, panel = over(ward, glyphs)
    assert panel.table.rows() == ()
    assert not any(button.isEnabled() for button in panel.buttons.values())
    press(Qt.Key.Key_F3)
    settle()
    assert window.message_bar.kind in ("", "info")
    assert window.grab().save(str(tmp_path / "empty.png"))
    assert check_screen(window) == []
    put_away([window])
