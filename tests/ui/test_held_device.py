"""許可していない装置 at the window: said at once, on red in the left column, and looked at by ward staff on 動作点検."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from nhi_center.domain.operators import Session
from nhi_center.services import devices
from nhi_center.services.office import Office
from nhi_center.tasks.runner import JobRunner
from nhi_center.ui import inspection
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.inspection.screen import InspectionScreen
from nhi_center.ui.inspection.self_check_panel import SelfCheckPanel
from nhi_center.ui.pages import all_pages
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.watch import Watch
from tests.support import machine
from tests.support.office import as_person, desk, premises
from tests.support.screens import press, put_away, settle, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
Opener = Callable[..., MainWindow]


@pytest.fixture
def opened(glyphs: NamePainter) -> Iterator[Opener]:
    made: list[MainWindow] = []

    def make(office: Office, person: str) -> MainWindow:
        made.append(window_over(office, as_person(office, person), glyphs, (inspection.ENTRY,)))
        return made[-1]

    yield make
    put_away(made)


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desk: Room) -> Path:
    made = machine.whole(tmp_path / "machine")
    monkeypatch.setattr(devices.look, "__defaults__", (made,))
    monkeypatch.setattr("nhi_center.services.self_check_system.ROOT", made)
    devices.look(desk[0])
    return made


def panel(window: MainWindow) -> SelfCheckPanel:
    window.open_screen("inspection", {"page": "self_check"})
    settle()
    screen = window.screen_named("inspection")
    assert isinstance(screen, InspectionScreen)
    found = screen.panels["self_check"]
    assert isinstance(found, SelfCheckPanel)
    return found


def test_ward_staff_look_at_it_on_the_page_of_the_self_check(desk: Room, opened: Opener, root: Path) -> None:
    office = desk[0]
    machine.usb(root, "1-2", "0781:5567", "08", serial="SN-1")
    devices.look(office)
    supervisor = panel(opened(office, "s-toko"))
    assert supervisor.look_button.isHidden(), "the contractor's people cannot"
    window = opened(office, "40127")
    page = panel(window)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not page.look_button.isHidden()
    assert page.table.rows()[0].name == "devices"
    assert check_screen(window) == []
    press(Qt.Key.Key_F3)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.setText("外して区へ渡した")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert devices.open_holds(office, as_person(office, "40127")) == ()
    assert page.look_button.isHidden()
    assert [one.name for one in page.table.rows() if one.name == "devices" and one.state.value == "error"] == []


def test_the_isolation_item_of_the_status_bar_opens_the_page(desk: Room, opened: Opener) -> None:
    window = opened(desk[0], "s-toko")
    assert window.current_screen is not None
    window.start(window.current_screen.desk, (inspection.ENTRY,), all_pages().explain)
    window.status_bar.explain_requested.emit("isolation")
    settle()
    screen = window.current_screen
    assert isinstance(screen, InspectionScreen)
    assert isinstance(screen.front, SelfCheckPanel)


def test_it_is_said_as_soon_as_it_is_seen(desk: Room, opened: Opener, lanes: JobRunner, qtbot: QtBot, root: Path) -> None:
    office = desk[0]
    window = opened(office, "k-ichiro")
    watch = Watch(lanes, window)
    with qtbot.waitSignal(watch.checked, timeout=20_000):
        watch.start(office, as_person(office, "k-ichiro"))
    machine.usb(root, "1-2", "0781:5567", "08")
    with qtbot.waitSignal(watch.held, timeout=20_000):
        watch.look_at_devices()
    assert window.message_bar.kind == "error"
    assert "許可していない装置(0781:5567)" in window.message_bar.text.text()
    watch.stop()
