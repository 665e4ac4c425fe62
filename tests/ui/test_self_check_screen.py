"""動作点検 by keys, over the real store; the page that comes up for a damaged one; and what runs beside the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nhi_center.domain.operators import Session
from nhi_center.domain.self_check import Result, State
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services import audit_log, self_check, self_check_machine
from nhi_center.services.event_lines import EventLines
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.tasks.runner import JobRunner, Lane
from nhi_center.ui import damage, inspection
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.inspection.screen import InspectionScreen
from nhi_center.ui.inspection.self_check_panel import SelfCheckPanel
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.watch import Watch
from tests.services.test_audit_log import flip_a_bit
from tests.support import papers
from tests.support.office import as_person, desk, premises
from tests.support.screens import focused, press, put_away, runner_of, settle, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
Opener = Callable[..., MainWindow]


@pytest.fixture
def opened(glyphs: NamePainter) -> Iterator[Opener]:
    made: list[MainWindow] = []

    def make(office: Office, person: str) -> MainWindow:
        made.append(window_over(office, as_person(office, person), glyphs, (inspection.ENTRY, damage.ENTRY)))
        return made[-1]

    yield make
    put_away(made)


def panel(window: MainWindow) -> SelfCheckPanel:
    window.open_screen("inspection", {"page": "self_check"})
    settle()
    screen = window.screen_named("inspection")
    assert isinstance(screen, InspectionScreen)
    found = screen.panels["self_check"]
    assert isinstance(found, SelfCheckPanel)
    return found


def test_before_the_first_check_the_page_says_how_to_begin(desk: Room, opened: Opener) -> None:
    window = opened(desk[0], "s-toko")
    page = panel(window)
    assert page.table.rows() == ()
    assert not page.print_button.isEnabled()
    assert check_screen(window) == []


def test_a_check_is_made_read_and_printed_by_keys(desk: Room, opened: Opener) -> None:
    office = desk[0]
    office.settings.business_folder.chmod(0o755)
    window = opened(office, "s-toko")
    page = panel(window)
    asked = runner_of(window).lanes.count(Lane.LONG)  # the day close in front has asked the spooler
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.state.accessibleName() == "異状 1件"
    assert page.table.rows()[0].name == "folder_modes"
    assert "業務フォルダー(0755)" in page.found.text()
    assert "0700" in page.advice.text()
    assert window.message_bar.kind == "error"
    assert runner_of(window).lanes.count(Lane.LONG) == asked + 1
    assert check_screen(window) == []
    try:
        press(Qt.Key.Key_F4)
    finally:
        office.premises.pdf.stop()
    assert (office.settings.documents / "self-check-T04-20261124.pdf").is_file()
    assert "self-check-T04-20261124.pdf" in page.place.text()
    assert check_screen(window) == []


def test_the_ward_sees_it_too_and_who_made_it(desk: Room, opened: Opener) -> None:
    self_check.run(desk[0], terminal_session(desk[0]))
    page = panel(opened(desk[0], "40127"))
    assert page.made.text().endswith("に端末が点検しました。")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.made.text().endswith("にあなたが点検しました。")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
@pytest.mark.parametrize("name", ["inspection", "damage"])
def test_the_pages_hold(desk: Room, opened: Opener, name: str, width: int, height: int) -> None:
    office = desk[0]
    office.settings.business_folder.chmod(0o755)
    self_check.run(office, terminal_session(office))
    window = opened(office, "s-toko")
    window.resize(width, height)
    window.open_screen(name, {"page": "self_check", "found": "データベースの1か所が壊れています(最初は12ページ)。"})
    settle()
    assert check_screen(window) == []


def test_damage_is_told_to_a_clerk_with_what_to_do(desk: Room, opened: Opener) -> None:
    window = opened(desk[0], "k-ichiro")
    window.open_screen("damage", {"found": "データベースの1か所が壊れています。"})
    settle()
    assert focused().objectName() == "sign_out_button"
    found = window.findChild(QLabel, "damage_found")
    assert found is not None
    assert found.text() == "データベースの1か所が壊れています。"
    asked: list[bool] = []
    window.close_requested.connect(lambda: asked.append(True))
    press(Qt.Key.Key_F4)
    assert window.current_screen is window.screen_named("damage")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == [True]
    assert check_screen(window) == []


# -- beside the work: real lanes --


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()


def steps(office: Office) -> list[str]:
    return [line.what for line in audit_log.page(office, as_person(office, "40127")).lines]


def test_after_a_sign_in_everything_is_checked_beside_the_work(
    desk: Room, opened: Opener, lanes: JobRunner, qtbot: QtBot
) -> None:
    office, session = desk
    window = opened(office, "k-ichiro")
    watch = Watch(lanes, window)
    with qtbot.waitSignal(watch.checked, timeout=20_000) as told:
        watch.start(office, session)
    result = told.args[0]
    assert isinstance(result, Result)
    assert result.state is State.OK
    assert window.message_bar.kind == ""
    assert self_check.newest(office, terminal_session(office)) == result
    watch.stop()


def test_damage_comes_to_the_front_and_waits_while_the_screen_is_locked(
    desk: Room, opened: Opener, lanes: JobRunner, qtbot: QtBot
) -> None:
    office, session = desk
    papers.receive(office, session, F02=2)
    flip_a_bit(office)
    window = opened(office, "s-toko")
    watch = Watch(lanes, window)
    window.lock()
    with qtbot.waitSignal(watch.checked, timeout=20_000):
        watch.start(office, as_person(office, "s-toko"))
    assert window.screen_named("damage") is None
    assert window.message_bar.kind == "error"
    window.unlock()
    with qtbot.waitSignal(watch.looked, timeout=20_000):
        watch.look()
    assert window.current_screen is window.screen_named("damage")
    watch.stop()


def test_a_store_that_cannot_even_keep_the_result_shows_the_page(
    desk: Room, opened: Opener, lanes: JobRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> Result:
        raise EnvironmentTrouble("ST-03", "データベースが壊れています。")

    monkeypatch.setattr(self_check, "run", broken)
    window = opened(desk[0], "k-ichiro")
    watch = Watch(lanes, window)
    watch.start(desk[0], desk[1])
    qtbot.waitUntil(lambda: window.screen_named("damage") is not None, timeout=20_000)
    watch.stop()


def test_what_is_wrong_is_said_to_those_who_can_do_something(
    desk: Room, opened: Opener, lanes: JobRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, session = desk
    monkeypatch.setattr(self_check_machine, "LITTLE", 10**18)
    for person, kind in (("k-ichiro", ""), ("s-toko", "warning")):
        window = opened(office, person)
        watch = Watch(lanes, window)
        with qtbot.waitSignal(watch.checked, timeout=20_000):
            watch.start(office, as_person(office, person))
        assert window.message_bar.kind == kind
        watch.stop()
    office.settings.business_folder.chmod(0o755)
    window = opened(office, "k-ichiro")
    watch = Watch(lanes, window)
    with qtbot.waitSignal(watch.checked, timeout=20_000):
        watch.start(office, session)
    assert "業務フォルダーの権限" in window.message_bar.text.text()
    watch.stop()


def test_a_person_who_leaves_ends_what_runs(desk: Room, opened: Opener, lanes: JobRunner, qtbot: QtBot) -> None:
    office, session = desk
    before = self_check.newest(office, terminal_session(office))
    watch = Watch(lanes, opened(office, "k-ichiro"))
    heard: list[object] = []
    watch.checked.connect(heard.append)
    watch.start(office, session)
    watch.stop()
    qtbot.waitUntil(lambda: lanes.pending == 0, timeout=20_000)
    assert heard == []
    assert self_check.newest(office, terminal_session(office)) == before


def test_every_minute_the_system_is_looked_at_and_the_lines_follow(
    desk: Room, opened: Opener, lanes: JobRunner, qtbot: QtBot
) -> None:
    office, session = desk
    watch = Watch(lanes, opened(office, "k-ichiro"))
    with qtbot.waitSignal(watch.checked, timeout=20_000):
        watch.start(office, session)
    (office.settings.event_lines.parent / "told-file").unlink()
    office.settings.event_lines.unlink()
    count = len(steps(office))
    watch.stop()
    fresh = replace(office, premises=replace(office.premises, event_lines=EventLines(office.settings)))
    with qtbot.waitSignal(watch.checked, timeout=20_000):
        watch.start(fresh, session)
    assert len(office.settings.event_lines.read_bytes().splitlines()) >= count
    watch.stop()
